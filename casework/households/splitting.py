"""Households that part and households that join: people move with all that is known of them.

A person is entered anew in the new household and leaves the old one on the same day; both entries
are tied as one person, so that earlier help is found and nobody is counted as a duplicate. What the
old household was stays on file.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _

from casework.households import codes
from casework.households.changes import MEMBER_FIELDS, ensure_new_here, fault, leave_household
from casework.households.models import Consent, Duplicate, Household, Member
from casework.households.operations import check_household
from casework.households.queries import has_consent
from casework.lib.errors import NotLawfulNow

if TYPE_CHECKING:
    from casework.ledger.act import Books

_KEPT: Final = ("hukou_division", "category", "created_rule_set")


def split_household(
    household: Household,
    books: "Books",
    *,
    members: Sequence[Member],
    head: Member,
    address: str,
    residence_division: str,
    left_on: date,
) -> Household:
    """Let some people found a household of their own; the head of the old one stays."""
    moving = {member.pk: member for member in members}
    staying = [one for one in household.living_members if one.pk not in moving]
    if not moving or not staying:
        raise fault("members", _("Some people move and some stay; choose who moves."))
    if household.head_id in moving:
        raise fault("members", _("The head stays: move the others, or name another head first."))
    if head.pk not in moving:
        raise fault("head", _("The new head is one of those who move."))
    if head.is_minor(books.on):
        raise fault("head", _("The head of a household is an adult."))
    _ensure_wards_follow(moving, books.on)
    check_household(address, residence_division, household.hukou_division, household.category, {})
    founded = Household.objects.create(
        address=address.strip(),
        residence_division=residence_division,
        registered_at=books.moment,
        registered_by=books.by,
        test_data=household.test_data,
        **{name: getattr(household, name) for name in _KEPT},
    )
    _move(list(moving.values()), founded, books, on=left_on, head=head)
    books.also(("household", founded.pk), "register_household", members=len(moving))
    return founded


def merge_household(
    household: Household, other: Household, books: "Books", *, joined_on: date
) -> list[Member]:
    """Take all living people of another household in; it stays on file with nobody in it."""
    if other.pk == household.pk:
        raise fault("other", _("This is the same household."))
    people = list(other.living_members)
    if not people:
        raise NotLawfulNow(_("Nobody lives in the other household any more."))
    for person in people:
        ensure_new_here(household, person.id_no)
    return _move(people, household, books, on=joined_on)


def _ensure_wards_follow(moving: Mapping[int, Member], on: date) -> None:
    """A child goes where its guardian goes."""
    for person in moving.values():
        if person.guardian_id and person.guardian_id not in moving and person.is_minor(on):
            raise fault("members", _("A child moves with its guardian; name another first."))


def _move(
    people: Sequence[Member],
    to: Household,
    books: "Books",
    *,
    on: date,
    head: Member | None = None,
) -> list[Member]:
    entered: dict[int, Member] = {}
    reason = codes.JoinReason.FOUNDED if head else codes.JoinReason.MERGED
    for person in people:
        values = {name: getattr(person, name) for name in MEMBER_FIELDS}
        values["relation_to_head"] = codes.Relation.HEAD if person == head else codes.Relation.OTHER
        entered[person.pk] = Member.objects.create(
            household=to, joined_on=on, join_reason=reason, **values
        )
    if head is not None:
        to.head = entered[head.pk]
        to.save(update_fields=["head"])
    for person in people:
        _keep_guarded(person, entered, books)
        _tie(person, entered[person.pk], books)
    left = codes.LeaveReason.OWN_HOUSEHOLD if head else codes.LeaveReason.JOINED
    # Children first: nobody leaves who still guards somebody there.
    for person in sorted(people, key=lambda one: not one.is_minor(on)):
        leave_household(person, books, left_on=on, reason=left, all_of_them=head is None)
    return list(entered.values())


def _keep_guarded(person: Member, entered: Mapping[int, Member], books: "Books") -> None:
    """The guardian and the consent given for a child hold in the new household as well."""
    copy = entered[person.pk]
    guardian = entered.get(person.guardian_id or 0)
    if guardian is not None:
        copy.guardian = guardian
        copy.save(update_fields=["guardian"])
    if has_consent(person.household_id, codes.Purpose.GUARDIAN, books.on, member=person):
        Consent.objects.create(
            household_id=copy.household_id, member=copy, purpose=codes.Purpose.GUARDIAN,
            given_on=books.on, given_by_guardian=True, recorded_by=books.by,
            recorded_at=books.moment,
        )  # fmt: skip


def _tie(former: Member, entered: Member, books: "Books") -> None:
    """Say that both entries are one person, as the desk for duplicates would."""
    if books.by is None:
        return
    Duplicate.objects.create(
        left=former, right=entered, grounds=[Duplicate.Ground.NAME.value], score=100,
        state=Duplicate.State.SAME, reason=Duplicate.Reason.MOVED, decided_by=books.by,
        decided_at=books.moment, found_at=books.moment,
    )  # fmt: skip
