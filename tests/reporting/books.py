"""Figures for weekly tables: the fixture of 7.3, and single postings."""

from datetime import date
from decimal import Decimal

from casework.directory.models import Division
from casework.ledger.act import Subject, open_books
from casework.lib import clock
from evaluation.reporting.models import Target
from tests.evaluation.world import on

# code, target, done, rate, rank: a fictional distribution.
FIXTURE = (
    ("110101", 140, 175, 125.0, 4),
    ("110102", 160, 200, 125.0, 4),
    ("110105", 240, 302, 125.8, 3),
    ("110106", 200, 236, 118.0, 13),
    ("110107", 90, 112, 124.4, 9),
    ("110108", 240, 300, 125.0, 4),
    ("110109", 90, 105, 116.7, 15),
    ("110111", 150, 190, 126.7, 2),
    ("110112", 160, 188, 117.5, 14),
    ("110113", 120, 150, 125.0, 4),
    ("110114", 150, 172, 114.7, 16),
    ("110115", 150, 181, 120.7, 12),
    ("110116", 80, 99, 123.8, 11),
    ("110117", 90, 112, 124.4, 9),
    ("110118", 80, 100, 125.0, 4),
    ("110119", 60, 78, 130.0, 1),
)
WEEK = "2018-W44"
IN_WEEK = "2018-10-31"
AFTER = "2018-11-05 08:00"


def post(
    at: str,
    figure: str,
    amount: int | Decimal,
    district: str,
    *,
    line: str = "",
    occurred_on: date | None = None,
) -> None:
    """One posting in an act of its own."""
    with clock.at(on(at)), open_books("post", by=None, moment=on(at)) as books:
        books.post(
            figure, amount, subject=Subject("case", 1), district=district, line=line,
            occurred_on=occurred_on,
        )  # fmt: skip
        books.close(("case", 1), from_state="", to_state="")


def set_target(district: str, amount: int, since: date = date(2018, 1, 1)) -> None:
    Target.objects.create(
        district=Division.objects.get(pk=district), year=2018, amount=amount, effective_from=since
    )


def lay_down_fixture(at: str = IN_WEEK) -> None:
    """Targets and completed cases of 7.3, all in one act."""
    with clock.at(on(at)), open_books("post", by=None, moment=on(at)) as books:
        for code, target, done, _rate, _rank in FIXTURE:
            set_target(code, target)
            books.post("completed", done, subject=Subject("case", 1), district=code)
        books.close(("case", 1), from_state="", to_state="")
