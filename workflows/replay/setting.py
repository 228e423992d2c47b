"""Sets the stage: households with their people, consents from their day on, targets."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.households.models import Household, Member
from casework.households.operations import record_consent, register_household
from casework.lib import clock
from casework.lib.errors import CaseworkError
from casework.staff.models import User
from evaluation.reporting.models import Target
from workflows.replay.format import known, parse_day
from workflows.replay.source import ScenarioError
from workflows.replay.world import World

GUARDIAN = "GUARDIAN"
NEW_YEAR = (1, 1)
PERSON_FACTS = (
    "name", "health", "chronic_diseases", "ability_level", "self_care", "marital", "hukou_type",
    "education", "employment", "work_capacity", "in_school", "school", "grade", "is_dependent",
)  # fmt: skip


def set_targets(world: World) -> None:
    """What each district has to reach in a year."""
    for target in world.scenario.targets:
        Target.objects.create(
            district=world.cast.division(str(target["district"])),
            year=target["year"],
            amount=target["amount"],
            effective_from=date(target["year"], *NEW_YEAR),
            source=world.scenario.id,
        )


def settle(world: World, ref: str, by: User | None = None) -> None:
    """Enter a household as described, unless it has been entered before."""
    if ref in world.households:
        return
    entry = world.scenario.households[ref]
    members = sorted(entry["members"], key=lambda member: member != entry.get("head"))
    street = str(entry["street"])
    household = register_household(
        by=by,
        address=entry["address"],
        residence_division=street,
        hukou_division=str(entry.get("registered", street)),
        category=entry.get("category", "F_OTHER"),
        relief_type=entry.get("relief", "NONE"),
        relief_cert_no=entry.get("relief_certificate", ""),
        housing=entry.get("housing", ""),
        relative_register_flag=entry.get("near_relative_of_staff", False),
        relative_note=entry.get("near_relative_note", ""),
        members=[_person(world, member, members) for member in members],
        on=clock.today(),
    )
    people = household.members.order_by("pk")
    world.households[ref] = household.pk
    world.people.update(zip(members, (person.pk for person in people), strict=True))


def person_facts(world: World, ref: str) -> dict[str, Any]:
    """What a scenario says of a person, guardians and consents apart."""
    if ref not in world.scenario.people:
        raise ScenarioError(
            _("“%(who)s” is nobody of `people`; known are: %(known)s.")
            % {"who": ref, "known": known(world.scenario.people)}
        )
    entry = world.scenario.people[ref]
    disability = entry.get("disability", {})
    facts = {name: _text(entry[name]) for name in PERSON_FACTS if name in entry}
    return facts | {
        "id_no": str(entry["id_no"]),
        "relation_to_head": str(entry.get("relation", "")),
        "phone": str(entry.get("phone", "")),
        "disability_types": [str(kind) for kind in disability.get("types", [])],
        "disability_grade": str(disability.get("grade", "")),
        "disability_cert_no": str(disability.get("certificate", "")),
    }


def _person(world: World, ref: str, home: list[str]) -> dict[str, Any]:
    entry, facts = world.scenario.people[ref], person_facts(world, ref)
    if "guardian" in entry:
        facts["guardian"] = _position(world, entry["guardian"], ref, home)
    for consent in entry.get("consents", []):
        if consent["purpose"] == GUARDIAN:
            facts["guardian_consent_on"] = parse_day(consent["given_on"])
    return facts


def _text(value: Any) -> Any:
    """Codes written as numbers are codes all the same."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _position(world: World, guardian: str, ward: str, home: list[str]) -> int:
    if guardian not in home:
        raise ScenarioError(
            _("“%(guardian)s”, the guardian of “%(ward)s”, lives in another household.")
            % {"guardian": guardian, "ward": ward}
        )
    return home.index(guardian)


def give_consents(world: World, given: set[tuple[str, int]]) -> None:
    """Record every consent whose day has come and that is not yet on file."""
    for ref, position, consent in _consents(world):
        if (ref, position) in given or parse_day(consent["given_on"]) > clock.today():
            continue
        given.add((ref, position))
        member = world.member(ref)
        _give(world, member, consent)


def _consents(world: World) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    for ref in world.people:
        for position, consent in enumerate(world.scenario.people[ref].get("consents", [])):
            if consent["purpose"] != GUARDIAN:
                yield ref, position, consent


def _give(world: World, member: Member, consent: Mapping[str, Any]) -> None:
    household: Household = member.household
    recipient = consent.get("recipient")
    try:
        record_consent(
            household=household,
            member=member,
            purpose=consent["purpose"],
            given_on=parse_day(consent["given_on"]),
            by=None,
            recipient=world.cast.organisation(recipient).pk if recipient else None,
            basis=consent.get("basis", "CONSENT"),
            given_by_guardian=consent.get("by_guardian", False),
        )
    except CaseworkError as refusal:
        raise ScenarioError(
            _("The consent of %(given_on)s was refused: %(why)s")
            % {"given_on": consent["given_on"], "why": refusal.message}
        ) from refusal
