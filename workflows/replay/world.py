"""What a running scenario knows: who its refs stand for, and what it has seen so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.households.models import Household, Member
from casework.staff.models import User
from evaluation.rectification.models import RectificationOrder
from workflows.replay.cast import Cast, parse_actor
from workflows.replay.format import Scenario, known
from workflows.replay.source import ScenarioError


@dataclass
class World:
    """Everything the refs of one scenario stand for at the present moment of the replay."""

    scenario: Scenario
    cast: Cast
    moment: datetime
    people: dict[str, int] = field(default_factory=dict)
    households: dict[str, int] = field(default_factory=dict)
    cases: dict[str, int] = field(default_factory=dict)
    orders: dict[str, int] = field(default_factory=dict)
    first_numbers: dict[str, str] = field(default_factory=dict)
    sealed: dict[str, tuple[datetime, str, str]] = field(default_factory=dict)
    answer: dict[str, Any] | None = None

    def case(self, ref: str) -> HelpCase:
        """The case as it stands now."""
        case: HelpCase = HelpCase.objects.get(pk=_found(self.cases, ref, "case"))
        return case

    def order(self, ref: str) -> RectificationOrder:
        """The rectification order as it stands now."""
        number = _found(self.orders, ref, "order")
        order: RectificationOrder = RectificationOrder.objects.get(pk=number)
        return order

    def member(self, ref: str) -> Member:
        """A person of a household."""
        return Member.objects.get(pk=_found(self.people, ref, "person"))

    def household(self, ref: str) -> Household:
        """A household of the scenario."""
        return Household.objects.get(pk=_found(self.households, ref, "household"))

    def case_ref(self, case_id: int | None) -> str | None:
        """The scenario's name of a case; a number where it has none."""
        return _ref_of(self.cases, case_id)

    def order_ref(self, order_id: int | None) -> str | None:
        """The scenario's name of an order."""
        return _ref_of(self.orders, order_id)

    def user(self, text: str, *, street: str = "", case: HelpCase | None = None) -> User:
        """The account a step or fact names, a role standing at the street in hand."""
        actor = parse_actor(text)
        if actor is None:
            if text not in self.scenario.staff:
                raise ScenarioError(
                    _("“%(who)s” is nobody: name a role such as `CW` or one of staff: %(known)s.")
                    % {"who": text, "known": known(self.scenario.staff)}
                )
            return self.cast.person(text)
        if not actor.unit:
            actor = self.cast.at_home(actor, street=street, case=case)
        return self.cast.holder(actor)


def _found(among: dict[str, int], ref: str, what: str) -> int:
    if ref not in among:
        raise ScenarioError(
            _("There is no `%(what)s` “%(ref)s” yet; known are: %(known)s.")
            % {"what": what, "ref": ref, "known": known(among)}
        )
    return among[ref]


def _ref_of(among: dict[str, int], pk: int | None) -> str | None:
    if pk is None:
        return None
    return next((ref for ref, number in among.items() if number == pk), f"#{pk}")


def streets_of(scenario: Scenario) -> Iterable[str]:
    """Every street the scenario plays in."""
    for household in scenario.households.values():
        yield str(household["street"])
    for group in scenario.background:
        yield str(group["street"])
    for step in scenario.steps:
        if "to_street" in step.facts:
            yield str(step.facts["to_street"])
        actor = parse_actor(step.by)
        if actor and actor.unit.isdigit() and len(actor.unit) >= 9:
            yield actor.unit[:9]
