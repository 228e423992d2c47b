"""Encrypted fields and blind indexes: what a stolen database does not tell."""

import base64
import hashlib
import hmac
import os
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as keyed
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Expression

A256GCM: Final = "A256GCM"
SM4GCM: Final = "SM4GCM"
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_PARTS: Final = 4


class Unreadable(ValueError):
    """A ciphertext was altered, moved to another column, or its key is not configured."""


class Sm4Gcm:
    """SM4 (GB/T 32907-2016) in GCM (RFC 8998), with the calls of AESGCM; a key has 16 bytes."""

    def __init__(self, key: bytes) -> None:
        self._cipher = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, context: bytes) -> bytes:
        """The ciphertext followed by its tag."""
        sealing = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(context)
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes, context: bytes) -> bytes:
        """The text; InvalidTag or ValueError when anything was altered."""
        sealed, tag = data[:-_TAG_BYTES], data[-_TAG_BYTES:]
        opening = Cipher(self._cipher, modes.GCM(nonce, tag)).decryptor()
        opening.authenticate_additional_data(context)
        return opening.update(sealed) + opening.finalize()


def sm3_hmac(key: bytes, data: bytes) -> bytes:
    """HMAC over SM3 (GB/T 32905-2016), 32 bytes."""
    mac = keyed.HMAC(key, hashes.SM3())
    mac.update(data)
    return mac.finalize()


def _cipher(algorithm: str, key: bytes) -> AESGCM | Sm4Gcm:
    if algorithm == SM4GCM:
        # One configured key serves both ciphers, but never with the same bytes.
        return Sm4Gcm(sm3_hmac(key, SM4GCM.encode())[:16])
    return AESGCM(key)


def active_prefix() -> str:
    """What every text sealed now begins with: the cipher and the key in use."""
    return f"{settings.FIELD_CIPHER}:{next(iter(settings.FIELD_KEYS))}:"


def known_prefixes() -> list[str]:
    """What a readable ciphertext may begin with, the active one first."""
    all_of_them = [
        f"{cipher}:{key}:" for key in settings.FIELD_KEYS for cipher in (A256GCM, SM4GCM)
    ]
    return sorted(all_of_them, key=lambda prefix: prefix != active_prefix())


def encrypt(text: str, *, context: str) -> str:
    """Seal a text with the active cipher and key; the context binds it to its column."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = os.urandom(_NONCE_BYTES)
    sealed = _cipher(settings.FIELD_CIPHER, key).encrypt(nonce, text.encode(), context.encode())
    return ":".join((settings.FIELD_CIPHER, key_id, _b64(nonce), _b64(sealed)))


def decrypt(stored: str, *, context: str) -> str:
    """Open what `encrypt` sealed, with whichever cipher and key it names."""
    parts = stored.split(":")
    if len(parts) != _PARTS or parts[0] not in {A256GCM, SM4GCM}:
        raise Unreadable("Not a ciphertext of this system.")
    key = settings.FIELD_KEYS.get(parts[1])
    if key is None:
        raise Unreadable(f"Key {parts[1]} is not configured.")
    try:
        nonce, sealed = (_bytes(part) for part in parts[2:])
        return _cipher(parts[0], key).decrypt(nonce, sealed, context.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise Unreadable("The ciphertext does not open: altered, moved, or wrong key.") from error


def blind_index(value: str, purpose: str) -> str:
    """A keyed hash by which equal values find each other without being readable."""
    return _index(value, purpose, settings.INDEX_HASH, settings.BLIND_INDEX_KEY)


def blind_indexes(value: str, purpose: str) -> list[str]:
    """The hashes under which a value may lie: of the key in use, and of the one before it.

    There are two only while an index moves to another key or hash.
    """
    found = [blind_index(value, purpose)]
    if is_moving_index():
        before = settings.BLIND_INDEX_KEY_BEFORE
        found.append(_index(value, purpose, settings.INDEX_HASH_BEFORE, before))
    return found


def is_moving_index() -> bool:
    """Rows may still lie under the key or the hash before the one in use."""
    return bool(settings.BLIND_INDEX_KEY_BEFORE)


def _index(value: str, purpose: str, chosen: str, key: bytes) -> str:
    text = f"{purpose}\x00{value}".encode()
    if chosen == "SM3":
        return sm3_hmac(key, text).hex()
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def sha256_hex(content: bytes) -> str:
    """The fingerprint of a file's bytes."""
    return hashlib.sha256(content).hexdigest()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _bytes(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    # Base64 may write the same bytes in several ways; ours is one, any other was altered.
    if _b64(raw) != text:
        raise ValueError("Not the base64 that was written.")
    return raw


if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


class EncryptedTextField(_TextField):
    """A text that lies encrypted in the database; search goes through a blind index instead."""

    @property
    def context(self) -> str:
        """What its ciphertexts are bound to: the model and the column."""
        return f"{self.model._meta.label_lower}.{self.name}"

    def get_prep_value(self, value: Any) -> Any:
        if value is None or value == "":
            return value
        return encrypt(str(value), context=self.context)

    def from_db_value(
        self, value: str | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> str | None:
        if value is None or value == "":
            return value
        return decrypt(value, context=self.context)

    def get_lookup(self, lookup_name: str) -> Any:
        # Every encryption differs, so a comparison in the database would silently find nothing.
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: search by its blind index.")
        return super().get_lookup(lookup_name)
