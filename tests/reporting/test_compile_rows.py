"""The weekly table: the printed fixture of 7.3 to the last rank, and what each column reads."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.ledger.figures import seal_week
from evaluation.reporting.columns import COLUMNS, KEYS
from evaluation.reporting.summary_text import print_context, prose_of, whole_percent
from evaluation.reporting.weekly import (
    columns_that_do_not_add_up,
    compile_rows,
    move,
    one_decimal,
    ranks,
    texts,
)
from tests.evaluation.world import on
from tests.reporting.books import FIXTURE, IN_WEEK, WEEK, lay_down_fixture, post, set_target


def row_of(table: dict[str, Any], code: str) -> dict[str, Any]:
    return next(row for row in table["rows"] if row["code"] == code)


def test_there_are_twenty_one_columns() -> None:
    assert len(COLUMNS) == 21
    assert len(set(KEYS)) == 21


@pytest.mark.django_db
class TestFixture:
    def test_every_rate_and_rank_is_as_printed(self) -> None:
        lay_down_fixture()
        table = compile_rows(WEEK)
        found = [
            (row["code"], row["target"], row["completed"], row["rate"], row["rank"])
            for row in table["rows"]
        ]
        assert found == list(FIXTURE)
        assert [row["seq"] for row in table["rows"]] == list(range(1, 17))

    def test_the_totals_rate_comes_from_sums_and_has_no_rank(self) -> None:
        lay_down_fixture()
        table = compile_rows(WEEK)
        total = table["total"]
        assert (total["target"], total["completed"]) == (2200, 2700)
        assert (total["rate"], total["rank"]) == (122.7, None)
        assert texts(total)[:2] == ["", "合计"]
        assert columns_that_do_not_add_up(table) == []

    def test_prose_cuts_the_percentage_off(self) -> None:
        lay_down_fixture()
        table = compile_rows(WEEK)
        assert "年度任务2200户，累计完成2700户，完成率122%" in prose_of(table)[0]
        assert "房山区" in prose_of(table)[1]
        assert whole_percent(table["total"], "HALF_UP") == "123%"


@pytest.mark.django_db
class TestColumns:
    def test_each_column_reads_its_own_figure(self) -> None:
        set_target("110101", 10)
        post("2018-10-24", "referred", 3, "110101")
        post(IN_WEEK, "referred", 2, "110101")
        post(IN_WEEK, "verified", 4, "110101")
        post(IN_WEEK, "rejected", 1, "110101")
        for line, amount in (("DISABLED", 1), ("ELDERLY", 2), ("STUDENT", 3), ("COMBINED", 4)):
            post("2018-10-24", "in_help", amount, "110101", line=line)
        post("2018-10-24", "completed", 5, "110101")
        post(IN_WEEK, "completed", 1, "110101")
        post(IN_WEEK, "evaluated", 3, "110101")
        post(IN_WEEK, "score_sum", Decimal("256.1"), "110101")
        post(IN_WEEK, "orders_issued", 2, "110101")
        post(IN_WEEK, "orders_closed", 1, "110101")
        post(IN_WEEK, "orders_overdue", 1, "110101")
        row = row_of(compile_rows(WEEK), "110101")
        assert {key: row[key] for key in KEYS} == {
            "seq": 1, "district": "东城区", "target": 10, "referred_week": 2, "referred": 5,
            "verified": 4, "rejected": 1, "help_disabled": 1, "help_elderly": 2,
            "help_student": 3, "help_combined": 4, "completed_week": 1, "completed": 6,
            "rate": 60.0, "rank": 1, "evaluated": 3, "mean_score": 85.4, "orders_issued": 2,
            "orders_closed": 1, "orders_overdue": 1, "rank_move": "=",
        }  # fmt: skip

    def test_a_district_without_target_has_no_rate_and_no_rank(self) -> None:
        post(IN_WEEK, "completed", 5, "110101")
        row = row_of(compile_rows(WEEK), "110101")
        assert (row["rate"], row["rank"]) == (None, None)
        assert texts(row)[KEYS.index("rate")] == "—"
        assert texts(row)[KEYS.index("mean_score")] == "—"

    def test_a_move_between_districts_leaves_the_total(self) -> None:
        post("2018-10-24", "in_help", 1, "110101", line="ELDERLY")
        before = compile_rows(WEEK)["total"]["help_elderly"]
        post(IN_WEEK, "in_help", -1, "110101", line="ELDERLY")
        post(IN_WEEK, "in_help", 1, "110106", line="ELDERLY")
        table = compile_rows(WEEK)
        assert before == table["total"]["help_elderly"] == 1
        assert row_of(table, "110106")["help_elderly"] == 1

    def test_a_new_year_begins_its_counts_and_keeps_its_stocks(self) -> None:
        post(IN_WEEK, "completed", 5, "110101")
        post(IN_WEEK, "in_help", 2, "110101", line="ELDERLY")
        row = row_of(compile_rows("2019-W02"), "110101")
        assert (row["completed"], row["help_elderly"]) == (0, 2)

    def test_the_week_of_the_turn_of_the_year_shows_all_its_days(self) -> None:
        post("2018-12-31", "completed", 1, "110101")
        post("2019-01-02", "completed", 5, "110101")
        table = compile_rows("2019-W01")
        row = row_of(table, "110101")
        assert (row["completed_week"], row["completed"]) == (6, 5)
        notes = print_context(table, issued_on=date(2019, 1, 7))["notes"]
        assert "本周含2018年度完成1户，计入该年度累计。" in notes

    def test_a_target_changed_later_does_not_change_an_earlier_week(self) -> None:
        set_target("110101", 10)
        set_target("110101", 20, since=date(2018, 11, 1))
        assert row_of(compile_rows("2018-W43"), "110101")["target"] == 10
        assert row_of(compile_rows("2018-W44"), "110101")["target"] == 20

    def test_a_movement_of_an_unknown_district_is_not_lost(self) -> None:
        post(IN_WEEK, "completed", 5, "119999")
        table = compile_rows(WEEK)
        assert row_of(table, "119999")["completed"] == table["total"]["completed"] == 5

    def test_ranks_move_against_the_week_before(self) -> None:
        set_target("110101", 10)
        set_target("110102", 10)
        set_target("110105", 10)
        for code, done in (("110101", 1), ("110102", 2), ("110105", 5)):
            post("2018-10-24", "completed", done, code)
        seal_week("2018-W43", at=on("2018-10-29 08:00"))
        post(IN_WEEK, "completed", 3, "110101")
        table = compile_rows(WEEK)
        moves = {row["code"]: row["rank_move"] for row in table["rows"][:3]}
        assert moves == {"110101": "↑1", "110102": "↓1", "110105": "="}

    def test_what_became_known_late_is_noted(self) -> None:
        post(IN_WEEK, "completed", -1, "110101", occurred_on=date(2018, 10, 2))
        data = print_context(compile_rows(WEEK), issued_on=date(2018, 11, 5))
        assert "东城区“完成累计”含以前周事项-1。" in data["notes"]

    def test_print_data_has_a_cell_for_every_column(self) -> None:
        lay_down_fixture()
        data = print_context(compile_rows(WEEK), issued_on=date(2018, 11, 5))
        assert len(data["columns"]) == 21
        assert {len(row) for row in [*data["rows"], data["total"]]} == {21}
        assert (data["period_from"], data["period_to"]) == ("2018-10-29", "2018-11-04")
        assert data["issuer"] == "示例市民政局"


@given(st.lists(st.none() | st.fractions(0, 3), max_size=30))
def test_ranks_are_competition_ranks(rates: list[Fraction | None]) -> None:
    found = ranks(rates)
    for rate, rank in zip(rates, found, strict=True):
        if rate is None:
            assert rank is None
        else:
            better = [other for other in rates if other is not None and other > rate]
            assert rank == len(better) + 1


def test_ties_skip_the_ranks_they_fill() -> None:
    assert ranks([Fraction(5), Fraction(4), Fraction(4), Fraction(3)]) == [1, 2, 2, 4]


@pytest.mark.parametrize(
    ("before", "now", "text"), [(3, 1, "↑2"), (1, 3, "↓2"), (2, 2, "="), (None, 1, "—")]
)
def test_moves_read_as_arrows(before: int | None, now: int, text: str) -> None:
    assert move(before, now) == text


def test_half_a_tenth_goes_up() -> None:
    assert one_decimal(Fraction(2475, 20)) == 123.8
    assert one_decimal(Fraction(1, 8)) == 0.1
