"""Cases that rest for a time, and cases that move to another street."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, ServiceRecord, Suspension, Transfer
from casework.cases.operations import facts
from casework.cases.operations.counting import leave_help
from casework.cases.operations.records import CONTRADICTION, IN_HOSPITAL
from casework.cases.operations.service import raise_alert
from casework.cases.operations.step import ensure_lawful, keep, lawful_step, post
from casework.cases.queries import items_in_force, offered_transfer
from casework.cases.states import ItemStatus, SuspensionReason, TransferState
from casework.directory.models import Division, Level, Organisation
from casework.directory.queries import due_on
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow
from casework.staff.models import Role
from casework.staff.scope import reach_of

_UNSETTLED = (ItemStatus.PLANNED, ItemStatus.ACTIVE)


def suspend(case: HelpCase, books: Books, *, reason: str, from_on: facts.Day) -> dict[str, Any]:
    """Help rests; the household stays counted where it is."""
    ensure_lawful(case, books, "suspend")
    code = facts.choice(SuspensionReason, reason, "reason")
    day = facts.past_day(from_on, "from_on", books)
    _ensure_after_last_rest(case, day)
    limit_on = due_on("suspension", day, rule_date=case.rule_date)
    with lawful_step(case):
        case.pause()
    keep(case, "hold")
    Suspension.objects.create(
        case=case, reason=code, from_on=day, limit_on=limit_on, entered_by=books.by
    )
    flagged = 0
    if code == SuspensionReason.HOSPITAL:
        flagged = flag_services(case, books, ServiceRecord.objects.filter(served_on__gte=day))
    books.note(suspension=code, from_on=day, limit_on=limit_on)
    return {"limit_on": limit_on.isoformat(), "flagged": flagged}


def _ensure_after_last_rest(case: HelpCase, day: date) -> None:
    if case.suspensions.filter(resumed_on__gt=day).exists():
        facts.refuse("from_on", _("The case was still resting on this day."))


def flag_services(
    case: HelpCase,
    books: Books,
    services: QuerySet[ServiceRecord],
    rule: str = IN_HOSPITAL,
) -> int:
    """Mark services already on file that a new fact contradicts; the number marked."""
    found = list(
        services.filter(case=case).exclude(alerts__code=CONTRADICTION).select_related("item")
    )
    for service in found:
        detail = {
            "item": service.item.service_id,
            "served_on": service.served_on.isoformat(),
            "rule": rule,
        }
        raise_alert(case, books, code=CONTRADICTION, detail=detail, service=service)
    return len(found)


def resume(case: HelpCase, books: Books, *, on: facts.Day) -> dict[str, Any]:
    """Help goes on; the plan and its open items are longer by the days of the rest."""
    ensure_lawful(case, books, "resume")
    rest = case.suspensions.filter(resumed_on=None).first()
    if rest is None:
        raise NotLawfulNow(_("The case is not resting."))
    day = facts.past_day(on, "on", books)
    if day < rest.from_on:
        facts.refuse("on", _("The rest began later than this."))
    days = (day - rest.from_on).days
    with lawful_step(case):
        case.release()
    keep(case, "hold")
    rest.resumed_on = day
    rest.save(update_fields=["resumed_on"])
    plan = case.plan_in_force
    if plan is not None:
        longer = timedelta(days=days)
        plan.ends_on += longer
        plan.save(update_fields=["ends_on"])
        for item in plan.items.filter(status__in=_UNSETTLED):
            item.ends_on += longer
            item.save(update_fields=["ends_on"])
    books.note(resumed_on=day, days=days)
    return {"days": days, "plan_ends_on": plan.ends_on.isoformat() if plan else None}


def offer_transfer(case: HelpCase, books: Books, *, to_street: str, reason: str) -> dict[str, Any]:
    """Offer the file to the street where the household now belongs."""
    ensure_lawful(case, books, "offer_transfer")
    code = str(getattr(to_street, "pk", to_street)).strip()
    street = Division.objects.filter(pk=code, level=Level.STREET).first()
    if street is None:
        facts.refuse("to_street", _("This is not the code of a street."))
    if street.code == case.handling_street:
        facts.refuse("to_street", _("The case is already with this street."))
    words = facts.text(reason, "reason")
    answer_by = due_on("transfer", books.on, rule_date=case.rule_date)
    with lawful_step(case):
        case.offer_elsewhere()
    keep(case, "hold")
    Transfer.objects.create(
        case=case,
        from_street=case.handling_street,
        to_street=street.code,
        reason=words,
        offered_at=books.moment,
        offered_by=books.by,
    )
    books.note(from_street=case.handling_street, to_street=street.code)
    return {"to_street": street.code, "answer_by": answer_by.isoformat()}


def _offer_in_hand(case: HelpCase) -> Transfer:
    transfer = offered_transfer(case)
    if transfer is None:
        raise NotLawfulNow(_("The case is not being offered to another street."))
    return transfer


def accept_transfer(
    case: HelpCase, books: Books, *, provider: Organisation | int | str | None = None
) -> dict[str, Any]:
    """Take the file over: the case moves with its figures, and its former provider leaves it."""
    ensure_lawful(case, books, "accept_transfer")
    transfer = _offer_in_hand(case)
    served_by = facts.provider(provider, "provider", on=books.on) if provider else None
    if case.is_in_help:
        leave_help(case, books)
    with lawful_step(case):
        case.release()
    case.handling_street = transfer.to_street
    case.handling_district = transfer.to_street[:6]
    by = books.by
    takes_on = by and reach_of(by, books.on).covers(transfer.to_street, Role.CW)
    case.caseworker = by if takes_on else None
    keep(case, "hold", "handling_street", "handling_district", "caseworker")
    if case.is_in_help:
        post(case, books, "in_help", 1, line=case.counted_line)
    items_in_force(case).filter(status__in=_UNSETTLED, provider__isnull=False).update(
        provider=served_by
    )
    _answer(transfer, books, TransferState.ACCEPTED)
    books.note(
        from_street=transfer.from_street,
        to_street=transfer.to_street,
        provider=served_by.pk if served_by else None,
    )
    return {"handling_street": case.handling_street, "provider": served_by and served_by.pk}


def decline_transfer(case: HelpCase, books: Books, *, reason: str) -> dict[str, Any]:
    """The file stays where it is."""
    ensure_lawful(case, books, "decline_transfer")
    transfer = _offer_in_hand(case)
    words = facts.text(reason, "reason")
    with lawful_step(case):
        case.release()
    keep(case, "hold")
    _answer(transfer, books, TransferState.DECLINED, words)
    books.note(to_street=transfer.to_street)
    return {"handling_street": case.handling_street}


def _answer(
    transfer: Transfer, books: Books, state: TransferState, decline_reason: str = ""
) -> None:
    transfer.state = state
    transfer.decided_at = books.moment
    transfer.decided_by = books.by
    transfer.decline_reason = decline_reason
    transfer.save(update_fields=["state", "decided_at", "decided_by", "decline_reason"])


def end_holds(case: HelpCase, books: Books) -> None:
    """A case that ends is neither resting nor under way; its file stays where it is."""
    case.suspensions.filter(resumed_on=None).update(resumed_on=books.on)
    case.transfers.filter(state=TransferState.OFFERED).update(
        state=TransferState.DECLINED, decided_at=books.moment, decided_by=books.by
    )
    if case.hold:
        case.release()
