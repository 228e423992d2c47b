"""Reads the facts of a step: refs become what the act expects, shorthands are written out."""

import inspect
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import Objection
from workflows.replay.format import Scenario, Step, known, parse_day
from workflows.replay.setting import person_facts
from workflows.replay.source import ScenarioError
from workflows.replay.world import World

PEOPLE = frozenset({"member", "members", "guardian", "new_head", "head"})
ACCOUNTS = frozenset({"user", "caseworker", "evaluator", "companion"})
CASES = frozenset({"into", "other"})
BODIES = frozenset({"provider", "recipient"})
SERIES = frozenset({"from", "every", "times"})


class FactReader:
    """Turns what a writer wrote into what an act takes."""

    def __init__(self, world: World, step: Step, street: str) -> None:
        self.world, self.step, self.street = world, step, street

    def read(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """All facts of the step."""
        return {name: self._value(name, value) for name, value in facts.items()}

    def _value(self, name: str, value: Any) -> Any:
        if name in ("services", "also"):
            return self._services(value) if name == "services" else self._also(value)
        if isinstance(value, Mapping):
            return {key: self._value(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._value(name, item) for item in value]
        return self._plain(name, value)

    def _plain(self, name: str, value: Any) -> Any:
        if value is None:
            return None
        if name == "person" and self.step.act == "add_member":
            return person_facts(self.world, str(value))
        # `person` is the helped person of a referral; in an order it is whoever is in charge.
        if name in PEOPLE or (name == "person" and self.step.act == "refer"):
            return self.world.member(value).pk
        if name == "objection":
            return self._objection(value)
        if name in ACCOUNTS:
            case = self.world.case(self.step.case) if self.step.case in self.world.cases else None
            return self.world.user(value, street=self.street, case=case).pk
        if name in CASES:
            return self.world.case(value).pk
        if name in BODIES:
            return self.world.cast.organisation(value).credit_code
        return value

    def _objection(self, number: int) -> int:
        """An objection of the case by its number in order of time, the first being 1."""
        case = self.world.case(self.step.case)
        found = Objection.objects.filter(publicity__case=case).order_by("pk")
        numbers = list(found.values_list("pk", flat=True))
        if not 1 <= number <= len(numbers):
            raise ScenarioError(
                _("There is no objection number %(number)s yet; there are %(count)d.")
                % {"number": number, "count": len(numbers)}
            )
        return numbers[number - 1]

    def _also(self, refs: list[str]) -> list[Any]:
        return [self.world.case(ref) for ref in refs]

    def _services(self, rows: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """One row per service; `served_on` may be a list of days or a series."""
        return [
            {**self.read({key: item for key, item in row.items() if key != "served_on"}),
             "served_on": day}
            for row in rows
            for day in days_of(row.get("served_on"))
        ]  # fmt: skip


def in_words(facts: Mapping[str, Any], parameters: Mapping[str, inspect.Parameter]) -> Any:
    """Facts an act takes as text are text, even where a writer wrote a bare number."""
    return {
        name: str(value)
        if parameters[name].annotation is str
        and isinstance(value, int | float)
        and not isinstance(value, bool)
        else value
        for name, value in facts.items()
    }


def days_of(written: Any) -> list[str]:
    """The days a `served_on` stands for: one day, a list, or from–every–times."""
    if isinstance(written, list):
        return [str(day) for day in written]
    if isinstance(written, Mapping):
        if set(written) != SERIES:
            raise ScenarioError(
                _("A series of days needs exactly: %(known)s.") % {"known": known(SERIES)}
            )
        start, gap = parse_day(written["from"]), int(written["every"])
        return [
            (start + timedelta(days=gap * turn)).isoformat()
            for turn in range(int(written["times"]))
        ]
    return [str(written)]


def check_facts(
    scenario: Scenario, step: Step, fact_names: frozenset[str], required: frozenset[str]
) -> None:
    """Every fact is one the act knows, and none it needs is missing."""
    for name in step.facts:
        if name not in fact_names:
            raise scenario.source.error(
                (*step.place, "facts", name),
                _("“%(act)s” knows no fact “%(name)s”; known are: %(known)s.")
                % {"act": step.act, "name": name, "known": known(fact_names)},
            )
    missing = required - step.facts.keys()
    # A step that must be refused may leave out what the act needs: that is then the test.
    if missing and step.refused is None:
        raise scenario.source.error(
            step.place,
            _("“%(act)s” needs the facts: %(missing)s.")
            % {"act": step.act, "missing": known(missing)},
        )
