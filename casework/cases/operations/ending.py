"""Endings before time: termination, deaths, and consents that are given and withdrawn."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import Death, HelpCase, ServiceRecord
from casework.cases.operations import facts
from casework.cases.operations.counting import leave_help
from casework.cases.operations.hold import end_holds, flag_services
from casework.cases.operations.publicity import take_down
from casework.cases.operations.records import AFTER_DEATH
from casework.cases.operations.service import stop_line
from casework.cases.operations.step import ensure_lawful, keep, lawful_step
from casework.cases.queries import items_in_force
from casework.cases.states import (
    DEATH_REASONS,
    ItemStatus,
    LineState,
    PlanState,
    TerminationReason,
)
from casework.directory.models import Organisation
from casework.households import operations as households
from casework.households.codes import Basis, Purpose
from casework.households.models import Member
from casework.households.models.versions import change
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow

_PHOTO_PURPOSES = frozenset({Purpose.SHARE_PROVIDER, Purpose.PHOTO})


def terminate(
    case: HelpCase,
    books: Books,
    *,
    reason: str,
    evidence: str,
    occurred_on: facts.Day | None = None,
) -> dict[str, Any]:
    """End a case for good; a death locks the file."""
    ensure_lawful(case, books, "terminate")
    code = facts.choice(TerminationReason, reason, "reason")
    if code == TerminationReason.PROVIDER_FAILED:
        facts.refuse("reason", _("A provider that failed is replaced by amending the plan."))
    proof = facts.text(evidence, "evidence")
    day = facts.past_day(occurred_on, "occurred_on", books) if occurred_on else None
    is_death = code in DEATH_REASONS
    if is_death:
        _ensure_death_known(case, books, code, day, proof)
    was_in_help = case.is_in_help
    with lawful_step(case):
        end_holds(case, books)
        case.end_for_good(on=books.on, reason=code)
    case.termination_evidence = proof
    case.locked = is_death
    keep(
        case,
        "state",
        "hold",
        "terminated_on",
        "termination_reason",
        "termination_evidence",
        "locked",
    )
    if was_in_help:
        leave_help(case, books)
    _stop_everything(case, books, code)
    books.note(termination_reason=code, occurred_on=day)
    return {"reason": code.value, "locked": case.locked}


def _ensure_death_known(
    case: HelpCase, books: Books, code: TerminationReason, day: date | None, proof: str
) -> None:
    living = list(case.household.living_members)
    if code == TerminationReason.DEATH_SOLE_MEMBER:
        if len(living) > 1:
            facts.refuse("reason", _("Other members of the household are alive."))
        missing = living
    else:
        person = case.subject_member
        missing = [person] if person in living and person is not None else []
    if missing and day is None:
        facts.refuse("occurred_on", _("Record the death first, or give its date."))
    for person in missing:
        _keep_death(case, books, person, day or books.on, proof)


def _stop_everything(case: HelpCase, books: Books, code: str) -> None:
    for line in case.lines.filter(state__in=[LineState.PLANNED, LineState.ACTIVE]):
        stop_line(line, books, code)
    items_in_force(case).filter(status__in=[ItemStatus.PLANNED, ItemStatus.ACTIVE]).update(
        status=ItemStatus.ENDED_EARLY, ended_on=books.on, end_reason=code
    )
    case.plans.filter(state=PlanState.ENTERED).update(state=PlanState.RETURNED)
    take_down(case, books)


def notify_kin(case: HelpCase, books: Books, *, delivered_on: facts.Day) -> dict[str, Any]:
    """The household, or the next of kin, was told that help has ended."""
    ensure_lawful(case, books, "notify_kin")
    if case.kin_notified_on:
        raise NotLawfulNow(_("They have already been told."))
    day = facts.past_day(delivered_on, "delivered_on", books)
    if case.terminated_on and day < case.terminated_on:
        facts.refuse("delivered_on", _("The case ended later than this."))
    case.kin_notified_on = day
    keep(case, "kin_notified_on")
    return {"delivered_on": day.isoformat()}


def record_death(
    case: HelpCase, books: Books, *, member: Member | int | str, died_on: facts.Day, evidence: str
) -> dict[str, Any]:
    """Note a member's death; services dated later come to light at once."""
    ensure_lawful(case, books, "record_death")
    person = facts.member(case, member, "member")
    if person.death_date:
        raise NotLawfulNow(_("This death is already on file."))
    day = facts.past_day(died_on, "died_on", books)
    if person.birth_date and day < person.birth_date:
        facts.refuse("died_on", _("The person was born later than this."))
    flagged = _keep_death(case, books, person, day, facts.text(evidence, "evidence"))
    books.note(member=person.pk, died_on=day, flagged=flagged)
    return {
        "member": person.pk,
        "sole_member": not case.household.living_members.exists(),
        "flagged": flagged,
    }


def _keep_death(case: HelpCase, books: Books, person: Member, day: date, proof: str) -> int:
    change(
        person,
        {"death_date": day},
        by=books.by,
        moment=books.moment,
        reason="record_death",
        entered_at=case.household.registered_at,
    )
    Death.objects.create(
        case=case,
        member=person,
        died_on=day,
        evidence=proof,
        recorded_by=books.by,
        recorded_at=books.moment,
    )
    later = ServiceRecord.objects.filter(served_on__gt=day)
    if case.household.living_members.exists():
        later = later.filter(item__member=person)
    return flag_services(case, books, later, AFTER_DEATH)


def record_consent(
    case: HelpCase,
    books: Books,
    *,
    purpose: str,
    given_on: facts.Day,
    recipient: Organisation | int | str | None = None,
    member: Member | int | str | None = None,
    basis: str = Basis.CONSENT,
    given_by_guardian: bool = False,
) -> dict[str, Any]:
    """Keep what the household agreed to, or the statute that needs no consent."""
    ensure_lawful(case, books, "record_consent")
    provider = facts.provider(recipient, "recipient", on=books.on) if recipient else None
    kept = households.record_consent(
        household=case.household,
        purpose=facts.choice(Purpose, purpose, "purpose"),
        given_on=facts.past_day(given_on, "given_on", books),
        by=books.by,
        member=facts.member(case, member, "member") if member else None,
        recipient=provider.pk if provider else None,
        basis=facts.choice(Basis, basis, "basis"),
        given_by_guardian=bool(given_by_guardian),
        books=books,
    )
    return {"consent": kept.pk}


def withdraw_consent(
    case: HelpCase,
    books: Books,
    *,
    purpose: str,
    on: facts.Day,
    by_whom: str = "",
    member: Member | int | str | None = None,
) -> dict[str, Any]:
    """End a consent at once: the provider's access goes with it, photos are ordered deleted."""
    ensure_lawful(case, books, "withdraw_consent")
    code = facts.choice(Purpose, purpose, "purpose")
    ended = households.withdraw_consent(
        household=case.household,
        purpose=code,
        on=facts.past_day(on, "on", books),
        member=facts.member(case, member, "member") if member else None,
        books=books,
    )
    if code in _PHOTO_PURPOSES:
        # The moment makes the key: photos taken after a new consent may have to go again.
        moment = books.moment.strftime("%Y%m%dT%H%M%S%f")
        books.send("delete_photos", f"photos-{case.pk}-{moment}", {"case": case.pk})
    return {"ended": ended}
