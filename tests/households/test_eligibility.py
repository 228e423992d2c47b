from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from casework.households.eligibility import Assessment, assess_income
from casework.households.models import StandardLine
from casework.households.standards import line
from casework.lib.errors import Incomplete

pytestmark = pytest.mark.django_db
IN_2018 = date(2018, 3, 13)


def assess(**figures: Any) -> Assessment:
    return assess_income(**{"on": IN_2018, **figures})


class TestAssessIncome:
    def test_fx01_is_over_both_lines(self) -> None:
        found = assess(size=3, monthly_incomes=[4800, 2600])
        assert found.shown == "2466.67"
        assert (found.line, found.below, found.proposal) == (2000, False, "INCOME_OVER")

    def test_fx08_last_month_alone_is_over(self) -> None:
        found = assess(size=4, monthly_incomes=[12000])
        assert (found.shown, found.proposal) == ("3000.00", "INCOME_OVER")

    def test_fx08_a_one_off_sum_is_spread_over_twelve_months(self) -> None:
        found = assess(size=4, monthly_incomes=["6000"], one_off_yearly=["6000"])
        assert (found.shown, found.below, found.proposal) == ("1625.00", True, "LOW_INCOME")

    def test_fx13_is_in_expenditure_hardship(self) -> None:
        found = assess(size=3, monthly_incomes=[6900], rigid_spending_yearly=48000)
        assert found.shown == "966.67"
        assert (found.line, found.below, found.proposal) == (1000, True, "EXPENDITURE_HARDSHIP")
        assert found.income_per_capita == Decimal(2300)

    def test_fx13_exactly_on_the_line_is_not_below(self) -> None:
        found = assess(size=3, monthly_incomes=[6900], rigid_spending_yearly=46800)
        assert found.per_capita == Decimal(1000)
        assert (found.below, found.proposal) == (False, "INCOME_OVER")

    def test_a_hair_below_is_below_though_it_prints_the_same(self) -> None:
        found = assess(size=3, monthly_incomes=["5999.99"])
        assert found.shown == "2000.00"
        assert (found.below, found.proposal) == (True, "LOW_INCOME")

    def test_exactly_the_subsistence_line_is_low_income_only(self) -> None:
        assert assess(size=1, monthly_incomes=[1000]).proposal == "LOW_INCOME"
        assert assess(size=1, monthly_incomes=["999.99"]).proposal == "DIBAO"

    def test_every_step_is_explained(self) -> None:
        found = assess(
            size=4, monthly_incomes=[6000], one_off_yearly=[6000], rigid_spending_yearly=1200
        )
        amounts = [step["amount"] for step in found.steps]
        assert amounts[:3] == ["6000.00", "500.00", "1625.00"]
        assert all(step["label"] and step["rule"] for step in found.steps)
        assert found.as_facts()["shown"] == "1625.00"

    def test_property_over_is_told_beside_the_income(self) -> None:
        assert not assess(size=2, monthly_incomes=[0], cash_assets=48000).property_over
        assert assess(size=2, monthly_incomes=[0], cash_assets="48000.01").property_over
        assert assess(size=2, monthly_incomes=[0], second_dwelling=True).property_over
        assert assess(size=2, monthly_incomes=[0], vehicle=True).property_over

    def test_exempt_items_are_told_and_not_counted(self) -> None:
        found = assess(size=1, monthly_incomes=[950], exempt_monthly=[300, "200.50"])
        assert (found.proposal, found.shown) == ("DIBAO", "950.00")
        assert "500.50" in [step["amount"] for step in found.steps]

    def test_deductions_are_taken_off_and_never_below_nothing(self) -> None:
        assert assess(size=1, monthly_incomes=[1100]).proposal == "LOW_INCOME"
        found = assess(size=1, monthly_incomes=[1100], deductions_monthly=["100.01"])
        assert (found.proposal, found.shown) == ("DIBAO", "999.99")
        assert assess(size=1, monthly_incomes=[100], deductions_monthly=[400]).shown == "0.00"

    def test_the_difference_to_the_line_is_told(self) -> None:
        found = assess(size=3, monthly_incomes=[1500])
        assert found.steps[-2]["amount"] == "1500.00" or "1500.00" in [
            step["amount"] for step in found.steps if step["rule"].startswith("（标准")
        ]

    def test_the_line_of_the_day_counts(self) -> None:
        assert assess(size=1, monthly_incomes=[950]).proposal == "DIBAO"
        assert assess(on=date(2017, 6, 1), size=1, monthly_incomes=[950]).proposal == "LOW_INCOME"

    @pytest.mark.parametrize("amount", ["-1", "NaN", "Infinity", "1e99", "abc", "1,000"])
    def test_what_is_no_amount_is_refused(self, amount: str) -> None:
        with pytest.raises(Incomplete):
            assess(size=1, monthly_incomes=[amount])

    def test_nobody_is_no_household(self) -> None:
        with pytest.raises(Incomplete):
            assess(size=0, monthly_incomes=[])


class TestStandardLines:
    @pytest.mark.parametrize(
        ("kind", "on", "amount"),
        [
            ("DIBAO", date(2017, 12, 31), 900),
            ("DIBAO", date(2018, 1, 1), 1000),
            ("LOW_INCOME", date(2017, 12, 31), 1410),
            ("LOW_INCOME", date(2018, 1, 1), 2000),
            ("DIBAO", date(2019, 1, 1), 1100),
            ("LOW_INCOME", date(2019, 11, 1), 2200),
            ("DIBAO", date(2024, 12, 31), 1450),
        ],
    )
    def test_published_lines(self, kind: str, on: date, amount: int) -> None:
        assert line(kind, on).amount == amount

    def test_lines_that_were_not_established_must_be_entered(self) -> None:
        with pytest.raises(Incomplete):
            line("DIBAO", date(2025, 1, 1))
        StandardLine.objects.create(
            kind="DIBAO", amount=1500, effective_from=date(2025, 1, 1), source="示例文号"
        )
        assert line("DIBAO", date(2025, 1, 1)).amount == 1500

    def test_every_line_says_where_it_comes_from(self) -> None:
        assert all(row.source_note for row in StandardLine.objects.all())
