"""The cast of evaluation; other rooms of evaluation import these fixtures."""

from dataclasses import dataclass

import pytest

from casework.staff.models import User
from tests.evaluation.world import EVALUATOR, PROVIDER_A, PROVIDER_B, STREET, person


@dataclass(frozen=True)
class Cast:
    """Who plays in the tests of evaluation."""

    first: User
    second: User
    lead: User
    supervisor: User
    city: User
    provider: User
    other_provider: User
    caseworker: User
    stranger: User


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast(
        first=person("EV", EVALUATOR, "评一"),
        second=person("EV", EVALUATOR, "评二"),
        lead=person("LE", EVALUATOR, "评长"),
        supervisor=person("DS", STREET[:6], "区管"),
        city=person("CA", "110000", "市管"),
        provider=person("PR", PROVIDER_B, "乙员"),
        other_provider=person("PR", PROVIDER_A, "甲员"),
        caseworker=person("CW", STREET, "街员"),
        stranger=person("DS", "110101", "外区"),
    )
