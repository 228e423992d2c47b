"""Help while it is given: start, services, items and lines that end, and the summing up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.doubts import refuse_where_set
from casework.cases.models import HelpCase, HelpLine, PlanItem, ServiceAlert, ServiceRecord
from casework.cases.operations import facts
from casework.cases.operations.counting import leave_help, minimum_service, recount_line
from casework.cases.operations.records import (
    ensure_no_contradiction,
    ensure_within_plan,
    item_named,
    read_services,
)
from casework.cases.operations.step import (
    ensure_lawful,
    force_into_sample,
    keep,
    lawful_step,
    post,
)
from casework.cases.queries import items_in_force, main_line, plan_awaiting_approval
from casework.cases.states import (
    ForcedReason,
    ItemStatus,
    Line,
    LineState,
    TerminationReason,
)
from casework.households.codes import Purpose
from casework.households.queries import has_consent
from casework.ledger.act import Books
from casework.lib.errors import Incomplete, NotLawfulNow


def start_help(
    case: HelpCase, books: Books, *, started_on: facts.Day, agreement_no: str
) -> dict[str, Any]:
    """The provider begins; the household counts as in help under its line."""
    ensure_lawful(case, books, "start_help")
    day = facts.past_day(started_on, "started_on", books)
    number = facts.text(agreement_no, "agreement_no", at_most=60)
    plan = case.plan_in_force
    if plan is None:
        raise NotLawfulNow(_("The case has no approved plan."))
    if day < plan.signed_on:
        facts.refuse("started_on", _("The plan was signed later than this."))
    items = list(items_in_force(case))
    _ensure_data_may_be_shared(case, items, books)
    line = main_line(case)
    with lawful_step(case):
        case.begin_help(on=day, line=line)
    case.agreement_no = number
    keep(case, "state", "help_started_on", "counted_line", "agreement_no")
    for help_line in case.lines.filter(state=LineState.PLANNED):
        help_line.activate()
        help_line.started_on = day
        help_line.save(update_fields=["state", "started_on"])
    PlanItem.objects.filter(plan=plan, status=ItemStatus.PLANNED).update(status=ItemStatus.ACTIVE)
    post(case, books, "in_help", 1, line=line, occurred_on=day)
    books.note(started_on=day, line=line)
    return {"line": line, "started_on": day.isoformat()}


def _ensure_data_may_be_shared(case: HelpCase, items: list[PlanItem], books: Books) -> None:
    """Every provider that begins may know of the household: by consent or by statute."""
    for provider in {item.provider_id for item in items if item.provider_id}:
        if not has_consent(case.household_id, Purpose.SHARE_PROVIDER, books.on, recipient=provider):
            raise Incomplete(
                _(
                    "The household has not agreed to share its data with the provider; "
                    "record the consent first."
                )
            )


def record_services(
    case: HelpCase, books: Books, *, services: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Keep services as given; a record that contradicts the file is refused as a finding."""
    if not case.locked:
        ensure_lawful(case, books, "record_services")
    records = read_services(case, books, services)
    ensure_no_contradiction(case, records)
    # A locked file still tells a false record from a late one; both are refused.
    ensure_lawful(case, books, "record_services")
    ensure_within_plan(case, records)
    refuse_where_set(case, records)
    ServiceRecord.objects.bulk_create(records)
    given: Counter[PlanItem] = Counter()
    for record in records:
        given[record.item] += record.quantity
    for item, quantity in given.items():
        item.qty_done += quantity
        item.save(update_fields=["qty_done"])
    books.note(
        services=len(records),
        given={item.service_id: quantity for item, quantity in given.items()},
    )
    return {
        "recorded": len(records),
        "items": [
            {"item": item.pk, "code": item.service_id, "done": item.qty_done} for item in given
        ],
    }


def raise_alert(
    case: HelpCase,
    books: Books,
    *,
    code: str,
    detail: Mapping[str, Any],
    service: ServiceRecord | None = None,
) -> ServiceAlert:
    """Keep a contradiction on the file; the case is evaluated whatever the draw says."""
    force_into_sample(case, ForcedReason.VETO_ALERT)
    return ServiceAlert.objects.create(
        case=case,
        code=code,
        detail=dict(detail),
        raised_at=books.moment,
        raised_for=books.by,
        service=service,
    )


def finish_item(
    case: HelpCase,
    books: Books,
    *,
    item: PlanItem | int | str,
    early: bool = False,
    reason: str = "",
    member: int | None = None,
) -> dict[str, Any]:
    """An item was given as planned, or ends early for a reason."""
    ensure_lawful(case, books, "finish_item")
    chosen = item_named(case, item, "item", member=member)
    if chosen.is_settled:
        raise NotLawfulNow(_("This item is already finished."))
    if chosen.is_delivered:
        chosen.status = ItemStatus.DONE
    elif early:
        chosen.status = ItemStatus.ENDED_EARLY
        chosen.end_reason = facts.text(reason, "reason")
    else:
        facts.refuse(
            "item",
            _("Only %(done)d of %(planned)d are given; enter the services or end it early.")
            % {"done": chosen.qty_done, "planned": chosen.qty_planned},
        )
    chosen.ended_on = books.on
    chosen.save(update_fields=["status", "end_reason", "ended_on"])
    books.note(item=chosen.service_id, status=chosen.status)
    return {"item": chosen.pk, "status": str(chosen.status)}


def end_line(case: HelpCase, books: Books, *, line: str, reason: str) -> dict[str, Any]:
    """Help on one line stops before its time; the household counts under what is left."""
    ensure_lawful(case, books, "end_line")
    _ensure_no_amendment(case)
    name = facts.choice(Line, line, "line")
    code = facts.choice(TerminationReason, reason, "reason")
    chosen = case.lines.filter(line=name).first()
    if chosen is None or chosen.state not in {LineState.PLANNED, LineState.ACTIVE}:
        raise NotLawfulNow(_("This line is not running."))
    stop_line(chosen, books, code)
    items_in_force(case).filter(line=name).exclude(
        status__in=[ItemStatus.DONE, ItemStatus.ENDED_EARLY]
    ).update(status=ItemStatus.ENDED_EARLY, ended_on=books.on, end_reason=code)
    recount_line(case, books)
    books.note(line=name, end_reason=code)
    return {"line": name.value, "counted_line": str(case.counted_line)}


def stop_line(line: HelpLine, books: Books, reason: str) -> None:
    """A line that has not run its course ends today."""
    line.end_early()
    line.ended_on = books.on
    line.end_reason = reason
    line.save(update_fields=["state", "ended_on", "end_reason"])


def _ensure_no_amendment(case: HelpCase) -> None:
    if plan_awaiting_approval(case):
        raise NotLawfulNow(_("An amendment of the plan waits for approval; settle it first."))


def finish_help(case: HelpCase, books: Books, *, summary: str, satisfaction: int) -> dict[str, Any]:
    """Sum up the help; the household leaves it, and counts as completed if it was helped enough."""
    ensure_lawful(case, books, "finish_help")
    _ensure_no_amendment(case)
    words = facts.text(summary, "summary", at_most=5000)
    score = facts.satisfaction(satisfaction, "satisfaction")
    items = list(items_in_force(case))
    _ensure_items_settled(items)
    helped = _settle_lines(case, books, items)
    minimum = minimum_service(case)
    is_counted = helped and minimum.is_met
    with lawful_step(case):
        case.end_help(on=books.on, is_counted=is_counted)
    case.closing_summary = words
    case.satisfaction = score
    keep(case, "state", "help_done_on", "completed_counted", "closing_summary", "satisfaction")
    leave_help(case, books)
    if is_counted:
        post(case, books, "completed", 1, line=case.counted_line)
    outcome = "COMPLETED" if helped else "ENDED_EARLY"
    books.note(outcome=outcome, counted=is_counted, satisfaction=score)
    return {"outcome": outcome, "counted": is_counted, "missing": minimum.missing}


def _ensure_items_settled(items: list[PlanItem]) -> None:
    waiting = [item for item in items if not item.is_settled and not item.is_delivered]
    if waiting:
        names = ", ".join(str(item.service) for item in waiting)
        message = _("Finish these items, or end them early with a reason: %(items)s.")
        facts.refuse("items", message % {"items": names})


def _settle_lines(case: HelpCase, books: Books, items: list[PlanItem]) -> bool:
    """Close every item and line; true when at least one line was helped to its end."""
    for item in items:
        if not item.is_settled:
            item.status, item.ended_on = ItemStatus.DONE, books.on
            item.save(update_fields=["status", "ended_on"])
    helped = {item.line for item in items if item.status == ItemStatus.DONE}
    for line in case.lines.filter(state=LineState.ACTIVE):
        if line.line in helped:
            line.finish()
            line.ended_on = books.on
            line.save(update_fields=["state", "ended_on"])
        else:
            stop_line(line, books, "")
    return case.lines.filter(state=LineState.DONE).exists()
