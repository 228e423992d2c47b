"""The monthly draw: sized, stratified, forced, recorded and repeatable."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from casework.cases.models import ServiceAlert
from casework.cases.states import CaseState
from casework.lib.errors import Incomplete
from evaluation.scoring.models import SampledCase, SampleDraw
from evaluation.scoring.operations import draw_sample, redraw
from evaluation.scoring.sampling import Candidate, Rule, draw, sample_size
from tests.evaluation.conftest import Cast
from tests.evaluation.world import PROVIDER_A, STREET, case_of, on

RULE = Rule(Decimal("0.20"), 5, Decimal("0.30"), Decimal("0.30"), Decimal("0.10"))
DISTRICT = STREET[:6]
candidates = st.lists(
    st.builds(
        Candidate,
        case=st.integers(1, 10_000),
        stratum=st.sampled_from(["DISABLED|1", "ELDERLY|1", "STUDENT|2", "COMBINED|-"]),
        forced=st.sampled_from([(), (), (), ("APPEAL",)]),
        reachable=st.booleans(),
    ),
    max_size=120,
    unique_by=lambda one: one.case,
)


@pytest.mark.parametrize(
    ("population", "size"),
    [(0, 0), (3, 3), (5, 5), (6, 5), (25, 5), (26, 6), (100, 20), (101, 21)],
)
def test_a_fifth_rounded_up_but_five_at_least(population: int, size: int) -> None:
    assert sample_size(population, RULE) == size


@given(frame=candidates, seed=st.integers(0, 2**31))
def test_every_draw_keeps_the_rules_and_repeats(frame: list[Candidate], seed: int) -> None:
    drawn = draw(frame, seed, RULE)
    assert drawn == draw(list(reversed(frame)), seed, RULE)
    chosen = set(drawn.chosen)
    assert {one.case for one in frame if one.forced} <= chosen
    assert {one.stratum for one in frame} == {one.stratum for one in frame if one.case in chosen}
    assert len(chosen) >= sample_size(len(frame), RULE)
    unreachable = {one.case for one in frame if not one.reachable}
    assert not unreachable & {*drawn.phone, *drawn.door}
    assert set(drawn.door) <= chosen


def test_forced_cases_are_never_dropped_even_beyond_the_size() -> None:
    frame = [Candidate(n, "DISABLED|1", ("APPEAL",)) for n in range(1, 9)]
    frame += [Candidate(n, "DISABLED|1") for n in range(9, 13)]
    assert set(range(1, 9)) <= set(draw(frame, 1, RULE).chosen)
    assert len(draw(frame, 1, RULE).chosen) == 8


def test_another_seed_draws_others() -> None:
    frame = [Candidate(n, "DISABLED|1") for n in range(1, 61)]
    assert draw(frame, 1, RULE).chosen != draw(frame, 2, RULE).chosen


@pytest.mark.django_db
class TestDrawSample:
    def test_it_records_frame_strata_and_seed_and_repeats(self, cast: Cast) -> None:
        for number in range(8):
            case_of(number, line="DISABLED" if number else "STUDENT")
        made = draw_sample("2018-07", DISTRICT, seed=6, by=cast.lead)
        assert (made.population, made.size, made.seed) == (8, 5, 6)
        assert redraw(made).chosen == tuple(
            made.cases.filter(chosen=True).order_by("case").values_list("case", flat=True)
        )
        assert sum(row["population"] for row in made.strata.values()) == 8
        assert all(row["chosen"] for row in made.strata.values())
        assert made.drawn_by == cast.lead

    def test_a_month_is_drawn_once(self, cast: Cast) -> None:
        case_of(1)
        first = draw_sample("2018-07", DISTRICT, seed=1)
        case_of(2)
        assert draw_sample("2018-07", DISTRICT, seed=2) == first
        assert SampleDraw.objects.count() == 1
        later = draw_sample("2018-08", DISTRICT, seed=3)
        assert later.population == 1

    def test_only_finished_cases_of_the_district_and_the_month_are_in_the_frame(
        self, cast: Cast
    ) -> None:
        inside = case_of(1)
        case_of(2, done="2018-08-01")
        case_of(3, state=CaseState.IN_HELP)
        case_of(4, street="110101901")
        case_of(
            5,
            state=CaseState.TERMINATED,
            termination_reason="DEATH",
            terminated_on=date(2018, 7, 1),
        )
        made = draw_sample("2018-07", DISTRICT, seed=1)
        assert [row["case"] for row in made.frame] == [inside.pk]

    def test_forced_reasons_are_kept(self, cast: Cast) -> None:
        appealed = case_of(1, appeal_status="OVERTURNED")
        relative = case_of(2, forced_sample=True, forced_reasons=["NEAR_RELATIVE"])
        alerted = case_of(3)
        ServiceAlert.objects.create(case=alerted, code="F06", raised_at=on("2018-07-01"))
        for number in range(4, 30):
            case_of(number)
        draw_sample("2018-07", DISTRICT, seed=1)
        forced = {
            row.case_id: row.forced_reasons
            for row in SampledCase.objects.exclude(forced_reasons=[])
        }
        assert forced == {
            appealed.pk: ["APPEAL"],
            relative.pk: ["NEAR_RELATIVE"],
            alerted.pk: ["VETO_ALERT"],
        }
        assert all(SampledCase.objects.get(case_id=pk).chosen for pk in forced)

    def test_the_dead_are_not_telephoned(self, cast: Cast) -> None:
        case = case_of(1)
        case.person.death_date = date(2018, 7, 25)
        case.person.save()
        made = draw_sample("2018-07", DISTRICT, seed=1)
        assert made.frame[0]["reachable"] is False
        assert (made.phone, made.door) == ([], [])

    def test_strata_are_line_and_provider(self, cast: Cast) -> None:
        case_of(1)
        case_of(2, provider=PROVIDER_A)
        case_of(3, line="COMBINED")
        assert len(draw_sample("2018-07", DISTRICT, seed=1).strata) == 3

    def test_a_month_that_is_none_is_refused(self, cast: Cast) -> None:
        with pytest.raises(Incomplete):
            draw_sample("2018-13", DISTRICT)

    def test_the_database_itself_refuses_a_forced_case_left_out(self, cast: Cast) -> None:
        case_of(1, appeal_status="OVERTURNED")
        draw_sample("2018-07", DISTRICT, seed=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            SampledCase.objects.update(chosen=False)
