"""The help plan: made with the household, approved by a second person, amended by versions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, HelpLine, HelpPlan, NeedsAssessment, PlanItem
from casework.cases.operations import facts
from casework.cases.operations.counting import recount_line
from casework.cases.operations.plan_items import Frame, read_frame, read_items, read_needs
from casework.cases.operations.publicity import ensure_publicity_settled
from casework.cases.operations.step import ensure_lawful, ensure_second_person, keep, lawful_step
from casework.cases.queries import current_publicity, plan_awaiting_approval
from casework.cases.states import ItemStatus, LineState, PlanState
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow

Rows = Sequence[Mapping[str, Any]]
DROPPED = "dropped by amendment"


def make_plan(
    case: HelpCase,
    books: Books,
    *,
    assessed_on: facts.Day,
    needs: Rows,
    lines: Sequence[str],
    items: Rows,
    signed_on: facts.Day,
    starts_on: facts.Day,
    ends_on: facts.Day,
) -> dict[str, Any]:
    """Put down what the household needs and what it is promised; a member has signed."""
    ensure_lawful(case, books, "make_plan")
    ensure_publicity_settled(case, books)
    frame = read_frame(
        books, lines=lines, signed_on=signed_on, starts_on=starts_on, ends_on=ends_on
    )
    _ensure_signed_after_publicity(case, frame)
    found = read_needs(case, needs)
    assessed = facts.past_day(assessed_on, "assessed_on", books)
    if assessed > frame.signed_on:
        facts.refuse("assessed_on", _("The needs are assessed before the plan is signed."))
    promised = read_items(case, books, items, frame)
    case.plans.filter(state=PlanState.ENTERED).update(state=PlanState.REPLACED)
    assessment = NeedsAssessment.objects.create(
        case=case, assessed_on=assessed, needs=found, entered_by=books.by
    )
    plan = _keep_plan(case, books, frame, assessment, promised)
    return {"plan": plan.pk, "version": plan.version, "items": [item.pk for item in promised]}


def _ensure_signed_after_publicity(case: HelpCase, frame: Frame) -> None:
    notice = current_publicity(case)
    if notice is not None and not notice.is_over(frame.signed_on):
        facts.refuse("signed_on", _("The plan is signed after the publicity is over."))


def _keep_plan(
    case: HelpCase,
    books: Books,
    frame: Frame,
    assessment: NeedsAssessment,
    promised: list[PlanItem],
) -> HelpPlan:
    plan = HelpPlan.objects.create(
        case=case,
        version=case.plans.count() + 1,
        assessment=assessment,
        lines=[line.value for line in frame.lines],
        signed_on=frame.signed_on,
        starts_on=frame.starts_on,
        ends_on=frame.ends_on,
        entered_by=books.by,
        entered_at=books.moment,
    )
    for item in promised:
        item.plan = plan
        item.save()
    books.note(
        version=plan.version,
        lines=plan.lines,
        items=[f"{item.service_id}×{item.qty_planned}" for item in promised],
    )
    return plan


def _plan_to_judge(case: HelpCase, books: Books) -> HelpPlan:
    plan = plan_awaiting_approval(case)
    if plan is None:
        raise NotLawfulNow(_("No plan waits for approval; enter it first."))
    ensure_second_person(
        books,
        [plan.entered_by_id],
        _("Whoever entered the plan cannot approve it; ask a colleague."),
    )
    return plan


def _returned(plan: HelpPlan, books: Books, outcome: str, reason: str) -> bool:
    """The second person sends the plan back with a reason instead of approving it."""
    judged = facts.choice(PlanState, outcome, "outcome")
    if judged == PlanState.APPROVED:
        return False
    if judged != PlanState.RETURNED:
        facts.refuse("outcome", _("Approve the plan or return it."))
    facts.text(reason, "reason")
    plan.state = PlanState.RETURNED
    plan.save(update_fields=["state"])
    books.note(version=plan.version, outcome=judged)
    return True


def _approve(plan: HelpPlan, books: Books) -> None:
    plan.state = PlanState.APPROVED
    plan.approved_by = books.by
    plan.approved_at = books.moment
    plan.save(update_fields=["state", "approved_by", "approved_at"])
    books.note(version=plan.version)


def approve_plan(
    case: HelpCase, books: Books, *, outcome: str = PlanState.APPROVED, reason: str = ""
) -> dict[str, Any]:
    """A second person approves the plan, or returns it with a reason."""
    ensure_lawful(case, books, "approve_plan")
    ensure_publicity_settled(case, books)
    plan = _plan_to_judge(case, books)
    if _returned(plan, books, outcome, reason):
        return {"version": plan.version, "outcome": PlanState.RETURNED.value}
    with lawful_step(case):
        case.adopt_plan()
    keep(case, "state")
    _approve(plan, books)
    HelpLine.objects.bulk_create(HelpLine(case=case, line=line) for line in plan.lines)
    return {"version": plan.version, "outcome": PlanState.APPROVED.value}


def amend_plan(
    case: HelpCase,
    books: Books,
    *,
    lines: Sequence[str],
    items: Rows,
    signed_on: facts.Day,
    starts_on: facts.Day,
    ends_on: facts.Day,
    assessed_on: facts.Day | None = None,
    needs: Rows | None = None,
) -> dict[str, Any]:
    """Enter a new version of the plan; a new line or service needs a new assessment."""
    ensure_lawful(case, books, "amend_plan")
    current = _plan_in_force(case)
    if plan_awaiting_approval(case):
        raise NotLawfulNow(_("An amendment already waits for approval."))
    frame = read_frame(
        books, lines=lines, signed_on=signed_on, starts_on=starts_on, ends_on=ends_on
    )
    _ensure_lines_go_on(case, frame)
    promised = read_items(case, books, items, frame)
    _ensure_nothing_undone(current, promised)
    assessed = facts.past_day(assessed_on, "assessed_on", books) if assessed_on else None
    if assessed and assessed > frame.signed_on:
        facts.refuse("assessed_on", _("The needs are assessed before the plan is signed."))
    is_new = assessed is not None and assessed > current.assessment.assessed_on
    if not is_new and _adds_something(current, frame, promised):
        facts.refuse("assessed_on", _("A new line or service needs a new needs assessment."))
    assessment = current.assessment
    if assessed and needs:
        assessment = NeedsAssessment.objects.create(
            case=case, assessed_on=assessed, needs=read_needs(case, needs), entered_by=books.by
        )
    elif is_new:
        facts.refuse("needs", _("Enter the needs that were found."))
    plan = _keep_plan(case, books, frame, assessment, promised)
    return {"plan": plan.pk, "version": plan.version, "items": [item.pk for item in promised]}


def _plan_in_force(case: HelpCase) -> HelpPlan:
    plan = case.plan_in_force
    if plan is None:
        raise NotLawfulNow(_("The case has no approved plan."))
    return plan


def _ensure_lines_go_on(case: HelpCase, frame: Frame) -> None:
    running = {line.line: line.state for line in case.lines.exclude(state=LineState.ENDED_EARLY)}
    over = set(case.lines.values_list("line", flat=True)) - running.keys()
    if over & set(frame.lines):
        facts.refuse("lines", _("A line that has ended is not taken up again in this case."))
    if running.keys() - set(frame.lines):
        facts.refuse("lines", _("A running line is missing; end it first, with its reason."))


def _ensure_nothing_undone(current: HelpPlan, promised: list[PlanItem]) -> None:
    done = {(item.service_id, item.member_id): item.qty_done for item in current.items.all()}
    for item in promised:
        if item.qty_planned < done.get((item.service_id, item.member_id), 0):
            facts.refuse(
                "items",
                _("More of “%(service)s” has already been given than is planned now.")
                % {"service": item.service.name},
            )


def _adds_something(current: HelpPlan, frame: Frame, promised: list[PlanItem]) -> bool:
    known = set(current.items.values_list("service_id", flat=True))
    return bool(
        set(frame.lines) - set(current.lines) or {item.service_id for item in promised} - known
    )


def approve_amendment(
    case: HelpCase, books: Books, *, outcome: str = PlanState.APPROVED, reason: str = ""
) -> dict[str, Any]:
    """A second person puts the new version in force, or returns it with a reason."""
    ensure_lawful(case, books, "approve_amendment")
    current = _plan_in_force(case)
    plan = _plan_to_judge(case, books)
    if _returned(plan, books, outcome, reason):
        return {"version": plan.version, "outcome": PlanState.RETURNED.value}
    promised = list(plan.items.select_related("service"))
    _ensure_nothing_undone(current, promised)
    _carry_over(current, plan, books)
    current.state = PlanState.REPLACED
    current.save(update_fields=["state"])
    _approve(plan, books)
    _open_new_lines(case, plan, books)
    recount_line(case, books)
    return {"version": plan.version, "outcome": PlanState.APPROVED.value}


def _carry_over(current: HelpPlan, plan: HelpPlan, books: Books) -> None:
    """What was given stays given; what the new version leaves out ended early."""
    entered = {(item.service_id, item.member_id): item for item in plan.items.all()}
    for old in current.items.all():
        item = entered.pop((old.service_id, old.member_id), None)
        if item is None:
            _keep_finished(old, plan, books)
            continue
        item.carried_from = old
        item.qty_done = old.qty_done
        item.promised_on = old.promised_on
        item.status = ItemStatus.DONE if item.is_delivered else ItemStatus.ACTIVE
        item.save(update_fields=["carried_from", "qty_done", "promised_on", "status"])
    for item in entered.values():
        item.status = ItemStatus.ACTIVE
        item.save(update_fields=["status"])


def _keep_finished(old: PlanItem, plan: HelpPlan, books: Books) -> None:
    was_settled = old.is_settled
    # A row saved without its key is a new row: the signed version keeps its own.
    old.carried_from_id, old.pk = old.pk, None
    old._state.adding = True
    old.plan = plan
    if not was_settled:
        old.status = ItemStatus.ENDED_EARLY
        old.ended_on = books.on
        old.end_reason = DROPPED
    old.save()


def _open_new_lines(case: HelpCase, plan: HelpPlan, books: Books) -> None:
    known = set(case.lines.values_list("line", flat=True))
    for name in plan.lines:
        if name not in known:
            line = HelpLine(case=case, line=name, started_on=books.on)
            line.activate()
            line.save()
