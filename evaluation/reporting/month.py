"""The figures of a month: progress against the target, evaluation, problems, rectification.

Counts come from the books as they stood when the month ended, so that a month compiled late gives
the same numbers. What the books do not hold, grades and problems, is read of the very cases that
the books count (DOMAIN: monthly bulletin, product default).
"""

import calendar
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from casework.cases.models import HelpCase
from casework.directory.queries import districts, parameter, working_days
from casework.ledger.figures import cells_as_of, subjects_between
from casework.ledger.models import Movement
from casework.lib import clock
from casework.lib.calendar import days_of
from evaluation.reporting.ledger_month import ledger_month
from evaluation.reporting.queries import targets_on
from evaluation.reporting.weekly import one_decimal, rank_of, rate_of
from evaluation.scoring.models import Finding, SampleDraw, ScoreSheet
from evaluation.states import Grade

Month = dict[str, Any]
COUNTED: Final = ("referred", "completed", "evaluated", "orders_issued", "orders_closed")
STOCKS: Final = ("in_help", "orders_overdue")
# A percentage of fewer answers would speak of single people (evaluation report, 6.3).
LEAST_ANSWERS: Final = 5
SATISFIED: Final = 4


def compile_month(month: str) -> Month:
    """Everything the bulletin of a month says, as plain values."""
    first, last = days_of(month)
    names = {division.code: division.name for division in districts()}
    progress = _progress(first, last, names)
    cases = _evaluated(first, last)
    ledger = [row | {"name": names.get(row["district"], "")} for row in ledger_month(month)]
    return {
        "month": month,
        "as_of": last.isoformat(),
        "gap_points": int(parameter("progress_gap_points", last)),
        "progress": progress,
        "evaluation": _evaluation(month, cases, names),
        "findings": _findings(cases, names),
        "ledger": ledger,
        "rectification": {
            "summoned": sorted({row["name"] for row in ledger if row["level"] >= 3}),
        },
    }


def behind(month: str, key: str, district: str | None) -> tuple[str, list[Any]]:
    """The figure and the subjects that a number of the bulletin counts, by its column.

    A column that ends in `_month` counts what moved within the month, another what stood at its
    end.
    """
    first, last = days_of(month)
    figure = key.removesuffix("_month")
    is_of_month = key.endswith("_month") or key == "scored"
    figure = "evaluated" if key == "scored" else figure
    since = _end_of(first - timedelta(days=1)) if is_of_month else None
    found = subjects_between(
        figure, until=_end_of(last), since=since, year=last.year, district=district
    )
    return figure, found


def is_due(month: str, today: date) -> bool:
    """Whether the working day has come on which the bulletin of a month is drafted."""
    _first, last = days_of(month)
    return today >= working_days().add(last, int(parameter("bulletin_working_day", today)))


def _end_of(day: date) -> datetime:
    return clock.start_of(day + timedelta(days=1)) - timedelta(microseconds=1)


def _progress(first: date, last: date, names: Mapping[str, str]) -> dict[str, Any]:
    """Per district what the year has brought and what of it this month did."""
    now = _sums(last, last.year)
    before = _sums(first - timedelta(days=1), last.year) if first.month > 1 else {}
    targets = targets_on(last, last.year)
    days = Fraction(last.timetuple().tm_yday, 366 if calendar.isleap(last.year) else 365)
    least = days - Fraction(int(parameter("progress_gap_points", last)), 100)
    rows = [
        _district(code, names.get(code, code), targets.get(code, 0), now, before)
        for code in sorted(names.keys() | targets.keys() | {code for code, _figure in now})
    ]
    rates = [rate_of(row) for row in rows]
    for row, rate in zip(rows, rates, strict=True):
        row["rank"] = rank_of(rate, rates)
        row["is_behind"] = rate is not None and rate < least
        _measure(row, days)
    total: dict[str, Any] = {
        key: sum(row[key] for row in rows)
        for key in ("target", *STOCKS, *COUNTED, *(f"{name}_month" for name in COUNTED))
    }
    _measure(total, days)
    return {"rows": rows, "total": total | {"code": "", "name": "", "rank": None}}


def _sums(day: date, year: int) -> dict[tuple[str, str], int]:
    """By district and figure, what stood in a year's books at the end of a day."""
    found: Counter[tuple[str, str]] = Counter()
    kept = cells_as_of(_end_of(day), (*COUNTED, *STOCKS), year=year)
    for (figure, district, _line), cell in kept.items():
        found[district, figure] += int(cell.closing)
    return dict(found)


def _district(
    code: str,
    name: str,
    target: int,
    now: Mapping[tuple[str, str], int],
    before: Mapping[tuple[str, str], int],
) -> dict[str, Any]:
    row: dict[str, Any] = {"code": code, "name": name, "target": target}
    for figure in STOCKS:
        row[figure] = now.get((code, figure), 0)
    for figure in COUNTED:
        row[figure] = now.get((code, figure), 0)
        row[f"{figure}_month"] = row[figure] - before.get((code, figure), 0)
    return row


def _measure(row: dict[str, Any], days: Fraction) -> None:
    """The rate, and by how many points it runs before or behind the calendar."""
    rate = rate_of(row)
    row["rate"] = None if rate is None else one_decimal(rate * 100)
    row["gap"] = None if rate is None else one_decimal((rate - days) * 100)


def _evaluated(first: date, last: date) -> dict[int, str]:
    """The cases that the books count as evaluated in a month, with their district."""
    rows = Movement.objects.filter(
        figure="evaluated",
        subject_type="case",
        moment__gte=clock.start_of(first),
        moment__lte=_end_of(last),
    ).order_by("pk")
    net: defaultdict[int, int] = defaultdict(int)
    where: dict[int, str] = {}
    for case, district, amount in rows.values_list("subject_id", "district", "amount"):
        net[case] += int(amount)
        where[case] = district
    return {case: district for case, district in where.items() if net[case] > 0}


def _evaluation(month: str, cases: Mapping[int, str], names: Mapping[str, str]) -> dict[str, Any]:
    """Per district: the draw, the scores and grades, and how satisfied people were."""
    sheets = {
        case: (total, grade)
        for case, total, grade in ScoreSheet.objects.results()
        .filter(case__in=cases)
        .values_list("case", "total", "grade")
    }
    answers = dict(
        HelpCase.objects.filter(pk__in=cases, satisfaction__isnull=False).values_list(
            "pk", "satisfaction"
        )
    )
    draws = {row.district_id: row for row in SampleDraw.objects.filter(month=month)}
    rows = []
    for code in sorted(set(cases.values()) | draws.keys()):
        own = [case for case, district in cases.items() if district == code]
        draw = draws.get(code)
        told = scores_of([sheets[case] for case in own if case in sheets])
        told |= _satisfaction([answers[case] for case in own if case in answers])
        told |= {"population": draw.population if draw else 0, "sample": draw.size if draw else 0}
        rows.append({"code": code, "name": names.get(code, code), **told})
    total = scores_of(list(sheets.values())) | _satisfaction(list(answers.values()))
    total |= {key: sum(row[key] for row in rows) for key in ("population", "sample")}
    return {"rows": rows, "total": total}


def scores_of(sheets: Sequence[tuple[Decimal, str]]) -> dict[str, Any]:
    """How many were scored, the mean, and how many of each grade, from totals and grades."""
    grades = Counter(grade for _total, grade in sheets)
    total = sum((score for score, _grade in sheets), Decimal(0))
    mean = one_decimal(Fraction(total) / len(sheets)) if sheets else None
    return {"scored": len(sheets), "mean": mean} | {grade.value: grades[grade] for grade in Grade}


def _satisfaction(answers: list[int]) -> dict[str, Any]:
    """How many answered, and the share of the satisfied where enough did."""
    satisfied = sum(answer >= SATISFIED for answer in answers)
    enough = len(answers) >= LEAST_ANSWERS
    share = one_decimal(Fraction(satisfied * 100, len(answers))) if enough else None
    return {"answers": len(answers), "satisfied": share}


def _findings(cases: Mapping[int, str], names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Problems by code, the most frequent first: how many, in which districts, never whose."""
    rows = Finding.objects.filter(case__in=cases)
    count: Counter[tuple[str, str]] = Counter()
    where: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for code, title, case in rows.values_list("code__code", "code__title", "case"):
        count[code, title] += 1
        where[code, title].add(cases[case])
    return [
        {
            "code": code,
            "title": title,
            "count": number,
            "share": one_decimal(Fraction(number * 100, count.total())),
            "districts": _named(where[code, title], names),
        }
        for (code, title), number in sorted(count.items(), key=lambda one: (-one[1], one[0]))
    ]


def _named(codes: Iterable[str], names: Mapping[str, str]) -> list[str]:
    return [names.get(code, code) for code in sorted(codes)]
