"""Who a program is, what it may ask for, and how often."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from casework.staff.clients import client_at
from casework.staff.models import ApiClient, User

if TYPE_CHECKING:
    # It reads the settings that name this module.
    from rest_framework.views import APIView


class BearerToken(BaseAuthentication):
    """The program that the token named, as the middleware found it before any row was read."""

    def authenticate(self, request: Request) -> tuple[User, ApiClient] | None:
        client = client_at(request._request)
        return (client.account, client) if client else None

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="casework"'


class WithinScope(BasePermission):
    """The token was issued for what the address gives."""

    message = _("This token was not issued for this. Ask your security administrator.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        client = request.auth
        return client is not None and getattr(view, "scope", "") in client.scopes


class PerClient(SimpleRateThrottle):
    """So many requests a minute of one token."""

    scope = "client"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        client: Any = request.auth
        return f"api-{client.prefix}" if client else None
