"""The evaluation report: its figures from the rows, suppressed where few, by body and period."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from casework.lib import clock
from casework.lib.errors import NotFound
from casework.staff.models import Membership
from evaluation.reporting.evaluated import compile_evaluated, period_of
from evaluation.scoring.models import Revisit, SampleDraw
from tests.evaluation.conftest import Cast
from tests.evaluation.world import EVALUATOR, PROVIDER_A, body, on
from tests.reporting.test_units import scored
from tests.screens.test_papers import words_of

pytestmark = pytest.mark.django_db
YEAR = period_of("2018")


def asked(cast: Cast, *overall: int | None, state: str = "DONE", mode: str = "PHONE") -> None:
    """Re-visits of the newest draw, one for each answer."""
    draw = SampleDraw.objects.latest("pk")
    SampleDraw.objects.update(month="2018-08")
    for case, rating in zip(draw.cases.order_by("pk"), overall, strict=False):
        Revisit.objects.create(
            case=case.case, draw=draw, mode=mode, state=state, evaluator=cast.first,
            organisation=body(EVALUATOR), ended_at=on("2018-08-20"), overall=rating,
            attitude=rating, companion=cast.second,
        )  # fmt: skip


class TestPeriod:
    @pytest.mark.parametrize(
        ("code", "first", "last", "months"),
        [
            ("2018-09", date(2018, 9, 1), date(2018, 9, 30), 1),
            ("2018-Q1", date(2018, 1, 1), date(2018, 3, 31), 3),
            ("2018-Q4", date(2018, 10, 1), date(2018, 12, 31), 3),
            ("2016", date(2016, 1, 1), date(2016, 12, 31), 12),
        ],
    )
    def test_its_days(self, code: str, first: date, last: date, months: int) -> None:
        found = period_of(code)
        assert (found.first, found.last, len(found.months)) == (first, last, months)

    @pytest.mark.parametrize("code", ["2018-13", "2018-Q5", "18", "", "2018-9", "x", "2018-W05"])
    def test_nothing_else_is_one(self, code: str) -> None:
        with pytest.raises(NotFound):
            period_of(code)


class TestFigures:
    def test_scores_and_problems(self, cast: Cast) -> None:
        scored(cast, 95, 85, 70)
        scored(cast, 50, provider=PROVIDER_A)
        told = compile_evaluated(YEAR, None)
        assert (told.total["scored"], told.total["mean"]) == (4, 75.0)
        assert [told.total[grade] for grade in ("EXCELLENT", "GOOD", "FAIR", "POOR")] == [1] * 4
        assert [(row["code"], row["count"], row["share"]) for row in told.problems] == [
            ("F04", 2, 100.0)
        ]
        assert [row["scored"] for row in told.by_district] == [4]
        assert told.best[0]["total"] == 95
        assert len(told.findings) == 2

    def test_only_the_period_and_the_body(self, cast: Cast) -> None:
        scored(cast, 95)
        assert compile_evaluated(period_of("2018-Q3"), body(EVALUATOR)).total["scored"] == 1
        assert compile_evaluated(period_of("2018-08"), body(EVALUATOR)).total["scored"] == 0
        assert compile_evaluated(period_of("2018-Q3"), body(PROVIDER_A)).total["scored"] == 0

    def test_of_fewer_than_five_answers_no_share(self, cast: Cast) -> None:
        scored(cast, 95, 95, 95, 95, 95)
        asked(cast, 5, 5, 3, 4)
        told = compile_evaluated(YEAR, None).satisfaction
        assert (told["answers"], told["rate"], told["means"]["attitude"]) == (4, None, None)

    def test_content_are_those_who_say_four_or_more(self, cast: Cast) -> None:
        scored(cast, 95, 95, 95, 95, 95)
        asked(cast, 5, 5, 3, 4, 2)
        told = compile_evaluated(YEAR, None)
        assert (told.satisfaction["rate"], told.satisfaction["means"]["overall"]) == (60.0, 3.8)
        phone = next(row for row in told.asked if row["mode"] == "PHONE")
        assert (phone["drawn"], phone["done"], phone["rate"]) == (5, 5, 100.0)

    def test_whoever_was_not_reached_lowers_the_rate_and_answers_nothing(self, cast: Cast) -> None:
        scored(cast, 95, 95)
        asked(cast, None, None, state="UNREACHABLE")
        told = compile_evaluated(YEAR, None)
        phone = next(row for row in told.asked if row["mode"] == "PHONE")
        assert (phone["unreachable"], phone["rate"]) == (2, 0.0)
        assert told.satisfaction["answers"] == 0


class TestPages:
    @pytest.fixture
    def page(self, cast: Cast) -> Any:
        scored(cast, 95, 85, 70)
        asked(cast, 5, 4, 3)

        def opened(user: Any, address: str) -> Any:
            client = Client()
            with clock.at(on("2018-10-09")):
                client.force_login(user)
                return client.get(address)

        return opened

    def test_the_lead_reads_the_list_of_findings_and_the_city_sums(
        self, page: Any, cast: Cast
    ) -> None:
        lead = page(cast.lead, "/evaluation/2018-Q3/").content.decode()
        city = page(cast.city, "/evaluation/2018-Q3/").content.decode()
        assert "附件3" in lead
        assert "BF-2018" in lead
        assert "附件3" not in city
        assert "BF-2018" not in city
        assert "陈试勇" not in lead + city

    def test_a_period_that_is_none_is_absent(self, page: Any, cast: Cast) -> None:
        assert page(cast.lead, "/evaluation/2018-Q9/").status_code == 404
        assert page(cast.lead, "/evaluation/2019/").status_code == 404
        assert page(cast.first, "/evaluation/2018/").status_code == 403

    def test_the_paper_says_what_the_page_says(self, page: Any, cast: Cast) -> None:
        answer = page(cast.lead, "/evaluation/2018/report.pdf")
        assert answer["Content-Type"] == "application/pdf"
        words = words_of(answer)
        for part in ("一、评估依据", "三、总体结果", "九、建议", "附件1", "附件5", "主评估员"):
            assert part in words, part

    def test_every_period_with_a_draw_is_listed(self, page: Any, cast: Cast) -> None:
        listed = page(cast.lead, "/evaluation/").content.decode()
        for address in ("/evaluation/2018/", "/evaluation/2018-Q3/", "/evaluation/2018-08/"):
            assert f'href="{address}"' in listed


def test_who_lost_the_role_reads_nothing(cast: Cast) -> None:
    Membership.objects.filter(user=cast.lead).update(valid_to=date(2018, 6, 30))
    client = Client()
    with clock.at(on("2018-10-09")):
        client.force_login(cast.lead)
        assert client.get("/evaluation/").status_code == 403
