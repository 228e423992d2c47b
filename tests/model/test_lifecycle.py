"""The lifecycle holds under everything that everybody tries; seeded bugs show it can fail."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import Lifecycle, World

# A campaign asks for more: LIFECYCLE_RUNS=2000 pytest tests/model
RUNS = int(os.environ.get("LIFECYCLE_RUNS", "40"))
STEPS = int(os.environ.get("LIFECYCLE_STEPS", "40"))


@pytest.fixture
def world(db: None) -> Iterator[World]:
    yield World()


def test_no_sequence_of_acts_leaves_the_brief(world: World) -> None:
    Lifecycle.world = world
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            print_blob=False,
            phases=(Phase.explicit, Phase.generate),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),  # fmt: skip
    )
    # A run that never gets anywhere would prove nothing.
    far = {"IN_HELP", "HELP_DONE", "CLOSED", "TERMINATED", "SUSPENDED", "TRANSFERRING"}
    missing = (far | {"accept_transfer", "resume", "submit_scores"}) - Lifecycle.reached
    assert not missing
