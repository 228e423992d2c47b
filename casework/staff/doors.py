"""How people come in: password, then a second factor, or the city's own identity service.

The library walks the way; what it asks of a city is answered here. Nobody signs up by themselves:
accounts are made by the security administrator.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.translation import gettext as _

from casework.lib.crypto import decrypt, encrypt
from casework.staff.models import User

# Ties a sealed secret to its purpose: it opens nowhere else.
_SECRET = "mfa.authenticator.secret"  # noqa: S105  the name of the purpose


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """Password accounts: made by the security administrator alone."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False


class SecondFactors(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors, their secrets sealed like any other personal data."""

    def encrypt(self, text: str) -> str:
        return encrypt(text, context=_SECRET)

    def decrypt(self, encrypted_text: str) -> str:
        return decrypt(encrypted_text, context=_SECRET)

    def get_totp_label(self, user: User) -> str:
        return str(user.username)


class CityIdentity(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """The city's identity service (OpenID Connect) names people; who they are here stands here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie a person of the service to the account of the same user name, once.

        Raises ImmediateHttpResponse for somebody who has no active account here.
        """
        if sociallogin.is_existing:
            return
        told = sociallogin.account.extra_data
        name = _claim(told, "preferred_username")
        account = User.objects.filter(username=name, is_active=True).first() if name else None
        if account is None:
            raise ImmediateHttpResponse(unknown_person(request))
        sociallogin.connect(request, account)


def _claim(told: dict[str, Any], name: str) -> str:
    """What the service says, in the person's record or in the signed token."""
    for part in (told.get("userinfo"), told.get("id_token"), told):
        if isinstance(part, dict) and isinstance(part.get(name), str):
            return str(part[name])
    return ""


def unknown_person(request: HttpRequest) -> Any:
    """The page for somebody whom the city knows and this system does not."""
    words = _("The city's identity service knows you, but you have no account here.")
    advice = _("Ask your security administrator for one with the same user name.")
    return render(request, "403.html", {"message": f"{words} {advice}"}, status=403)
