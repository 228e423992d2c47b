"""How long a person stays signed in: not past a pause, and not past a working day."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.account.signals import authentication_step_completed
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

_BEGAN, _SEEN, _CONFIRMED = "began_at", "seen_at", "confirmed_at"
View = TypeVar("View", bound=Callable[..., Any])
# The moment of the last request is written at most this often, in seconds.
_PRECISION = 60


@receiver(user_logged_in)
def begin_times(*, request: HttpRequest, **_given: Any) -> None:
    """A session's times begin when somebody signs in, by whatever way."""
    for name in (_BEGAN, _SEEN, _CONFIRMED):
        request.session[name] = int(time.time())


@receiver(authentication_step_completed)
def renew_confirmation(*, request: HttpRequest, **given: Any) -> None:
    """Somebody said again who it is, with the password or the second factor."""
    if given.get("reauthenticated"):
        request.session[_CONFIRMED] = int(time.time())


def confirmed_of_late(view: View) -> View:
    """Let a view answer only somebody who proved of late who it is; others are asked first.

    What was sent is kept and goes on after the confirmation. For exports and whole ID numbers: an
    open desk gives away one page, not a file.
    """

    @wraps(view)
    def ask_first(request: HttpRequest, *given: Any, **named: Any) -> HttpResponse:
        confirmed = request.session.get(_CONFIRMED, 0)
        if time.time() - confirmed > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            raise ReauthenticationRequired
        answer: HttpResponse = view(request, *given, **named)
        return answer

    return cast("View", ask_first)


def idle_seconds() -> int:
    """How long a person may pause at least: the moment of a request is not written each time."""
    return max(0, int(settings.SESSION_IDLE_SECONDS) - _PRECISION)


def seconds_left(request: HttpRequest) -> int:
    """Until the session ends whatever the person does."""
    began = request.session.get(_BEGAN, int(time.time()))
    return int(max(0, began + settings.SESSION_COOKIE_AGE - time.time()))


class SessionLimits:
    """Ends a session that was idle for too long or has lasted for too long.

    Real time counts here, not the city's clock: a demonstration's shift keeps nobody signed in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = int(time.time())
        began = request.session.setdefault(_BEGAN, now)
        seen = request.session.get(_SEEN, now)
        if now - seen > settings.SESSION_IDLE_SECONDS or now - began > settings.SESSION_COOKIE_AGE:
            return _signed_out(request)
        if now - seen >= _PRECISION or _SEEN not in request.session:
            request.session[_SEEN] = now
        return self.get_response(request)


def _signed_out(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and from there back to the page; what was typed stays in its draft."""
    logout(request)
    messages.info(request, _("You were signed out after a long pause. Sign in to go on."))
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
