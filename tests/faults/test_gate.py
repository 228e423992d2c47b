"""The short fault gate: a round of each fault on every run of the suite."""

from collections.abc import Iterator

import pytest

from tests.faults import campaign, controls
from tests.faults.campaign import CASES_PER_ROUND, Fault
from tests.faults.ground import Ground, ground

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
ROUNDS = 1
FAULTS: dict[str, Fault] = {**campaign.FAULTS, **controls.FAULTS}


@pytest.fixture(scope="module")
def prepared() -> Iterator[Ground]:
    with ground(cases=ROUNDS * CASES_PER_ROUND) as made:
        yield made


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_or_doubled(prepared: Ground, fault: str) -> None:
    outcome = FAULTS[fault](prepared, ROUNDS)
    assert outcome.holds, outcome
