"""Seals that leave the machine: what an insider cannot call back.

Each seal of the journal is signed (Ed25519, RFC 8032) and written as one line of JSON to a folder
that lies elsewhere, such as a mount of the auditors. With that file and the public key alone an
outsider finds a journal that was cut short or written anew as a whole.
"""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from casework.ledger.canonical import GENESIS, plain
from casework.ledger.journal import EXPORT
from casework.ledger.models import OutboxMessage, Seal
from casework.ledger.outbox import handles

FILE: Final = "seals.jsonl"


class SealsUnreadable(ValueError):
    """The file of exported seals is not what this system writes; says which line and why."""


def new_key() -> tuple[str, str]:
    """A new key pair, private and public, each 32 bytes in base64."""
    key = Ed25519PrivateKey.generate()
    return _b64(key.private_bytes_raw()), _b64(key.public_key().public_bytes_raw())


def public_key() -> str:
    """The public half of this installation's key, in base64."""
    return _b64(_signer().public_key().public_bytes_raw())


def _signer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(settings.SEAL_KEY)


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _content(seal: Seal) -> dict[str, Any]:
    return {
        "seal": seal.pk,
        "sealed_at": plain(seal.sealed_at),
        "first_entry": seal.first_entry,
        "last_entry": seal.last_entry,
        "count": seal.count,
        "root": seal.root,
        "prev_hash": seal.prev_hash,
        "hash": seal.hash,
    }


def _bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()


def signed_line(seal: Seal) -> str:
    """One line of the export: the seal's content and the signature over it."""
    content = _content(seal)
    return json.dumps({**content, "signature": _b64(_signer().sign(_bytes(content)))})


@handles(EXPORT)
def export_seal(message: OutboxMessage) -> None:
    """Append every seal up to this one that the file lacks; a repeat adds nothing."""
    folder = Path(settings.SEAL_EXPORT_DIR)
    target = folder / FILE
    last = 0
    if target.exists():
        lines = target.read_text(encoding="utf-8").splitlines()
        last = json.loads(lines[-1])["seal"] if lines else 0
    waiting = Seal.objects.filter(pk__gt=last, pk__lte=message.payload["seal"]).order_by("pk")
    with target.open("a", encoding="utf-8") as file:
        for seal in waiting:
            file.write(signed_line(seal) + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_export(path: Path, key: str) -> list[dict[str, Any]]:
    """The exported seals, each proved with the public key and chained to the one before it.

    Raises SealsUnreadable naming the first line that does not hold.
    """
    verifier = Ed25519PublicKey.from_public_bytes(base64.b64decode(key))
    seals: list[dict[str, Any]] = []
    prev_hash = GENESIS
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            content = json.loads(line)
            signature = base64.b64decode(content.pop("signature"))
            verifier.verify(signature, _bytes(content))
        except (ValueError, KeyError, AttributeError, InvalidSignature) as fault:
            raise SealsUnreadable(f"line {number}: its signature does not hold") from fault
        if content["prev_hash"] != prev_hash:
            raise SealsUnreadable(f"line {number}: does not follow the line before it")
        prev_hash = content["hash"]
        seals.append(content)
    return seals


def export_faults(exported: list[dict[str, Any]]) -> Iterator[str]:
    """Where the books at hand are not those whose seals were exported."""
    for content in exported:
        seal = Seal.objects.filter(pk=content["seal"]).first()
        if seal is None:
            yield f"seal {content['seal']}: was exported, and is now missing"
        elif _content(seal) != content:
            yield f"seal {content['seal']}: differs from what was exported"
