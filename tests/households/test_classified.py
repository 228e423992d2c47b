"""Classified subsidy: the highest class a person fits, never two, by the rules of the day."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from casework.households.classified import classified
from casework.households.models import ClassifiedRule, Household
from casework.lib import clock
from tests.factories import HouseholdFactory
from tests.screens.test_pages import client_of
from tests.walk import Walk, at

pytestmark = pytest.mark.django_db
ON = date(2018, 6, 1)


def household(**facts: object) -> Household:
    made: Household = HouseholdFactory(members=1, relief_type="DIBAO")
    made.members.update(**{"birth_date": "1970-01-01", "disability_grade": "", **facts})
    return made


@pytest.mark.parametrize(
    ("facts", "category"),
    [
        ({}, ""),
        ({"disability_grade": "1"}, "SEVERE"),
        ({"disability_grade": "3"}, ""),
        ({"birth_date": "1948-06-01"}, "ELDER"),
        ({"birth_date": "1948-06-02"}, ""),
        ({"birth_date": "2000-06-02"}, "MINOR"),
        ({"birth_date": "2000-06-01"}, ""),
        ({"birth_date": "2010-01-01", "disability_grade": "2"}, "SEVERE"),
        ({"birth_date": "1940-01-01", "death_date": "2018-05-01"}, ""),
    ],
)
def test_by_the_class_that_fits_and_the_highest_of_two(
    facts: dict[str, str], category: str
) -> None:
    found = classified(household(**facts), ON)
    assert [one.rule.category for one in found] == ([category] if category else [])


def test_the_amount_is_a_share_of_the_line_of_the_day() -> None:
    home = household(birth_date="1940-01-01")
    assert [one.amount for one in classified(home, ON)] == [Decimal("100.00")]
    assert [one.amount for one in classified(home, date(2019, 6, 1))] == [Decimal("110.00")]


def test_only_with_the_allowance_and_only_by_rules_in_force() -> None:
    home = household(birth_date="1940-01-01")
    assert classified(home, date(2014, 4, 30)) == []
    ClassifiedRule.objects.update(is_draft=True)
    assert classified(home, ON) == []
    ClassifiedRule.objects.update(is_draft=False)
    home.relief_type = "LOW_INCOME"
    assert classified(home, ON) == []


def test_the_page_says_it_is_a_proposal() -> None:
    with clock.at(at("2018-06-20 09:00")):
        walk = Walk.upto("start")
        Household.objects.filter(pk=walk.case.household_id).update(relief_type="DIBAO")
        walk.case.household.members.update(disability_grade="1")
        page = client_of(walk, "CW").get(reverse("case_page", args=[walk.case.case_no]))
    assert "分类救助（测算）" in page.content.decode()
    assert "每月100.00元" in page.content.decode()
