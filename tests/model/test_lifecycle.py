"""The lifecycle holds under everything that everybody tries; seeded bugs show it can fail."""

import os
from collections.abc import Iterator

import pytest

from tests.model.machine import Lifecycle, World, live_through

# A campaign asks for more: LIFECYCLE_RUNS=2000 pytest tests/model
RUNS = int(os.environ.get("LIFECYCLE_RUNS", "30"))
STEPS = int(os.environ.get("LIFECYCLE_STEPS", "40"))


@pytest.fixture
def world(db: None) -> Iterator[World]:
    yield World()


@pytest.mark.once
def test_no_sequence_of_acts_leaves_the_brief(world: World) -> None:
    live_through(world, runs=RUNS, steps=STEPS)
    # A run that never gets anywhere would prove nothing.
    far = {"IN_HELP", "HELP_DONE", "CLOSED", "TERMINATED", "SUSPENDED", "TRANSFERRING"}
    missing = (far | {"accept_transfer", "resume", "submit_scores"}) - Lifecycle.reached
    assert not missing
