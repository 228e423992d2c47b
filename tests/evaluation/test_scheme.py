"""The published scheme: a hundred points, bands, vetoes and finding codes."""

from datetime import date
from decimal import Decimal

import pytest

from evaluation.models import FindingCode, IndicatorScheme
from evaluation.scheme import finding_codes_on, rules_of, scheme_on
from evaluation.states import Grade, Severity

pytestmark = pytest.mark.django_db
DAY = date(2018, 8, 1)


def test_the_indicators_make_a_hundred_points() -> None:
    rules = rules_of(scheme_on(DAY))
    assert sum(rules.points.values()) == 100
    weights: dict[str, Decimal] = {}
    for code, points in rules.points.items():
        level1 = rules.level1[code]
        weights[level1] = weights.get(level1, Decimal(0)) + points
    assert weights == {"A": 15, "B": 15, "C": 30, "D": 10, "E": 20, "F": 10}
    assert len(rules.points) == 17


def test_bands_run_from_excellent_to_poor() -> None:
    assert rules_of(scheme_on(DAY)).bands == (
        (Decimal("90.0"), Grade.EXCELLENT),
        (Decimal("80.0"), Grade.GOOD),
        (Decimal("60.0"), Grade.FAIR),
        (Decimal("0.0"), Grade.POOR),
    )


def test_every_finding_code_touches_indicators_of_the_scheme() -> None:
    rules = rules_of(scheme_on(DAY))
    codes = finding_codes_on(DAY)
    assert sorted(codes) == [f"F{number:02}" for number in range(1, 16)]
    for code in codes.values():
        assert code.indicators
        assert set(code.indicators) <= set(rules.points)


def test_every_veto_code_names_a_veto_of_the_scheme() -> None:
    vetoes = rules_of(scheme_on(DAY)).vetoes
    assert len(vetoes) == 6
    for code in FindingCode.objects.filter(severity=Severity.VETO):
        assert code.veto in vetoes


def test_limits_are_those_of_the_table() -> None:
    codes = finding_codes_on(DAY)
    limits = {code: (row.limit_amount, row.limit_unit) for code, row in codes.items()}
    assert limits["F01"] == (5, "WD")
    assert limits["F02"] == (15, "WD")
    assert limits["F08"] == (10, "WD")
    assert limits["F15"] == (1, "CD")


def test_a_later_scheme_holds_from_its_own_day_and_not_before() -> None:
    old = scheme_on(DAY)
    new = IndicatorScheme.objects.create(
        code="NEW", title="新", effective_from=date(2019, 1, 1), published_at=old.published_at
    )
    draft = IndicatorScheme.objects.create(
        code="DRAFT", title="草", effective_from=date(2018, 2, 1)
    )
    assert scheme_on(DAY) == old
    assert scheme_on(date(2019, 1, 1)) == new
    assert draft not in (scheme_on(DAY), scheme_on(date(2019, 1, 1)))


def test_a_case_older_than_every_scheme_is_judged_by_the_first() -> None:
    assert scheme_on(date(2016, 1, 1)) == scheme_on(DAY)
