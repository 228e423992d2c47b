"""Until when: deadlines counted from dated limits, opened and met by acts."""

from collections.abc import Iterable
from datetime import date, timedelta

from casework.cases.models import HelpCase
from casework.cases.states import ReturnTo
from casework.directory.models import Limit
from casework.directory.queries import limit, limits, working_days
from casework.ledger.act import Books
from casework.lib import writes
from evaluation.rectification.queries import due_groups
from evaluation.rectification.states import OrderState
from workflows.deadline_rules import (
    CASE_RULES,
    ORDER_RULES,
    OUTLIVES_THE_CASE,
    OVER,
    RETURN_DROPS,
    Rule,
)
from workflows.models import Deadline
from workflows.standing import Standing


def due_date(code: str, start: date, *, on: date) -> tuple[date, int, str, bool]:
    """(due on, amount, unit, calendar unknown) of a limit counted from a day."""
    return _count(limit(code, on), start)


def _count(rule: Limit, start: date) -> tuple[date, int, str, bool]:
    calendar = working_days()
    if rule.unit == "WD":
        due = calendar.add(start, rule.amount)
    else:
        due = start + timedelta(days=rule.amount)
        if rule.code.endswith("_file"):
            # A filing period that ends on a day off ends on the next working day.
            due = calendar.roll(due)
    return (
        due,
        rule.amount,
        rule.unit,
        not (calendar.knows(start.year) and calendar.knows(due.year)),
    )


def keep_case_deadlines(standing: Standing, act: str, books: Books) -> None:
    """Meet, open, pause and drop a case's deadlines after an act."""
    case = standing.subject
    if act == "return_step":
        gone = RETURN_DROPS[ReturnTo(case.returns.last().back_to)]
        over = [due for due in standing.deadlines if due.kind in gone]
        standing.close_deadlines(over, dropped_on=books.on)
    _apply(CASE_RULES, standing, case.rule_date, act, books)
    if act == "suspend":
        _pause(standing, books)
    if act == "resume":
        _resume(standing, books)
    if case.state in OVER:
        over = [due for due in standing.deadlines if due.kind not in OUTLIVES_THE_CASE]
        standing.close_deadlines(over, dropped_on=books.on)


def keep_order_deadlines(standing: Standing, act: str, books: Books) -> None:
    """Meet and open an order's deadlines; each group of items has a due date of its own."""
    order = standing.subject
    _apply(ORDER_RULES, standing, books.on, act, books)
    waiting = {due for due, _items in due_groups(order) if due}
    reports = [deadline for deadline in standing.deadlines if deadline.kind == "report"]
    standing.close_deadlines(
        [report for report in reports if report.due_on not in waiting], met_on=books.on
    )
    known = {report.due_on for report in reports}
    received = order.received_on or books.on
    calendar = working_days() if waiting - known else None
    standing.open_deadlines(
        Deadline(
            subject_type="order", subject_id=order.pk, kind="report", starts_on=received,
            amount=calendar.count(received, due), unit="WD", due_on=due,
        )
        for due in sorted(waiting - known)
        if calendar
    )  # fmt: skip
    if order.state == OrderState.CLOSED:
        standing.close_deadlines(list(standing.deadlines), dropped_on=books.on)


def _apply(
    rules: Iterable[Rule], standing: Standing, rule_date: date, act: str, books: Books
) -> None:
    subject = standing.subject
    met = {rule.kind for rule in rules if act in rule.met_by}
    standing.close_deadlines(
        [deadline for deadline in standing.deadlines if deadline.kind in met], met_on=books.on
    )
    opening = [
        (rule, start)
        for rule in rules
        if act in rule.opens and rule.when(subject) and (start := rule.start(subject, books))
    ]
    in_force = limits([rule.limit for rule, _start in opening if rule.limit], rule_date)
    opened = []
    for rule, start in opening:
        if rule.last_day is not None:
            due, amount, unit = rule.last_day(subject, start)
            unknown = not working_days().knows(due.year)
        else:
            due, amount, unit, unknown = _count(in_force[rule.limit], start)
        opened.append(Deadline(
            subject_type=standing.kind.type, subject_id=subject.pk, kind=rule.kind,
            starts_on=start, amount=amount, unit=unit, due_on=due, is_duty=rule.is_duty,
            calendar_unknown=unknown,
        ))  # fmt: skip
    standing.open_deadlines(opened)


def _pause(standing: Standing, books: Books) -> None:
    """Let every duty but the suspension's own stand still from the day of the act."""
    for deadline in standing.deadlines:
        if deadline.is_duty and deadline.paused_on is None and deadline.kind != "suspension":
            deadline.paused_on = books.on
            writes.change(deadline, "paused_on")


def _resume(standing: Standing, books: Books) -> None:
    """Move each paused deadline on by the working days that were left when it was paused."""
    calendar = working_days()
    for deadline in standing.deadlines:
        if deadline.paused_on is None:
            continue
        left = calendar.count(deadline.paused_on, deadline.due_on)
        deadline.due_on = calendar.add(books.on, left)
        deadline.paused_on = None
        writes.change(deadline, "due_on", "paused_on")


def plan_days_late(case: HelpCase) -> int | None:
    """By how many working days the plan in force came too late; none where nothing was asked."""
    asked = Deadline.objects.filter(subject_type="case", subject_id=case.pk, kind="plan")
    row = asked.filter(met_on__isnull=False).order_by("-pk").first()
    if row is None or row.met_on is None:
        return None
    return working_days().count(row.due_on, row.met_on) if row.met_on > row.due_on else 0
