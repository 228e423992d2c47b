"""The register kept right while a case is open: corrections, people who join, people who leave."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.cases.operations import facts
from casework.cases.operations.step import ensure_lawful
from casework.cases.queries import items_in_force
from casework.cases.states import OPEN_STATES, ItemStatus
from casework.households import changes as register
from casework.households import splitting
from casework.households.codes import CorrectionReason, JoinReason, LeaveReason
from casework.households.models import Member
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow
from casework.staff.scope import reach_of


def correct_household(
    case: HelpCase, books: Books, *, reason: str, changes: Mapping[str, Any]
) -> dict[str, Any]:
    """Correct what is known of the household; the former state is kept."""
    ensure_lawful(case, books, "correct_household")
    changes = _named(changes, "changes")
    division = str(changes.get("residence_division", case.handling_street))
    if not division.startswith(case.handling_street):
        facts.refuse(
            "residence_division", _("The household moves to another street: offer the case there.")
        )
    changed = register.correct_household(
        case.household,
        books,
        reason=facts.choice(CorrectionReason, reason, "reason"),
        changes=changes,
    )
    return _noted(books, changed)


def correct_member(
    case: HelpCase,
    books: Books,
    *,
    member: Member | int | str,
    reason: str,
    changes: Mapping[str, Any],
    guardian: Member | int | str | None = None,
    guardian_consent_on: facts.Day | None = None,
) -> dict[str, Any]:
    """Correct what is known of a person; the former state is kept."""
    ensure_lawful(case, books, "correct_member")
    person = facts.member(case, member, "member")
    changed = register.correct_member(
        person,
        books,
        reason=facts.choice(CorrectionReason, reason, "reason"),
        changes=_named(changes, "changes"),
        guardian=facts.member(case, guardian, "guardian") if guardian else None,
        guardian_consent_on=_past(guardian_consent_on, "guardian_consent_on", books),
    )
    return _noted(books, changed, person)


def add_member(
    case: HelpCase,
    books: Books,
    *,
    person: Mapping[str, Any],
    joined_on: facts.Day,
    reason: str,
    guardian: Member | int | str | None = None,
    guardian_consent_on: facts.Day | None = None,
) -> dict[str, Any]:
    """Enter a person who joins the household; for a child under fourteen the guardian first."""
    ensure_lawful(case, books, "add_member")
    entered = register.add_member(
        case.household,
        books,
        person=_named(person, "person"),
        joined_on=facts.past_day(joined_on, "joined_on", books),
        reason=facts.choice(JoinReason, reason, "reason"),
        guardian=facts.member(case, guardian, "guardian") if guardian else None,
        guardian_consent_on=_past(guardian_consent_on, "guardian_consent_on", books),
    )
    books.note(member=entered.pk, size=case.household.size)
    return {"member": entered.pk, "size": case.household.size}


def remove_member(
    case: HelpCase,
    books: Books,
    *,
    member: Member | int | str,
    left_on: facts.Day,
    reason: str,
    new_head: Member | int | str | None = None,
) -> dict[str, Any]:
    """Note that a living person no longer shares the household."""
    ensure_lawful(case, books, "remove_member")
    person = facts.member(case, member, "member")
    _ensure_free(case, person, "member")
    register.leave_household(
        person,
        books,
        left_on=facts.past_day(left_on, "left_on", books),
        reason=facts.choice(LeaveReason, reason, "reason"),
        new_head=facts.member(case, new_head, "new_head") if new_head else None,
    )
    books.note(member=person.pk, size=case.household.size)
    return {"member": person.pk, "size": case.household.size}


def split_household(
    case: HelpCase,
    books: Books,
    *,
    members: Sequence[Member | int | str],
    head: Member | int | str,
    address: str,
    residence_division: str,
    left_on: facts.Day,
) -> dict[str, Any]:
    """Some people found a household of their own; the case stays with the old one."""
    ensure_lawful(case, books, "split_household")
    if isinstance(members, str) or not isinstance(members, Sequence):
        facts.refuse("members", _("Choose who moves."))
    moving = [facts.member(case, member, "members") for member in members]
    for person in moving:
        _ensure_free(case, person, "members")
    founded = splitting.split_household(
        case.household,
        books,
        members=moving,
        head=facts.member(case, head, "head"),
        address=facts.text(address, "address", at_most=200),
        residence_division=str(residence_division),
        left_on=facts.past_day(left_on, "left_on", books),
    )
    books.note(founded=founded.pk, moved=len(moving), size=case.household.size)
    return {
        "household": founded.pk,
        "moved": len(moving),
        "size": case.household.size,
        "person": founded.head_id,
    }


def merge_household(
    case: HelpCase, books: Books, *, other: HelpCase | int | str, joined_on: facts.Day
) -> dict[str, Any]:
    """The people of another household of the street join this one; its cases must have ended."""
    ensure_lawful(case, books, "merge_household")
    near = facts.case_named(other, "other")
    if books.by is not None and not reach_of(books.by, books.on).covers(near.handling_street):
        # As for a number that does not exist: nobody learns here what lies out of reach.
        facts.refuse("other", _("There is no case with this number."))
    if near.household.cases.filter(state__in=OPEN_STATES).exists():
        facts.refuse("other", _("The other household has an open case: end or merge it first."))
    joined = splitting.merge_household(
        case.household,
        near.household,
        books,
        joined_on=facts.past_day(joined_on, "joined_on", books),
    )
    books.note(joined=len(joined), other=near.household_id, size=case.household.size)
    return {"joined": len(joined), "size": case.household.size}


def _ensure_free(case: HelpCase, person: Member, name: str) -> None:
    """Whoever is helped by this case, or has help planned, does not move away from it."""
    helped = case.subject_member
    if helped is not None and person.pk == helped.pk:
        facts.refuse(
            name, _("This person is the one helped: transfer or terminate the case instead.")
        )
    open_items = items_in_force(case).filter(
        member=person, status__in=[ItemStatus.PLANNED, ItemStatus.ACTIVE]
    )
    if open_items.exists():
        facts.refuse(name, _("Help for this person is planned or running: end it first."))


def _named(value: object, name: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        facts.refuse(name, _("Each entry needs its facts by name."))
    return value


def _past(value: facts.Day | None, name: str, books: Books) -> Any:
    return facts.past_day(value, name, books) if value else None


def _noted(books: Books, changed: tuple[str, ...], person: Member | None = None) -> dict[str, Any]:
    if not changed:
        raise NotLawfulNow(_("Nothing here differs from what is on file."))
    books.note(fields=list(changed), **({"member": person.pk} if person else {}))
    return {"fields": list(changed)}
