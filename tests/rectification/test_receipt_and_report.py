"""Receipt starts the clocks of the items; the report stops them, item by item."""

from datetime import date

import pytest

from casework.cases.states import CaseState
from casework.lib.errors import Incomplete, NotLawfulNow
from evaluation.rectification.operations import confirm_receipt, deem_received, report_items
from evaluation.rectification.queries import due_groups
from tests.evaluation.conftest import Cast
from tests.evaluation.world import FINDINGS, REPORT, act
from tests.rectification.loop import confirmed, issued, received, report, reported

pytestmark = pytest.mark.django_db


class TestConfirmReceipt:
    def test_each_item_gets_a_due_date_of_its_own(self, cast: Cast) -> None:
        order = received(cast)
        due = {item.ref: item.due_on for item in order.items.all()}
        assert due == {
            **dict.fromkeys(("F03", "F04", "F07", "F07-2"), date(2018, 8, 27)),
            "F08": date(2018, 8, 20),
        }
        assert order.state == "RECEIVED"
        assert order.notices.get().due_on == date(2018, 8, 27)
        groups = [(due, [item.ref for item in items]) for due, items in due_groups(order)]
        assert groups == [
            (date(2018, 8, 20), ["F08"]),
            (date(2018, 8, 27), ["F03", "F04", "F07", "F07-2"]),
        ]

    def test_due_dates_pass_over_holidays_to_a_makeup_sunday(self, cast: Cast) -> None:
        order = issued(cast, confirmed(cast, findings=FINDINGS[2:3]), at="2018-09-10")
        act(confirm_receipt, order, by=cast.provider, at="2018-09-10 12:00")
        assert order.items.get().due_on == date(2018, 9, 30)

    def test_before_receipt_the_group_has_no_date(self, cast: Cast) -> None:
        assert [due for due, _items in due_groups(issued(cast))] == [None]

    def test_a_late_confirmation_wins_no_time(self, cast: Cast) -> None:
        order = issued(cast)
        act(confirm_receipt, order, by=cast.provider, at="2018-08-09")
        assert order.received_on == date(2018, 8, 7)

    @pytest.mark.parametrize("day", ["2018-08-05", "2018-08-08", "soon"])
    def test_a_day_before_issue_or_in_the_future_is_refused(self, cast: Cast, day: str) -> None:
        order = issued(cast)
        with pytest.raises(Incomplete) as refusal:
            act(confirm_receipt, order, by=cast.provider, at="2018-08-07", received_on=day)
        assert list(refusal.value.fields) == ["received_on"]

    def test_a_notice_is_received_once(self, cast: Cast) -> None:
        order = received(cast)
        with pytest.raises(NotLawfulNow):
            act(confirm_receipt, order, by=cast.provider, at="2018-08-07")

    def test_silence_counts_as_receipt_after_a_working_day(self, cast: Cast) -> None:
        order = issued(cast)
        with pytest.raises(NotLawfulNow):
            act(deem_received, order, by=None, at="2018-08-06 23:00")
        act(deem_received, order, by=None, at="2018-08-08 00:00", received_on="2018-08-07")
        assert order.received_on == date(2018, 8, 7)
        assert order.notices.get().is_deemed


class TestReportItems:
    def test_the_report_comes_item_by_item_and_the_last_completes_it(self, cast: Cast) -> None:
        order = received(cast)
        values = report(cast, order, "2018-08-17", "F08")
        assert values == {
            "reported": ["F08"],
            "left": ["F03", "F04", "F07", "F07-2"],
            "complete": False,
        }
        assert order.state == "RECEIVED"
        values = report(cast, order, "2018-08-24", "F03", "F04", "F07", "F07-2")
        assert values["complete"] is True
        assert (order.state, order.reported_on) == ("REPORTED", date(2018, 8, 24))
        assert {case.state for case in [item.case for item in order.items.all()]} == {
            CaseState.RECHECKING
        }

    def test_an_item_can_be_named_by_its_id(self, cast: Cast) -> None:
        order = received(cast)
        item = order.items.get(ref="F07-2")
        report(cast, order, "2018-08-17", str(item.pk))
        item.refresh_from_db()
        assert (item.state, item.measure, item.evidence) == ("REPORTED", "逐项整改", ["证据7"])

    @pytest.mark.parametrize("missing", ["measure", "result", "evidence"])
    def test_an_item_without_measure_result_or_evidence_is_refused(
        self, cast: Cast, missing: str
    ) -> None:
        order = received(cast)
        row = {"item": "F03", **REPORT, missing: ""}
        with pytest.raises(Incomplete) as refusal:
            act(report_items, order, by=cast.provider, at="2018-08-17", items=[row])
        assert list(refusal.value.fields) == [f"items.0.{missing}"]

    def test_an_unknown_item_is_refused(self, cast: Cast) -> None:
        order = received(cast)
        with pytest.raises(Incomplete):
            report(cast, order, "2018-08-17", "F15")

    def test_an_item_is_reported_once(self, cast: Cast) -> None:
        order = received(cast)
        report(cast, order, "2018-08-17", "F08")
        with pytest.raises(NotLawfulNow):
            report(cast, order, "2018-08-18", "F08")

    def test_before_receipt_nothing_is_reported(self, cast: Cast) -> None:
        with pytest.raises(NotLawfulNow):
            report(cast, issued(cast), "2018-08-06", "F08")

    def test_after_the_report_nothing_is_added(self, cast: Cast) -> None:
        with pytest.raises(NotLawfulNow):
            report(cast, reported(cast), "2018-08-25", "F08")
