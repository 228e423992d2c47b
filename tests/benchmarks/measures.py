"""One measure each, in a process of the project: `python -m tests.benchmarks.measures NAME`.

Each answers what we need, what a peer needs for the same, and what the bare work needs.
"""

import io
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.faults import driver  # sets Django up

from django.db import connection  # isort: skip

import openpyxl
import pypdf
import python_calamine
import xlsxwriter
from weasyprint import HTML  # noqa: TID251  the limit is the bare renderer
from weasyprint.text.fonts import FontConfiguration  # noqa: TID251

from casework.documents.models import Document
from casework.documents.operations import page_of
from casework.households.columns import COLUMNS
from casework.households.imports import read_rows
from casework.ledger import outbox
from casework.ledger.weeks import next_week, week_of
from casework.lib import clock, pdf
from evaluation.reporting.weekly import compile_rows
from tests.benchmarks.tools import seconds

CHROMIUM = [
    "/usr/bin/chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-pdf-header-footer",
]  # fmt: skip
FONTS = FontConfiguration()
Answer = dict[str, Any]


def each(work: Callable[[Any], object], subjects: Iterable[Any]) -> float:
    """The median time of one of many."""
    return statistics.median(seconds(lambda s=subject: work(s)) for subject in subjects)


def weekly_table(years: str) -> Answer:
    """The open week's table after some years: from balances, and by counting every movement."""
    driver.do(0, "refer")
    this_week = week_of(clock.now())
    _years_of_books(int(years), this_week)
    compile_rows(this_week)
    return {
        "ours": each(compile_rows, [this_week] * 7) * 1000,
        "peer": each(_count_everything, [this_week] * 5) * 1000,
        "limit": each(_read_last_balances, range(7)) * 1000,
    }


def _count_everything(week: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT figure, district, line, sum(amount), sum(amount) FILTER (WHERE week = %s)"
            " FROM ledger_movement WHERE week <= %s GROUP BY figure, district, line",
            [week, week],
        )
        cursor.fetchall()


def _read_last_balances(_turn: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT figure, district, line, closing FROM ledger_balance"
            " WHERE week = (SELECT max(week) FROM ledger_period)"
        )
        cursor.fetchall()


def _years_of_books(years: int, until: str) -> None:
    """Sealed weeks of a whole city: 16 districts, 10 figures, 3 lines, 5 acts each a week."""
    weeks, week = [], f"{int(until[:4]) - years}{until[4:]}"
    while week < until:
        weeks.append(week)
        week = next_week(week)
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(id) FROM ledger_journalentry")
        entry = cursor.fetchone()[0]
        cursor.execute("CREATE TEMP TABLE account AS " + ACCOUNTS)
        for number, week in enumerate(weeks, start=1):
            cursor.execute(MOVEMENTS, {"week": week, "year": int(week[:4]), "entry": entry})
            cursor.execute(BALANCES, {"week": week, "year": int(week[:4]), "number": number})
            cursor.execute(PERIODS, {"week": week})
        cursor.execute("ANALYZE")


ACCOUNTS = """
SELECT f AS figure, d.code AS district, l AS line
FROM unnest(ARRAY['referred','verified','rejected','in_help','completed','evaluated','score_sum',
                  'orders_issued','orders_closed','orders_overdue']) f
CROSS JOIN (SELECT code FROM directory_division WHERE level = 'DISTRICT') d
CROSS JOIN unnest(ARRAY['DISABLED','ELDERLY','STUDENT']) l
"""
MOVEMENTS = """
INSERT INTO ledger_movement (week, year, figure, district, street, line, subject_type, subject_id,
                             amount, occurred_on, moment, entry_id, note)
SELECT %(week)s, %(year)s, figure, district, '', line, 'case', n, 1, now(), now(), %(entry)s, ''
FROM account CROSS JOIN generate_series(1, 5) n
"""
BALANCES = """
INSERT INTO ledger_balance (week, year, figure, district, street, line, opening, moved, closing)
SELECT %(week)s, CASE WHEN figure IN ('in_help', 'orders_overdue') THEN 0 ELSE %(year)s END,
       figure, district, '', line, 5 * (%(number)s - 1), 5, 5 * %(number)s
FROM account
"""
PERIODS = """
INSERT INTO ledger_period (week, starts_at, ends_at, sealed_at, movements, prev_sha256, sha256)
VALUES (%(week)s, now(), now(), now(), 2400, '', '')
"""


def notices() -> Answer:
    """Printing refusal notices: outbox, isolation, durable file; Chromium; the bare renderer."""
    for number in range(10):
        for act in driver.ACTS:
            driver.do(number, act)
    pages = [page_of(document) for document in Document.objects.order_by("pk")]
    outbox.drain(1)
    ours = seconds(lambda: outbox.drain(len(pages))) / (len(pages) - 1)
    _bare_print(pages[0])
    return {
        "ours": ours * 1000,
        "peer": each(_print_with_chromium, pages[:5]) * 1000,
        "limit": each(_bare_print, pages) * 1000,
    }


def notices_beside_stock() -> Answer:
    """Notices a second: ours with its isolation; WeasyPrint as it comes; without isolation.

    As it comes: the system's collection of fonts, style sheets read anew for each document.
    """
    for number in range(6):
        for act in driver.ACTS:
            driver.do(number, act)
    pages = [page_of(document) for document in Document.objects.order_by("pk")]
    stock = [_with_system_fonts(page) for page in pages]
    ours, peer = pdf.render_pdf(pages[0]), HTML(string=stock[0]).write_pdf()
    _bare_print(pages[0])
    rounds = [
        (each(pdf.render_pdf, pages), each(_print_stock, stock), each(_bare_print, pages))
        for _round in range(5)
    ]
    taken = [statistics.median(spans) for spans in zip(*rounds, strict=True)]
    texts = {_text_of(content) for content in (ours, peer)}
    return {
        "ours": 1 / taken[0],
        "peer": 1 / taken[1],
        "limit": 1 / taken[2],
        "details": {
            "bytes each": f"{len(ours):,}; stock {len(peer):,}; goal at most 45,000",
            "text": "the same" if len(texts) == 1 else "NOT THE SAME",
        },
    }


def _with_system_fonts(page: str) -> str:
    """The page with its style sheets within it, naming no fonts but those of the system."""
    sheet = "".join((pdf.ASSETS_DIR / name).read_text() for name in pdf.ASSETS[:1])
    plain = re.sub(r"font-family:[^;}]*", 'font-family: "Noto Serif CJK SC", serif', sheet)
    return re.sub(r"<link[^>]*>", f"<style>{plain}</style>", page)


def _print_stock(page: str) -> None:
    HTML(string=page).write_pdf()


def _text_of(content: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


def _bare_print(page: str) -> None:
    HTML(string=_with_files(page)).write_pdf(font_config=FONTS)


def _with_files(page: str) -> str:
    """The page with its style sheets as plain files, for programs that know no assets of ours."""
    return page.replace(pdf.ASSET_SCHEME, f"{pdf.ASSETS_DIR.as_uri()}/")


def _print_with_chromium(page: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="casework-print-"))
    source = folder / "page.html"
    source.write_text(_with_files(page))
    subprocess.run(
        [*CHROMIUM, f"--user-data-dir={folder}", f"--print-to-pdf={folder / 'page.pdf'}",
         source.as_uri()],
        check=True,
        capture_output=True,
    )  # fmt: skip
    assert (folder / "page.pdf").stat().st_size > 0
    shutil.rmtree(folder, ignore_errors=True)


def import_rows() -> Answer:
    """Reading a workbook of 5,000 households: with its checks; by openpyxl; the bare cells."""
    rows = 5000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xlsx"
        _workbook(path, rows)
        content = path.read_bytes()
        return {
            "ours": rows / seconds(lambda: list(read_rows(content))),
            "peer": rows / seconds(lambda: _with_openpyxl(path)),
            "limit": rows
            / seconds(
                lambda: (
                    python_calamine.CalamineWorkbook.from_path(path)
                    .get_sheet_by_index(0)
                    .to_python()
                )
            ),
        }


def _workbook(path: Path, rows: int) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    headings = [column.title for column in COLUMNS]
    sheet.write_row(0, 0, headings)
    sample = {"姓名": "试某某", "身份证号": "110199197605129013", "居住地代码": "110101901"}
    for number in range(1, rows + 1):
        sheet.write_row(number, 0, [sample.get(heading, f"试{number}") for heading in headings])
    book.close()


def _with_openpyxl(path: Path) -> None:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    list(book.worksheets[0].iter_rows(values_only=True))
    book.close()


MEASURES: dict[str, Callable[..., Answer]] = {
    function.__name__: function
    for function in (weekly_table, notices, notices_beside_stock, import_rows)
}

if __name__ == "__main__":
    print(json.dumps(MEASURES[sys.argv[1]](*sys.argv[2:])))
