"""The household as pages show it: its people, how they live, what they agreed to."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.households.classified import classified
from casework.households.codes import DisabilityGrade, Health, Housing, SelfCare
from casework.households.models import Household, Member
from workflows.pages.words import Words


def family(case: HelpCase, today: date, *, may_correct: bool) -> list[dict[str, Any]]:
    """The people of the household, each with the way to correct what is on file."""
    people = case.household.members.select_related("guardian")
    found = people_rows(people, today)
    if may_correct:
        correction = reverse("act_page", args=[case.case_no, "correct_member"])
        for member, row in zip(people, found, strict=True):
            row["url"] = f"{correction}?member={member.pk}"
    return found


def people_rows(people: Iterable[Member], on: date) -> list[dict[str, Any]]:
    """People as a file names them on a day."""
    found: list[dict[str, Any]] = []
    for member in people:
        years = member.age(on)
        words = [
            member.get_relation_to_head_display() if member.relation_to_head else "",
            _("%(years)s years old") % {"years": years} if years is not None else "",
            member.masked_id,
        ]
        words += [_schooling(member), "、".join(map(str, member.chronic_diseases))]
        tags: list[Words] = []
        if member.health in Health.values:
            tags.append(member.get_health_display())
        if member.self_care in SelfCare.values:
            tags.append(member.get_self_care_display())
        if member.disability_grade in DisabilityGrade.values:
            tags.append(
                _("disability: %(grade)s") % {"grade": member.get_disability_grade_display()}
            )
        if member.guardian:
            tags.append(_("guardian: %(name)s") % {"name": member.guardian.name})
        if member.left_on:
            left = {"day": member.left_on.isoformat(), "why": member.get_leave_reason_display()}
            tags.append(_("left on %(day)s: %(why)s") % left)
        if member.death_date:
            tags.append(_("died on %(day)s") % {"day": member.death_date.isoformat()})
        found.append({"name": member.name, "words": " · ".join(filter(None, words)), "tags": tags})
    return found


def _schooling(member: Member) -> str:
    return " ".join(filter(None, (member.school, member.grade)))


def circumstances(home: Household) -> list[tuple[Words, Words]]:
    """How the household lives, as it was entered: home, certificate, income, expenses, property."""
    housing: Words = home.get_housing_display() if home.housing in Housing.values else ""
    area = _("%(area)s m²") % {"area": home.floor_area_m2} if home.floor_area_m2 else ""
    found: list[tuple[Words, Words]] = [
        (_("Relief certificate no."), home.relief_cert_no),
        (_("Dwelling"), " ".join(str(part) for part in (housing, area) if part)),
        (_("Income"), _listed(home.income_items)),
        (_("Expenses"), _listed(home.expense_items)),
        (_("Property"), _listed(home.assets)),
        (_("Vehicles"), _listed(home.vehicles)),
    ]
    return [(label, value) for label, value in found if value]


def _listed(items: list[Any]) -> str:
    """Entries as they were typed: a word, or several under names."""
    parts = (item.values() if isinstance(item, dict) else [item] for item in items)
    return "；".join(" ".join(map(str, part)) for part in parts)


def consents(case: HelpCase, today: date) -> list[dict[str, Any]]:
    """What the household agreed to, and what it withdrew."""
    rows = case.household.consents.select_related("recipient", "member")
    return [
        {
            "state": _("withdrawn") if row.withdrawn_on else _("in force"),
            "tone": "plain" if row.withdrawn_on else "ok",
            "words": " · ".join(
                str(part)
                for part in (
                    row.get_purpose_display(),
                    row.recipient,
                    row.member.name if row.member else "",
                    row.withdrawn_on or row.given_on,
                )
                if part
            ),
        }
        for row in rows
    ]


def subsidies(household: Household, on: date) -> list[Words]:
    """For whom the line is raised, by which class and by how much; a proposal."""
    return [
        _("%(name)s: %(rule)s, %(amount)s yuan a month (%(source)s)")
        % {
            "name": one.member.name,
            "rule": one.rule,
            "amount": one.amount,
            "source": one.rule.source,
        }
        for one in classified(household, on)
    ]
