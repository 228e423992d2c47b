"""The arithmetic of a score sheet."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.lib.errors import Incomplete
from evaluation.scheme import SchemeRules, rules_of, scheme_on
from evaluation.scoring.arithmetic import (
    from_json,
    grade_of,
    half_up,
    points_off,
    proposed_points,
    read_points,
    sums_by_level1,
    to_json,
    total_of,
)
from evaluation.states import Grade
from tests.evaluation.world import FAIR_POINTS, GOOD_POINTS

RULES = SchemeRules(
    points={"A1": Decimal(5), "B1": Decimal(10), "C1": Decimal(85)},
    bands=(
        (Decimal("90.0"), Grade.EXCELLENT),
        (Decimal("80.0"), Grade.GOOD),
        (Decimal("60.0"), Grade.FAIR),
        (Decimal("0.0"), Grade.POOR),
    ),
    vetoes=frozenset({"FORGERY"}),
    level1={"A1": "A", "B1": "B", "C1": "C"},
    rules={},
)


@pytest.fixture
def rules(db: None) -> SchemeRules:
    return rules_of(scheme_on(date(2018, 8, 1)))


def test_the_best_path_scores_93_5(rules: SchemeRules) -> None:
    points = read_points(rules, GOOD_POINTS)
    assert total_of(rules, points) == Decimal("93.5")
    assert sums_by_level1(rules, points) == {
        "A": 15, "B": 14, "C": Decimal("28.5"), "D": 9, "E": 18, "F": 9,
    }  # fmt: skip


def test_the_failed_evaluation_scores_71(rules: SchemeRules) -> None:
    points = read_points(rules, FAIR_POINTS)
    assert sums_by_level1(rules, points) == {"A": 14, "B": 9, "C": 20, "D": 5, "E": 16, "F": 7}
    assert total_of(rules, points) == Decimal("71.0")
    assert grade_of(rules, Decimal("71.0"), ()) == Grade.FAIR


def test_what_does_not_apply_is_left_out_and_the_rest_rescaled() -> None:
    points = read_points(RULES, {"A1": 5, "B1": None, "C1": 68})
    # 73 of 90 points.
    assert total_of(RULES, points) == Decimal("81.1")


def test_nothing_applying_is_not_a_score() -> None:
    with pytest.raises(Incomplete):
        total_of(RULES, {"A1": None})


def test_a_half_rounds_up_where_bankers_would_round_down() -> None:
    assert half_up(Decimal("82.25")) == Decimal("82.3")
    assert half_up(Decimal("82.35")) == Decimal("82.4")


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("100.0", Grade.EXCELLENT),
        ("90.0", Grade.EXCELLENT),
        ("89.9", Grade.GOOD),
        ("80.0", Grade.GOOD),
        ("79.9", Grade.FAIR),
        ("60.0", Grade.FAIR),
        ("59.9", Grade.POOR),
        ("0.0", Grade.POOR),
    ],
)
def test_bands_begin_where_they_say(total: str, grade: Grade) -> None:
    assert grade_of(RULES, Decimal(total), ()) == grade


def test_a_veto_is_poor_whatever_the_points() -> None:
    assert grade_of(RULES, Decimal("100.0"), {"FORGERY"}) == Grade.POOR


@pytest.mark.parametrize(
    ("points", "field"),
    [
        ({"A1": 5.5, "B1": 1, "C1": 1}, "points.A1"),
        ({"A1": -1, "B1": 1, "C1": 1}, "points.A1"),
        ({"A1": "x", "B1": 1, "C1": 1}, "points.A1"),
        ({"A1": True, "B1": 1, "C1": 1}, "points.A1"),
        ({"A1": "NaN", "B1": 1, "C1": 1}, "points.A1"),
        ({"A1": "Infinity", "B1": 1, "C1": 1}, "points.A1"),
        ({"A1": "1.234", "B1": 1, "C1": 1}, "points.A1"),
        ({"A1": 1, "B1": 1, "C1": 1, "Z9": 1}, "points.Z9"),
        ({"A1": 1, "B1": 1}, "points.C1"),
    ],
)
def test_wrong_points_are_refused_by_field(points: dict[str, Any], field: str) -> None:
    with pytest.raises(Incomplete) as refusal:
        read_points(RULES, points)
    assert list(refusal.value.fields) == [field]


def test_an_untouched_indicator_is_refused_in_a_rescore() -> None:
    with pytest.raises(Incomplete) as refusal:
        read_points(RULES, {"A1": 5, "B1": 5}, only={"A1"})
    assert list(refusal.value.fields) == ["points.B1"]


def test_points_off_name_only_what_was_lost() -> None:
    assert points_off(RULES, {"A1": Decimal(5), "B1": Decimal(7), "C1": None}) == {"B1": 3}


@given(
    a=st.decimals(0, 5, places=2),
    b=st.none() | st.decimals(0, 10, places=2),
    c=st.none() | st.decimals(0, 85, places=2),
)
def test_a_total_lies_between_0_and_100_and_survives_storage(
    a: Decimal, b: Decimal | None, c: Decimal | None
) -> None:
    points = read_points(RULES, {"A1": a, "B1": b, "C1": c})
    total = total_of(RULES, points)
    assert 0 <= total <= 100
    assert total_of(RULES, from_json(to_json(points))) == total


@pytest.mark.parametrize(
    ("code", "measured", "points"),
    [
        ("A2", "2", "2"),
        ("A2", "4", "0"),
        ("C1", "1", "12"),
        ("C1", "0.8", "8"),
        ("C1", "0.79", "4"),
        ("C1", "0.59", "0"),
        ("C4", "0.5", "4.00"),
        ("A1", "0.99", "0"),
        ("F1", "0.6", "3"),
    ],
)
def test_measurements_propose_points(
    rules: SchemeRules, code: str, measured: str, points: str
) -> None:
    assert proposed_points(rules, code, Decimal(measured)) == Decimal(points)


def test_a_template_plan_is_capped(rules: SchemeRules) -> None:
    assert proposed_points(rules, "B2", Decimal(1), similarity=Decimal("0.9")) == 2
    assert proposed_points(rules, "B2", Decimal(1), similarity=Decimal("0.89")) == 6
