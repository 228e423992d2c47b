"""Keys as the environment names them, and those of a trial, which follow from its one secret."""

import base64
import hashlib


def field_keys(pairs: list[str], secret: str) -> dict[str, bytes]:
    """Keys by name from `id:base64` pairs; the first encrypts, all decrypt."""
    if not pairs:
        return {"local": derived(b"field", secret)}
    return {key: base64.b64decode(value) for key, _, value in (p.partition(":") for p in pairs)}


def derived(purpose: bytes, secret: str) -> bytes:
    """A key for one purpose; production names each key by itself."""
    return hashlib.sha256(purpose + secret.encode()).digest()
