"""The steps that evaluation and rectification decide, and what each closes as."""

from collections.abc import Callable
from typing import Any

import pytest

from casework.cases.models import HelpLine
from casework.cases.operations import evaluation
from casework.cases.states import CaseState
from casework.lib.errors import NotLawfulNow
from tests.cases.acting import do, last_entry
from tests.factories import HelpCaseFactory

pytestmark = pytest.mark.django_db

WAYS = [
    (evaluation.enter_sample, "help_done", CaseState.EVALUATING),
    (evaluation.leave_to_self_check, "help_done", CaseState.SELF_CHECKED),
    (evaluation.close_self_checked, "self_checked", CaseState.CLOSED),
    (evaluation.close_evaluated, "evaluating", CaseState.CLOSED),
    (evaluation.begin_rectification, "evaluating", CaseState.RECTIFYING),
    (evaluation.report_rectification, "rectifying", CaseState.RECHECKING),
    (evaluation.return_to_rectification, "rechecking", CaseState.RECTIFYING),
    (evaluation.close_rectified, "rechecking", CaseState.CLOSED),
]


@pytest.mark.parametrize(("step", "trait", "target"), WAYS)
def test_the_step_leads_on_and_is_recorded(
    step: Callable[..., Any], trait: str, target: CaseState
) -> None:
    case = HelpCaseFactory(**{trait: True})
    do(step, case)
    assert case.state == target
    assert last_entry(case).to_state == target


@pytest.mark.parametrize(("step", "trait", "target"), WAYS)
def test_the_step_is_refused_elsewhere(
    step: Callable[..., Any], trait: str, target: CaseState
) -> None:
    case = HelpCaseFactory(in_help=True)
    with pytest.raises(NotLawfulNow):
        do(step, case)
    assert case.state == CaseState.IN_HELP


def test_a_case_with_a_line_helped_to_its_end_closes_as_completed() -> None:
    case = HelpCaseFactory(self_checked=True)
    do(evaluation.close_self_checked, case, at="2018-12-20 09:00")
    assert case.closing_reason == "COMPLETED"
    assert case.closed_at.isoformat().startswith("2018-12-20")


def test_a_case_whose_lines_ended_early_closes_as_ended_early() -> None:
    case = HelpCaseFactory(self_checked=True)
    HelpLine.objects.update(state="ENDED_EARLY")
    do(evaluation.close_self_checked, case)
    assert case.closing_reason == "ENDED_EARLY"
