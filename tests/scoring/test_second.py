"""A second score made blind: whose it is, what it hides, and what the lead settles."""

from typing import Any

import pytest

from casework.cases.models import HelpCase
from casework.cases.states import CaseState
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from evaluation.scoring.models import ScoreSheet
from evaluation.scoring.operations import (
    assign_evaluator,
    assign_second,
    confirm_result,
    settle_scores,
    submit_scores,
    submit_second,
)
from evaluation.scoring.queries import is_blind, latest_sheet
from tests.evaluation.conftest import Cast
from tests.evaluation.world import (
    EVALUATOR,
    FAIR_POINTS,
    FINDINGS,
    GOOD_POINTS,
    act,
    case_of,
    person,
)

pytestmark = pytest.mark.django_db
NEAR = GOOD_POINTS | {"E3": 3}
SETTLED = {"points": GOOD_POINTS | {"C1": 8}, "reason": "服务量按确认单计"}


@pytest.fixture
def case(cast: Cast) -> HelpCase:
    made = case_of(1, state=CaseState.EVALUATING)
    act(assign_evaluator, made, by=cast.lead, at="2018-08-01", evaluator=cast.first)
    return made


def second(case: HelpCase, cast: Cast) -> None:
    act(assign_second, case, by=cast.lead, at="2018-08-01", evaluator=cast.second)


def scored(case: HelpCase, cast: Cast, points: dict[str, Any], findings: Any = ()) -> None:
    act(submit_scores, case, by=cast.first, at="2018-08-02", points=points, findings=findings)


def scored_again(case: HelpCase, cast: Cast, points: dict[str, Any]) -> None:
    act(submit_second, case, by=cast.second, at="2018-08-03", points=points)


def confirmed(case: HelpCase, cast: Cast, at: str = "2018-08-06") -> dict[str, Any]:
    answer, _books = act(confirm_result, case, by=cast.supervisor, at=at)
    return dict(answer)


class TestAssigned:
    def test_it_is_another_persons(self, case: HelpCase, cast: Cast) -> None:
        with pytest.raises(NotYours):
            act(assign_second, case, by=cast.lead, at="2018-08-01", evaluator=cast.first)
        scored(case, cast, GOOD_POINTS)
        with pytest.raises(NotYours):
            act(assign_second, case, by=cast.lead, at="2018-08-03", evaluator=cast.first)

    def test_nor_does_the_second_evaluator_become_the_first(
        self, case: HelpCase, cast: Cast
    ) -> None:
        second(case, cast)
        with pytest.raises(NotYours):
            act(assign_evaluator, case, by=cast.lead, at="2018-08-02", evaluator=cast.second)

    def test_it_comes_after_the_first_is_named_and_before_it_is_confirmed(
        self, case: HelpCase, cast: Cast
    ) -> None:
        other = case_of(2, state=CaseState.EVALUATING)
        with pytest.raises(NotLawfulNow):
            second(other, cast)
        scored(case, cast, FAIR_POINTS, FINDINGS)
        confirmed(case, cast)
        with pytest.raises(NotLawfulNow):
            second(case, cast)

    def test_both_are_blind_until_they_have_scored(self, case: HelpCase, cast: Cast) -> None:
        second(case, cast)
        assert is_blind(case, cast.first)
        assert is_blind(case, cast.second)
        scored(case, cast, GOOD_POINTS)
        assert not is_blind(case, cast.first)
        assert is_blind(case, cast.second)
        assert not is_blind(case, cast.lead)
        scored_again(case, cast, NEAR)
        assert not is_blind(case, cast.second)

    def test_whoever_was_relieved_and_rechecks_later_reads_the_scores(
        self, case: HelpCase, cast: Cast
    ) -> None:
        second(case, cast)
        third = person("EV", EVALUATOR, "评三")
        act(assign_second, case, by=cast.lead, at="2018-08-02", evaluator=third)
        assert not is_blind(case, cast.second)
        assert is_blind(case, third)


class TestScored:
    def test_it_counts_for_nothing_by_itself(self, case: HelpCase, cast: Cast) -> None:
        second(case, cast)
        scored(case, cast, GOOD_POINTS)
        scored_again(case, cast, NEAR)
        latest = latest_sheet(case)
        assert latest is not None
        assert latest.kind == "FIRST"
        assert list(ScoreSheet.objects.results().values_list("kind", flat=True)) == ["FIRST"]
        # One point apart, the same grade: nothing to settle.
        assert confirmed(case, cast)["closes"] is True

    def test_nobody_confirms_while_it_is_awaited(self, case: HelpCase, cast: Cast) -> None:
        second(case, cast)
        scored(case, cast, GOOD_POINTS)
        with pytest.raises(NotLawfulNow):
            confirmed(case, cast)
        # Who lets the window pass holds nobody up.
        assert confirmed(case, cast, at="2018-08-20")["closes"] is True

    def test_only_the_one_it_was_given_to_and_once(self, case: HelpCase, cast: Cast) -> None:
        second(case, cast)
        for stranger in (cast.first, cast.lead):
            with pytest.raises(NotYours):
                act(submit_second, case, by=stranger, at="2018-08-03", points=NEAR)
        with pytest.raises(NotYours):
            act(submit_second, case, by=cast.second, at="2018-08-20", points=NEAR)
        scored_again(case, cast, NEAR)
        with pytest.raises(NotYours):
            scored_again(case, cast, NEAR)

    def test_every_indicator_is_asked_for(self, case: HelpCase, cast: Cast) -> None:
        second(case, cast)
        with pytest.raises(Incomplete) as refusal:
            act(submit_second, case, by=cast.second, at="2018-08-03", points={"A1": 9})
        assert {"points.A1", "points.F2"} <= set(refusal.value.fields)


class TestSettled:
    @pytest.fixture
    def case(self, case: HelpCase, cast: Cast) -> HelpCase:
        """Two scores that differ by more than the tolerance."""
        second(case, cast)
        scored(case, cast, GOOD_POINTS)
        scored_again(case, cast, GOOD_POINTS | {"C1": 8, "E1": 4})
        return case

    def test_two_that_differ_hold_up_the_result_until_the_lead_settles(
        self, case: HelpCase, cast: Cast
    ) -> None:
        with pytest.raises(NotLawfulNow):
            confirmed(case, cast)
        answer, _books = act(settle_scores, case, by=cast.lead, at="2018-08-06", **SETTLED)
        assert (answer["first"], answer["second"], answer["total"]) == ("93.5", "85.5", "89.5")
        result = ScoreSheet.objects.results().get()
        assert (result.kind, result.supersedes.kind) == ("SETTLED", "FIRST")
        assert confirmed(case, cast, at="2018-08-07")["closes"] is True
        assert case.sheets.count() == 3

    def test_neither_scorer_settles_nor_another_body(self, case: HelpCase, cast: Cast) -> None:
        for stranger in (cast.first, cast.second, cast.supervisor):
            with pytest.raises(NotYours):
                act(settle_scores, case, by=stranger, at="2018-08-06", **SETTLED)

    def test_a_reason_is_said_and_a_fair_score_names_what_to_put_right(
        self, case: HelpCase, cast: Cast
    ) -> None:
        for wrong, field in (
            (SETTLED | {"reason": " "}, "reason"),
            (SETTLED | {"points": FAIR_POINTS}, "findings"),
        ):
            with pytest.raises(Incomplete) as refusal:
                act(settle_scores, case, by=cast.lead, at="2018-08-06", **wrong)
            assert list(refusal.value.fields) == [field]
        act(
            settle_scores, case, by=cast.lead, at="2018-08-06",
            **(SETTLED | {"points": FAIR_POINTS, "findings": FINDINGS}),
        )  # fmt: skip
        assert confirmed(case, cast, at="2018-08-07")["closes"] is False

    def test_it_is_settled_once(self, case: HelpCase, cast: Cast) -> None:
        act(settle_scores, case, by=cast.lead, at="2018-08-06", **SETTLED)
        with pytest.raises(NotLawfulNow):
            act(settle_scores, case, by=cast.lead, at="2018-08-06", **SETTLED)

    def test_nobody_confirms_what_they_settled(self, case: HelpCase, cast: Cast) -> None:
        act(settle_scores, case, by=cast.lead, at="2018-08-06", **SETTLED)
        with pytest.raises(NotYours):
            act(confirm_result, case, by=cast.lead, at="2018-08-07")


def test_two_near_scores_are_not_settled(case: HelpCase, cast: Cast) -> None:
    second(case, cast)
    scored(case, cast, GOOD_POINTS)
    scored_again(case, cast, NEAR)
    with pytest.raises(NotLawfulNow):
        act(settle_scores, case, by=cast.lead, at="2018-08-06", **SETTLED)


def test_a_veto_in_one_alone_is_settled(case: HelpCase, cast: Cast) -> None:
    second(case, cast)
    scored(case, cast, GOOD_POINTS)
    act(
        submit_second, case, by=cast.second, at="2018-08-03", points=GOOD_POINTS,
        veto=["FORGERY"],
    )  # fmt: skip
    with pytest.raises(NotLawfulNow):
        confirmed(case, cast)
