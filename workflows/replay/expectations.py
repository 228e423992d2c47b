"""Which expectations there are, which stand where, and how a whole set of them is checked."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from workflows.replay.compare import Difference, differences
from workflows.replay.expect_case import CASE_EXPECTATIONS
from workflows.replay.expect_order import ORDER_EXPECTATIONS
from workflows.replay.expect_world import WORLD_EXPECTATIONS
from workflows.replay.format import Scenario, Step, check_part, known
from workflows.replay.schema import SHAPES
from workflows.replay.source import Place
from workflows.replay.world import World

CASES, ORDERS = "cases", "orders"


def validate_expectations(scenario: Scenario) -> None:
    """Every expectation is one that exists, stands where it can be read, and says something."""
    for step in scenario.steps:
        _validate(scenario, step.expect, (*step.place, "expect"), step)
    _validate(scenario, scenario.expect, ("expect",), None)


def _validate(
    scenario: Scenario, expect: Mapping[str, Any], place: Place, step: Step | None
) -> None:
    direct = _direct(step)
    for key, value in expect.items():
        if key in (CASES, ORDERS):
            among = CASE_EXPECTATIONS if key == CASES else ORDER_EXPECTATIONS
            if not isinstance(value, Mapping) or not value:
                raise scenario.source.error((*place, key), _("This checks nothing."))
            for ref, keys in value.items():
                if not isinstance(keys, Mapping) or not keys:
                    raise scenario.source.error((*place, key, ref), _("This checks nothing."))
                for name, expected in keys.items():
                    at = (*place, key, ref, name)
                    _must_know(scenario, at, name, among)
                    _must_fit(scenario, at, name, expected)
        else:
            allowed = {**WORLD_EXPECTATIONS, **direct, CASES: None, ORDERS: None}
            _must_know(scenario, (*place, key), key, allowed)
            _must_fit(scenario, (*place, key), key, value)
    for empty in _empty_mappings(expect, place):
        raise scenario.source.error(empty, _("This checks nothing."))


def _direct(step: Step | None) -> Mapping[str, Any]:
    """What may be written directly under a step: of its case, else of its order."""
    if step is None:
        return {}
    if step.case:
        return CASE_EXPECTATIONS
    return ORDER_EXPECTATIONS if step.order else {}


def _must_know(scenario: Scenario, place: Place, name: str, among: Mapping[str, Any]) -> None:
    if name not in among:
        raise scenario.source.error(
            place,
            _("“%(name)s” is no expectation that can stand here; known are: %(known)s.")
            % {"name": name, "known": known(among)},
        )


def _must_fit(scenario: Scenario, place: Place, name: str, value: Any) -> None:
    if name in SHAPES:
        check_part(scenario.source, value, SHAPES[name], place)


def _empty_mappings(value: Any, place: Place) -> Iterator[Place]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            if isinstance(child, Mapping) and not child:
                yield (*place, key)
            yield from _empty_mappings(child, (*place, key))
    elif isinstance(value, list):
        for n, child in enumerate(value):
            yield from _empty_mappings(child, (*place, n))


def unmet(
    world: World, expect: Mapping[str, Any], place: Place, step: Step | None = None
) -> Iterator[Difference]:
    """Every expectation that does not hold at this moment."""
    for key, expected in expect.items():
        at = (*place, key)
        if key == CASES:
            for ref, keys in expected.items():
                yield from _of_case(world, ref, keys, (*at, ref))
        elif key == ORDERS:
            for ref, keys in expected.items():
                yield from _of_order(world, ref, keys, (*at, ref))
        elif step and step.case and key in CASE_EXPECTATIONS:
            yield from _of_case(world, step.case, {key: expected}, place)
        elif step and step.order and not step.case and key in ORDER_EXPECTATIONS:
            yield from _of_order(world, step.order, {key: expected}, place)
        else:
            actual = WORLD_EXPECTATIONS[key](world, expected)
            yield from differences(expected, actual, at)


def _of_case(world: World, ref: str, keys: Mapping[str, Any], place: Place) -> Iterator[Difference]:
    if ref not in world.cases:
        yield Difference(
            place,
            _("there is no case “%(ref)s” yet; known are: %(known)s")
            % {"ref": ref, "known": known(world.cases)},
        )
        return
    case = world.case(ref)
    for key, expected in keys.items():
        yield from differences(
            expected, CASE_EXPECTATIONS[key](world, case, expected), (*place, key)
        )


def _of_order(
    world: World, ref: str, keys: Mapping[str, Any], place: Place
) -> Iterator[Difference]:
    if ref not in world.orders:
        yield Difference(
            place,
            _("there is no order “%(ref)s” yet; known are: %(known)s")
            % {"ref": ref, "known": known(world.orders)},
        )
        return
    order = world.order(ref)
    for key, expected in keys.items():
        yield from differences(
            expected, ORDER_EXPECTATIONS[key](world, order, expected), (*place, key)
        )
