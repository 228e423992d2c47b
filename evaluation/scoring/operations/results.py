"""From a score to a closed case: confirming, scoring anew, closing what was put right."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.cases.operations import evaluation as course
from casework.cases.operations import facts
from casework.cases.states import CaseState
from casework.ledger.act import Books
from casework.lib import clock
from casework.lib.errors import NotLawfulNow, NotYours
from evaluation.scoring.arithmetic import Points, read_points
from evaluation.scoring.models import EvaluatorAssignment, Finding, ScoreSheet
from evaluation.scoring.operations.second import ensure_agreed
from evaluation.scoring.operations.sheets import (
    answer,
    confirm,
    confirmable,
    ensure_scorer,
    ensure_state,
    keep_sheet,
    post_score,
    rules_and_points,
    scorer,
)
from evaluation.scoring.queries import ASKING, has_scored, latest_sheet, result_sheet
from evaluation.scoring.states import FindingState, Purpose, SheetKind
from evaluation.states import Grade


def confirm_result(case: HelpCase, books: Books) -> dict[str, Any]:
    """Confirm a result: good cases close, the others wait for a rectification order."""
    ensure_state(case, CaseState.EVALUATING)
    sheet = confirmable(case, books, SheetKind.FIRST, SheetKind.SETTLED)
    ensure_agreed(case, books)
    confirm(sheet, books)
    post_score(case, books, "evaluated", 1)
    post_score(case, books, "score_sum", sheet.total)
    closes = not sheet.needs_rectification
    if closes:
        Finding.objects.filter(case=case).update(state=FindingState.ADVICE)
        course.close_evaluated(case, books)
        end_assignments(case, books)
    return {**answer(sheet), "closes": closes}


def end_assignments(case: HelpCase, books: Books) -> None:
    """A closed case is nobody's to read any more on the ground of an evaluation.

    A re-visit goes on: the household is asked about what was done, whatever became of the case.
    """
    given = EvaluatorAssignment.objects.filter(case=case, ended_at=None)
    given.exclude(purpose__in=ASKING).update(ended_at=books.moment)


def indicators_to_rescore(case: HelpCase, sheet: ScoreSheet) -> set[str]:
    """What may be scored anew: what the findings touch, or everything after a poor grade."""
    result = result_sheet(case)
    if result is not None and result.grade == Grade.POOR:
        return set(sheet.points)
    ordered = case.findings.select_related("code").exclude(state=FindingState.ADVICE)
    return {code for finding in ordered for code in finding.touched}


def rescore(
    case: HelpCase,
    books: Books,
    *,
    points: Mapping[str, Any],
    evidence: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Score anew what was put right; the first score stays on the file."""
    ensure_state(case, CaseState.RECHECKING)
    before = _ready_to_rescore(case)
    body = _rescorer_body(case, books)
    scheme, rules, old = rules_and_points(before)
    read = _read_rescored(case, before, points, old)
    sheet = keep_sheet(
        case, books, rules=rules, points=read, evidence=evidence, scheme=scheme,
        organisation_id=body, kind=SheetKind.RESCORE, supersedes=before,
    )  # fmt: skip
    _post_difference(case, books, before, sheet)
    return {**answer(sheet), "before": str(before.total)}


def _ready_to_rescore(case: HelpCase) -> ScoreSheet:
    before = latest_sheet(case)
    if before is None or before.kind == SheetKind.RESCORE:
        raise NotLawfulNow(_("This case has been scored anew already; it can be closed."))
    waiting = (FindingState.OPEN, FindingState.ORDERED)
    if case.findings.filter(state__in=waiting).exists():
        raise NotLawfulNow(_("Some findings are not struck off yet."))
    return before


def _rescorer_body(case: HelpCase, books: Books) -> int:
    if has_scored(scorer(books), case):
        raise NotYours(_("Whoever scored the case first does not score it anew."))
    return ensure_scorer(case, books, Purpose.RECHECK).organisation_id


def _read_rescored(
    case: HelpCase, before: ScoreSheet, points: Mapping[str, Any], old: Points
) -> Points:
    _scheme, rules, _old = rules_and_points(before)
    if not points:
        facts.refuse("points", _("Give the new points of what was put right."))
    allowed = indicators_to_rescore(case, before)
    is_full = allowed >= set(rules.points)
    read = read_points(rules, points, only=None if is_full else allowed)
    return {**old, **read}


def _post_difference(case: HelpCase, books: Books, before: ScoreSheet, sheet: ScoreSheet) -> None:
    """The mean uses the latest score, but only in the year in which the case is counted."""
    counted_in = clock.local_date(before.confirmed_at).year if before.confirmed_at else None
    if counted_in == books.on.year and sheet.total != before.total:
        post_score(case, books, "score_sum", sheet.total - before.total)


def close_rectified(case: HelpCase, books: Books) -> dict[str, Any]:
    """Confirm the new score of a case that was put right, and close it."""
    ensure_state(case, CaseState.RECHECKING)
    sheet = confirmable(case, books, SheetKind.RESCORE)
    confirm(sheet, books)
    course.close_rectified(case, books)
    end_assignments(case, books)
    return answer(sheet)
