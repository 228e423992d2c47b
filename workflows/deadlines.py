"""Until when: deadlines counted from dated limits, opened and met by acts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from casework.cases.models import HelpCase, HelpPlan, Publicity
from casework.cases.states import CaseState, PlanState
from casework.directory.models import Limit
from casework.directory.queries import limit, limits, working_days
from casework.ledger.act import Books
from casework.lib import clock, writes
from evaluation.rectification.queries import due_groups
from evaluation.rectification.states import OrderState
from workflows.models import Deadline
from workflows.standing import Standing

Start = Callable[[Any, Books], date | None]


@dataclass(frozen=True)
class Rule:
    """One kind of deadline: which act opens it, from which day it counts, which act meets it."""

    kind: str
    limit: str
    opens: frozenset[str]
    met_by: frozenset[str]
    start: Start
    when: Callable[[Any], bool] = lambda subject: True
    is_duty: bool = True


def _acts(*names: str) -> frozenset[str]:
    return frozenset(names)


def _of_act(_subject: Any, books: Books) -> date:
    return books.on


def _of_fact(name: str) -> Start:
    """The day named in the act's facts; the day of the act where it names none."""

    def start(_subject: Any, books: Books) -> date:
        value = books.facts.get(name)
        if isinstance(value, str):
            value = date.fromisoformat(value)
        return value if isinstance(value, date) else books.on

    return start


def _referred_on(case: HelpCase, _books: Books) -> date:
    return clock.local_date(case.referred_at)


def _publicity_end(case: HelpCase, books: Books) -> date:
    last_day = (
        Publicity.objects.filter(case=case).order_by("-pk").values_list("last_day", flat=True)
    )
    return last_day.first() or books.on


def _plan_end(case: HelpCase, _books: Books) -> date | None:
    ends = HelpPlan.objects.filter(case=case, state=PlanState.APPROVED).values_list(
        "ends_on", flat=True
    )
    return ends.first()


CASE_RULES = (
    Rule(
        "decide_referral",
        "decide_referral",
        _acts("refer"),
        _acts("accept_referral", "decline_referral", "merge_referral"),
        _referred_on,
    ),
    Rule(
        "ledger_entry",
        "ledger_entry_sudden",
        _acts("refer"),
        _acts("accept_referral", "decline_referral", "merge_referral"),
        _referred_on,
    ),
    Rule(
        "interview",
        "interview_sudden",
        _acts("accept_referral"),
        _acts("record_verification"),
        _referred_on,
        when=lambda case: case.sudden,
    ),
    Rule(
        "interview",
        "interview",
        _acts("accept_referral"),
        _acts("record_verification"),
        _of_act,
        when=lambda case: not case.sudden,
    ),
    Rule(
        "verify",
        "verify",
        _acts("accept_referral", "decide_appeal"),
        _acts("confirm_verification"),
        _of_act,
        when=lambda case: case.state in (CaseState.ACCEPTED, CaseState.VERIFYING),
    ),
    Rule(
        "notify_refusal",
        "notify_refusal",
        _acts("confirm_verification"),
        _acts("notify_refusal"),
        _of_act,
        when=lambda case: case.state == CaseState.REJECTED,
    ),
    Rule(
        "internal_review_file",
        "internal_review_file",
        _acts("notify_refusal"),
        _acts("file_appeal"),
        _of_fact("delivered_on"),
        is_duty=False,
    ),
    Rule(
        "reconsideration_file",
        "reconsideration_file",
        _acts("notify_refusal"),
        _acts("file_appeal"),
        _of_fact("delivered_on"),
        is_duty=False,
    ),
    Rule(
        "internal_review_answer",
        "internal_review_answer",
        _acts("file_appeal"),
        _acts("decide_appeal"),
        _of_fact("filed_on"),
        when=lambda case: case.appeal_status == "INTERNAL",
    ),
    Rule(
        "reconsideration_answer",
        "reconsideration_answer",
        _acts("file_appeal"),
        _acts("decide_appeal"),
        _of_fact("filed_on"),
        when=lambda case: case.appeal_status == "RECONSIDERATION",
    ),
    Rule(
        "objection",
        "objection",
        _acts("raise_objection"),
        _acts("resolve_objection"),
        _of_fact("raised_on"),
    ),
    Rule(
        "plan",
        "plan",
        _acts("confirm_verification"),
        _acts("approve_plan"),
        _of_act,
        when=lambda case: case.state == CaseState.VERIFIED and not case.publicity_required,
    ),
    Rule("plan", "plan", _acts("post_publicity"), _acts("approve_plan"), _publicity_end),
    Rule("start_help", "start_help", _acts("approve_plan"), _acts("start_help"), _of_act),
    Rule(
        "finish_help",
        "finish_help",
        _acts("start_help", "approve_amendment", "resume"),
        _acts("finish_help", "approve_amendment", "resume"),
        _plan_end,
        when=lambda case: case.state == CaseState.IN_HELP,
    ),
    Rule("evaluate", "evaluate", _acts("enter_sample"), _acts("confirm_result"), _of_act),
    Rule(
        "issue_order",
        "issue_order",
        _acts("confirm_result"),
        _acts("issue_order"),
        _of_act,
        when=lambda case: case.state == CaseState.EVALUATING,
    ),
    Rule(
        "notify_termination",
        "notify_termination",
        _acts("terminate"),
        _acts("notify_kin"),
        _of_act,
    ),
    Rule(
        "transfer",
        "transfer",
        _acts("offer_transfer"),
        _acts("accept_transfer", "decline_transfer"),
        _of_act,
    ),
    Rule("suspension", "suspension", _acts("suspend"), _acts("resume"), _of_fact("from_on")),
)

ORDER_RULES = (
    Rule(
        "receipt",
        "receipt",
        _acts("issue_order", "issue_second_notice"),
        _acts("confirm_receipt", "deem_received"),
        _of_act,
    ),
    Rule(
        "recheck",
        "recheck",
        _acts("report_items"),
        _acts("recheck"),
        _of_act,
        when=lambda order: order.state == OrderState.REPORTED,
    ),
)

# What remains to be done on a case that has ended.
OUTLIVES_THE_CASE = (
    "notify_termination", "notify_refusal", "internal_review_file", "reconsideration_file",
    "internal_review_answer", "reconsideration_answer",
)  # fmt: skip


# States in which no course goes on; a rejected case still has its refusal to deliver.
OVER = (CaseState.CLOSED, CaseState.TERMINATED, CaseState.MERGED, CaseState.DECLINED)


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
    in_force = limits([rule.limit for rule, _start in opening], rule_date)
    opened = []
    for rule, start in opening:
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
