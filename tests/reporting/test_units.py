"""How units stand: from confirmed first sheets of a year, each reader within their own scope."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.lib import clock
from casework.staff.models import User
from casework.staff.scope import reach_of
from evaluation.reporting import units
from evaluation.scoring.models import Finding, SampledCase, SampleDraw, ScoreSheet
from tests.evaluation.conftest import Cast
from tests.evaluation.world import EVALUATOR, PROVIDER_A, PROVIDER_B, STREET, body, on, person
from tests.reporting.judged import judge

pytestmark = pytest.mark.django_db
TODAY = date(2018, 9, 30)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with clock.at(on("2018-09-30 15:00")):
        yield


def scored(cast: Cast, *scores: int, provider: str = PROVIDER_B, by: User | None = None) -> None:
    """Cases of a provider, scored by somebody, as a draw had them."""
    draw, _made = SampleDraw.objects.get_or_create(
        month="2018-08", district_id=STREET[:6],
        defaults={"seed": 1, "population": 99, "size": 9, "drawn_at": on("2018-09-03")},
    )  # fmt: skip
    for score in scores:
        case = judge(cast, score=score, satisfaction=4, at="2018-09-12 10:00")
        SampledCase.objects.create(
            draw=draw, case=case, stratum=f"DISABLED|{body(provider).pk}", chosen=True
        )
        if by is not None:
            ScoreSheet.objects.filter(case=case).update(evaluator=by)


def found(reader: User, kind: str) -> dict[str, units.Unit]:
    sheets = units.sheets_within(kind, reach_of(reader, TODAY), reader, TODAY)
    return {unit.name: unit for unit in units.units(kind, sheets, TODAY)}


class TestFigures:
    def test_each_kind_counts_the_same_sheets(self, cast: Cast) -> None:
        scored(cast, 95, 70)
        scored(cast, 50, provider=PROVIDER_A)
        district = next(iter(found(cast.city, "districts").values()))
        assert (district.scored, district.mean, district.problems) == (3, 71.7, 2)
        assert [district.grades[g] for g in ("EXCELLENT", "GOOD", "FAIR", "POOR")] == [1, 0, 1, 1]
        providers = found(cast.city, "providers")
        assert {name: one.scored for name, one in providers.items()} == {
            str(body(PROVIDER_A)): 1, str(body(PROVIDER_B)): 2,
        }  # fmt: skip
        assert sum(one.scored for one in found(cast.city, "streets").values()) == 3
        assert sum(one.scored for one in found(cast.city, "evaluators").values()) == 3

    def test_not_of_the_year_before(self, cast: Cast) -> None:
        scored(cast, 95)
        ScoreSheet.objects.update(confirmed_at=on("2018-09-30") - timedelta(days=400))
        assert found(cast.city, "districts") == {}

    def test_what_is_not_confirmed_counts_nowhere(self, cast: Cast) -> None:
        scored(cast, 95)
        ScoreSheet.objects.update(confirmed_at=None, confirmed_by=None)
        assert found(cast.city, "districts") == {}

    def test_months_and_problems_of_one(self, cast: Cast) -> None:
        scored(cast, 95, 70, 50)
        sheets = units.sheets_within("streets", reach_of(cast.city, TODAY), cast.city, TODAY)
        own = units.one_unit("streets", STREET, sheets)
        months = units.months_of(own)
        assert [(row["month"], row["scored"], row["mean"]) for row in months] == [
            ("2018-09", 3, 71.7)
        ]
        problems = units.problems_of(own)
        assert [(row["code"], row["count"], row["again"]) for row in problems] == [
            ("F04", 2, False)
        ]

    def test_a_problem_that_came_back_is_marked(self, cast: Cast) -> None:
        scored(cast, 70, 50)
        earlier = Finding.objects.order_by("pk").first()
        assert earlier is not None
        ScoreSheet.objects.filter(pk=earlier.sheet_id).update(confirmed_at=on("2018-05-02"))
        Finding.objects.filter(pk=earlier.pk).update(struck_off_on=date(2018, 6, 1))
        sheets = units.sheets_within("streets", reach_of(cast.city, TODAY), cast.city, TODAY)
        assert units.problems_of(sheets)[0]["again"] is True

    def test_an_evaluator_is_known_by_the_own_sheet_and_a_unit_by_the_settled_one(
        self, cast: Cast
    ) -> None:
        scored(cast, 95)
        first = ScoreSheet.objects.get()
        by, at = first.confirmed_by, first.confirmed_at
        ScoreSheet.objects.update(confirmed_by=None, confirmed_at=None)
        ScoreSheet.objects.create(
            number="2", case=first.case, scheme=first.scheme, evaluator=cast.lead,
            organisation=first.organisation, kind="SETTLED", total=85, grade="GOOD",
            submitted_at=first.submitted_at, confirmed_by=by, confirmed_at=at, supersedes=first,
            reason="r",
        )  # fmt: skip
        assert [unit.mean for unit in found(cast.city, "districts").values()] == [85.0]
        assert [unit.mean for unit in found(cast.city, "evaluators").values()] == [95.0]


class TestScope:
    def test_everybody_within_their_own(self, cast: Cast) -> None:
        scored(cast, 95, 70)
        scored(cast, 50, provider=PROVIDER_A)
        readers = {
            cast.city: 3, cast.supervisor: 3, cast.caseworker: 3, cast.lead: 3,
            cast.stranger: 0, cast.provider: 2, cast.other_provider: 1,
        }  # fmt: skip
        counts = {
            reader: units.sheets_within("streets", reach_of(reader, TODAY), reader, TODAY).count()
            for reader in readers
        }
        assert counts == readers

    def test_which_kinds(self, cast: Cast) -> None:
        kinds = {
            who: units.kinds_for(reach_of(who, TODAY))
            for who in (cast.city, cast.caseworker, cast.provider, cast.lead)
        }
        assert kinds[cast.city] == ("districts", "streets", "providers", "evaluators")
        assert kinds[cast.caseworker] == ("streets", "providers")
        assert kinds[cast.provider] == ("providers",)
        assert "streets" not in kinds[cast.lead]


def told(reader: User, kind: str) -> dict[str, list[str]]:
    rows = found(reader, kind).items()
    return {name: units.proposals(kind, unit, units.Lines.on(TODAY)) for name, unit in rows}


def test_a_provider_with_a_fifth_poor(cast: Cast) -> None:
    """One of five is 20 %: proposed; one of six is not; fewer than five say nothing."""
    scored(cast, 50, 90, 90, 90, 90)
    scored(cast, 50, 90, 90, 90, 90, 90, provider=PROVIDER_A)
    assert told(cast.city, "providers") == {
        str(body(PROVIDER_B)): ["SUSPEND"], str(body(PROVIDER_A)): [],
    }  # fmt: skip


def test_one_forged_record_is_enough(cast: Cast) -> None:
    scored(cast, 50)
    assert told(cast.city, "providers") == {str(body(PROVIDER_B)): []}
    code = Finding.objects.get().code
    forged = type(code).objects.get(code="F06")
    Finding.objects.update(code=forged)
    assert told(cast.city, "providers") == {str(body(PROVIDER_B)): ["SUSPEND"]}


def test_an_evaluator_apart_from_the_others(cast: Cast) -> None:
    """More than five points over ten sheets each; exactly five is within."""
    scored(cast, *[90] * 10, by=cast.first)
    scored(cast, *[85] * 10, by=cast.second)
    assert told(cast.city, "evaluators") == {str(cast.first): [], str(cast.second): []}
    ScoreSheet.objects.filter(evaluator=cast.second).update(total=84)
    assert set(map(tuple, told(cast.city, "evaluators").values())) == {("DRIFT",)}
    assert found(cast.city, "evaluators")[str(cast.first)].apart == 6.0


class TestPages:
    def page(self, reader: User, *where: str, **query: Any) -> Any:
        client = Client()
        client.force_login(reader)
        return client.get(reverse(where[0], args=where[1:]), query)

    def test_the_list_and_the_unit(self, cast: Cast) -> None:
        scored(cast, 50, 90, 90, 90, 90)
        listed = self.page(cast.city, "unit_list", kind="providers").content.decode()
        assert str(body(PROVIDER_B)) in listed and "建议考虑暂停该机构" in listed
        one = self.page(cast.city, "unit_page", "providers", str(body(PROVIDER_B).pk))
        text = one.content.decode()
        assert "20.0 %" in text and "F04" in text and "2018-09" in text

    def test_nobody_elses(self, cast: Cast) -> None:
        scored(cast, 50)
        own = str(body(PROVIDER_B).pk)
        assert self.page(cast.provider, "unit_page", "providers", own).status_code == 200
        assert self.page(cast.other_provider, "unit_page", "providers", own).status_code == 404
        assert self.page(cast.provider, "unit_page", "districts", STREET[:6]).status_code == 404
        assert self.page(cast.provider, "unit_list", kind="evaluators").status_code == 404
        assert self.page(cast.first, "unit_list").status_code == 403

    def test_queries_do_not_grow_with_the_units(self, cast: Cast) -> None:
        def asked() -> int:
            with CaptureQueriesContext(connection) as watched:
                assert self.page(cast.city, "unit_list", kind="evaluators").status_code == 200
            return len(watched)

        scored(cast, 95)
        asked()
        alone = asked()
        for number in range(12):
            scored(cast, 80 + number, by=person("EV", EVALUATOR, f"员{number}"))
        assert asked() == alone
