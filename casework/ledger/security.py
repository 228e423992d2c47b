"""The security log: what happens at the doors is written as it happens, by whatever way.

Signals of the libraries say what happened; the roles say it when a membership begins or ends.
"""

import hashlib
from typing import Any

from allauth.account.signals import authentication_step_completed, password_changed
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_removed
from axes.helpers import get_client_ip_address
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from structlog.contextvars import get_contextvars

from casework.ledger.models import SecurityEvent
from casework.lib import clock
from casework.staff.models import ApiClient, Membership, User

Kind = SecurityEvent.Kind


def note_security(
    kind: SecurityEvent.Kind,
    request: HttpRequest | None,
    *,
    account: User | None = None,
    by: User | None = None,
    name: str = "",
    detail: str = "",
) -> SecurityEvent:
    """Write one event; a name that no account bears is kept as its SHA-256 alone."""
    if account is None and name:
        account = User.objects.filter(username=name).first()
    digest = hashlib.sha256(name.encode()).hexdigest() if name and account is None else ""
    entry: SecurityEvent = SecurityEvent.objects.create(
        moment=clock.now(),
        kind=kind,
        account=account,
        by=by,
        digest=digest,
        detail=detail[:60],
        address=(get_client_ip_address(request) or "")[:45] if request is not None else "",
        request_id=str(get_contextvars().get("request_id", "")),
    )
    return entry


@receiver(user_logged_in)
def _signed_in(*, request: HttpRequest, user: User, **_given: Any) -> None:
    note_security(Kind.SIGNED_IN, request, account=user, by=user)


@receiver(user_logged_out)
def _signed_out(*, request: HttpRequest, user: User | None, **_given: Any) -> None:
    if user is not None:
        note_security(Kind.SIGNED_OUT, request, account=user, by=user)


@receiver(user_login_failed)
def _refused(
    *, request: HttpRequest | None = None, credentials: dict[str, Any], **_given: Any
) -> None:
    note_security(Kind.REFUSED, request, name=str(credentials.get("username") or ""))


@receiver(user_locked_out)
def _locked(*, request: HttpRequest, username: str | None, **_given: Any) -> None:
    note_security(Kind.LOCKED, request, name=str(username or ""))


@receiver(authentication_step_completed)
def _confirmed(*, request: HttpRequest, user: User, method: str, **given: Any) -> None:
    if given.get("reauthenticated"):
        note_security(Kind.CONFIRMED, request, account=user, by=user, detail=method)


@receiver(post_save, sender=Authenticator)
def _factor_added(*, instance: Authenticator, created: bool, **_given: Any) -> None:
    # With the row itself: the library's own signal comes after the commit, or never.
    if created:
        told = {"account": instance.user, "by": instance.user, "detail": instance.type}
        note_security(Kind.FACTOR_ADDED, context.request, **told)


@receiver(authenticator_removed)
def _factor_removed(*, request: HttpRequest, user: User, authenticator: Any, **_: Any) -> None:
    note_security(Kind.FACTOR_REMOVED, request, account=user, by=user, detail=authenticator.type)


@receiver(authentication_failed)
def _factor_wrong(*, request: HttpRequest, user: User, **_given: Any) -> None:
    note_security(Kind.FACTOR_WRONG, request, account=user)


@receiver(password_changed)
def _password(*, request: HttpRequest, user: User, **_given: Any) -> None:
    note_security(Kind.PASSWORD, request, account=user, by=user)


@receiver(post_save, sender=Membership)
def _role(*, instance: Membership, created: bool, **_given: Any) -> None:
    unit = instance.division_id or instance.organisation_id or ""
    told: dict[str, Any] = {"account": instance.user, "detail": f"{instance.role} {unit}"}
    if created:
        note_security(Kind.ROLE_GIVEN, None, by=instance.granted_by, **told)
    elif instance.revoked_on is not None:
        note_security(Kind.ROLE_ENDED, None, by=instance.ended_by, **told)


@receiver(post_save, sender=ApiClient)
def _token(*, instance: ApiClient, created: bool, **_given: Any) -> None:
    told: dict[str, Any] = {"account": instance.account, "detail": instance.prefix}
    if created:
        note_security(Kind.TOKEN_ISSUED, None, by=instance.issued_by, **told)
    elif instance.revoked_at is not None:
        note_security(Kind.TOKEN_REVOKED, None, by=instance.revoked_by, **told)
