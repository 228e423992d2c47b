"""Overdue, the ladder, and more time: the dates of FX07."""

from datetime import date

import pytest

from casework.ledger.figures import balance
from casework.ledger.models import OutboxMessage
from casework.lib.errors import Incomplete, NotLawfulNow
from evaluation.rectification.models import EscalationRecord, RectificationOrder
from evaluation.rectification.operations import confirm_receipt, escalate, extend, mark_overdue
from evaluation.reporting.ledger_month import ledger_month
from tests.evaluation.conftest import Cast
from tests.evaluation.world import FINDINGS, act
from tests.rectification.loop import confirmed, issued, received, report

pytestmark = pytest.mark.django_db
DUE = "2018-09-30"


@pytest.fixture
def order(cast: Cast) -> RectificationOrder:
    """One item, received on 10 September, due on the working Sunday of 30 September."""
    made = issued(cast, confirmed(cast, findings=FINDINGS[2:3]), at="2018-09-10")
    act(confirm_receipt, made, by=cast.provider, at="2018-09-10 12:00")
    return made


def climb(order: RectificationOrder, level: int, at: str) -> bool:
    values, _books = act(escalate, order, by=None, at=at, level=level, due_on=DUE)
    return bool(values["fired"])


class TestMarkOverdue:
    def test_on_the_due_day_nothing_is_overdue(self, order: RectificationOrder) -> None:
        act(mark_overdue, order, by=None, at="2018-09-30 23:00")
        assert order.overdue_since is None

    def test_from_the_day_after_the_order_is_overdue_once(self, order: RectificationOrder) -> None:
        act(mark_overdue, order, by=None, at="2018-10-01 00:00")
        act(mark_overdue, order, by=None, at="2018-10-02 00:00")
        assert order.overdue_since == date(2018, 10, 1)
        assert balance("orders_overdue", week="2018-W40", district="110112") == 1

    def test_the_report_clears_it(self, cast: Cast, order: RectificationOrder) -> None:
        act(mark_overdue, order, by=None, at="2018-10-01 00:00")
        report(cast, order, "2018-10-16", "F07")
        assert order.overdue_since is None
        assert order.has_been_overdue
        weeks = {week: balance("orders_overdue", week=week) for week in
                 ("2018-W39", "2018-W40", "2018-W41", "2018-W42")}  # fmt: skip
        assert weeks == {"2018-W39": 0, "2018-W40": 1, "2018-W41": 1, "2018-W42": 0}

    def test_one_late_item_of_several_makes_the_order_overdue(self, cast: Cast) -> None:
        order = received(cast)
        act(mark_overdue, order, by=None, at="2018-08-21 00:00")
        assert order.overdue_since == date(2018, 8, 21)
        report(cast, order, "2018-08-22", "F03")
        assert order.overdue_since is not None
        report(cast, order, "2018-08-23", "F08")
        assert order.overdue_since is None
        assert order.state == "RECEIVED"


class TestEscalate:
    def test_rungs_are_reached_by_working_days_and_stop_on_the_report(
        self, cast: Cast, order: RectificationOrder
    ) -> None:
        assert climb(order, 1, "2018-10-08")
        assert climb(order, 2, "2018-10-12")
        report(cast, order, "2018-10-16", "F07")
        assert not climb(order, 3, "2018-10-19")
        reached = EscalationRecord.objects.order_by("level").values_list("level", "fired_on")
        assert list(reached) == [(1, date(2018, 10, 8)), (2, date(2018, 10, 12))]
        assert order.escalation_level == 2

    def test_without_a_report_the_ladder_goes_to_its_top(self, order: RectificationOrder) -> None:
        for level, day in enumerate(
            ("2018-10-08", "2018-10-12", "2018-10-19", "2018-11-02"), start=1
        ):
            assert climb(order, level, day)
        assert order.escalation_level == 4
        assert OutboxMessage.objects.filter(kind="notify").count() == 4

    @pytest.mark.parametrize(
        ("level", "early"),
        [(1, "2018-10-07"), (2, "2018-10-11"), (3, "2018-10-18"), (4, "2018-11-01")],
    )
    def test_no_rung_is_reached_early(
        self, order: RectificationOrder, level: int, early: str
    ) -> None:
        with pytest.raises(NotLawfulNow):
            climb(order, level, early)

    def test_each_rung_is_reached_once(self, order: RectificationOrder) -> None:
        assert climb(order, 1, "2018-10-08")
        assert not climb(order, 1, "2018-10-09")
        assert OutboxMessage.objects.filter(kind="notify").count() == 1


class TestExtend:
    def test_more_time_moves_the_due_date_by_working_days(
        self, cast: Cast, order: RectificationOrder
    ) -> None:
        act(extend, order, by=cast.supervisor, at="2018-09-27", days=5, reason="材料在途")
        item = order.items.get()
        assert (item.due_on, item.extended_from) == (date(2018, 10, 12), date(2018, 9, 30))
        assert order.notices.get().due_on == date(2018, 10, 12)

    @pytest.mark.parametrize("at", ["2018-09-29", "2018-09-30", "2018-10-08"])
    def test_it_is_asked_for_two_working_days_before(
        self, cast: Cast, order: RectificationOrder, at: str
    ) -> None:
        with pytest.raises(NotLawfulNow):
            act(extend, order, by=cast.supervisor, at=at, days=5, reason="x", item="F07")

    def test_only_once(self, cast: Cast, order: RectificationOrder) -> None:
        act(extend, order, by=cast.supervisor, at="2018-09-27", days=5, reason="x")
        with pytest.raises(NotLawfulNow):
            act(extend, order, by=cast.supervisor, at="2018-09-27", days=5, reason="x")

    @pytest.mark.parametrize("days", [0, 11, "many"])
    def test_at_most_ten_days(self, cast: Cast, order: RectificationOrder, days: int | str) -> None:
        with pytest.raises(Incomplete):
            act(extend, order, by=cast.supervisor, at="2018-09-27", days=days, reason="x")

    def test_never_for_a_grave_item(self, cast: Cast) -> None:
        red = {"code": "F05", "description": "不符", "evidence": "证据1", "indicator": "C4"}
        order = received(cast, case=confirmed(cast, findings=[red]))
        with pytest.raises(NotLawfulNow):
            act(extend, order, by=cast.supervisor, at="2018-08-07", days=2, reason="x", item="F05")


class TestLedgerMonth:
    def test_october_lists_it_as_overdue_and_reported(
        self, cast: Cast, order: RectificationOrder
    ) -> None:
        act(mark_overdue, order, by=None, at="2018-10-01 00:00")
        climb(order, 1, "2018-10-08")
        report(cast, order, "2018-10-16", "F07")
        [september] = ledger_month("2018-09")
        [october] = ledger_month("2018-10")
        assert september["status"] == "OPEN"
        assert (october["status"], october["overdue_days"], october["level"]) == (
            "OVERDUE_REPORTED", 7, 1,
        )  # fmt: skip
        assert october["unit"] == "示例乙社会工作服务中心"

    def test_unreported_it_is_overdue(self, order: RectificationOrder) -> None:
        [row] = ledger_month("2018-10")
        assert row["status"] == "OVERDUE"
        assert row["order"] == order.pk

    def test_a_month_before_the_order_lists_nothing(self, order: RectificationOrder) -> None:
        assert ledger_month("2018-08") == []
