"""Lists as files for spreadsheets: text stays text, whatever it begins with."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Final

from xlsxwriter import Workbook

_FORMULA_MARKS: Final = ("=", "+", "-", "@", "\t", "\r")
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a cell may begin with is text, whatever a spreadsheet would make of it.
AS_TEXT: Final = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# Cells hold no more (ECMA-376).
_LONGEST: Final = 32_000


def harmless(text: str) -> str:
    """A cell of a CSV that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text


def csv_of(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A CSV in UTF-8 with the mark by which spreadsheets know the encoding."""
    written = StringIO()
    written.write("\ufeff")
    sheet = csv.writer(written)
    sheet.writerow(headings)
    for row in rows:
        sheet.writerow([harmless(cell) for cell in row])
    return written.getvalue().encode()


def template_of(columns: Sequence[tuple[str, str]]) -> bytes:
    """A workbook to fill in: a heading and a note for each column, cells kept as text.

    As text, because a spreadsheet that takes a long number for a number loses its last digits.
    """
    target = BytesIO()
    with Workbook(target, AS_TEXT) as book:
        strong, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet("名单")
        sheet.set_column(0, len(columns) - 1, 20, text)
        sheet.freeze_panes(1, 0)
        for place, (heading, note) in enumerate(columns):
            sheet.write_string(0, place, heading, strong)
            if note:
                sheet.write_comment(0, place, note)
    return target.getvalue()


def workbook_of(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    told: Sequence[tuple[str, str]],
    mark: str,
) -> bytes:
    """A workbook: the list, and before it a sheet that says whose copy this is.

    `mark` stands over every printed page. Written row by row, in memory that does not grow with
    the list.
    """
    target = BytesIO()
    with Workbook(target, AS_TEXT | {"constant_memory": True}) as book:
        strong = book.add_format({"bold": True})
        first = book.add_worksheet("说明")
        first.set_column(0, 0, 14)
        first.set_column(1, 1, 60)
        first.write_string(0, 0, title, strong)
        for place, (label, value) in enumerate(told, start=2):
            first.write_string(place, 0, label)
            first.write_string(place, 1, value[:_LONGEST])
        sheet = book.add_worksheet("名单")
        for page in (first, sheet):
            page.set_header(f"&C{mark.replace('&', '&&')}")
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(headings) - 1, 18)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, strong)
        for place, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(place, column, cell[:_LONGEST])
    return target.getvalue()
