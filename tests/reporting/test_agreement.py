"""How far evaluators agree: shares, weighted kappa by another reckoning, partners, scope."""

from fractions import Fraction

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.states import CaseState
from casework.lib import clock
from casework.staff.scope import reach_of
from evaluation.reporting import agreement
from evaluation.scoring.operations import (
    assign_evaluator,
    assign_second,
    submit_scores,
    submit_second,
)
from tests.evaluation.conftest import Cast
from tests.evaluation.world import GOOD_POINTS, act, case_of, on

TODAY = on("2018-09-03").date()


def scored_twice(cast: Cast, *others: dict[str, float | None]) -> None:
    for number, other in enumerate(others, start=1):
        case = case_of(number, state=CaseState.EVALUATING)
        act(assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.first)
        act(assign_second, case, by=cast.lead, at="2018-08-01", evaluator=cast.second)
        act(submit_scores, case, by=cast.first, at="2018-08-02", points=GOOD_POINTS)
        points = {**GOOD_POINTS, **other}
        act(submit_second, case, by=cast.second, at="2018-08-03", points=points)


def kappa_by_hand(pairs: list[tuple[int, int]]) -> Fraction | None:
    """One less observed over expected squared distance: the definition, in whole numbers."""
    seen = sum((one - other) ** 2 for one, other in pairs)
    chance = sum((one - other) ** 2 for one, _a in pairs for _b, other in pairs)
    return None if not chance else 1 - Fraction(seen * len(pairs), chance)


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=5, max_size=40))
def test_kappa_is_that_of_its_definition(pairs: list[tuple[int, int]]) -> None:
    found, wanted = agreement.weighted_kappa(pairs), kappa_by_hand(pairs)
    if found is None:
        assert len({value for pair in pairs for value in pair}) == 1
    else:
        assert wanted is not None
        assert abs(found - float(wanted)) <= 0.0051


def test_perfect_and_perfectly_wrong() -> None:
    same = [(n % 3, n % 3) for n in range(9)]
    assert agreement.weighted_kappa(same) == 1.0
    assert agreement.weighted_kappa([(n, 2 - n) for n in (0, 1, 2) * 3]) == -1.0
    assert agreement.weighted_kappa(same[:4]) is None


@pytest.mark.django_db
class TestFigures:
    def test_indicator_by_indicator(self, cast: Cast) -> None:
        scored_twice(cast, {}, {}, {}, {"C1": 8}, {"E1": None}, {"C1": 4})
        pairs = agreement.pairs_within(reach_of(cast.lead, TODAY), TODAY)
        rows = {row.code: row for row in agreement.by_indicator(pairs)}
        assert (rows["A1"].pairs, rows["A1"].same, rows["A1"].apart) == (6, 100.0, 0.0)
        assert (rows["C1"].same, rows["C1"].apart) == (66.7, 2.0)
        # One held it not to apply: they do not agree, and there is no distance.
        assert (rows["E1"].same, rows["E1"].apart) == (83.3, 0.0)
        total = agreement.in_total(pairs)
        assert (total.pairs, total.same) == (6, 66.7)

    def test_of_few_nothing_is_said(self, cast: Cast) -> None:
        scored_twice(cast, {}, {"C1": 8})
        pairs = agreement.pairs_within(reach_of(cast.city, TODAY), TODAY)
        row = next(row for row in agreement.by_indicator(pairs) if row.code == "C1")
        assert (row.same, row.kappa, row.apart) == (None, None, 2.0)

    def test_who_stands_apart_from_their_partners(self, cast: Cast) -> None:
        scored_twice(cast, *[{"C1": 4, "E1": 6}] * 5)
        pairs = agreement.pairs_within(reach_of(cast.lead, TODAY), TODAY)
        told = {str(row.person): (row.apart, row.drifts(5)) for row in agreement.partners(pairs)}
        assert told == {"评一": (10.0, True), "评二": (-10.0, True)}

    def test_only_the_own_body_and_the_own_year(self, cast: Cast) -> None:
        scored_twice(cast, {})
        for reader, day, count in (
            (cast.lead, TODAY, 1),
            (cast.city, TODAY, 1),
            (cast.supervisor, TODAY, 0),
            (cast.city, on("2019-09-03").date(), 0),
        ):
            assert len(agreement.pairs_within(reach_of(reader, day), day)) == count


@pytest.mark.django_db
def test_the_page_shows_it_to_the_lead(cast: Cast) -> None:
    scored_twice(cast, {}, {}, {}, {"C1": 8}, {"C1": 4})
    client = Client()
    with clock.at(on("2018-09-03")):
        client.force_login(cast.lead)
        page = client.get("/agreement/").content.decode()
        client.force_login(cast.first)
        refused = client.get("/agreement/").status_code
    assert "服务完成量" in page
    assert "评二" in page
    assert refused == 403
