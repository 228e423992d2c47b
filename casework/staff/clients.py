"""Programs that come in with a token instead of a password: issuing, revoking, recognising.

A token is `cw_<prefix>_<secret>`. Of the secret, 256 random bits, a digest is kept; nobody can read
it again, and a guess is as good as none, so a plain digest is enough.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow
from casework.staff.models import ApiClient, ClientScope, User

MARK: Final = "cw"
API: Final = "/api/v1/"
_CLIENT: Final = "api_client"
LONGEST_DAYS: Final = 366


def issue(
    account: User, *, name: str, scopes: Iterable[str], expires_on: date, by: User
) -> tuple[ApiClient, str]:
    """A new token for a service account; the token itself is told this once."""
    wanted = sorted(set(scopes))
    today = clock.today()
    if not account.is_system:
        raise Incomplete(_("Tokens are for service accounts."), {"account": ""})
    if not wanted or set(wanted) - set(ClientScope.values):
        raise Incomplete(_("Choose what the program may ask for."), {"scopes": ""})
    if not today < expires_on or (expires_on - today).days > LONGEST_DAYS:
        raise Incomplete(_("A token is valid for a year at most."), {"expires_on": ""})
    secret = secrets.token_urlsafe(32)
    client = ApiClient.objects.create(
        account=account,
        name=name,
        prefix=secrets.token_hex(6),
        digest=_digest(secret),
        scopes=wanted,
        issued_by=by,
        expires_on=expires_on,
    )
    return client, f"{MARK}_{client.prefix}_{secret}"


@transaction.atomic
def revoke(client: ApiClient, *, by: User) -> None:
    """End a token at once."""
    held = ApiClient.objects.select_for_update().get(pk=client.pk)
    if held.revoked_at is not None:
        raise NotLawfulNow(_("This token was revoked already."))
    held.revoked_at, held.revoked_by = clock.now(), by
    held.save(update_fields=["revoked_at", "revoked_by"])


def client_of(token: str) -> ApiClient | None:
    """The program of a token that is valid today."""
    mark, _dash, rest = token.partition("_")
    prefix, _dash, secret = rest.partition("_")
    if mark != MARK or not secret:
        return None
    client = ApiClient.objects.select_related("account").filter(prefix=prefix[:12]).first()
    if client is None or not secrets.compare_digest(client.digest, _digest(secret)):
        return None
    return client if client.is_valid(clock.today()) else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def client_at(request: HttpRequest) -> ApiClient | None:
    """The program that asks, on an address of the interface."""
    return getattr(request, _CLIENT, None)


class ClientFirst:
    """On the interface a token says who asks; a browser's session counts for nothing there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(API):
            client = client_of(_bearer(request))
            setattr(request, _CLIENT, client)
            asking: Any = client.account if client else AnonymousUser()
            request.user = asking
            if client is not None:
                _note_use(client)
        return self.get_response(request)


def _bearer(request: HttpRequest) -> str:
    kind, _blank, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _note_use(client: ApiClient) -> None:
    today = clock.today()
    if client.last_used_on != today:
        ApiClient.objects.filter(pk=client.pk).update(last_used_on=today)
