"""Crash points in the gate: a file of its own, so that they run beside the other faults."""

from collections.abc import Iterator

import pytest

from tests.faults.everywhere import FAULTS
from tests.faults.ground import Ground, ground

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
ROUNDS = 2


@pytest.fixture(scope="module")
def prepared() -> Iterator[Ground]:
    with ground(cases=1) as made:
        yield made


@pytest.mark.parametrize("fault", FAULTS)
def test_every_statement_is_all_or_nothing(prepared: Ground, fault: str) -> None:
    outcome = FAULTS[fault](prepared, ROUNDS)
    assert outcome.holds, outcome
