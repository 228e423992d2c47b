"""A dated scenario as it is written: people, households, steps and what each must lead to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from workflows.replay.schema import SCENARIO, Schema
from workflows.replay.source import Place, ScenarioError, Source, read_source

CHECK = "check"


@dataclass(frozen=True)
class Refused:
    """The refusal a step must meet."""

    kind: str
    contains: str = ""
    finding: str = ""


@dataclass(frozen=True)
class Step:
    """One dated act, or a look at how things stand."""

    at: datetime
    act: str
    place: Place
    by: str = ""
    case: str = ""
    order: str = ""
    household: str = ""
    elder: str = ""
    key: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    refused: Refused | None = None
    expect: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """A whole file: the cast, the acts in order of time, and the expected end."""

    source: Source
    id: str
    title: str
    people: dict[str, dict[str, Any]]
    households: dict[str, dict[str, Any]]
    staff: dict[str, dict[str, Any]]
    organisations: dict[str, dict[str, Any]]
    background: list[dict[str, Any]]
    targets: list[dict[str, Any]]
    steps: list[Step]
    until: datetime | None
    expect: Mapping[str, Any]


def load(path: Path) -> Scenario:
    """Read one file; whatever is wrong with it is named with its line."""
    source = read_source(path)
    check_shape(source)
    content = source.content
    scenario = Scenario(
        source=source,
        id=content["id"],
        title=content["title"],
        people=_by_ref(source, "people"),
        households=_by_ref(source, "households"),
        staff=_by_ref(source, "staff"),
        organisations=_by_ref(source, "organisations"),
        background=content.get("background", []),
        targets=content.get("targets", []),
        steps=[_step(source, n) for n in range(len(content["steps"]))],
        until=_moment(source, content["until"], ("until",)) if "until" in content else None,
        expect=content.get("expect", {}),
    )
    _check_links(scenario)
    _check_times(scenario)
    return scenario


def load_all(path: Path) -> list[Scenario]:
    """One file, or every .yaml file of a folder in the order of their names."""
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise ScenarioError(_("There is no .yaml file in this folder."), file=str(path))
    scenarios = [load(file) for file in files]
    seen: dict[str, str] = {}
    for scenario in scenarios:
        if scenario.id in seen:
            raise scenario.source.error(
                ("id",),
                _("The id “%(id)s” is already used by %(file)s.")
                % {"id": scenario.id, "file": seen[scenario.id]},
            )
        seen[scenario.id] = scenario.source.file
    return scenarios


def known(names: Iterable[str]) -> str:
    """The names a writer may use, for the end of an error sentence."""
    return ", ".join(sorted(names))


def parse_day(text: str) -> date:
    """A day as written in a scenario."""
    try:
        return date.fromisoformat(str(text))
    except ValueError as fault:
        raise ScenarioError(_("“%(text)s” is not a day.") % {"text": text}) from fault


def parse_moment(text: str) -> datetime:
    """A wall-clock moment of the city as written in a scenario."""
    try:
        return timezone.make_aware(datetime.fromisoformat(str(text)))
    except ValueError as fault:
        raise ScenarioError(_("“%(text)s” is not a moment.") % {"text": text}) from fault


def check_shape(source: Source) -> None:
    """Every key and every value has the shape the format gives it."""
    check_part(source, source.content, SCENARIO, ())


def check_part(source: Source, value: Any, schema: Schema, place: Place) -> None:
    """One part of the file has the shape of its schema; the first fault is told with its line."""
    faults = list(Draft202012Validator(schema).iter_errors(value))
    if not faults:
        return
    # A key that is not known explains a key that is missing, so it is told first.
    fault = min(
        faults,
        key=lambda one: (
            not _unknown_keys(one),
            source.line((*place, *one.absolute_path)) or 0,
        ),
    )
    where = (*place, *fault.absolute_path)
    extra = _unknown_keys(fault)
    raise source.error((*where, extra[0]) if extra else where, _sentence(fault, where))


def _unknown_keys(fault: ValidationError) -> list[str]:
    if fault.validator != "additionalProperties" or not isinstance(fault.instance, dict):
        return []
    return [key for key in fault.instance if key not in _allowed(fault)]


def _allowed(fault: ValidationError) -> Mapping[str, Any]:
    """The keys the schema allows where the fault lies."""
    return fault.schema.get("properties", {}) if isinstance(fault.schema, Mapping) else {}


def _sentence(fault: ValidationError, place: Place) -> str:
    where = ".".join(str(part) for part in place) or _("the file")
    if unknown := _unknown_keys(fault):
        hint = ""
        if len(place) == 2 and place[0] == "steps":
            hint = " " + _("Facts of an act stand under `facts:`.")
        return (
            _("%(where)s: “%(key)s” is not known here; known are: %(known)s.")
            % {
                "where": where,
                "key": unknown[0],
                "known": known(_allowed(fault)),
            }
            + hint
        )
    example = fault.schema.get("examples") if isinstance(fault.schema, Mapping) else None
    if example:
        return _("%(where)s: “%(value)s” does not fit; write for example %(example)s.") % {
            "where": where,
            "value": fault.instance,
            "example": " / ".join(f"`{one}`" for one in example),
        }
    return _("%(where)s: %(problem)s") % {"where": where, "problem": fault.message}


def _by_ref(source: Source, section: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for n, entry in enumerate(source.content.get(section, [])):
        if entry["ref"] in found:
            raise source.error(
                (section, n, "ref"),
                _("The ref “%(ref)s” is used twice in %(section)s.")
                % {"ref": entry["ref"], "section": section},
            )
        found[entry["ref"]] = entry
    return found


def _moment(source: Source, text: str, place: Place) -> datetime:
    try:
        return parse_moment(text)
    except ScenarioError as fault:
        raise source.error(place, fault.message) from fault


def _step(source: Source, n: int) -> Step:
    entry, place = source.content["steps"][n], ("steps", n)
    refused = entry.get("refused")
    if isinstance(refused, str):
        refused = {"kind": refused}
    if entry["act"] == CHECK and (refused or entry.get("by") or entry.get("facts")):
        raise source.error(place, _("A check is nobody's act: it takes only `expect`."))
    if entry["act"] == CHECK and not entry.get("expect"):
        raise source.error(place, _("A check without `expect` checks nothing."))
    return Step(
        at=_moment(source, entry["at"], (*place, "at")),
        act=entry["act"],
        place=place,
        refused=Refused(**refused) if refused else None,
        **{
            key: entry[key]
            for key in ("by", "case", "order", "household", "elder", "key", "facts", "expect")
            if key in entry
        },
    )


def _check_times(scenario: Scenario) -> None:
    for before, after in zip(scenario.steps, scenario.steps[1:], strict=False):
        if after.at < before.at:
            raise scenario.source.error(
                (*after.place, "at"), _("This step is earlier than the step above it.")
            )
    if scenario.until and scenario.until < scenario.steps[-1].at:
        raise scenario.source.error(("until",), _("`until` is earlier than the last step."))


def _links(scenario: Scenario) -> Iterator[tuple[Place, str, Mapping[str, Any]]]:
    content = scenario.source.content
    for n, person in enumerate(content["people"]):
        if "guardian" in person:
            yield ("people", n, "guardian"), person["guardian"], scenario.people
    for n, household in enumerate(content["households"]):
        for m, member in enumerate(household["members"]):
            yield ("households", n, "members", m), member, scenario.people
        if "head" in household:
            yield ("households", n, "head"), household["head"], dict.fromkeys(household["members"])
    for step in scenario.steps:
        if step.household:
            yield (*step.place, "household"), step.household, scenario.households
        if step.elder:
            yield (*step.place, "elder"), step.elder, scenario.people


def _check_links(scenario: Scenario) -> None:
    for place, ref, among in _links(scenario):
        if ref not in among:
            raise scenario.source.error(
                place,
                _("“%(ref)s” is not described above; known are: %(known)s.")
                % {"ref": ref, "known": known(among)},
            )
    homes: dict[str, str] = {}
    for n, household in enumerate(scenario.source.content["households"]):
        for m, member in enumerate(household["members"]):
            if homes.setdefault(member, household["ref"]) != household["ref"]:
                raise scenario.source.error(
                    ("households", n, "members", m),
                    _("“%(ref)s” already lives in %(home)s.")
                    % {"ref": member, "home": homes[member]},
                )
    joining = {str(step.facts.get("person")) for step in scenario.steps if step.act == "add_member"}
    for n, person in enumerate(scenario.source.content["people"]):
        if person["ref"] not in homes.keys() | joining:
            raise scenario.source.error(
                ("people", n, "ref"),
                _("“%(ref)s” belongs to no household.") % {"ref": person["ref"]},
            )
