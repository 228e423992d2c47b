"""compile_week: seals once, prints the same for ever, refuses in words."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from casework.ledger.models import Period
from casework.lib import clock
from tests.walk import DISTRICT, Walk, at

pytestmark = pytest.mark.django_db
NOW = "2018-07-30 12:00"


def compile_week(week: str, *options: str) -> str:
    out = io.StringIO()
    with clock.at(at(NOW)):
        call_command("compile_week", week, *options, stdout=out)
    return out.getvalue()


def as_json(week: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(compile_week(week, "--json"))
    return table


def test_it_seals_the_week_and_all_before_it() -> None:
    Walk.upto("receive")
    table = as_json("2018-W29")
    assert set(table) == {"week", "sealed_at", "sha256", "columns", "rows", "total"}
    assert table["week"] == "2018-W29"
    assert len(table["columns"]) == 21
    assert len(table["rows"]) == 16
    row = next(row for row in table["rows"] if row["code"] == DISTRICT)
    assert (row["completed"], row["orders_issued"]) == (1, 1)
    assert table["total"]["completed"] == sum(row["completed"] for row in table["rows"])
    assert Period.objects.filter(sealed_at__isnull=False).count() == 12


def test_the_second_time_prints_the_same() -> None:
    walk = Walk.upto("receive")
    first = as_json("2018-W28")
    walk.report()
    assert as_json("2018-W28") == first


def test_a_terminal_gets_one_line_a_district() -> None:
    Walk.upto("accept")
    lines = compile_week("2018-W18").splitlines()
    assert lines[0].startswith("2018-W18  sha256 ")
    assert len(lines) == 2 + 16 + 1


def test_a_week_in_which_nothing_moved_yet_is_sealed_too() -> None:
    assert as_json("2018-W10")["total"]["completed"] == 0


@pytest.mark.parametrize(
    ("week", "complaint"),
    [
        ("2018-31", "ISO week"),
        ("2018-W60", "ISO week"),
        ("W31", "ISO week"),
        ("2018-W31", "not over"),
    ],
)
def test_what_cannot_be_sealed_is_said(week: str, complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint):
        compile_week(week)


def test_weeks_before_the_first_sealed_one_are_refused() -> None:
    as_json("2018-W20")
    with pytest.raises(CommandError):
        compile_week("2018-W19")
