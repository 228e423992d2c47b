"""Moving every encrypted column to the key in use, while the system is in use."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models import F, TextField, Value
from django.db.models.functions import Cast, Left

from casework.lib.crypto import (
    EncryptedTextField,
    active_prefix,
    decrypt,
    encrypt,
    known_prefixes,
)

BATCH: Final = 500
UNKNOWN: Final = "unknown"


@dataclass(slots=True)
class Rotated:
    """What was done to one column; counts are rows."""

    column: str
    moved: int = 0
    overtaken: int = 0

    def count(self, moved: int) -> None:
        """One row: 1 if it was moved, 0 where somebody wrote it meanwhile."""
        self.moved += moved
        self.overtaken += 1 - moved

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)


def encrypted_fields() -> list[EncryptedTextField]:
    """Every encrypted column of the installation, found from the models by themselves."""
    return [
        field
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def keys_in_use() -> dict[str, dict[str, int]]:
    """By column, how many rows lie under each `cipher:key`; a key found nowhere may be retired."""
    return {field.context: _keys_of(field) for field in encrypted_fields()}


def rotate(*, batch: int = BATCH) -> Iterator[Rotated]:
    """Re-encrypt, column by column, what does not lie under the active cipher and key.

    Nothing is remembered between runs: a run that was killed goes on where it stopped, because
    what it moved is no longer found. Raises Unreadable at a ciphertext that does not open.
    """
    for field in encrypted_fields():
        done = Rotated(field.context)
        last: Any = None
        while rows := _behind(field, last, batch):
            for key, sealed in rows:
                done.count(_move(field, key, sealed))
            last = rows[-1][0]
        yield done


Reindexer = Callable[[int], Iterator[Rotated]]
_reindexers: list[Reindexer] = []


def register_reindexer(reindexer: Reindexer) -> Reindexer:
    """Let the app that owns a blind index say how it is made anew; told how many rows at a time."""
    _reindexers.append(reindexer)
    return reindexer


def reindex(*, batch: int = BATCH) -> Iterator[Rotated]:
    """Make every blind index anew under the key and the hash in use, row by row, resumable.

    What lies under them already is left alone, so a run that was killed is simply begun again.
    """
    for reindexer in _reindexers:
        yield from reindexer(batch)


def _raw(field: EncryptedTextField) -> models.QuerySet[Any]:
    present: models.QuerySet[Any] = field.model._base_manager.filter(
        **{f"{field.name}__isnull": False}
    )
    present = present.annotate(raw=Cast(F(field.name), TextField()))
    return present.exclude(raw="")


def _behind(field: EncryptedTextField, last: Any, batch: int) -> list[tuple[Any, str]]:
    prefix = active_prefix()
    rows = _raw(field).alias(head=Left("raw", len(prefix))).exclude(head=prefix)
    if last is not None:
        rows = rows.filter(pk__gt=last)
    return list(rows.order_by("pk").values_list("pk", "raw")[:batch])


def _move(field: EncryptedTextField, key: Any, sealed: str) -> int:
    """One row; 0 when somebody wrote it meanwhile, which sealed it with the active key."""
    fresh = encrypt(decrypt(sealed, context=field.context), context=field.context)
    row = _raw(field).filter(pk=key, raw=sealed)
    return row.update(**{field.name: Value(fresh, output_field=TextField())})


def _keys_of(field: EncryptedTextField) -> dict[str, int]:
    found: Counter[str] = Counter()
    for prefix in known_prefixes():
        rows = _raw(field).alias(head=Left("raw", len(prefix))).filter(head=prefix)
        found[prefix.rstrip(":")] = rows.count()
    found[UNKNOWN] = _raw(field).count() - found.total()
    return {name: rows for name, rows in found.items() if rows}
