"""What an act writes: row by row as it goes, or together with acts on many other subjects.

An act says what it adds and what it changes, and does not know which of the two it is. Together,
rows of one table go out as one statement, which is what makes an act on ten thousand cases a
matter of seconds. Reading back what was added only works row by row.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

from django.db.models import Model

# Rows of one statement: SQLite takes 32,766 values in one, and the widest rows have twenty.
_ROWS: Final = 1000
_Change = tuple[type[Model], tuple[str, ...]]


class Together:
    """Rows that wait to be written: what was added, table by table, and what was changed."""

    def __init__(self) -> None:
        self._added: dict[type[Model], list[Model]] = {}
        self._changed: dict[_Change, list[Model]] = {}

    def add(self, row: Model) -> None:
        self._added.setdefault(type(row), []).append(row)

    def change(self, row: Model, fields: tuple[str, ...]) -> None:
        self._changed.setdefault((type(row), fields), []).append(row)

    @contextmanager
    def or_nothing(self) -> Iterator[None]:
        """Let go of what a part put here when that part is refused."""
        lists = [*self._added.items(), *self._changed.items()]
        before = {key: len(rows) for key, rows in lists}
        try:
            yield
        except BaseException:
            for kept in (self._added, self._changed):
                for key, rows in kept.items():
                    del rows[before.get(key, 0) :]
            raise

    def write(self) -> None:
        """Write everything: changes, then additions, a table after those that its rows name."""
        for (model, fields), rows in self._changed.items():
            for values, members in _alike(rows, fields):
                numbers = [row.pk for row in members]
                for start in range(0, len(numbers), _ROWS):
                    found = model._default_manager.filter(pk__in=numbers[start : start + _ROWS])
                    found.update(**values)
        # A row is added after the rows it names, so tables stand in the order they first came.
        for model, rows in self._added.items():
            model._default_manager.bulk_create(rows, batch_size=_ROWS)


def _alike(
    rows: Iterable[Model], fields: tuple[str, ...]
) -> Iterable[tuple[dict[str, Any], list[Model]]]:
    """Rows grouped by the values that were set on them."""
    groups: dict[str, tuple[dict[str, Any], list[Model]]] = {}
    for row in rows:
        values = {name: getattr(row, name) for name in fields}
        groups.setdefault(repr(values), (values, []))[1].append(row)
    return groups.values()


_together: ContextVar[Together | None] = ContextVar("writes_together", default=None)


@contextmanager
def together() -> Iterator[Together]:
    """Keep what is added and changed within, and write it at the end; nothing after a failure."""
    kept = Together()
    token = _together.set(kept)
    try:
        yield kept
    finally:
        _together.reset(token)
    kept.write()


def add(row: Model) -> None:
    """Write a new row."""
    kept = _together.get()
    if kept is None:
        row.save(force_insert=True)
    else:
        kept.add(row)


def add_all(rows: Iterable[Model]) -> None:
    """Write new rows of one table."""
    found, kept = list(rows), _together.get()
    if kept is None:
        if found:
            type(found[0])._default_manager.bulk_create(found)
        return
    for row in found:
        kept.add(row)


def change(row: Model, *fields: str) -> None:
    """Write what was changed on a row that is there."""
    kept = _together.get()
    if kept is None:
        row.save(update_fields=fields)
    else:
        kept.change(row, fields)


def change_all(rows: Iterable[Model], **values: Any) -> None:
    """Set the same values on rows of one table."""
    found, kept = list(rows), _together.get()
    for row in found:
        for name, value in values.items():
            setattr(row, name, value)
    if kept is None:
        if found:
            numbers = [row.pk for row in found]
            type(found[0])._default_manager.filter(pk__in=numbers).update(**values)
        return
    for row in found:
        kept.change(row, tuple(values))
