"""An insider who owns the tables takes the database's protection away and writes at will."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

from casework.ledger.protection import protect


@contextmanager
def lifted(connection: Any = connection) -> Iterator[None]:
    """Without the triggers; inside a test's transaction they return with it."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name GLOB '*_no_*'"
            )
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = origin")
        else:
            protect(connection)


def forge(sql: str, *values: Any) -> None:
    """Write past every protection."""
    with lifted(), connection.cursor() as cursor:
        cursor.execute(sql, values)
