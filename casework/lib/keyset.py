"""Pages of long lists by the key of the last row seen, and counts that stop.

A page number costs all the rows before it, and a count costs all rows there are. A place in the
order costs one look into an index at any depth, and stays where it is while rows come and go.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.db.models import F, Field, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan

SIZE: Final = 50
# A list says how many there are up to here; beyond, that there are more.
MOST: Final = 1000
_BETWEEN: Final = "~"


@dataclass(frozen=True)
class Amount:
    """How many there are, counted no further than a list cares to know."""

    number: int
    more: bool = False

    def __str__(self) -> str:
        return f"{self.number}+" if self.more else str(self.number)

    def __bool__(self) -> bool:
        return bool(self.number)


NONE: Final = Amount(0)


def amount_of(rows: QuerySet[Any], most: int = MOST) -> Amount:
    """Count rows, but stop when there are more than `most`."""
    found = rows.order_by()[: most + 1].count()
    return Amount(min(found, most), more=found > most)


@dataclass(frozen=True)
class KeyPage:
    """The rows of one page, and the queries that lead to its neighbours, empty where none are."""

    rows: list[Any]
    back: str
    on: str

    @property
    def is_all(self) -> bool:
        """There are no rows but these."""
        return not self.back and not self.on

    def amount_of(self, rows: QuerySet[Any]) -> Amount:
        """How many there are of what this is a page of; asked only where the page does not tell."""
        return Amount(len(self.rows)) if self.is_all else amount_of(rows)


def key_page(
    asked: Mapping[str, str],
    rows: QuerySet[Any],
    names: Sequence[str],
    *,
    descending: bool = False,
    size: int = SIZE,
) -> KeyPage:
    """The page that an address asks for by `after` or `before`; the first one where it is mistyped.

    `names` are columns or annotations without NULL that order the rows, the last of them unique.
    """
    after, before = (place_of(rows, names, asked.get(name, "")) for name in ("after", "before"))
    backward = after is None and before is not None
    place = before if backward else after
    downward = descending != backward
    beyond = rows
    if place is not None:
        compared = TupleLessThan if downward else TupleGreaterThan
        beyond = rows.filter(compared(Tuple(*map(F, names)), place))
    order = [F(name).desc() if downward else F(name).asc() for name in names]
    found = list(beyond.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backward:
        found.reverse()
    if not found and place is not None:
        # What stood there is gone: begin anew.
        return key_page({}, rows, names, descending=descending, size=size)
    if not found:
        return KeyPage([], "", "")
    first, last = (_query("before", found[0], names), _query("after", found[-1], names))
    if backward:
        return KeyPage(found, first if more else "", last)
    return KeyPage(found, first if place is not None else "", last if more else "")


def _query(name: str, row: Any, names: Sequence[str]) -> str:
    return urlencode({name: _BETWEEN.join(_said(getattr(row, key)) for key in names)})


def _said(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def place_of(rows: QuerySet[Any], names: Sequence[str], said: str) -> tuple[Any, ...] | None:
    """The values that an address names, if it names all of them."""
    parts = said.split(_BETWEEN)
    if len(parts) != len(names):
        return None
    try:
        values = tuple(
            _field(rows, name).clean(part, None) for name, part in zip(names, parts, strict=True)
        )
    except (ValidationError, OverflowError):
        return None
    return values


def _field(rows: QuerySet[Any], name: str) -> "Field[Any, Any]":
    annotation = rows.query.annotations.get(name)
    if annotation is not None:
        field: Field[Any, Any] = annotation.output_field
        return field
    options = rows.model._meta
    column: Field[Any, Any] = options.get_field(options.pk.name if name == "pk" else name)
    return column
