"""A second score made blind beside the first, and what the lead settles where the two differ."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.cases.operations import facts
from casework.cases.states import CaseState
from casework.directory.queries import parameter
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow, NotYours
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from evaluation.models import IndicatorScheme
from evaluation.scheme import SchemeRules, rules_of, scheme_on
from evaluation.scoring.arithmetic import read_points
from evaluation.scoring.models import EvaluatorAssignment, ScoreSheet
from evaluation.scoring.operations.assignment import body_for, give, refuse_ties
from evaluation.scoring.operations.sheets import (
    answer,
    ensure_findings,
    ensure_state,
    keep_findings,
    keep_sheet,
    read_findings,
    read_veto,
    rules_and_points,
    scorer,
)
from evaluation.scoring.queries import (
    assignment_of,
    first_sheet,
    latest_sheet,
    second_sheet,
)
from evaluation.scoring.states import Purpose, SheetKind


def assign_second(case: HelpCase, books: Books, *, evaluator: User | int | str) -> dict[str, Any]:
    """Have a case scored a second time by somebody who does not know the first score."""
    ensure_state(case, CaseState.EVALUATING)
    first = first_sheet(case)
    given = EvaluatorAssignment.objects.filter(case=case, purpose=Purpose.FIRST, ended_at=None)
    if first is None and not given.exists():
        raise NotLawfulNow(_("Assign the first evaluator first."))
    if _is_over(case) or second_sheet(case):
        raise NotLawfulNow(_("This case has its second score, or its result is confirmed."))
    person = facts.person(evaluator, "evaluator")
    others = {row.evaluator_id for row in given} | ({first.evaluator_id} if first else set())
    if person.pk in others:
        raise NotYours(_("The second score is another person's."))
    body = body_for(person, books)
    refuse_ties(person, case, Purpose.SECOND)
    made = give(case, books, person, body, Purpose.SECOND)
    return {"purpose": made.purpose, "window_ends_on": made.window_ends_on}


def submit_second(
    case: HelpCase,
    books: Books,
    *,
    points: Mapping[str, Any],
    veto: Iterable[str] = (),
    evidence: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Score a case blind, against the scheme of the first score; it counts for nothing by itself.

    What has to be put right is said by the first evaluator, or by the lead who settles.
    """
    ensure_state(case, CaseState.EVALUATING)
    person = scorer(books)
    given = assignment_of(case, Purpose.SECOND, books.on)
    if given is None or given.evaluator_id != person.pk:
        raise NotYours(_("The second score of this case is not yours to give."))
    if _is_over(case) or second_sheet(case):
        raise NotLawfulNow(_("This case has its second score, or its result is confirmed."))
    scheme, rules = scheme_of(case)
    read = read_points(rules, points)
    vetoes = read_veto(rules, veto, ())
    sheet = keep_sheet(
        case, books, rules=rules, points=read, veto=vetoes, evidence=evidence,
        scheme=scheme, organisation_id=given.organisation_id, kind=SheetKind.SECOND,
    )  # fmt: skip
    given.ended_at = books.moment
    given.save(update_fields=["ended_at"])
    return {"sheet": sheet.pk, "number": sheet.number}


def settle_scores(
    case: HelpCase,
    books: Books,
    *,
    points: Mapping[str, Any],
    reason: str,
    findings: Iterable[Mapping[str, Any]] = (),
    veto: Iterable[str] = (),
    evidence: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Settle two scores that differ: the lead's points count, both sheets stay on the file."""
    ensure_state(case, CaseState.EVALUATING)
    first, second = first_sheet(case), second_sheet(case)
    if first is None or second is None or not to_settle(case, books.on):
        raise NotLawfulNow(_("There are no two scores of this case that differ."))
    _ensure_may_settle(case, books, first, second)
    scheme, rules, _old = rules_and_points(first)
    read = read_points(rules, points)
    seen = read_findings(case, rules, findings)
    sheet = keep_sheet(
        case, books, rules=rules, points=read, veto=read_veto(rules, veto, seen),
        evidence=evidence, scheme=scheme, organisation_id=first.organisation_id,
        kind=SheetKind.SETTLED, supersedes=first,
        reason=facts.text(reason, "reason", at_most=1000),
    )  # fmt: skip
    ensure_findings([*seen, *case.findings.all()], sheet)
    keep_findings(sheet, seen)
    return {**answer(sheet), "first": str(first.total), "second": str(second.total)}


def _ensure_may_settle(case: HelpCase, books: Books, first: ScoreSheet, second: ScoreSheet) -> None:
    """The lead of the body, who scored neither sheet and has no tie to the case."""
    person = scorer(books)
    if person.pk in (first.evaluator_id, second.evaluator_id):
        raise NotYours(_("Whoever scored the case does not settle it."))
    if first.organisation_id not in reach_of(person, books.on).organisations(Role.LE):
        raise NotYours(_("The lead of the body that scored the case settles it."))
    refuse_ties(person, case, Purpose.SECOND)


def scheme_of(case: HelpCase) -> tuple[IndicatorScheme, SchemeRules]:
    """The scheme by which a case is scored: that of its first sheet, else of its referral date."""
    first = first_sheet(case)
    scheme = first.scheme if first else scheme_on(case.rule_date)
    return scheme, rules_of(scheme)


def differ(first: ScoreSheet, second: ScoreSheet, on: date) -> bool:
    """Two scores that a person has to settle: totals too far apart, other grades, other vetoes."""
    tolerance = Decimal(str(parameter("second_score_tolerance", on)))
    return (
        abs(first.total - second.total) > tolerance
        or first.grade != second.grade
        or set(first.veto) != set(second.veto)
    )


def to_settle(case: HelpCase, on: date) -> bool:
    """The case has two scores that differ, and nobody has settled them."""
    return disagrees(case, on) and not case.sheets.filter(kind=SheetKind.SETTLED).exists()


def disagrees(case: HelpCase, on: date) -> bool:
    """The case has two scores that differ, settled or not."""
    second = second_sheet(case)
    first = first_sheet(case) if second else None
    return first is not None and second is not None and differ(first, second, on)


def ensure_agreed(case: HelpCase, books: Books) -> None:
    """Refuse to confirm a result while a second score is awaited, or two have to be settled."""
    if assignment_of(case, Purpose.SECOND, books.on):
        raise NotLawfulNow(_("A second evaluator is still scoring this case."))
    if to_settle(case, books.on):
        raise NotLawfulNow(_("Two scores of this case differ; the lead evaluator settles them."))


def _is_over(case: HelpCase) -> bool:
    latest = latest_sheet(case)
    return latest is not None and latest.is_confirmed
