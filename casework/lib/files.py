"""Private files, named by their content: never public, never overwritten."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"[0-9a-f]{64}")


class FileSpoilt(Exception):
    """A stored file is missing or no longer the one that was stored."""


def save_private(content: bytes) -> str:
    """Stores the bytes durably and answers their SHA-256, which is also their name."""
    name = hashlib.sha256(content).hexdigest()
    path = private_path(name)
    if path.exists() and path.read_bytes() == content:
        return name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as draft:
        draft.write(content)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(path)
    _sync_folder(path.parent)
    return name


def read_private(name: str) -> bytes:
    """The stored bytes, or `FileSpoilt` when they are not what was stored."""
    path = private_path(name)
    try:
        content = path.read_bytes()
    except FileNotFoundError as missing:
        raise FileSpoilt(f"{name} is missing") from missing
    if hashlib.sha256(content).hexdigest() != name:
        raise FileSpoilt(f"{name} was changed after it was stored")
    return content


def private_path(name: str) -> Path:
    """Where a file of this hash lies; nothing but a hash is ever part of a path."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"not a content hash: {name[:80]!r}")
    return Path(settings.MEDIA_ROOT) / name[:2] / name


def _sync_folder(folder: Path) -> None:
    """Makes the file's name survive a power cut, as `fsync` makes its content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
