"""Every address × method × actor against the rules; an address without a row fails the build."""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access import rules
from tests.access.asking import ask
from tests.access.rules import ACTORS, API_RULES, HELPED, JUDGED, RULES, Rule
from tests.access.world import World
from workflows.acts import ACTS

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def addresses(
    patterns: list[URLPattern | URLResolver], space: str = ""
) -> Iterator[tuple[str, str]]:
    """Every named address there is, with its name space."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, pattern.namespace or space)
        elif pattern.name:
            yield space, pattern.name


def test_every_address_has_its_row() -> None:
    known = {row.url for row in (*RULES, *API_RULES)} | {"act_page", "order_act"}
    without = {name for space, name in addresses(get_resolver().url_patterns) if not space} - known
    assert not without, f"add a row to tests/access/rules.py, RULES, for {sorted(without)}"
    assert known <= {name for _space, name in addresses(get_resolver().url_patterns)}


def test_every_name_space_and_every_model_of_the_administration_has_its_row() -> None:
    spaces = {space for space, _name in addresses(get_resolver().url_patterns)}
    assert spaces == {"", "admin"}, "add rules for the new name space to tests/access/rules.py"
    models = {
        name.removesuffix("_changelist")
        for space, name in addresses(get_resolver().url_patterns)
        if space == "admin" and name.endswith("_changelist")
    }
    assert models == set(rules.ADMIN), "add the model to ADMIN in tests/access/rules.py"
    kinds = ("changelist", "add", "history", "delete", "change")
    of_models = {f"{model}_{kind}" for model in models for kind in kinds}
    pages = {name for space, name in addresses(get_resolver().url_patterns) if space == "admin"}
    assert pages - of_models == rules.ADMIN_PAGES


def test_every_act_has_its_row() -> None:
    known = set(rules.ACTS) | set(rules.ORDER_ACTS) | rules.NO_SCREEN
    assert set(ACTS) == known, "add the act to ACTS or ORDER_ACTS in tests/access/rules.py"


@pytest.mark.parametrize("row", RULES, ids=lambda row: f"{row.method} {row.url} {row.subject}")
def test_an_address_opens_to_those_the_rules_name(row: Rule, world: World) -> None:
    wrong = []
    for actor in ACTORS:
        found, answer, changed = ask(world, actor, row.method, world.address(row.url, row.subject))
        wanted = row.outcome(actor)
        if found != wanted or (changed and wanted != "open"):
            wrong.append(f"{actor}: {wanted} wanted, {found} ({answer.status_code}), {changed=}")
    assert not wrong


@pytest.mark.parametrize("row", API_RULES, ids=lambda row: f"{row.method} {row.url} {row.subject}")
def test_the_interface_opens_to_those_the_rules_name(row: Rule, world: World) -> None:
    wrong = []
    address = world.address(row.url, row.subject)
    for actor in ACTORS:
        found, answer, changed = ask(world, actor, row.method, address, program=True)
        wanted = row.outcome(actor)
        if found != wanted or (changed and wanted != "open"):
            wrong.append(f"{actor}: {wanted} wanted, {found} ({answer.status_code}), {changed=}")
        by_session, _answer, _changed = ask(world, actor, row.method, address)
        if by_session != "unproved":
            wrong.append(f"{actor} with a session: {by_session}")
    assert not wrong


def _act_outcome(actor: str, acting: str, scope: str) -> str:
    if actor == "ANON":
        return "login"
    if actor not in scope.split():
        return "absent"
    return "open" if actor in acting.split() else "role"


JUDGING = ("assign_evaluator", "submit_scores", "confirm_result", "issue_order", "close_rectified")
# Out of scope is told before the act is looked at: a few acts prove it for all.
FOR_STRANGERS = ("accept_referral", "raise_objection", "submit_scores")


@pytest.mark.parametrize(
    ("subject", "act"),
    [*((HELPED, act) for act in sorted(rules.ACTS)), *((JUDGED, act) for act in JUDGING)],
)
def test_an_act_on_a_case_is_offered_to_those_the_rules_name(
    act: str, subject: str, world: World
) -> None:
    address = reverse("act_page", args=[getattr(world, subject).case.case_no, act])
    scope = rules.IN_SCOPE[subject]
    wrong = []
    for actor in ACTORS if act in FOR_STRANGERS else scope.split():
        # The city states its reason before it learns whether the act is open to it.
        wanted = "reason" if actor == "CA" else _act_outcome(actor, rules.ACTS[act], scope)
        for method in ("GET", "POST"):
            found, answer, changed = ask(world, actor, method, address)
            if found != wanted or changed:
                wrong.append(f"{method} {actor}: {wanted} wanted, {found} ({answer.status_code})")
    assert not wrong


@pytest.mark.parametrize("act", sorted(rules.ORDER_ACTS))
def test_an_act_on_an_order_is_offered_to_those_the_rules_name(act: str, world: World) -> None:
    address = reverse("order_act", args=[world.order.pk, act])
    wrong = []
    for actor in ACTORS:
        for method in ("GET", "POST"):
            found, answer, changed = ask(world, actor, method, address)
            wanted = _act_outcome(actor, rules.ORDER_ACTS[act], rules.ORDER_SCOPE)
            if found != wanted or changed:
                wrong.append(f"{method} {actor}: {wanted} wanted, {found} ({answer.status_code})")
    assert not wrong


@pytest.mark.parametrize("model", sorted(rules.ADMIN))
def test_the_administration_opens_to_those_the_rules_name(model: str, world: World) -> None:
    address = reverse(f"admin:{model}_changelist")
    wrong = []
    for actor in ACTORS:
        found, answer, _changed = ask(world, actor, "GET", address)
        may = actor in rules.ADMIN[model].split()
        # Who is no administrator at all is led to the administration's own sign-in.
        fits = found == "open" and answer.status_code == 200 if may else answer.status_code != 200
        if not fits:
            wrong.append(f"{actor}: {'open' if may else 'closed'} wanted, {answer.status_code}")
    assert not wrong
