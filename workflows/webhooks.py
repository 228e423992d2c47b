"""Telling a program of changes: where it may be told, and the signed delivery."""

import hashlib
import hmac
import http.client
import json
import secrets
import time
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils.translation import gettext as _

from casework.ledger.models import OutboxMessage
from casework.ledger.outbox import handles
from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow
from casework.staff.models import ApiClient
from workflows import feed
from workflows.models import Webhook

SIGNATURE: Final = "X-Casework-Signature"
SECONDS: Final = 10
MOST_HOOKS: Final = 5


class NotTakenError(Exception):
    """The other side did not answer that it took the delivery."""


def open_webhook(client: ApiClient, url: str) -> tuple[Webhook, str]:
    """Tell a program of changes from now on; the secret for its signatures is said this once."""
    ensure_allowed(url)
    if client.webhooks.filter(ended_at=None).count() >= MOST_HOOKS:
        raise NotLawfulNow(_("This token has as many webhooks as it may have; end one first."))
    secret = secrets.token_urlsafe(32)
    feed.advance()
    hook = Webhook.objects.create(
        client=client, url=url, secret=secret, cursor=feed.last_position()
    )
    return hook, secret


def ensure_allowed(url: str) -> None:
    """Only to hosts that the operator named, encrypted unless the operator named the port too."""
    try:
        parts = urlsplit(url)
        host, place = parts.hostname or "", parts.netloc
    except ValueError as misfit:
        raise _not_allowed() from misfit
    plain = parts.scheme == "http" and place in settings.WEBHOOK_HOSTS and ":" in place
    sound = parts.scheme == "https" and host in settings.WEBHOOK_HOSTS
    if not (plain or sound) or parts.username or parts.fragment:
        raise _not_allowed()


def _not_allowed() -> Incomplete:
    words = _("This address is not among those your system administrator allowed.")
    return Incomplete(words, {"url": words})


def replay(hook: Webhook, after: int) -> None:
    """Tell everything after a position once more."""
    with transaction.atomic():
        held = Webhook.objects.select_for_update().get(pk=hook.pk)
        if held.ended_at is not None:
            raise NotLawfulNow(_("This webhook has ended."))
        held.cursor, held.turn = min(after, held.cursor), held.turn + 1
        held.save(update_fields=["cursor", "turn"])


def sign(secret: str, moment: int, body: bytes) -> str:
    """The signature of a delivery: HMAC-SHA256 over the moment and the body."""
    mac = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={mac}"


@handles("webhook")
def deliver(message: OutboxMessage) -> None:
    """Send one batch; whatever is not a clear yes is tried again later."""
    hook = Webhook.objects.select_related("client__account").get(pk=message.payload["webhook"])
    if hook.ended_at or not hook.client.is_valid(clock.today()):
        return
    after, upto = message.payload["after"], message.payload["upto"]
    rows = feed.told(feed.entries_after(hook.client.account, after, upto=upto))
    told: dict[str, Any] = {"delivery": message.key, "after": after, "upto": upto, "changes": rows}
    body = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
    _send(hook.url, body, {"Content-Type": "application/json"} | _signed(hook.secret, body))


def _signed(secret: str, body: bytes) -> dict[str, str]:
    return {SIGNATURE: sign(secret, int(time.time()), body)}


def _send(url: str, body: bytes, headers: dict[str, str]) -> None:
    """POST without following anybody elsewhere."""
    ensure_allowed(url)
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=SECONDS)
    try:
        path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotTakenError(str(status))
