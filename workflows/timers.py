"""What the system does by itself, and when: each timer once, under a key of its own."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from casework.cases.models import HelpCase, Publicity
from casework.cases.states import CaseState, Hold
from casework.directory.queries import parameter, working_days
from casework.ledger.act import Books
from casework.lib import clock
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.queries import due_groups
from evaluation.rectification.states import OrderState
from workflows.deadlines import due_date
from workflows.models import Timer

ESCALATES_AT = time(7, 30)
PUBLICITY_CLOSES_AT = time(0, 10)


@dataclass(frozen=True)
class Planned:
    """An act the system is to perform at a moment, under a key of its own."""

    key: str
    act: str
    due_at: datetime
    facts: dict[str, Any]


def keep_timers(subject_type: str, subject: Any, books: Books, before: str = "") -> None:
    """Make the waiting timers of a subject those its present state calls for.

    A case has timers only while its publicity stands, so an act outside that time asks for none.
    """
    if subject_type == "case" and CaseState.PUBLICISED not in (before, subject.state):
        return
    planned = _case_timers(subject) if subject_type == "case" else _order_timers(subject)
    wanted = {plan.key: plan for plan in planned}
    of_subject = Timer.objects.filter(subject_type=subject_type, subject_id=subject.pk)
    known = dict(of_subject.values_list("key", "dropped_at"))
    gone = [key for key, dropped in known.items() if dropped is None and key not in wanted]
    if gone:
        of_subject.filter(key__in=gone, fired_at__isnull=True).update(dropped_at=books.moment)
    back = [key for key, dropped in known.items() if dropped is not None and key in wanted]
    if back:
        of_subject.filter(key__in=back, fired_at__isnull=True, failed="").update(dropped_at=None)
    Timer.objects.bulk_create(
        Timer(
            subject_type=subject_type, subject_id=subject.pk, act=plan.act, key=plan.key,
            facts=plan.facts, due_at=plan.due_at,
        )
        for plan in planned
        if plan.key not in known
    )  # fmt: skip


def _case_timers(case: HelpCase) -> list[Planned]:
    if case.state != CaseState.PUBLICISED or case.hold == Hold.TRANSFERRING:
        return []
    return [
        Planned(
            key=f"publicity-{publicity.pk}-remove",
            act="remove_publicity",
            due_at=clock.moment_on(publicity.last_day + timedelta(days=1), PUBLICITY_CLOSES_AT),
            facts={},
        )
        for publicity in Publicity.objects.filter(case=case, removed_on__isnull=True)
    ]


def _order_timers(order: RectificationOrder) -> list[Planned]:
    planned = [_deemed_receipt(order)] if order.state == OrderState.ISSUED else []
    for due, _items in due_groups(order):
        if due:
            planned += _lateness(order, due)
    return planned


def _deemed_receipt(order: RectificationOrder) -> Planned:
    """Received at the latest one working day after delivery: the day ends, then it is so."""
    notice = order.notices.latest("round")
    received, *_limit = due_date("receipt", notice.issued_on, on=notice.issued_on)
    return Planned(
        key=f"notice-{notice.pk}-deemed",
        act="deem_received",
        due_at=clock.start_of(received + timedelta(days=1)),
        facts={"received_on": received.isoformat()},
    )


def _lateness(order: RectificationOrder, due: date) -> list[Planned]:
    """Overdue from the day after; then the ladder, one rung after the other, in working days."""
    calendar = working_days()
    ladder = enumerate(parameter("escalation_after", due), start=1)
    name = f"order-{order.pk}-r{order.round}-{due.isoformat()}"
    overdue = Planned(
        key=f"{name}-overdue",
        act="mark_overdue",
        due_at=clock.start_of(due + timedelta(days=1)),
        facts={},
    )
    rungs = [
        Planned(
            key=f"{name}-L{level}",
            act="escalate",
            due_at=clock.moment_on(calendar.add(due, days), ESCALATES_AT),
            facts={"level": level, "due_on": due.isoformat()},
        )
        for level, days in ladder
    ]
    return [overdue, *rungs]
