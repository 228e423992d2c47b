"""From referral to closure with a rectification round, and what the books then say."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from casework.cases.states import CaseState
from casework.ledger import figures
from casework.ledger.journal import seal_journal
from casework.ledger.models import Balance, JournalEntry, Period
from casework.ledger.verify import verify_books
from evaluation.reporting.models import WeeklySummary
from tests.walk import DISTRICT, Walk, at, deliver
from workflows import tasks
from workflows.checks import flow_faults
from workflows.models import Deadline, Run, Timer, WorkItem
from workflows.tasks import run_until

pytestmark = pytest.mark.django_db


def test_a_case_closes_after_two_rounds() -> None:
    walk = Walk.upto("close")
    assert walk.case.state == CaseState.CLOSED
    assert walk.case.closing_reason == "COMPLETED"
    assert walk.order is not None
    assert walk.order.state == "CLOSED"
    assert [str(sheet.total) for sheet in walk.case.sheets.order_by("pk")] == ["75.0", "81.0"]
    assert not Run.objects.filter(finished_at__isnull=True).exists()
    assert not WorkItem.objects.filter(done_at__isnull=True, dropped_at__isnull=True).exists()
    assert not Timer.objects.filter(fired_at__isnull=True, dropped_at__isnull=True).exists()
    assert list(flow_faults()) == []


def test_the_books_hold_after_the_whole_way() -> None:
    walk = Walk.upto("close")
    run_until(at("2018-08-20 12:00"))
    deliver()
    seal_journal(at("2018-08-20 12:00"))
    assert verify_books().first_bad is None
    cells = figures.cells("2018-W32")
    assert cells[("completed", DISTRICT, "DISABLED")].closing == 1
    assert cells[("in_help", DISTRICT, "DISABLED")].closing == 0
    assert figures.balance("score_sum", week="2018-W32") == Decimal("81.0")
    assert figures.balance("evaluated", week="2018-W32") == 1
    assert figures.balance("orders_issued", week="2018-W32") == 2
    assert figures.balance("orders_closed", week="2018-W32") == 2
    assert walk.order is not None


def test_weeks_sealed_late_equal_weeks_sealed_on_time() -> None:
    """The same season twice: the clock looked at every day, or only once at the end."""
    books = []
    for moments in ([f"2018-0{month}-{day:02}" for month in (7, 8) for day in range(1, 32)], []):
        # No constraint is deferred past the act, so the outer transaction may be taken back.
        with transaction.atomic():
            Walk.upto("receive")
            for day in [*moments, "2018-08-31"]:
                run_until(at(f"{day} 09:30"))
            rows = Balance.objects.order_by("week", "figure", "district", "line", "street")
            books.append(list(rows.values_list("week", "figure", "moved", "closing")))
            transaction.set_rollback(True)
    assert books[0] == books[1]
    assert any(figure == "orders_overdue" for _week, figure, _moved, _closing in books[0])


def test_receipt_is_deemed_after_one_working_day() -> None:
    walk = Walk.upto("issue")
    run_until(at("2018-07-12 00:00"))
    order = walk.case.rectification_items.first().order
    assert order.state == "RECEIVED"
    assert order.received_on == date(2018, 7, 11)
    assert order.notices.get().is_deemed


def test_lateness_climbs_the_ladder_once_and_stops_with_the_report() -> None:
    walk = Walk.upto("receive")
    due = Deadline.objects.filter(kind="report").order_by("due_on").values_list("due_on", flat=True)
    assert list(due) == [date(2018, 7, 24), date(2018, 7, 31)]
    run_until(at("2018-08-01 12:00"))
    levels = JournalEntry.objects.filter(act="escalate").values_list("facts__level", flat=True)
    assert sorted(levels) == [1, 1, 2]
    walk.on_order("report_items", "PR", "2018-08-02 10:00", items=walk._answers("F03", "F08"))
    run_until(at("2018-09-30 12:00"))
    assert JournalEntry.objects.filter(act="escalate").count() == 3
    assert figures.balance("orders_overdue", week="2018-W31") == 0
    assert figures.balance("orders_overdue", week="2018-W30") == 1


def test_running_the_clock_twice_changes_nothing() -> None:
    Walk.upto("receive")
    run_until(at("2018-08-20 12:00"))
    before = (JournalEntry.objects.count(), Period.objects.count())
    run_until(at("2018-08-20 12:00"))
    assert (JournalEntry.objects.count(), Period.objects.count()) == before


def test_a_week_and_its_summary_are_filed_together_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Walk.upto("confirm")

    def power_cut(*_args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(tasks, "store_weekly_summary", power_cut)
        with pytest.raises(KeyboardInterrupt):
            run_until(at("2018-05-21 12:00"))
    assert not Period.objects.filter(sealed_at__isnull=False).exists()
    run_until(at("2018-05-21 12:00"))
    assert WeeklySummary.objects.count() == Period.objects.count() == 3
    tasks.seal_one_week("2018-W18", at=at("2018-05-07 08:00"))
    assert JournalEntry.objects.filter(act="compile_week").count() == 3
