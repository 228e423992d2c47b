"""Scoring a case: by whom, within what, and with what evidence."""

from decimal import Decimal
from typing import Any

import pytest

from casework.cases.models import HelpCase
from casework.cases.states import CaseState
from casework.ledger.models import Movement
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from evaluation.scoring.models import Finding, ScoreSheet
from evaluation.scoring.operations import assign_evaluator, submit_scores
from evaluation.states import Grade
from tests.evaluation.conftest import Cast
from tests.evaluation.world import FAIR_POINTS, FINDINGS, GOOD_POINTS, act, case_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> HelpCase:
    made = case_of(1, state=CaseState.EVALUATING)
    act(assign_evaluator, made, by=cast.lead, at="2018-08-01", evaluator=cast.first)
    return made


class TestSubmitScores:
    def test_the_sheet_holds_points_total_grade_and_findings(
        self, cast: Cast, case: HelpCase
    ) -> None:
        answer, _books = act(
            submit_scores, case, by=cast.first, at="2018-08-02", points=FAIR_POINTS,
            findings=FINDINGS, evidence={"B2": "证据1"},
        )  # fmt: skip
        sheet = ScoreSheet.objects.get()
        assert (sheet.total, sheet.grade) == (Decimal("71.0"), Grade.FAIR)
        assert answer["total"] == "71.0"
        assert sheet.number.startswith("PG-2018-110112-000001-")
        assert sheet.deductions["B2"] == {"off": 4.0, "evidence": "证据1"}
        codes = [finding.code.code for finding in Finding.objects.order_by("pk")]
        assert codes == ["F03", "F04", "F07", "F07", "F08"]
        assert sheet.needs_rectification
        assert not Movement.objects.exists()

    def test_a_veto_finding_makes_the_grade_poor(self, cast: Cast, case: HelpCase) -> None:
        forged = {"code": "F06", "description": "同一照片重复使用", "evidence": "证据1"}
        act(
            submit_scores, case, by=cast.first, at="2018-08-02", points=GOOD_POINTS,
            findings=[forged],
        )  # fmt: skip
        sheet = ScoreSheet.objects.get()
        assert (sheet.total, sheet.grade, sheet.veto) == (Decimal("93.5"), "POOR", ["FORGERY"])
        assert Finding.objects.get().indicator == "C4"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"points": {**FAIR_POINTS, "A1": 6}}, "points.A1"),
            ({"points": {**FAIR_POINTS, "G1": 1}}, "points.G1"),
            ({"points": {k: v for k, v in FAIR_POINTS.items() if k != "F2"}}, "points.F2"),
            ({"findings": [{**FINDINGS[0], "evidence": " "}]}, "findings.0.evidence"),
            ({"findings": [{**FINDINGS[0], "description": ""}]}, "findings.0.description"),
            ({"findings": [{**FINDINGS[0], "code": "F99"}]}, "findings.0.code"),
            ({"findings": [{**FINDINGS[0], "indicator": "Z1"}]}, "findings.0.indicator"),
            ({"findings": []}, "findings"),
            ({"veto": ["RUDENESS"]}, "veto"),
        ],
    )
    def test_a_wrong_sheet_is_refused_by_field(
        self, cast: Cast, case: HelpCase, change: dict[str, Any], field: str
    ) -> None:
        facts = {"points": FAIR_POINTS, "findings": FINDINGS, **change}
        with pytest.raises(Incomplete) as refusal:
            act(submit_scores, case, by=cast.first, at="2018-08-02", **facts)
        assert list(refusal.value.fields) == [field]
        assert not ScoreSheet.objects.exists()

    def test_only_the_assigned_evaluator_scores(self, cast: Cast, case: HelpCase) -> None:
        with pytest.raises(NotYours):
            act(submit_scores, case, by=cast.second, at="2018-08-02", points=GOOD_POINTS)

    def test_the_lead_of_the_body_may_score(self, cast: Cast, case: HelpCase) -> None:
        act(submit_scores, case, by=cast.lead, at="2018-08-02", points=GOOD_POINTS)
        assert ScoreSheet.objects.get().evaluator == cast.lead

    def test_after_the_window_nobody_scores(self, cast: Cast, case: HelpCase) -> None:
        with pytest.raises(NotYours):
            act(submit_scores, case, by=cast.first, at="2018-08-16", points=GOOD_POINTS)

    def test_a_case_is_scored_once(self, cast: Cast, case: HelpCase) -> None:
        act(submit_scores, case, by=cast.first, at="2018-08-02", points=GOOD_POINTS)
        with pytest.raises(NotLawfulNow):
            act(submit_scores, case, by=cast.first, at="2018-08-03", points=GOOD_POINTS)

    def test_a_case_that_is_not_drawn_is_refused(self, cast: Cast) -> None:
        with pytest.raises(NotLawfulNow):
            act(submit_scores, case_of(9), by=cast.first, at="2018-08-02", points=GOOD_POINTS)
