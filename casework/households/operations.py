"""Entering households and their consents: the law of what may be kept, and since when."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from casework.directory.models import Division
from casework.households import codes
from casework.households.members import MemberDraft, read_members
from casework.households.models import Consent, Household, Member
from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow

if TYPE_CHECKING:
    from casework.ledger.act import Books
    from casework.staff.models import User

STREET_LENGTH: Final = 9
HOUSEHOLD_FIELDS: Final = frozenset(
    "relief_type relief_cert_no housing floor_area_m2 vehicles income_items expense_items assets"
    " relative_register_flag relative_note address category hukou_division"
    " residence_division".split()
)


@transaction.atomic
def register_household(
    *,
    by: "User | None",
    address: str,
    residence_division: str,
    members: Sequence[Mapping[str, Any]],
    category: str = codes.Category.F_OTHER,
    hukou_division: str = "",
    books: "Books | None" = None,
    on: date | None = None,
    **more: Any,
) -> Household:
    """Enter a household with its people; the first is its head.

    A member may name `guardian` (a position in the list) and, for a child under fourteen,
    must say on which day the guardian agreed (`guardian_consent_on`).
    """
    day = books.on if books else on or clock.today()
    check_household(address, residence_division, hukou_division, category, more)
    drafts = read_members(members, on=day)
    household = Household.objects.create(
        address=address.strip(),
        residence_division=residence_division,
        hukou_division=hukou_division,
        category=category,
        created_rule_set=day,
        registered_at=books.moment if books else clock.now(),
        registered_by=by,
        test_data=any(draft.is_test for draft in drafts),
        **more,
    )
    people = [Member.objects.create(household=household, **draft.values) for draft in drafts]
    _bind_guardians(drafts, people, day=day, by=by)
    household.head = people[0]
    household.save(update_fields=["head"])
    if books:
        books.also(("household", household.pk), "register_household", members=len(people))
    return household


def check_household(
    address: str, residence: str, hukou: str, category: str, more: Mapping[str, Any]
) -> None:
    fields = {}
    if not address.strip():
        fields["address"] = _("An address is needed.")
    if len(residence) < STREET_LENGTH or not Division.objects.filter(pk=residence).exists():
        fields["residence_division"] = _("This is not the code of a street or community.")
    if hukou and not Division.objects.filter(pk=hukou).exists():
        fields["hukou_division"] = _("This division code is not known.")
    if category not in codes.Category.values:
        fields["category"] = _("This category is not known.")
    if more.get("relief_type", "NONE") not in codes.ReliefType.values:
        fields["relief_type"] = _("This kind of relief is not known.")
    unknown = set(more) - HOUSEHOLD_FIELDS
    if unknown:
        raise TypeError(f"not facts of a household: {', '.join(sorted(unknown))}")
    if fields:
        raise Incomplete(next(iter(fields.values())), fields)


def _bind_guardians(
    drafts: Sequence[MemberDraft], people: Sequence[Member], *, day: date, by: "User | None"
) -> None:
    for draft, person in zip(drafts, people, strict=True):
        if draft.guardian is None:
            continue
        person.guardian = people[draft.guardian]
        person.save(update_fields=["guardian"])
        if draft.guardian_consent_on:
            keep_guardian_consent(person, draft.guardian_consent_on, by=by)


def keep_guardian_consent(
    child: Member, given_on: date, *, by: "User | None", at: datetime | None = None
) -> None:
    """The guardian agreed that something of a child is kept."""
    Consent.objects.create(
        household_id=child.household_id,
        member=child,
        purpose=codes.Purpose.GUARDIAN,
        given_on=given_on,
        given_by_guardian=True,
        recorded_by=by,
        recorded_at=at or clock.now(),
    )


@transaction.atomic
def record_consent(
    *,
    household: Household,
    purpose: str,
    given_on: date,
    by: "User | None",
    member: Member | None = None,
    recipient: int | None = None,
    basis: str = codes.Basis.CONSENT,
    given_by_guardian: bool = False,
    notice_version: str = "1",
    books: "Books | None" = None,
) -> Consent:
    """Keep what a person agreed to, or the statutory duty that needs no consent."""
    today = books.on if books else clock.today()
    if purpose not in codes.Purpose.values or basis not in codes.Basis.values:
        raise Incomplete(_("This purpose or basis is not known."))
    if given_on > today:
        raise Incomplete(_("A consent cannot be given in the future."), {"given_on": ""})
    if member is not None:
        _check_consenting(member, household, given_on, given_by_guardian)
    consent = Consent.objects.create(
        household=household,
        member=member,
        purpose=purpose,
        recipient_id=recipient,
        basis=basis,
        given_on=given_on,
        given_by_guardian=given_by_guardian,
        notice_version=notice_version,
        recorded_by=by,
        recorded_at=books.moment if books else clock.now(),
    )
    if books:
        books.also(
            ("household", household.pk), "record_consent", purpose=purpose, recipient=recipient
        )
    return consent


def _check_consenting(
    member: Member, household: Household, given_on: date, given_by_guardian: bool
) -> None:
    if member.household_id != household.pk:
        raise Incomplete(_("This person is not of this household."), {"member": ""})
    if member.death_date and member.death_date < given_on:
        raise Incomplete(_("The person had died by that day."), {"given_on": ""})
    if member.needs_guardian_consent(given_on) and not given_by_guardian:
        raise Incomplete(
            _("For a child under 14 the guardian consents."), {"given_by_guardian": ""}
        )


@transaction.atomic
def withdraw_consent(
    *,
    household: Household,
    purpose: str,
    on: date,
    recipient: int | None = None,
    member: Member | None = None,
    books: "Books | None" = None,
) -> int:
    """End every matching consent at once; what the law itself orders needs no consent to end."""
    today = books.on if books else clock.today()
    if on > today:
        raise Incomplete(_("A consent is withdrawn today or was before."), {"on": ""})
    chosen = Consent.objects.in_force(on).filter(
        household=household, purpose=purpose, basis=codes.Basis.CONSENT
    )
    if recipient is not None:
        chosen = chosen.filter(recipient_id=recipient)
    if member is not None:
        chosen = chosen.filter(member=member)
    count = chosen.update(withdrawn_on=on)
    if not count:
        raise NotLawfulNow(_("There is no such consent to withdraw."))
    if books:
        books.also(("household", household.pk), "withdraw_consent", purpose=purpose, count=count)
    return count
