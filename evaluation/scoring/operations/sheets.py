"""Scoring a case, confirming the result, and scoring anew what was put right."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.cases.operations import facts
from casework.cases.states import CaseState
from casework.ledger.act import Books
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from evaluation.models import FindingCode, IndicatorScheme
from evaluation.numbers import EVALUATION, next_number
from evaluation.scheme import SchemeRules, finding_codes_on, rules_of, scheme_on
from evaluation.scoring.arithmetic import (
    Points,
    from_json,
    grade_of,
    points_off,
    read_points,
    to_json,
    total_of,
)
from evaluation.scoring.models import EvaluatorAssignment, Finding, ScoreSheet
from evaluation.scoring.operations.assignment import refuse_ties
from evaluation.scoring.queries import assignment_of, first_sheet, latest_sheet
from evaluation.scoring.states import Purpose, SheetKind
from evaluation.states import Grade, Severity


@dataclass(frozen=True)
class Seen:
    """One finding as entered, checked against the codes in force."""

    code: FindingCode
    description: str
    evidence: str
    indicator: str


def submit_scores(
    case: HelpCase,
    books: Books,
    *,
    points: Mapping[str, Any],
    findings: Iterable[Mapping[str, Any]] = (),
    veto: Iterable[str] = (),
    evidence: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Score a drawn case against the scheme of its referral date, with what was found."""
    ensure_state(case, CaseState.EVALUATING)
    if first_sheet(case):
        raise NotLawfulNow(_("This case has been scored; a result is confirmed, not replaced."))
    given = ensure_scorer(case, books, Purpose.FIRST)
    scheme = scheme_on(case.rule_date)
    rules = rules_of(scheme)
    read = read_points(rules, points)
    seen = read_findings(case, rules, findings)
    vetoes = read_veto(rules, veto, seen)
    sheet = keep_sheet(
        case, books, rules=rules, points=read, veto=vetoes, evidence=evidence,
        scheme=scheme, organisation_id=given.organisation_id, kind=SheetKind.FIRST,
    )  # fmt: skip
    ensure_findings(seen, sheet)
    keep_findings(sheet, seen)
    return answer(sheet)


def keep_sheet(
    case: HelpCase,
    books: Books,
    *,
    rules: SchemeRules,
    points: Points,
    veto: Collection[str] = (),
    evidence: Mapping[str, str] | None = None,
    **columns: Any,
) -> ScoreSheet:
    """Write down a sheet of whoever scores: numbered, with what its points come to."""
    total = total_of(rules, points)
    return ScoreSheet.objects.create(
        number=next_number(EVALUATION, books.on, case.handling_district),
        case=case,
        evaluator=scorer(books),
        points=to_json(points),
        deductions=deductions(rules, points, evidence or {}),
        veto=list(veto),
        total=total,
        grade=grade_of(rules, total, veto),
        submitted_at=books.moment,
        **columns,
    )


def ensure_findings(seen: Collection[object], sheet: ScoreSheet) -> None:
    """What is fair, poor or vetoed says what has to be put right."""
    if not seen and (sheet.veto or sheet.grade in (Grade.FAIR, Grade.POOR)):
        facts.refuse("findings", _("Say what has to be put right: enter at least one finding."))


def ensure_state(case: HelpCase, *states: CaseState) -> None:
    """Refuse an act on a case that stands elsewhere."""
    if case.state not in states:
        raise NotLawfulNow(
            _("This is not possible for a case that is “%(state)s”; open the case anew.")
            % {"state": case.get_state_display()}
        )


def scorer(books: Books) -> User:
    """The person who scores: a score is always someone's own."""
    if books.by is None:
        raise NotYours(_("A case is scored by a person."))
    return books.by


def ensure_scorer(case: HelpCase, books: Books, purpose: Purpose) -> EvaluatorAssignment:
    """Only the assigned evaluator scores, within the window, or the lead of the same body."""
    person = scorer(books)
    given = assignment_of(case, purpose, books.on)
    if given is None:
        raise NotYours(_("No evaluator is assigned to this case, or the window is over."))
    if given.evaluator_id != person.pk:
        if given.organisation_id not in reach_of(person, books.on).organisations(Role.LE):
            raise NotYours(_("This case is assigned to another evaluator."))
        refuse_ties(person, case, purpose)
    return given


def read_findings(
    case: HelpCase, rules: SchemeRules, findings: Iterable[Mapping[str, Any]]
) -> list[Seen]:
    """Findings as entered, against the codes in force when the case was referred."""
    codes = finding_codes_on(case.rule_date)
    faults: dict[str, str] = {}
    seen = [_read_one(rules, codes, n, row, faults) for n, row in enumerate(findings)]
    if faults:
        raise Incomplete(_("A finding is not complete."), faults)
    return [one for one in seen if one is not None]


def _read_one(
    rules: SchemeRules,
    codes: Mapping[str, FindingCode],
    number: int,
    row: Mapping[str, Any],
    faults: dict[str, str],
) -> Seen | None:
    said = {
        name: str(row.get(name) or "").strip()
        for name in ("code", "description", "evidence", "indicator")
    }
    code = codes.get(said["code"])
    if code is None:
        faults[f"findings.{number}.code"] = _("There is no such finding code.")
        return None
    indicator = said["indicator"] or code.indicators[0]
    if indicator not in rules.points:
        faults[f"findings.{number}.indicator"] = _("There is no such indicator in the scheme.")
    for name in ("description", "evidence"):
        if not said[name]:
            faults[f"findings.{number}.{name}"] = _("This cannot be left empty.")
    return Seen(code, said["description"], said["evidence"], indicator)


def read_veto(rules: SchemeRules, veto: Iterable[str], seen: Iterable[Seen]) -> list[str]:
    """Vetoes as entered, and those that a finding amounts to."""
    given = {veto} if isinstance(veto, str) else set(veto)
    if given - rules.vetoes:
        facts.refuse("veto", _("There is no such veto in the scheme."))
    grave = {one.code.veto for one in seen if one.code.severity == Severity.VETO}
    return sorted(given | (grave & rules.vetoes))


def keep_findings(sheet: ScoreSheet, seen: Iterable[Seen]) -> None:
    """Write down what was found with a sheet."""
    for one in seen:
        Finding.objects.create(
            case=sheet.case,
            sheet=sheet,
            code=one.code,
            description=one.description,
            evidence=one.evidence,
            indicator=one.indicator,
            severity=one.code.severity,
        )


def deductions(
    rules: SchemeRules, points: Points, evidence: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """What each indicator lost, and what shows it."""
    return {
        code: {"off": float(off), "evidence": str(evidence.get(code, ""))}
        for code, off in points_off(rules, points).items()
    }


def answer(sheet: ScoreSheet) -> dict[str, Any]:
    """A sheet as an act answers it."""
    return {
        "sheet": sheet.pk,
        "number": sheet.number,
        "total": str(sheet.total),
        "grade": str(sheet.grade),
    }


def confirmable(case: HelpCase, books: Books, *kinds: SheetKind) -> ScoreSheet:
    """The sheet that waits for confirmation, refused to the person who scored it."""
    sheet = latest_sheet(case)
    if sheet is None or sheet.kind not in kinds or sheet.is_confirmed:
        raise NotLawfulNow(_("There is no score waiting to be confirmed."))
    if books.by is not None and books.by.pk == sheet.evaluator_id:
        raise NotYours(_("Nobody confirms their own score."))
    return sheet


def confirm(sheet: ScoreSheet, books: Books) -> None:
    """Put a supervisor's name to a result."""
    sheet.confirmed_by = books.by
    sheet.confirmed_at = books.moment
    sheet.save(update_fields=["confirmed_by", "confirmed_at"])


def post_score(case: HelpCase, books: Books, figure: str, amount: int | Decimal) -> None:
    """Move an evaluation figure for the street that handles the case."""
    books.post(
        figure,
        amount,
        subject=("case", case.pk),
        district=case.handling_district,
        street=case.handling_street,
        line=case.counted_line,
    )


def rules_and_points(sheet: ScoreSheet) -> tuple[IndicatorScheme, SchemeRules, Points]:
    """The scheme a sheet was scored under, and its points as exact numbers."""
    return sheet.scheme, rules_of(sheet.scheme), from_json(sheet.points)
