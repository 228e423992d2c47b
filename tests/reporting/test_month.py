"""The month: read from the books at its end, compared with the calendar, never of single people."""

from datetime import date
from typing import Any

import pytest

from casework.lib.calendar import days_of
from casework.lib.errors import Incomplete
from evaluation.reporting.bulletin_text import annexes_of, print_context, sections_of, title_of
from evaluation.reporting.month import LEAST_ANSWERS, compile_month
from tests.evaluation.conftest import Cast
from tests.reporting.books import FIXTURE, lay_down_fixture, post, set_target
from tests.reporting.judged import judge

pytestmark = pytest.mark.django_db


def row_of(part: dict[str, Any], code: str) -> dict[str, Any]:
    return next(row for row in part["rows"] if row["code"] == code)


def section(figures: dict[str, Any], place: int) -> str:
    return "".join(sections_of(figures, "一\n二")[place]["paragraphs"])


class TestProgress:
    def test_the_fixture_to_the_last_rank(self) -> None:
        lay_down_fixture()
        progress = compile_month("2018-10")["progress"]
        found = [
            (row["code"], row["target"], row["completed"], row["rate"], row["rank"])
            for row in progress["rows"]
        ]
        assert found == list(FIXTURE)
        total = progress["total"]
        assert (total["completed"], total["completed_month"], total["rate"]) == (2700, 2700, 122.7)

    def test_the_month_is_what_moved_in_it(self) -> None:
        set_target("110101", 10)
        post("2018-08-31", "completed", 2, "110101")
        post("2018-09-01", "completed", 3, "110101")
        post("2018-09-30", "completed", 1, "110101")
        post("2018-10-01", "completed", 4, "110101")
        row = row_of(compile_month("2018-09")["progress"], "110101")
        assert (row["completed"], row["completed_month"]) == (6, 4)

    def test_a_late_entry_counts_in_the_month_in_which_it_became_known(self) -> None:
        set_target("110101", 10)
        post("2018-09-03", "completed", 1, "110101", occurred_on=date(2018, 8, 30))
        assert row_of(compile_month("2018-08")["progress"], "110101")["completed"] == 0
        assert row_of(compile_month("2018-09")["progress"], "110101")["completed_month"] == 1

    def test_december_is_of_its_own_year(self) -> None:
        """The last day of 2018 lies in the first week of 2019."""
        set_target("110101", 10)
        post("2018-12-31", "completed", 4, "110101")
        row = row_of(compile_month("2018-12")["progress"], "110101")
        assert (row["target"], row["completed"], row["rate"]) == (10, 4, 40.0)
        row = row_of(compile_month("2019-01")["progress"], "110101")
        assert (row["completed"], row["completed_month"]) == (0, 0)

    def test_a_month_compiled_late_is_the_same(self) -> None:
        set_target("110101", 10)
        post("2018-09-10", "completed", 3, "110101")
        before = compile_month("2018-09")
        post("2018-11-10", "completed", 5, "110101")
        assert compile_month("2018-09") == before

    def test_no_target_no_rate(self) -> None:
        post("2018-09-10", "completed", 3, "110101")
        row = row_of(compile_month("2018-09")["progress"], "110101")
        assert (row["rate"], row["rank"], row["gap"], row["is_behind"]) == (None, None, None, False)

    @pytest.mark.parametrize("month", ["2018-13", "2018-9", "", "二〇一八"])
    def test_not_a_month(self, month: str) -> None:
        with pytest.raises(Incomplete):
            compile_month(month)


def test_behind_the_calendar_by_more_than_the_gap() -> None:
    """On 30 September 273 of 365 days are over: 74.8 %, less ten points 64.8 %."""
    for code, done in (("110101", 647), ("110102", 648), ("110105", 748)):
        set_target(code, 1000)
        post("2018-09-10", "completed", done, code)
    figures = compile_month("2018-09")
    rows = {row["code"]: row for row in figures["progress"]["rows"]}
    assert [rows[code]["is_behind"] for code in ("110101", "110102", "110105")] == [
        True, False, False,
    ]  # fmt: skip
    assert (rows["110105"]["gap"], rows["110101"]["gap"]) == (0.0, -10.1)
    assert "完成率低于时间进度10个百分点以上的区：东城区。" in section(figures, 1)


def test_days_of_a_leap_february() -> None:
    assert days_of("2020-02") == (date(2020, 2, 1), date(2020, 2, 29))


class TestEvaluation:
    def test_scores_grades_and_problems_of_the_cases_that_the_books_count(self, cast: Cast) -> None:
        for score, satisfaction in ((95, 5), (85, 4), (70, 2), (50, 3)):
            judge(cast, score=score, satisfaction=satisfaction, at="2018-09-12 10:00")
        judge(cast, score=99, satisfaction=5, at="2018-10-02 10:00")
        figures = compile_month("2018-09")
        total = figures["evaluation"]["total"]
        assert (total["scored"], total["mean"]) == (4, 75.0)
        grades = [total[grade] for grade in ("EXCELLENT", "GOOD", "FAIR", "POOR")]
        assert grades == [1, 1, 1, 1]
        assert (total["answers"], total["satisfied"]) == (4, None)
        assert "不足5份，不计算满意率" in section(figures, 2)
        assert figures["findings"][0]["districts"] == [figures["evaluation"]["rows"][0]["name"]]

    def test_from_five_answers_on_there_is_a_share(self, cast: Cast) -> None:
        for satisfaction in (5, 4, 4, 3, 1):
            judge(cast, score=90, satisfaction=satisfaction, at="2018-09-12 10:00")
        total = compile_month("2018-09")["evaluation"]["total"]
        assert LEAST_ANSWERS == 5
        assert (total["answers"], total["satisfied"]) == (5, 60.0)

    def test_households_are_never_named(self, cast: Cast) -> None:
        case = judge(cast, score=50, satisfaction=2, at="2018-09-12 10:00")
        figures = compile_month("2018-09")
        said = str(figures) + str(print_context(figures, "一", issued_on=date(2018, 10, 12)))
        for name in (case.case_no, str(case.household.head), case.household.address):
            assert name not in said


class TestWords:
    def test_title_and_parts(self) -> None:
        lay_down_fixture()
        figures = compile_month("2018-10")
        assert title_of("2018-09") == "关于2018年9月全市个案帮扶工作情况的通报"
        parts = sections_of(figures, "甲\n乙\n")
        assert [part["heading"] for part in parts] == [
            "一、总体进展", "二、各区情况", "三、评估情况", "四、存在问题", "五、整改情况",
            "六、下一步要求",
        ]  # fmt: skip
        assert "年度任务2200户，本月完成2700户，累计完成2700户，完成率122%" in section(figures, 0)
        assert "快于时间进度39.4个百分点" in section(figures, 0)
        ends = section(figures, 1)
        assert "居前的区：延庆区（130.0%）、房山区（126.7%）、朝阳区（125.8%）。" in ends
        assert "居后的区：通州区（117.5%）、门头沟区（116.7%）、昌平区（114.7%）。" in ends
        assert parts[5]["paragraphs"] == ["1.甲", "2.乙"]
        assert sections_of(figures, "只有一条")[5]["paragraphs"] == ["只有一条"]

    def test_three_tables_as_wide_as_their_heads(self) -> None:
        lay_down_fixture()
        annexes = annexes_of(compile_month("2018-10"))
        assert [annex["title"] for annex in annexes] == [
            "各区进展情况表", "各区评估情况表", "整改工作台账",
        ]  # fmt: skip
        for annex in annexes:
            assert {len(row) for row in annex["rows"]} <= {len(annex["columns"])}
        assert annexes[0]["total"] == ["", "合计", "2200", "2700", "2700", "122.7", "—", "+39.4"]

    def test_nothing_to_say(self) -> None:
        figures = compile_month("2018-09")
        assert section(figures, 1) == "本年度尚未下达各区任务。"
        assert section(figures, 2) == "本月没有评定结果。"
        assert section(figures, 3) == "本月评估未发现需要通报的问题。"
