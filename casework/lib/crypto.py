"""Encrypted fields and blind indexes: what a stolen database does not tell."""

import base64
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression

ALGORITHM: Final = "A256GCM"
_NONCE_BYTES: Final = 12
_PARTS: Final = 4


class Unreadable(ValueError):
    """A ciphertext was altered, moved to another column, or its key is not configured."""


def encrypt(text: str, *, context: str) -> str:
    """Seal a text with the active key; the context binds it to its column."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(key).encrypt(nonce, text.encode(), context.encode())
    return ":".join((ALGORITHM, key_id, _b64(nonce), _b64(sealed)))


def decrypt(stored: str, *, context: str) -> str:
    """Open what `encrypt` sealed, with whichever key it names."""
    parts = stored.split(":")
    if len(parts) != _PARTS or parts[0] != ALGORITHM:
        raise Unreadable("Not a ciphertext of this system.")
    key = settings.FIELD_KEYS.get(parts[1])
    if key is None:
        raise Unreadable(f"Key {parts[1]} is not configured.")
    try:
        nonce, sealed = base64.b64decode(parts[2]), base64.b64decode(parts[3])
        return AESGCM(key).decrypt(nonce, sealed, context.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable("The ciphertext does not open: altered, moved, or wrong key.") from error


def blind_index(value: str, purpose: str) -> str:
    """A keyed hash by which equal values find each other without being readable."""
    text = f"{purpose}\x00{value}".encode()
    return hmac.new(settings.BLIND_INDEX_KEY, text, hashlib.sha256).hexdigest()


def sha256_hex(content: bytes) -> str:
    """The fingerprint of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class EncryptedTextField(_TextField):
    """A text that lies encrypted in the database; search goes through a blind index instead."""

    @property
    def _context(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        return encrypt(str(value), context=self._context)

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> str | None:
        if value is None or value == "":
            return value
        return decrypt(value, context=self._context)

    def get_lookup(self, lookup_name: str) -> Any:
        # Every encryption differs, so a comparison in the database would silently find nothing.
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: search by its blind index.")
        return super().get_lookup(lookup_name)
