"""The gate's faults of a whole installation: a file of its own, to run beside the others."""

from collections.abc import Iterator

import pytest

from tests.faults import installation, rooms, workers
from tests.faults.campaign import CASES_PER_ROUND, Fault
from tests.faults.ground import Ground, ground

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
ROUNDS = 2
FAULTS: dict[str, Fault] = {**installation.FAULTS, **rooms.FAULTS, **workers.FAULTS}


@pytest.fixture(scope="module")
def prepared() -> Iterator[Ground]:
    with ground(cases=ROUNDS * CASES_PER_ROUND) as made:
        yield made


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_told_is_kept_once(prepared: Ground, fault: str) -> None:
    outcome = FAULTS[fault](prepared, ROUNDS)
    assert outcome.holds, outcome
