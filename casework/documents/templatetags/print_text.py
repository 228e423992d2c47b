"""How print pages write dates, marks and grouped headings."""

from collections.abc import Iterable
from itertools import groupby
from typing import NamedTuple

from django import template

from casework.documents.print_data import Column
from casework.documents.titles import ems
from casework.documents.wording import iso_to_chinese

register = template.Library()

MARK_WIDTH_POINTS = 430
LARGEST_MARK_POINTS = 52
DATE_INDENT_EMS = 4.0


class Heading(NamedTuple):
    """One cell of the upper heading row: a lone column, or a group over several."""

    text: str
    span: int
    grouped: bool


@register.filter
def official_date(text: str) -> str:
    """2018-08-06 as 2018年8月6日."""
    return iso_to_chinese(text)


@register.filter
def official_year(text: str) -> str:
    """The year of a date in a narrow cell: 2018年."""
    return iso_to_chinese(text).partition("年")[0] + "年"


@register.filter
def official_day(text: str) -> str:
    """Month and day of a date in a narrow cell: 8月6日."""
    return iso_to_chinese(text).partition("年")[2]


@register.filter
def mark_points(issuer: str) -> int:
    """The size of the red mark: as large as the line allows, never larger than the custom."""
    return min(LARGEST_MARK_POINTS, int(MARK_WIDTH_POINTS / (ems(issuer) + 2)))


@register.filter
def signature_indent(issuer: str, issued_on: str) -> str:
    """How far the date stands from the right: four characters, or more for a long signature."""
    overhang = (ems(issuer) - ems(iso_to_chinese(issued_on))) / 2
    return f"{max(DATE_INDENT_EMS, overhang):.2f}"


@register.filter
def upper_headings(columns: Iterable[Column]) -> list[Heading]:
    """The upper heading row of the weekly table: neighbours of one group share a cell."""
    numbered = enumerate(columns)
    runs = groupby(numbered, key=lambda pair: pair[1]["group"] or pair[0])
    return [_heading([column for _place, column in run]) for _key, run in runs]


@register.filter
def lower_headings(columns: Iterable[Column]) -> list[str]:
    """The lower heading row: only what stands under a group."""
    return [column["heading"] for column in columns if column["group"]]


def _heading(run: list[Column]) -> Heading:
    first = run[0]
    return Heading(first["group"] or first["heading"], len(run), bool(first["group"]))


@register.filter
def beside(cells: list[str], columns: list[Column]) -> list[tuple[str, Column]]:
    """Each cell of a row with its column; a row of the wrong length is refused."""
    return list(zip(cells, columns, strict=True))
