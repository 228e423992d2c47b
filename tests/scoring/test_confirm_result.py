"""Confirming a result: good cases close, the others wait for an order."""

from decimal import Decimal

import pytest

from casework.cases.models import HelpCase
from casework.cases.states import CaseState
from casework.ledger.figures import balance
from casework.ledger.models import JournalEntry
from casework.lib.errors import NotLawfulNow, NotYours
from evaluation.scoring.models import EvaluatorAssignment, Finding, ScoreSheet
from evaluation.scoring.operations import assign_evaluator, confirm_result, submit_scores
from evaluation.scoring.states import FindingState
from tests.evaluation.conftest import Cast
from tests.evaluation.world import FAIR_POINTS, FINDINGS, GOOD_POINTS, act, case_of

pytestmark = pytest.mark.django_db


def scored(cast: Cast, points: dict[str, float], findings: list[dict[str, str]]) -> HelpCase:
    case = case_of(1, state=CaseState.EVALUATING)
    act(assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.first)
    act(submit_scores, case, by=cast.first, at="2018-08-02", points=points, findings=findings)
    return case


class TestConfirmResult:
    def test_a_good_case_closes_with_its_findings_as_advice(self, cast: Cast) -> None:
        case = scored(cast, GOOD_POINTS, FINDINGS[-1:])
        answer, _books = act(confirm_result, case, by=cast.supervisor, at="2018-08-03")
        assert answer["closes"] is True
        assert (case.state, case.closing_reason) == (CaseState.CLOSED, "COMPLETED")
        assert Finding.objects.get().state == FindingState.ADVICE
        assert not EvaluatorAssignment.objects.filter(ended_at=None).exists()

    def test_the_figures_move_by_the_case_and_its_score(self, cast: Cast) -> None:
        case = scored(cast, GOOD_POINTS, [])
        act(confirm_result, case, by=cast.supervisor, at="2018-08-03")
        assert balance("evaluated", week="2018-W31", district="110112") == 1
        assert balance("score_sum", week="2018-W31", district="110112") == Decimal("93.5")

    def test_a_fair_case_waits_for_an_order(self, cast: Cast) -> None:
        case = scored(cast, FAIR_POINTS, FINDINGS)
        answer, _books = act(confirm_result, case, by=cast.supervisor, at="2018-08-03")
        assert answer["closes"] is False
        assert case.state == CaseState.EVALUATING
        assert ScoreSheet.objects.get().confirmed_by == cast.supervisor

    def test_a_red_finding_keeps_even_an_excellent_case_open(self, cast: Cast) -> None:
        red = {"code": "F11", "description": "票据不符", "evidence": "证据1", "indicator": "F1"}
        case = scored(cast, GOOD_POINTS, [red])
        act(confirm_result, case, by=cast.supervisor, at="2018-08-03")
        assert case.state == CaseState.EVALUATING

    def test_nobody_confirms_their_own_score(self, cast: Cast) -> None:
        case = scored(cast, GOOD_POINTS, [])
        with pytest.raises(NotYours):
            act(confirm_result, case, by=cast.first, at="2018-08-03")

    def test_without_a_score_there_is_nothing_to_confirm(self, cast: Cast) -> None:
        case = case_of(1, state=CaseState.EVALUATING)
        with pytest.raises(NotLawfulNow):
            act(confirm_result, case, by=cast.supervisor, at="2018-08-03")

    def test_a_result_is_confirmed_once(self, cast: Cast) -> None:
        case = scored(cast, FAIR_POINTS, FINDINGS)
        act(confirm_result, case, by=cast.supervisor, at="2018-08-03")
        with pytest.raises(NotLawfulNow):
            act(confirm_result, case, by=cast.supervisor, at="2018-08-03")
        assert balance("evaluated", week="2018-W31") == 1

    def test_the_journal_says_who_closed_the_case(self, cast: Cast) -> None:
        case = scored(cast, GOOD_POINTS, [])
        act(confirm_result, case, by=cast.supervisor, at="2018-08-03")
        entry = JournalEntry.objects.filter(subject_type="case").order_by("-seq").first()
        assert entry is not None
        assert (entry.act, entry.by, entry.to_state) == (
            "confirm_result", cast.supervisor, "CLOSED",
        )  # fmt: skip
