"""A tiny season through the real engine: the books hold, the plan is met, nobody is forgotten."""

from collections import Counter
from datetime import datetime
from fractions import Fraction

import pytest
from django.test import TestCase

from casework.cases.models import HelpCase
from casework.cases.states import CaseState
from casework.households.models import Member
from casework.ledger.models import JournalEntry, Movement, OutboxMessage, Period
from casework.ledger.verify import verify_books
from evaluation.rectification.models import RectificationOrder
from evaluation.reporting.models import WeeklySummary
from evaluation.reporting.weekly import (
    columns_that_do_not_add_up,
    compile_as_of,
    one_decimal,
    ranks,
)
from evaluation.scoring.models import SampleDraw, ScoreSheet
from evaluation.scoring.operations import redraw
from workflows.checks import flow_faults
from workflows.models import Deadline, Timer, WorkItem
from workflows.season.names import TAKEN
from workflows.season.player import Player
from workflows.season.season import play_season
from workflows.season.sizes import LAST_DAY, WHOLE_CITY, scaled, share_out

SCALE = 0.006
POWER_FAILS_AFTER = 250
# Finished, drawn or ordered: what happens next comes from the system's own calendar.
WAITING = {CaseState.HELP_DONE, CaseState.RECTIFYING, CaseState.RECHECKING}


class PowerFailed(Exception):
    """Somebody pulled the plug."""


def fail_in_the_middle(player: Player, _moment: datetime) -> None:
    if player.done > POWER_FAILS_AFTER:
        raise PowerFailed


def counts() -> dict[str, int]:
    """How much there is of everything an act writes."""
    kinds = (HelpCase, Member, JournalEntry, Movement, OutboxMessage, Period, WorkItem, Deadline)
    more = (Timer, SampleDraw, ScoreSheet, RectificationOrder, WeeklySummary)
    return {kind.__name__: kind.objects.count() for kind in (*kinds, *more)}


class TestThePlan:
    def test_at_full_scale_it_is_the_published_table(self) -> None:
        plans = scaled(1)
        assert tuple(plans) == WHOLE_CITY
        assert (sum(p.target for p in plans), sum(p.done for p in plans)) == (2200, 2700)
        rates = [Fraction(plan.done, plan.target) for plan in plans]
        assert ranks(rates) == [4, 4, 3, 13, 9, 4, 15, 2, 14, 4, 16, 12, 11, 9, 4, 1]
        assert [one_decimal(rate * 100) for rate in rates[:4]] == [125.0, 125.0, 125.8, 118.0]

    @pytest.mark.parametrize("scale", [0.005, 0.01, 0.1, 0.37])
    def test_a_part_of_it_keeps_the_totals(self, scale: float) -> None:
        plans = scaled(scale)
        assert sum(plan.target for plan in plans) == round(2200 * scale)
        assert sum(plan.done for plan in plans) == round(2700 * scale)

    def test_shares_never_leave_their_exact_value_by_one(self) -> None:
        weights = [plan.done for plan in WHOLE_CITY]
        for total in range(0, 2700, 97):
            for weight, share in zip(weights, share_out(weights, total), strict=True):
                assert abs(share - Fraction(weight * total, 2700)) < 1


@pytest.mark.once
class TheSeason(TestCase):
    """Played once for all of them, with an interruption; each looks at another side of it."""

    player: Player

    @classmethod
    def setUpTestData(cls) -> None:
        with pytest.raises(PowerFailed):
            play_season(SCALE, fail_in_the_middle)
        cls.player = play_season(SCALE, lambda _player, _moment: None)

    def test_they_are_plainly_invented(self) -> None:
        for member in Member.objects.all():
            assert member.id_no.startswith("110199")
            assert member.name[1] == "试"
            assert member.name not in TAKEN
            assert not member.phone or member.phone.startswith("120")

    def test_no_two_share_a_number(self) -> None:
        numbers = [member.id_no for member in Member.objects.all()]
        assert len(set(numbers)) == len(numbers)

    def test_they_hold(self) -> None:
        assert verify_books().first_bad is None

    def test_every_district_has_done_what_was_planned(self) -> None:
        table = compile_as_of(LAST_DAY)
        found = {row["code"]: (row["target"], row["completed"]) for row in table["rows"]}
        assert found == {plan.code: (plan.target, plan.done) for plan in scaled(SCALE)}

    def test_the_districts_add_up_to_the_city_in_every_column(self) -> None:
        for table in [compile_as_of(LAST_DAY), *(row.data for row in WeeklySummary.objects.all())]:
            assert columns_that_do_not_add_up(table) == []

    def test_every_week_is_sealed_and_published(self) -> None:
        weeks = list(Period.objects.filter(sealed_at__isnull=False).values_list("week", flat=True))
        assert max(weeks) == "2018-W43"
        assert sorted(weeks) == list(
            WeeklySummary.objects.order_by("week").values_list("week", flat=True)
        )

    def test_completed_cases_are_those_counted(self) -> None:
        counted = HelpCase.objects.filter(completed_counted=True)
        assert counted.count() == round(2700 * SCALE)
        assert all(case.help_done_on <= LAST_DAY for case in counted if case.help_done_on)

    def test_every_open_case_has_open_work_or_waits(self) -> None:
        busy = set(
            WorkItem.objects.filter(
                subject_type="case", done_at__isnull=True, dropped_at__isnull=True
            ).values_list("subject_id", flat=True)
        )
        idle = HelpCase.objects.open().exclude(pk__in=busy)
        assert {case.state for case in idle} <= WAITING

    def test_flows_states_and_journal_agree(self) -> None:
        assert list(flow_faults()) == []

    def test_nothing_the_system_had_to_do_was_refused(self) -> None:
        assert not Timer.objects.exclude(failed="").exists()
        due = Timer.objects.filter(fired_at=None, dropped_at=None)
        assert not due.filter(due_at__lte=self.player.ends_at).exists()

    def test_draws_can_be_repeated(self) -> None:
        for draw in SampleDraw.objects.filter(population__gt=0):
            chosen = draw.cases.filter(chosen=True).order_by("case_id")
            assert list(redraw(draw).chosen) == list(chosen.values_list("case_id", flat=True))

    def test_there_is_something_of_everything(self) -> None:
        states = Counter(HelpCase.objects.values_list("state", flat=True))
        expected = {
            "REFERRED", "ACCEPTED", "VERIFYING", "VERIFIED", "PUBLICISED", "PLANNED", "IN_HELP",
            "HELP_DONE", "CLOSED", "REJECTED", "DECLINED", "MERGED", "TERMINATED",
        }  # fmt: skip
        assert expected <= set(states)
        assert set(HelpCase.objects.values_list("hold", flat=True)) == {
            "", "SUSPENDED", "TRANSFERRING",
        }  # fmt: skip
        assert RectificationOrder.objects.filter(round=2).exists()
        assert RectificationOrder.objects.filter(has_been_overdue=True).exists()

    def test_the_same_season_again_changes_nothing(self) -> None:
        before = counts()
        again = play_season(SCALE, lambda _player, _moment: None)
        assert counts() == before
        assert again.done == self.player.done
