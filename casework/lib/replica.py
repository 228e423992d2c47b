"""Long reading: in one snapshot, and away from the primary where a replica is named.

`REPLICA_URL` names a streaming replica of the database. Only what says so reads there, and nothing
that somebody is about to act on: a replica is a moment behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.db import DEFAULT_DB_ALIAS, connections, transaction

ALIAS: Final = "replica"
_reading: ContextVar[bool] = ContextVar("reading_from_replica", default=False)


class Router:
    """Sends reading to the replica within `long_reading`; writing and migrating never."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str | None:
        return ALIAS if _reading.get() else None

    def db_for_write(self, _model: Any, **_hints: Any) -> str | None:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool | None:
        # The same rows, wherever they were read.
        return True

    def allow_migrate(self, db: str, _app: str, **_hints: Any) -> bool | None:
        return False if db == ALIAS else None


@contextmanager
def long_reading() -> Iterator[None]:
    """Read as everything stood at one moment, from the replica if there is one.

    What is committed meanwhile is not seen: two halves of one act are seen both or neither. Within
    a transaction that has begun already this is a plain passage, and reading stays where it is.
    """
    alias = ALIAS if ALIAS in connections.databases else DEFAULT_DB_ALIAS
    if connections[DEFAULT_DB_ALIAS].in_atomic_block:
        yield
        return
    token = _reading.set(alias == ALIAS)
    try:
        with _one_snapshot(alias):
            yield
    finally:
        _reading.reset(token)


@contextmanager
def _one_snapshot(alias: str) -> Iterator[None]:
    connection = connections[alias]
    if connection.vendor == "postgresql":
        with transaction.atomic(using=alias):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    # Our transactions on SQLite begin by locking out other writers; one that reads need not.
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
