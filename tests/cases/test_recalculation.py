"""A new line takes effect: every open household compared anew, once, with a report."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.cases.models import HelpCase, MeansChange, Recalculation
from casework.cases.recalculation import band_of, recalculate
from casework.households.models import StandardLine
from casework.ledger.act import open_books
from casework.ledger.models import JournalEntry
from casework.lib import clock
from casework.lib.errors import NotLawfulNow
from tests.factories import HelpCaseFactory, moment
from tests.screens.test_pages import client_of
from tests.walk import Walk

pytestmark = pytest.mark.django_db

NEW_YEAR = "2019-01-02 09:00"


@pytest.fixture
def line() -> StandardLine:
    """The subsistence line of 2019: 1,100 after 1,000."""
    return StandardLine.objects.get(kind="DIBAO", effective_from=date(2019, 1, 1))


def known(figure: str, band: str = "", **state: Any) -> HelpCase:
    case: HelpCase = HelpCaseFactory(**(state or {"in_help": True}))
    HelpCase.objects.filter(pk=case.pk).update(income_figure=figure, means_band=band)
    return case


def run(line: StandardLine, at: str = NEW_YEAR) -> Recalculation:
    with open_books("recalculate", by=None, moment=moment(at)) as books:
        found = recalculate(line, books)
        books.close(("standard", line.pk), from_state="", to_state="")
    return found


@pytest.mark.parametrize(
    ("figure", "band"),
    [
        ("0", "DIBAO"),
        ("1099.9999999999", "DIBAO"),
        ("1100", "LOW_INCOME"),
        ("1100.0000000001", "LOW_INCOME"),
        ("1999.99", "LOW_INCOME"),
        ("2200", "OVER"),
        ("99999", "OVER"),
    ],
)
def test_as_one_by_one(line: StandardLine, figure: str, band: str) -> None:
    """The statement over all rows says what the rule for one household says."""
    case = known(figure)
    run(line)
    case.refresh_from_db()
    assert case.means_band == band == band_of(Decimal(figure), date(2019, 1, 2))


def test_only_what_comes_out_otherwise_is_kept(line: StandardLine) -> None:
    below = known("1050", "LOW_INCOME")
    same = known("500", "DIBAO")
    closed = known("1050", "LOW_INCOME", closed=True)
    unknown = HelpCaseFactory(in_help=True)
    made = run(line)
    assert (made.compared, made.changed) == (2, 1)
    change = MeansChange.objects.get()
    assert (change.case_id, change.before, change.after) == (below.pk, "LOW_INCOME", "DIBAO")
    for case, band in ((below, "DIBAO"), (same, "DIBAO"), (closed, "LOW_INCOME"), (unknown, "")):
        case.refresh_from_db()
        assert case.means_band == band
    assert made.report == [
        {"district": "110112", "before": "LOW_INCOME", "after": "DIBAO", "cases": 1}
    ]
    facts = JournalEntry.objects.get(subject_type="standard").facts
    assert (facts["compared"], facts["changed"]) == (2, 1)


def test_the_decision_of_a_case_is_left_alone(line: StandardLine) -> None:
    case = known("1050", "LOW_INCOME")
    before = HelpCase.objects.values().get(pk=case.pk)
    run(line)
    after = HelpCase.objects.values().get(pk=case.pk)
    assert {name for name in after if after[name] != before[name]} == {"means_band"}


@pytest.mark.parametrize("at", ["2018-12-31 23:00", "2018-06-01 09:00"])
def test_not_before_the_line_is_in_force(line: StandardLine, at: str) -> None:
    known("1050", "LOW_INCOME")
    with pytest.raises(NotLawfulNow):
        run(line, at)
    assert not Recalculation.objects.exists()


def test_once(line: StandardLine) -> None:
    run(line)
    with pytest.raises(NotLawfulNow):
        run(line)


def test_not_under_a_line_that_was_followed(line: StandardLine) -> None:
    before = StandardLine.objects.filter(kind="DIBAO", effective_from__lt=line.effective_from)
    with pytest.raises(NotLawfulNow):
        run(before.order_by("-effective_from").first())


def test_the_same_number_of_statements_for_one_and_for_fifty(line: StandardLine) -> None:
    counts = []
    for cases in (1, 50):
        MeansChange.objects.all().delete()
        Recalculation.objects.all().delete()
        HelpCase.objects.update(means_band="LOW_INCOME")
        for _number in range(cases):
            known("1050", "LOW_INCOME")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            run(line)
        counts.append(len(seen))
    assert counts[0] == counts[1]


class TestPage:
    @pytest.fixture
    def walk(self) -> Iterator[Walk]:
        with clock.at(moment(NEW_YEAR)):
            made = Walk.upto("start")
            HelpCase.objects.filter(pk=made.case.pk).update(
                income_figure="1050", means_band="LOW_INCOME"
            )
            yield made

    def test_the_city_recalculates_and_sees_the_report(
        self, walk: Walk, line: StandardLine
    ) -> None:
        client = client_of(walk, "CA")
        page = client.get(reverse("standard_effect", args=[line.pk])).content.decode()
        assert "比对全部在办家庭" in page
        told = client.post(reverse("standard_recalculate", args=[line.pk]), follow=True)
        assert "低于低保标准" in told.content.decode()
        assert "比对全部在办家庭" not in told.content.decode()

    def test_the_street_reads_it_on_the_case(self, walk: Walk, line: StandardLine) -> None:
        run(line)
        page = client_of(walk, "CW").get(reverse("case_page", args=[walk.case.case_no]))
        assert "结果有变化" in page.content.decode()

    def test_only_the_city(self, walk: Walk, line: StandardLine) -> None:
        answer = client_of(walk, "DS").post(reverse("standard_recalculate", args=[line.pk]))
        assert answer.status_code == 403
        assert not Recalculation.objects.exists()
