"""The figures of an evaluation report: what was drawn, asked, scored, found and put right.

Of a month, a quarter or a year; of everything the city had evaluated, or of what one body scored
(DOMAIN: evaluation report, product default). Percentages of fewer than five answers are not given.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from casework.directory.models import Organisation
from casework.directory.queries import parameter
from casework.lib import clock
from casework.lib.calendar import days_of
from casework.lib.errors import NotFound
from evaluation.models import Indicator
from evaluation.rectification.models import RectificationOrder
from evaluation.reporting.month import SATISFIED, scores_of
from evaluation.reporting.weekly import one_decimal
from evaluation.scoring.models import Finding, Revisit, SampleDraw, ScoreSheet
from evaluation.scoring.states import RATINGS, FindingState, RevisitMode, RevisitState
from evaluation.states import Grade

TYPICAL: Final = 3


@dataclass(frozen=True)
class Period:
    """A month (2018-09), a quarter (2018-Q3) or a year (2018)."""

    code: str
    first: date
    last: date
    title: str

    @property
    def months(self) -> list[str]:
        """The months within, as draws are named."""
        span = range(self.first.month, self.last.month + 1)
        return [f"{self.first.year}-{month:02d}" for month in span]


def period_of(code: str) -> Period:
    """The period that a code names; NotFound where it names none."""
    found = re.fullmatch(r"(20\d\d)(?:-(0[1-9]|1[0-2])|-Q([1-4]))?", code)
    if found is None:
        raise NotFound(_("There is no such period."))
    year = int(found[1])
    if found[2]:
        begin = end = int(found[2])
        title = f"{year}年{begin}月"
    elif found[3]:
        begin, end = int(found[3]) * 3 - 2, int(found[3]) * 3
        title = f"{year}年第{'一二三四'[int(found[3]) - 1]}季度"
    else:
        begin, end, title = 1, 12, f"{year}年"
    first, _last = days_of(f"{year}-{begin:02d}")
    _first, last = days_of(f"{year}-{end:02d}")
    return Period(code, first, last, title)


@dataclass(frozen=True)
class Evaluated:
    """Everything a report tells, as plain values."""

    period: Period
    sample: dict[str, Any]
    asked: list[dict[str, Any]]
    total: dict[str, Any]
    by_district: list[dict[str, Any]]
    by_line: list[dict[str, Any]]
    satisfaction: dict[str, Any]
    best: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    rectification: dict[str, Any]
    indicators: list[dict[str, Any]]
    findings: list[dict[str, Any]]


def compile_evaluated(period: Period, body: Organisation | None) -> Evaluated:
    """Read the figures of a period, of one body or of all of them."""
    sheets = results_of(period, body)
    rows = list(sheets.select_related("case").order_by("case__handling_district", "-total", "pk"))
    findings = Finding.objects.filter(case__in=[row.case_id for row in rows])
    visits = _visits(period, body)
    return Evaluated(
        period=period,
        sample=_sample(period),
        asked=[_asked(mode, visits) for mode in RevisitMode],
        total=_scores(rows),
        by_district=_by(rows, lambda row: row.case.handling_district),
        by_line=_by(rows, lambda row: row.case.counted_line),
        satisfaction=_satisfaction(visits, int(parameter("satisfaction_min_n", period.last))),
        best=_best(rows),
        problems=_problems(findings, rows),
        rectification=_rectification(findings),
        indicators=_indicators(rows),
        findings=_findings(findings),
    )


def results_of(period: Period, body: Organisation | None) -> QuerySet[ScoreSheet]:
    """The results confirmed within a period."""
    since, until = clock.start_of(period.first), clock.start_of(period.last + timedelta(days=1))
    sheets = ScoreSheet.objects.results().filter(confirmed_at__gte=since, confirmed_at__lt=until)
    return sheets.filter(organisation=body) if body else sheets


def _visits(period: Period, body: Organisation | None) -> list[Revisit]:
    rows = Revisit.objects.filter(draw__month__in=period.months)
    if body:
        rows = rows.filter(Q(organisation=body) | Q(organisation=None))
    return list(rows)


def _sample(period: Period) -> dict[str, Any]:
    draws = list(SampleDraw.objects.filter(month__in=period.months).order_by("month", "district"))
    return {
        "draws": len(draws),
        "population": sum(draw.population for draw in draws),
        "size": sum(draw.size for draw in draws),
        "strata": sum(len(draw.strata) for draw in draws),
        "second": sum(len(draw.second) for draw in draws),
        "seeds": [(draw.month, draw.district_id, draw.seed) for draw in draws],
    }


def _asked(mode: RevisitMode, visits: Iterable[Revisit]) -> dict[str, Any]:
    """How a mode of asking went: drawn, answered, not reached, refused; of those that ended."""
    states = Counter(row.state for row in visits if row.mode == mode)
    ended = sum(states[state] for state in states if state not in ("WAITING", "ASSIGNED"))
    done = states[RevisitState.DONE]
    return {
        "mode": mode,
        "drawn": states.total(),
        "done": done,
        "unreachable": states[RevisitState.UNREACHABLE],
        "refused": states[RevisitState.REFUSED] + states[RevisitState.DROPPED],
        "open": states.total() - ended,
        "rate": one_decimal(Fraction(100 * done, ended)) if ended else None,
    }


def _scores(rows: Sequence[ScoreSheet]) -> dict[str, Any]:
    return scores_of([(row.total, row.grade) for row in rows])


def _by(rows: Sequence[ScoreSheet], key: Any) -> list[dict[str, Any]]:
    parts: dict[str, list[ScoreSheet]] = defaultdict(list)
    for row in rows:
        parts[key(row)].append(row)
    return [{"code": code, **_scores(part)} for code, part in sorted(parts.items())]


def _satisfaction(visits: Iterable[Revisit], least: int) -> dict[str, Any]:
    """The mean of the five questions, and the share of those content with the whole."""
    answered = [row for row in visits if row.state == RevisitState.DONE and row.ratings]
    overall = [row.overall for row in answered if row.overall is not None]
    content = sum(rating >= SATISFIED for rating in overall)
    enough = len(overall) >= least
    return {
        "answers": len(overall),
        "least": least,
        "rate": one_decimal(Fraction(100 * content, len(overall))) if enough else None,
        "means": {
            name: _mean([value for row in answered if (value := getattr(row, name))], least)
            for name in RATINGS
        },
        "money": sum(bool(row.money_asked) for row in answered),
    }


def _mean(values: Sequence[int], least: int) -> float | None:
    if len(values) < least:
        return None
    return one_decimal(Fraction(sum(values), len(values)))


def _best(rows: Sequence[ScoreSheet]) -> list[dict[str, Any]]:
    """The best cases, told by line and what was given, never by whom."""
    best = [row for row in rows if row.grade == Grade.EXCELLENT]
    best.sort(key=lambda row: (-row.total, row.pk))
    told = []
    for row in best[:TYPICAL]:
        plan = row.case.plan_in_force
        items = list(plan.items.all()) if plan else []
        told.append(
            {
                "line": row.case.counted_line,
                "total": row.total,
                "items": len(items),
                "services": sum(item.qty_done for item in items),
            }
        )
    return told


def _problems(findings: QuerySet[Finding], rows: Sequence[ScoreSheet]) -> list[dict[str, Any]]:
    """Problems by code with their share, and typical cases by line and points lost."""
    sheets = {row.case_id: row for row in rows}
    by_code: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings.select_related("code").order_by("pk"):
        by_code[finding.code.code].append(finding)
    count = sum(len(found) for found in by_code.values())
    told = [
        {
            "code": code,
            "title": found[0].code.title,
            "severity": found[0].severity,
            "count": len(found),
            "share": one_decimal(Fraction(100 * len(found), count)),
            "requirement": found[0].code.requirement,
            "typical": [_typical(one, sheets[one.case_id]) for one in found[:TYPICAL]],
        }
        for code, found in by_code.items()
    ]
    return sorted(told, key=lambda row: (-row["count"], row["code"]))


def _typical(finding: Finding, sheet: ScoreSheet) -> dict[str, Any]:
    lost = (sheet.deductions.get(finding.indicator) or {}).get("off")
    return {"line": sheet.case.counted_line, "indicator": finding.indicator, "off": lost}


def _rectification(findings: QuerySet[Finding]) -> dict[str, Any]:
    """The orders that came of what was found, as they stand when the report is drawn up."""
    numbers = findings.filter(item__isnull=False).values("item__order")
    orders = RectificationOrder.objects.filter(pk__in=numbers)
    states = findings.aggregate(
        ordered=Count("pk", filter=~Q(state=FindingState.ADVICE)),
        righted=Count("pk", filter=Q(state=FindingState.STRUCK_OFF)),
        advice=Count("pk", filter=Q(state=FindingState.ADVICE)),
    )
    return {
        "orders": orders.count(),
        "closed": orders.filter(closed_at__isnull=False).count(),
        "overdue": orders.filter(closed_at=None, overdue_since__isnull=False).count(),
        "second": orders.filter(round__gte=2).count(),
        **states,
    }


def _indicators(rows: Sequence[ScoreSheet]) -> list[dict[str, Any]]:
    """Each indicator with its worth, the mean of the points given, and where it did not apply."""
    schemes = {row.scheme_id for row in rows}
    told = []
    for one in Indicator.objects.filter(scheme__in=schemes).order_by("scheme", "order"):
        own = [row.points.get(one.code) for row in rows if row.scheme_id == one.scheme_id]
        given = [Decimal(str(points)) for points in own if points is not None]
        mean = Fraction(sum(given, Decimal(0))) / len(given) if given else None
        told.append(
            {
                "code": one.code,
                "title": one.title,
                "worth": one.points,
                "scored": len(given),
                "mean": None if mean is None else one_decimal(mean),
                "share": None if mean is None else one_decimal(100 * mean / Fraction(one.points)),
            }
        )
    return told


def _findings(findings: QuerySet[Finding]) -> list[dict[str, Any]]:
    rows = findings.select_related("code", "case").order_by("case__case_no", "pk")
    return [
        {
            "case_id": row.case_id,
            "case_no": row.case.case_no,
            "code": row.code.code,
            "title": row.code.title,
            "indicator": row.indicator,
            "state": row.state,
        }
        for row in rows
    ]
