"""The weekly table as a spreadsheet: all columns, two-row headings, the same bytes every time."""

from datetime import date, datetime, time
from io import BytesIO
from itertools import groupby
from typing import Any

from xlsxwriter import Workbook

from casework.lib.sheets import AS_TEXT
from evaluation.reporting.columns import COLUMNS, Column
from evaluation.reporting.weekly import Table, text_of

HEAD_ROWS = 2
_WIDTHS = {"district": 12, "target": 10, "verified": 10, "rank_move": 12}
_OPTIONS = AS_TEXT | {"in_memory": True}


def workbook_of(table: Table, title: str) -> bytes:
    """The bytes of the spreadsheet of a stored table."""
    target = BytesIO()
    with Workbook(target, _OPTIONS) as book:
        # The creation moment would otherwise make every copy differ.
        made_on = datetime.combine(date.fromisoformat(table["as_of"]), time.min)
        book.set_properties({"title": title, "created": made_on})
        sheet = book.add_worksheet(table["week"])
        head = book.add_format(_frame(bold=True, align="center", text_wrap=True))
        sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, title, head)
        _write_heading(sheet, head)
        for place, row in enumerate([*table["rows"], table["total"]], start=1 + HEAD_ROWS):
            _write_row(book, sheet, place, row, is_total=row is table["total"])
        for place, column in enumerate(COLUMNS):
            sheet.set_column(place, place, _WIDTHS.get(column.key, 8))
        sheet.freeze_panes(1 + HEAD_ROWS, 2)
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
    return target.getvalue()


def _frame(**more: Any) -> dict[str, Any]:
    return {"border": 1, "valign": "vcenter", **more}


def _write_heading(sheet: Any, head: Any) -> None:
    """Neighbours of one group stand under its heading; a column of no group spans both rows."""
    place = 0
    for group, found in groupby(COLUMNS, key=lambda column: column.group or column.key):
        columns = list(found)
        last = place + len(columns) - 1
        if group == columns[0].key:
            sheet.merge_range(1, place, HEAD_ROWS, place, columns[0].heading, head)
        elif len(columns) == 1:
            sheet.write_string(1, place, group, head)
        else:
            sheet.merge_range(1, place, 1, last, group, head)
        if group != columns[0].key:
            for offset, column in enumerate(columns):
                sheet.write_string(HEAD_ROWS, place + offset, column.heading, head)
        place = last + 1


def _write_row(
    book: Workbook, sheet: Any, place: int, row: dict[str, Any], *, is_total: bool
) -> None:
    for at, column in enumerate(COLUMNS):
        value = row[column.key]
        cell = book.add_format(_frame(bold=is_total, align=column.align, **_number(column)))
        if isinstance(value, int | float):
            sheet.write_number(place, at, value, cell)
        else:
            sheet.write_string(place, at, text_of(column.key, value), cell)


def _number(column: Column) -> dict[str, str]:
    return {"num_format": "0.0"} if column.kind in ("rate", "mean") else {}
