"""Changing what is known of a household: corrections, people who join, people who leave.

What stood there before is kept (`casework.households.models.versions`); the journal names the
fields, never their words.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Field
from django.utils.translation import gettext as _

from casework.households import codes
from casework.households.members import MemberDraft, read_member
from casework.households.models import Household, Member
from casework.households.models.member import ADULT_AGE, GUARDED_AGE, id_hashes
from casework.households.models.versions import change, versioned
from casework.households.operations import HOUSEHOLD_FIELDS, check_household, keep_guardian_consent
from casework.households.queries import has_consent
from casework.lib.errors import Incomplete, NotLawfulNow

if TYPE_CHECKING:
    from casework.ledger.act import Books

# What an act may change of a person: who it is, how to reach them, how they live.
MEMBER_FIELDS: Final = frozenset(
    "name id_type id_no sex birth_date phone ethnicity marital hukou_type education in_school"
    " school grade health chronic_diseases disability_cert_no disability_types disability_grade"
    " ability_level self_care employment work_capacity is_dependent relation_to_head".split()
)
MOST_CHARACTERS: Final = 200
_SAME_HEADS: Final = frozenset({codes.Relation.SELF, codes.Relation.HEAD})


def correct_household(
    household: Household, books: "Books", *, reason: str, changes: Mapping[str, Any]
) -> tuple[str, ...]:
    """Change what is known of a household; which fields, by name."""
    changes = _cleaned(Household, changes, HOUSEHOLD_FIELDS)
    household = Household.objects.select_for_update().get(pk=household.pk)
    placed = ("address", "residence_division", "hukou_division", "category")
    merged = {name: changes.get(name, getattr(household, name)) for name in placed}
    rest = {name: value for name, value in changes.items() if name not in placed}
    address, residence, hukou, category = (str(merged[name]) for name in placed)
    check_household(address, residence, hukou, category, rest)
    return _changed(household, household, books, reason, changes)


def correct_member(
    member: Member,
    books: "Books",
    *,
    reason: str,
    changes: Mapping[str, Any],
    guardian: Member | None = None,
    guardian_consent_on: date | None = None,
) -> tuple[str, ...]:
    """Change what is known of a person; which fields, by name.

    Nothing of a child under fourteen is saved before it has a guardian who agreed.
    """
    member = Member.objects.select_for_update().select_related("household").get(pk=member.pk)
    changes = _as_read(member, _cleaned(Member, changes, MEMBER_FIELDS))
    if guardian is not None:
        changes["guardian"] = guardian
    born = changes.get("birth_date", member.birth_date)
    guardian = changes.get("guardian", member.guardian)
    _ensure_guarded(member.household, member, born, guardian, guardian_consent_on, books.on)
    _ensure_one_head(member.household, changes.get("relation_to_head", ""), besides=member)
    fields = _changed(member, member.household, books, reason, changes)
    if guardian_consent_on is not None:
        keep_guardian_consent(member, guardian_consent_on, by=books.by, at=books.moment)
    return fields


def add_member(
    household: Household,
    books: "Books",
    *,
    person: Mapping[str, Any],
    joined_on: date,
    reason: str,
    guardian: Member | None = None,
    guardian_consent_on: date | None = None,
) -> Member:
    """Enter a person who joins a household."""
    draft = read_member(_cleaned(Member, person, MEMBER_FIELDS))
    born = draft.values.get("birth_date")
    if born and joined_on < born:
        raise fault("joined_on", _("The person was born later than this."))
    ensure_new_here(household, draft.values.get("id_no", ""))
    _ensure_one_head(household, draft.values.get("relation_to_head", ""))
    _ensure_guarded(household, None, born, guardian, guardian_consent_on, books.on)
    entered = Member(
        household=household,
        guardian=guardian,
        joined_on=joined_on,
        join_reason=reason,
        **draft.values,
    )
    with versioned(entered, by=books.by, moment=books.moment, reason=reason):
        entered.save()
    if guardian_consent_on is not None:
        keep_guardian_consent(entered, guardian_consent_on, by=books.by, at=books.moment)
    if draft.is_test and not household.test_data:
        _changed(household, household, books, reason, {"test_data": True})
    books.also(("household", household.pk), "add_member", member=entered.pk, reason=reason)
    return entered


def leave_household(
    member: Member,
    books: "Books",
    *,
    left_on: date,
    reason: str,
    new_head: Member | None = None,
    all_of_them: bool = False,
) -> None:
    """A living person no longer shares the household; the head hands on, wards get no stranger.

    Only where all of them join another household may the last one leave.
    """
    household = member.household
    if not member.shares:
        raise NotLawfulNow(_("This person no longer belongs to the household."))
    if household.living_members.count() == 1 and not all_of_them:
        raise NotLawfulNow(_("The last person does not leave; terminate the case instead."))
    began = member.joined_on or member.birth_date
    if began and left_on < began:
        raise fault("left_on", _("The person did not belong to the household yet."))
    wards = [one for one in member.wards.all() if one.shares and one.is_minor(left_on)]
    if wards:
        raise fault("member", _("Name another guardian for the children first."))
    if household.head_id == member.pk and not all_of_them:
        _hand_on_the_head(household, member, new_head, books, reason)
    _changed(member, household, books, reason, {"left_on": left_on, "leave_reason": reason})


def _hand_on_the_head(
    household: Household, member: Member, new_head: Member | None, books: "Books", reason: str
) -> None:
    if new_head is None or new_head.pk == member.pk or not new_head.shares:
        raise fault("new_head", _("Say who becomes the head of the household."))
    if new_head.is_minor(books.on):
        raise fault("new_head", _("The head of a household is an adult."))
    other = {"relation_to_head": codes.Relation.OTHER}
    _changed(member, household, books, reason, other)
    _changed(new_head, household, books, reason, {"relation_to_head": codes.Relation.HEAD})
    _changed(household, household, books, reason, {"head": new_head})


def _changed(
    row: Household | Member,
    household: Household,
    books: "Books",
    reason: str,
    values: Mapping[str, Any],
) -> tuple[str, ...]:
    fields = change(
        row,
        values,
        by=books.by,
        moment=books.moment,
        reason=reason,
        entered_at=household.registered_at,
    )
    if fields:
        about: dict[str, Any] = {} if isinstance(row, Household) else {"member": row.pk}
        books.also(
            ("household", household.pk), "correct", reason=reason, fields=list(fields), **about
        )
    return fields


def _cleaned(
    model: type[Household | Member], said: Mapping[str, Any], known: frozenset[str]
) -> dict[str, Any]:
    """Facts as their columns hold them; every fault is told beside its field."""
    faults: dict[str, str] = {}
    found: dict[str, Any] = {}
    for name, value in said.items():
        if name not in known:
            faults[name] = _("These facts are not kept here.")
            continue
        try:
            found[name] = _column(model, name).clean(value, None)
        except ValidationError as misfit:
            faults[name] = " ".join(misfit.messages)
        else:
            if isinstance(found[name], str) and len(found[name]) > MOST_CHARACTERS:
                faults[name] = _("At most %(count)d characters fit here.") % {
                    "count": MOST_CHARACTERS
                }
    if faults:
        raise Incomplete(next(iter(faults.values())), faults)
    return found


def _column(model: type[Household | Member], name: str) -> Field[Any, Any]:
    found: Field[Any, Any] = model._meta.get_field(name)  # type: ignore[assignment]
    return found


def _as_read(member: Member, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as they will stand: a new number tells birth and sex anew."""
    whole = {name: getattr(member, name) for name in MEMBER_FIELDS} | dict(changes)
    draft: MemberDraft = read_member(whole)
    told = {"birth_date", "sex"} if "id_no" in changes and changes["id_no"] else set()
    wanted = {*changes, *(told - set(changes))}
    read = {name: draft.values[name] for name in wanted if name in draft.values}
    if read.get("id_no"):
        ensure_new_here(member.household, read["id_no"], besides=member)
    return read


def ensure_new_here(household: Household, number: str, besides: Member | None = None) -> None:
    """One person stands in a household once; of other households nothing is told here."""
    if not number:
        return
    same = household.members.filter(id_hash__in=id_hashes(number), left_on=None)
    if besides is not None:
        same = same.exclude(pk=besides.pk)
    if same.exists():
        raise fault("id_no", _("A person with this ID number is in the household already."))


def _ensure_one_head(household: Household, relation: str, besides: Member | None = None) -> None:
    if relation not in _SAME_HEADS:
        return
    if besides is None or besides.pk != household.head_id:
        raise fault("relation_to_head", _("The household has its head; choose another relation."))


def _ensure_guarded(
    household: Household,
    member: Member | None,
    born: date | None,
    guardian: Member | None,
    consent_on: date | None,
    today: date,
) -> None:
    """The guardian comes before any other field of a child under fourteen (PIPL art. 31)."""
    years = Member(birth_date=born).age(today)
    if guardian is not None:
        _ensure_fit(guardian, household, member, today)
    if years is None or years >= GUARDED_AGE:
        return
    if guardian is None:
        raise fault("guardian", _("A child under 14 needs a guardian in the household."))
    if consent_on is not None and consent_on > today:
        raise fault("guardian_consent_on", _("A consent cannot be given in the future."))
    agreed = member is not None and has_consent(
        household, codes.Purpose.GUARDIAN, today, member=member
    )
    if consent_on is None and not agreed:
        raise fault(
            "guardian_consent_on",
            _("A child under 14 is entered only after the guardian consented."),
        )


def _ensure_fit(guardian: Member, household: Household, ward: Member | None, today: date) -> None:
    if guardian.household_id != household.pk or not guardian.shares:
        raise fault("guardian", _("This person is not a member of the household."))
    years = guardian.age(today)
    if (ward is not None and guardian.pk == ward.pk) or (years is not None and years < ADULT_AGE):
        raise fault("guardian", _("The guardian is not an adult."))


def fault(name: str, words: str) -> Incomplete:
    """A refusal told beside one field."""
    return Incomplete(words, {name: words})
