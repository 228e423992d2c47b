"""Whom a new line concerns: strictly below, unrounded, by the last verification, within scope."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.cases.line_changes import concerned, line_before
from casework.cases.models import HelpCase, Verification
from casework.households.models import StandardLine
from casework.lib import clock
from tests.factories import HelpCaseFactory
from tests.screens.test_pages import client_of
from tests.walk import Walk, at

pytestmark = pytest.mark.django_db


def assessed(figure: str, *, state: str = "in_help", rounds: int = 1) -> HelpCase:
    case: HelpCase = HelpCaseFactory(**{state: True})
    Verification.objects.filter(case=case).delete()
    for number in range(1, rounds + 1):
        told = figure if number == rounds else "1.00"
        Verification.objects.create(
            case=case, round=number, assessment={"per_capita": told, "below": True, "steps": []}
        )
    case.income_figure = figure
    case.save(update_fields=["income_figure"])
    return case


@pytest.fixture
def line() -> StandardLine:
    """The subsistence line of 2019: 1,100 after 1,000."""
    return StandardLine.objects.get(kind="DIBAO", effective_from=date(2019, 1, 1))


def changes(line: StandardLine) -> dict[int, str]:
    rows = concerned(line, HelpCase.objects.all())
    return dict(rows.values_list("pk", "change"))


@pytest.mark.parametrize(
    ("figure", "change"),
    [
        ("999.99", ""),
        ("1000", "BELOW"),
        ("1000.00", "BELOW"),
        ("1099.9999", "BELOW"),
        ("1100", ""),
        ("1100.00001", ""),
        ("5000", ""),
        ("0", ""),
    ],
)
def test_on_the_line_is_not_below_it(line: StandardLine, figure: str, change: str) -> None:
    case = assessed(figure)
    assert changes(line).get(case.pk, "") == change


def test_a_lower_line_tells_who_is_no_longer_below(line: StandardLine) -> None:
    lower = StandardLine.objects.create(
        kind="DIBAO", amount="900", effective_from=date(2019, 6, 1), source="样例"
    )
    case = assessed("950")
    assert changes(lower) == {case.pk: "NO_LONGER"}


def test_the_last_verification_counts_and_an_ended_case_does_not(line: StandardLine) -> None:
    again = assessed("1050", rounds=2)
    assessed("1050", state="terminated")
    HelpCaseFactory(in_help=True)
    assert changes(line) == {again.pk: "BELOW"}


def test_the_first_line_follows_none() -> None:
    first = StandardLine.objects.filter(kind="DIBAO").order_by("effective_from").first()
    assert first is not None
    assert line_before(first) is None
    assessed("1")
    assert changes(first) == {}


def test_one_statement_whatever_the_number_of_cases(line: StandardLine) -> None:
    for _turn in range(3):
        assessed("1050")
    with CaptureQueriesContext(connection) as asked:
        assert len(changes(line)) == 3
    assert len(asked) <= 2


class TestPages:
    @pytest.fixture
    def walk(self) -> Any:
        with clock.at(at("2018-12-20 09:00")):
            made = Walk.upto("start")
            HelpCase.objects.filter(pk=made.case.pk).update(income_figure="1050.00")
            yield made

    def page(self, walk: Walk, role: str, line: StandardLine) -> str:
        answer = client_of(walk, role).get(reverse("standard_effect", args=[line.pk]))
        assert answer.status_code == 200
        return answer.content.decode()

    def test_the_street_sees_whom_it_concerns(self, walk: Walk, line: StandardLine) -> None:
        shown = self.page(walk, "CW", line)
        assert "陈试勇" in shown
        assert "变为低于标准" in shown
        assert "1050.00" in shown

    def test_the_city_sees_numbers_and_no_names(self, walk: Walk, line: StandardLine) -> None:
        shown = self.page(walk, "CA", line)
        assert walk.case.case_no in shown
        assert "陈试勇" not in shown

    def test_another_street_sees_nobody(self, walk: Walk, line: StandardLine) -> None:
        other = Walk("110101901", id_no="110199197605129013")
        assert walk.case.case_no not in self.page(other, "DS", line)

    def test_a_draft_is_for_the_city_alone(self, walk: Walk) -> None:
        draft = StandardLine.objects.create(
            kind="DIBAO", amount="1200", effective_from=date(2019, 7, 1), source="样例",
            is_draft=True,
        )  # fmt: skip
        assert (
            "待第二人批准" in client_of(walk, "CA").get(reverse("standard_list")).content.decode()
        )
        address = reverse("standard_effect", args=[draft.pk])
        assert client_of(walk, "DS").get(address).status_code == 404
        assert client_of(walk, "CA").get(address).status_code == 200
