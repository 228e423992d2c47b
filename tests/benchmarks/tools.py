"""What measures share: how long something takes, and many copies of real rows."""

import time
from collections.abc import Callable
from typing import Any


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def copying(model: type[Any], changed: dict[str, str], rows: str) -> str:
    """The statement that inserts rows of a table again, from rows `t` and numbers `n`.

    `changed` is the SQL of the columns that differ from copy to copy; all else is as in `t`.
    """
    names = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(changed.get(name, f't."{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {model._meta.db_table} ({listed}) SELECT {values} FROM {rows}"
