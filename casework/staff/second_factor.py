"""Where the city requires a second factor, nobody works without one."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from casework.staff.clients import client_at
from casework.staff.models import User

# Kept with the session once seen: whoever gives the factor up meets this again.
_HAS_ONE = "has_second_factor"
_WITHOUT_ONE = frozenset({"login", "logout", "set_language", "account_reauthenticate"})


class SecondFactorFirst:
    """Leads an account without a second factor to the page on which it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, _named: Any
    ) -> HttpResponse | None:
        """Ask once the address is known: signing out and setting up stay open."""
        name = request.resolver_match.url_name if request.resolver_match else ""
        if (
            not settings.REQUIRE_MFA
            or not isinstance(request.user, User)
            or client_at(request) is not None
            or not name
            or name in _WITHOUT_ONE
            or name.startswith(("mfa_", "health_"))
            or _has_one(request)
        ):
            return None
        messages.warning(request, _("Set up a second factor first: your city requires one."))
        return redirect("mfa_index")


def _has_one(request: HttpRequest) -> bool:
    known = request.session.get(_HAS_ONE)
    # Of the very account: a session may change hands in one browser.
    if known == request.session.get(SESSION_KEY) and known is not None:
        return True
    if not is_mfa_enabled(request.user):
        return False
    request.session[_HAS_ONE] = request.session.get(SESSION_KEY)
    return True
