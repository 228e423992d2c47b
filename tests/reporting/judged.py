"""Cases with a confirmed result, as the books and the sheets hold them."""

from datetime import date
from decimal import Decimal
from itertools import count

from casework.cases.models import HelpCase
from casework.ledger.act import Subject, open_books
from casework.lib import clock
from evaluation.models import FindingCode
from evaluation.scheme import finding_codes_on, scheme_on
from evaluation.scoring.models import Finding, ScoreSheet
from tests.evaluation.conftest import Cast
from tests.evaluation.world import EVALUATOR, body, case_of, on

_numbers = count(700)


def judge(cast: Cast, *, score: int, satisfaction: int, at: str) -> HelpCase:
    """A case scored and confirmed at a moment; below 80 points with a problem, F04."""
    number = next(_numbers)
    case = case_of(number, state="EVALUATING", satisfaction=satisfaction)
    with clock.at(on(at)), open_books("confirm_result", by=None, moment=on(at)) as books:
        sheet = ScoreSheet.objects.create(
            number=f"PG-2018-110112-{number:06}", case=case, scheme=scheme_on(case.rule_date),
            evaluator=cast.first, organisation=body(EVALUATOR), kind="FIRST", total=Decimal(score),
            grade=_grade(score), submitted_at=books.moment, confirmed_by=cast.supervisor,
            confirmed_at=books.moment,
        )  # fmt: skip
        if score < 80:
            Finding.objects.create(
                case=case, sheet=sheet, code=_code("F04"), description="助浴少两次",
                evidence="证据1", indicator="C1", severity="AMBER",
            )  # fmt: skip
        subject = Subject("case", case.pk)
        books.post("evaluated", 1, subject=subject, district=case.handling_district)
        books.post("score_sum", score, subject=subject, district=case.handling_district)
        books.close(subject, from_state="EVALUATING", to_state="EVALUATING")
    return case


def _grade(score: int) -> str:
    bands = ((90, "EXCELLENT"), (80, "GOOD"), (60, "FAIR"), (0, "POOR"))
    return next(grade for least, grade in bands if score >= least)


def _code(code: str) -> FindingCode:
    return finding_codes_on(date(2018, 9, 1))[code]
