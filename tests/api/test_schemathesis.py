"""The interface against its own description: every check, generated bodies, chains of calls."""

import json
from typing import Any, Final

import hypothesis
import pytest
import schemathesis
import yaml
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig

from casework.settings import BASE_DIR
from tests.access.world import token_of
from tests.hostile.test_acts import reached
from tests.walk import Walk
from workflows.acts import ACTS

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
# Facts of the right shape may be refused by the law of the act (422), which no schema can say.
CONFIG: Final = {
    "checks": {
        "positive_data_acceptance": {
            "expected-statuses": ["2xx", "401", "403", "404", "409", "422"]
        }
    }
}
FEW: Final = hypothesis.settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def described() -> Any:
    """The description as it is served, before the house itself."""
    told = SchemaGenerator().get_schema(request=None, public=True)
    return schemathesis.openapi.from_dict(told, config=SchemathesisConfig.from_dict(CONFIG))


OPERATIONS: Final = {
    found.label: found for result in described().get_all_operations() for found in [result.ok()]
}
# A connection that is kept would hold the test database after the last test.
CLOSING: Final = {"Connection": "close"}
ROLES: Final = ("CO", "CW", "SH", "DS", "CA", "PR", "EV", "LE")


def act_of(path: str) -> str:
    name = path.rstrip("/").rpartition("/")[2]
    return name if "/acts/" in path and name in ACTS else ""


def stage_of(path: str) -> str:
    """How far a case must have come for the facts of an act to be looked at."""
    act = act_of(path)
    return reached(act) if act else "receive"


STAGES: Final = sorted({stage_of(found.path) for found in OPERATIONS.values()})


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.django_db(transaction=True)
def test_every_operation_keeps_to_its_description(
    stage: str, live_server: Any, settings: Any
) -> None:
    # On today's date: the server's thread has no other.
    walk = Walk.upto(stage)
    tokens = {role: token_of(walk.person(role)) for role in ROLES}
    faults = []
    for label, operation in sorted(OPERATIONS.items()):
        if stage_of(operation.path) != stage:
            continue
        try:
            ask_much(operation, walk, tokens, live_server.url)
        except Exception as fault:  # noqa: BLE001  all of them are told, not the first
            faults.append(f"{label}: {fault!r} {getattr(fault, 'exceptions', '')}"[:1500])
    assert not faults, "\n\n".join(faults)


def ask_much(operation: Any, walk: Walk, tokens: dict[str, str], url: str) -> None:
    """Bodies and headers that the description allows, and others that it does not."""
    known: dict[str, Any] = {"case_no": walk.case.case_no}
    if walk.order is not None:
        known["pk"] = known["id"] = walk.order.pk
    whole = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    broken = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    act = act_of(operation.path)
    roles = sorted({*(ACTS[act].roles & set(ROLES)), "CO"} if act else set(ROLES))

    @FEW
    @given(case=whole | broken, role=st.sampled_from(roles))
    def ask(case: Any, role: str) -> None:
        if case.meta is None or case.meta.generation.mode.is_positive:
            for name in set(known) & set(case.path_parameters or {}):
                case.path_parameters[name] = known[name]
        headers = {"Authorization": f"Bearer {tokens[role]}", "X-Reason": "APPEAL", **CLOSING}
        case.call_and_validate(base_url=url, headers=headers)

    ask()


@pytest.mark.django_db(transaction=True)
def test_chains_of_calls_keep_to_it_too(live_server: Any) -> None:
    headers = {
        "Authorization": f"Bearer {token_of(Walk.upto('receive').person('CW'))}",
        **CLOSING,
    }

    class Chain(described().as_state_machine()):  # type: ignore[misc]
        def get_call_kwargs(self, case: Any) -> dict[str, Any]:
            return {"headers": headers, "base_url": live_server.url}

    Chain.run(settings=hypothesis.settings(FEW, stateful_step_count=8))


def test_the_description_is_served_with_its_own_assets() -> None:
    client = Client()
    client.force_login(Walk().person("CA"))
    page = client.get("/api/").content.decode()
    assert "swagger-ui" in page
    assert "//cdn" not in page
    assert client.get("/api/schema/").status_code == 200


def test_the_description_in_the_docs_is_the_one_served() -> None:
    told = SchemaGenerator().get_schema(request=None, public=True)
    kept = yaml.safe_load((BASE_DIR / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
    assert kept == json.loads(json.dumps(told, default=str)), (
        "run manage.py spectacular --file docs/openapi.yaml"
    )
