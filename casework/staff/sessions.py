"""How long a person stays signed in: not past a pause, and not past a working day."""

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

_BEGAN, _SEEN = "began_at", "seen_at"
# The moment of the last request is written at most this often, in seconds.
_PRECISION = 60


@receiver(user_logged_in)
def begin_times(*, request: HttpRequest, **_given: Any) -> None:
    """A session's times begin when somebody signs in, by whatever way."""
    request.session[_BEGAN] = request.session[_SEEN] = int(time.time())


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
