"""From recheck to strike-off: the second attempt, the take-over, the new score."""

from datetime import date
from decimal import Decimal

import pytest

from casework.cases.models import HelpCase
from casework.cases.queries import roles_on
from casework.cases.states import CaseState
from casework.documents.models import Document
from casework.ledger.figures import balance
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.operations import (
    issue_second_notice,
    recheck,
    strike_off,
    take_over,
)
from evaluation.rectification.queries import roles_on_order
from evaluation.scoring.models import Finding, ScoreSheet
from evaluation.scoring.operations import close_rectified, rescore
from tests.evaluation.conftest import Cast
from tests.evaluation.world import BETTER_POINTS, act
from tests.rectification.loop import (
    ALL_ITEMS,
    judge,
    rechecked,
    report,
    reported,
    second_round,
)

pytestmark = pytest.mark.django_db
PASSED = dict.fromkeys(ALL_ITEMS, "PASS")


def case_in(order: RectificationOrder) -> HelpCase:
    return HelpCase.objects.get(rectification_items=order.items.first())


def struck_off(cast: Cast) -> RectificationOrder:
    order = second_round(cast)
    report(cast, order, "2018-09-11", "F04", "F07")
    judge(cast, order, "2018-09-14", {"F04": "PASS", "F07": "PASS"})
    act(strike_off, order, by=cast.supervisor, at="2018-09-14 15:00")
    return order


class TestRecheck:
    def test_verdicts_and_the_rechecker_are_kept(self, cast: Cast) -> None:
        order = rechecked(cast, "F04", "F07")
        assert order.state == "RECHECKED"
        assert not order.all_passed
        states = {item.ref: item.state for item in order.items.all()}
        assert states == {
            "F03": "PASSED", "F04": "FAILED", "F07": "FAILED", "F07-2": "PASSED", "F08": "PASSED",
        }  # fmt: skip
        sheet = order.rechecks.get()
        assert (sheet.rechecker, sheet.second_rechecker, sheet.method) == (
            cast.second, "复核员", "DOOR",
        )  # fmt: skip

    def test_the_first_evaluator_is_refused_and_does_not_see_the_order(self, cast: Cast) -> None:
        order = reported(cast)
        with pytest.raises(NotYours):
            act(recheck, order, by=cast.first, at="2018-08-29", verdicts=PASSED, second="复核员")
        assert roles_on_order(order, cast.first, date(2018, 8, 29)) == set()
        assert roles_on_order(order, cast.second, date(2018, 8, 29)) == {"EV"}
        assert roles_on_order(order, cast.lead, date(2018, 8, 29)) == {"LE"}

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"verdicts": {**PASSED, "F08": "MAYBE"}}, "verdicts"),
            ({"verdicts": {"F03": "PASS"}}, "verdicts.F04"),
            ({"verdicts": {**PASSED, "F08": "FAIL"}}, "reasons.F08"),
            ({"verdicts": PASSED, "second": ""}, "second"),
            ({"verdicts": PASSED, "second": "评二"}, "second"),
            ({"verdicts": PASSED, "method": "DREAM"}, "method"),
            ({"verdicts": {**PASSED, "F15": "PASS"}}, "verdicts.F15"),
        ],
    )
    def test_an_incomplete_recheck_is_refused_by_field(
        self, cast: Cast, facts: dict[str, object], field: str
    ) -> None:
        order = reported(cast)
        with pytest.raises(Incomplete) as refusal:
            act(recheck, order, by=cast.second, at="2018-08-29", **{"second": "复核员", **facts})
        assert field in refusal.value.fields
        assert set(order.items.values_list("state", flat=True)) == {"REPORTED"}


class TestSecondNotice:
    def test_passed_items_are_struck_off_and_failed_ones_get_ten_days(self, cast: Cast) -> None:
        order = second_round(cast)
        assert (order.state, order.round) == ("RECEIVED", 2)
        items = {item.ref: item for item in order.items.all()}
        assert items["F03"].state == items["F08"].state == "STRUCK_OFF"
        assert items["F03"].struck_off_on == date(2018, 8, 30)
        assert items["F04"].due_on == items["F07"].due_on == date(2018, 9, 13)
        assert items["F04"].measure == ""
        assert items["F04"].earlier_rounds[0]["measure"] == "逐项整改"
        assert items["F04"].earlier_rounds[0]["due_on"] == "2018-08-27"
        assert case_in(order).state == CaseState.RECTIFYING

    def test_the_second_notice_names_only_what_failed(self, cast: Cast) -> None:
        order = second_round(cast)
        paper = Document.objects.filter(subject_id=order.pk, subject_type="order").last()
        assert paper is not None
        assert (paper.number, paper.title) == (
            "京民救改〔2018〕2号", "个案帮扶整改通知书（第二次）",
        )  # fmt: skip
        assert [item["code"] for item in paper.data["items"]] == ["F04", "F07"]
        assert "10个工作日内（即2018年9月13日前）" in paper.data["deadline"]
        assert paper.data["round"] == 2

    def test_the_week_of_the_second_notice_has_two_issued_and_none_closed(self, cast: Cast) -> None:
        second_round(cast)
        week = {"week": "2018-W35", "district": "110112"}
        assert balance("orders_issued", **week) == 2
        assert balance("orders_closed", **week) == 0
        assert balance("orders_overdue", **week) == 0

    def test_when_everything_passed_there_is_no_second_notice(self, cast: Cast) -> None:
        with pytest.raises(NotLawfulNow):
            act(issue_second_notice, rechecked(cast), by=cast.supervisor, at="2018-08-30")

    def test_there_is_no_third_notice(self, cast: Cast) -> None:
        order = second_round(cast)
        report(cast, order, "2018-09-11", "F04", "F07")
        judge(cast, order, "2018-09-14", {"F04": "FAIL", "F07": "PASS"})
        with pytest.raises(NotLawfulNow):
            act(issue_second_notice, order, by=cast.supervisor, at="2018-09-17")


class TestStrikeOff:
    def test_items_findings_order_and_both_notices_are_closed(self, cast: Cast) -> None:
        order = struck_off(cast)
        assert order.state == "CLOSED"
        assert set(order.items.values_list("state", flat=True)) == {"STRUCK_OFF"}
        assert set(Finding.objects.values_list("state", flat=True)) == {"STRUCK_OFF"}
        assert {notice.closed_on for notice in order.notices.all()} == {date(2018, 9, 14)}
        assert balance("orders_closed", week="2018-W37") == 2

    def test_failed_items_are_not_struck_off(self, cast: Cast) -> None:
        with pytest.raises(NotLawfulNow):
            act(strike_off, rechecked(cast, "F04"), by=cast.supervisor, at="2018-08-30")

    def test_the_rechecker_does_not_strike_off(self, cast: Cast) -> None:
        with pytest.raises(NotYours):
            act(strike_off, rechecked(cast), by=cast.second, at="2018-08-30")


class TestTakeOver:
    def test_the_district_does_what_failed_twice(self, cast: Cast) -> None:
        order = second_round(cast)
        report(cast, order, "2018-09-11", "F04", "F07")
        judge(cast, order, "2018-09-14", {"F04": "FAIL", "F07": "PASS"})
        act(take_over, order, by=cast.supervisor, at="2018-09-17", reason="两次复核不通过")
        item = order.items.get(ref="F04")
        assert (order.state, order.round, item.unit_name) == ("TAKEN_OVER", 3, "通州区民政局")
        # 17 September + 10 working days, over Mid-Autumn and with both make-up days.
        assert item.due_on == date(2018, 9, 30)
        assert len(item.earlier_rounds) == 2
        report(cast, order, "2018-09-20", "F04")
        judge(cast, order, "2018-09-21", {"F04": "PASS"})
        act(strike_off, order, by=cast.supervisor, at="2018-09-21 15:00")
        assert order.state == "CLOSED"

    def test_the_unit_gets_its_second_notice_first(self, cast: Cast) -> None:
        with pytest.raises(NotLawfulNow):
            act(take_over, rechecked(cast, "F04"), by=cast.supervisor, at="2018-08-30", reason="x")


class TestRescore:
    def test_only_what_was_put_right_is_scored_anew_and_the_case_closes(self, cast: Cast) -> None:
        case = case_in(struck_off(cast))
        assert roles_on(case, cast.second, date(2018, 9, 17)) == {"EV"}
        answer, _books = act(rescore, case, by=cast.second, at="2018-09-17", points=BETTER_POINTS)
        assert (answer["total"], answer["before"], answer["grade"]) == ("84.0", "71.0", "GOOD")
        act(close_rectified, case, by=cast.supervisor, at="2018-09-18")
        assert (case.state, case.closing_reason) == (CaseState.CLOSED, "COMPLETED")
        totals = ScoreSheet.objects.order_by("pk").values_list("kind", "total")
        assert list(totals) == [("FIRST", Decimal("71.0")), ("RESCORE", Decimal("84.0"))]

    def test_the_mean_uses_the_latest_score(self, cast: Cast) -> None:
        case = case_in(struck_off(cast))
        act(rescore, case, by=cast.second, at="2018-09-17", points=BETTER_POINTS)
        assert balance("score_sum", week="2018-W37") == 71
        assert balance("score_sum", week="2018-W38") == 84
        assert balance("evaluated", week="2018-W38") == 1

    def test_a_later_year_does_not_get_a_difference_without_its_case(self, cast: Cast) -> None:
        case = case_in(struck_off(cast))
        act(rescore, case, by=cast.second, at="2019-01-03", points=BETTER_POINTS)
        assert balance("score_sum", week="2019-W01", year=2019) == 0

    def test_an_untouched_indicator_is_refused(self, cast: Cast) -> None:
        case = case_in(struck_off(cast))
        with pytest.raises(Incomplete) as refusal:
            act(rescore, case, by=cast.second, at="2018-09-17", points={"A1": 5})
        assert list(refusal.value.fields) == ["points.A1"]

    def test_the_first_evaluator_does_not_score_anew(self, cast: Cast) -> None:
        case = case_in(struck_off(cast))
        with pytest.raises(NotYours):
            act(rescore, case, by=cast.first, at="2018-09-17", points=BETTER_POINTS)

    def test_before_the_strike_off_nothing_is_scored_anew(self, cast: Cast) -> None:
        case = case_in(rechecked(cast))
        with pytest.raises(NotLawfulNow):
            act(rescore, case, by=cast.second, at="2018-08-30", points=BETTER_POINTS)

    def test_a_poor_case_is_scored_anew_as_a_whole(self, cast: Cast) -> None:
        case = case_in(struck_off(cast))
        ScoreSheet.objects.filter(kind="FIRST").update(grade="POOR")
        with pytest.raises(Incomplete) as refusal:
            act(rescore, case, by=cast.second, at="2018-09-17", points=BETTER_POINTS)
        assert "points.A1" in refusal.value.fields

    def test_nobody_closes_on_their_own_new_score(self, cast: Cast) -> None:
        case = case_in(struck_off(cast))
        act(rescore, case, by=cast.second, at="2018-09-17", points=BETTER_POINTS)
        with pytest.raises(NotYours):
            act(close_rectified, case, by=cast.second, at="2018-09-18")

    def test_without_a_new_score_the_case_does_not_close(self, cast: Cast) -> None:
        with pytest.raises(NotLawfulNow):
            act(close_rectified, case_in(struck_off(cast)), by=cast.supervisor, at="2018-09-18")
