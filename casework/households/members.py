"""Reading the people of a household before anything is kept of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from casework.households import codes
from casework.households.models.member import ADULT_AGE, GUARDED_AGE
from casework.lib.errors import Incomplete
from casework.lib.identity import InvalidId, age_on, is_test_number, normalise, parse_id_number

_PLAIN: Final = frozenset(
    "name id_type sex birth_date ethnicity marital relation_to_head hukou_type education in_school"
    " school grade health chronic_diseases disability_cert_no disability_types disability_grade"
    " ability_level self_care employment work_capacity phone is_dependent".split()
)
_OURS: Final = frozenset({"id_no", "guardian", "guardian_consent_on"})
_CHOICES: Final = {
    "id_type": codes.IdType,
    "sex": codes.Sex,
    "marital": codes.Marital,
    "relation_to_head": codes.Relation,
    "hukou_type": codes.HukouType,
    "education": codes.Education,
    "in_school": codes.School,
    "health": codes.Health,
    "disability_grade": codes.DisabilityGrade,
    "self_care": codes.SelfCare,
    "employment": codes.Employment,
    "work_capacity": codes.WorkCapacity,
}


@dataclass(slots=True)
class MemberDraft:
    """One person, read and checked but not yet kept."""

    values: dict[str, Any] = field(repr=False)
    guardian: int | None = None
    guardian_consent_on: date | None = None

    @property
    def is_test(self) -> bool:
        return is_test_number(self.values.get("id_no", ""))

    def age(self, on: date) -> int | None:
        born = self.values.get("birth_date")
        return age_on(born, on) if born else None


def read_members(members: Sequence[Mapping[str, Any]], *, on: date) -> list[MemberDraft]:
    """Check a household's people together; every fault is told by position and field."""
    if not members:
        raise Incomplete(_("A household has at least one person."), {"members": _("Required.")})
    faults: dict[str, str] = {}
    drafts = [_read(facts, f"members.{n}", faults) for n, facts in enumerate(members)]
    _check_twice(drafts, faults)
    if not faults:
        _check_guardians(drafts, on, faults)
    if faults:
        raise Incomplete(next(iter(faults.values())), faults)
    return drafts


def read_member(facts: Mapping[str, Any]) -> MemberDraft:
    """Check one person alone, guardians apart; faults are told by field."""
    faults: dict[str, str] = {}
    draft = _read(facts, "", faults)
    if faults:
        named = {name.removeprefix("."): words for name, words in faults.items()}
        raise Incomplete(next(iter(named.values())), named)
    return draft


def _read(facts: Mapping[str, Any], place: str, faults: dict[str, str]) -> MemberDraft:
    unknown = set(facts) - _PLAIN - _OURS
    if unknown:
        raise TypeError(f"not facts of a person: {', '.join(sorted(unknown))}")
    values = {name: value for name, value in facts.items() if name in _PLAIN and value is not None}
    values["name"] = str(values.get("name", "")).strip()
    if not values["name"]:
        faults[f"{place}.name"] = _("A name is needed.")
    for name, choices in _CHOICES.items():
        if values.get(name, "") not in {"", *choices.values}:
            faults[f"{place}.{name}"] = _("This code is not known.")
    _read_number(str(facts.get("id_no") or ""), values, place, faults)
    return MemberDraft(
        values=values,
        guardian=facts.get("guardian"),
        guardian_consent_on=facts.get("guardian_consent_on"),
    )


def _read_number(number: str, values: dict[str, Any], place: str, faults: dict[str, str]) -> None:
    """The number tells birth and sex; only a resident number has check digits to verify."""
    if not number.strip():
        return
    if values.get("id_type", codes.IdType.RESIDENT) != codes.IdType.RESIDENT:
        values["id_no"] = normalise(number)
        return
    try:
        known = parse_id_number(number)
    except InvalidId as error:
        faults[f"{place}.id_no"] = str(error)
        return
    values |= {"id_no": known.number, "birth_date": known.birth_date}
    values.setdefault("sex", known.sex)


def _check_twice(drafts: Sequence[MemberDraft], faults: dict[str, str]) -> None:
    seen: set[str] = set()
    for position, draft in enumerate(drafts):
        number = draft.values.get("id_no", "")
        if number and number in seen:
            faults[f"members.{position}.id_no"] = _("The same ID number stands here twice.")
        seen.add(number)


def _check_guardians(drafts: Sequence[MemberDraft], on: date, faults: dict[str, str]) -> None:
    for position, draft in enumerate(drafts):
        years = draft.age(on)
        if years is None or years >= ADULT_AGE:
            if draft.guardian is not None and not _is_adult(drafts, draft.guardian, position, on):
                faults[f"members.{position}.guardian"] = _("The guardian is not an adult.")
            continue
        if draft.guardian is None and position and _is_adult(drafts, 0, position, on):
            draft.guardian = 0
        if draft.guardian is not None and not _is_adult(drafts, draft.guardian, position, on):
            faults[f"members.{position}.guardian"] = _("The guardian is not an adult.")
        elif years < GUARDED_AGE:
            _check_young(draft, f"members.{position}", on, faults)


def _check_young(draft: MemberDraft, place: str, on: date, faults: dict[str, str]) -> None:
    if draft.guardian is None:
        faults[f"{place}.guardian"] = _("A child under 14 needs a guardian in the household.")
    elif draft.guardian_consent_on is None or draft.guardian_consent_on > on:
        faults[f"{place}.guardian_consent_on"] = _(
            "A child under 14 is entered only after the guardian consented."
        )


def _is_adult(drafts: Sequence[MemberDraft], guardian: int, ward: int, on: date) -> bool:
    if guardian == ward or not 0 <= guardian < len(drafts):
        return False
    years = drafts[guardian].age(on)
    return years is None or years >= ADULT_AGE
