"""What a drafted scheme would have made of past results: grades before and after, in sums."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from casework.lib import clock
from evaluation.reporting.units import YEAR
from evaluation.reporting.weekly import one_decimal
from evaluation.scheme import SchemeRules
from evaluation.scheme_content import Content
from evaluation.scoring.arithmetic import grade_of, total_of
from evaluation.scoring.models import ScoreSheet
from evaluation.states import Grade


@dataclass(frozen=True)
class Preview:
    """Results of a year, as they were and as they would have been."""

    sheets: int
    left_out: int
    before: float | None
    after: float | None
    # Grade before, grade after, how many; those that stay the same included.
    moves: list[tuple[str, str, int]]

    @property
    def changed(self) -> int:
        return sum(count for before, after, count in self.moves if before != after)


def preview(content: Content, on: date) -> Preview:
    """Score the results of a year under a draft: the share of each indicator's points is kept.

    An indicator that a sheet does not have does not apply to it; a sheet that shares none with the
    draft is left out.
    """
    rules, moves = _rules(content), Counter[tuple[str, str]]()
    totals: list[tuple[Decimal, Decimal]] = []
    left_out = 0
    sheets = ScoreSheet.objects.results().filter(confirmed_at__gte=clock.start_of(on - YEAR))
    worths: dict[int, dict[str, Decimal]] = {}
    for sheet in sheets.select_related("scheme"):
        if sheet.scheme_id not in worths:
            worths[sheet.scheme_id] = dict(sheet.scheme.indicators.values_list("code", "points"))
        points = _carried(sheet.points, worths[sheet.scheme_id], rules)
        if all(value is None for value in points.values()):
            left_out += 1
            continue
        total = total_of(rules, points)
        grade = grade_of(rules, total, set(sheet.veto) & rules.vetoes)
        moves[sheet.grade, grade.value] += 1
        totals.append((sheet.total, total))
    order = list(Grade.values)
    told = sorted(moves.items(), key=lambda one: (order.index(one[0][0]), order.index(one[0][1])))
    return Preview(
        sheets=len(totals),
        left_out=left_out,
        before=_mean([before for before, _after in totals]),
        after=_mean([after for _before, after in totals]),
        moves=[(before, after, count) for (before, after), count in told],
    )


def _rules(content: Content) -> SchemeRules:
    rows: list[dict[str, Any]] = content["indicators"]
    bands = sorted(
        ((Decimal(minimum), Grade(grade)) for grade, minimum in content["bands"].items()),
        reverse=True,
    )
    return SchemeRules(
        points={row["code"]: Decimal(row["points"]) for row in rows},
        bands=tuple(bands),
        vetoes=frozenset(row["code"] for row in content["vetoes"]),
        level1={row["code"]: row["level1"] for row in rows},
        rules={row["code"]: row["rule"] for row in rows},
    )


def _carried(
    points: dict[str, Any], worth: dict[str, Decimal], rules: SchemeRules
) -> dict[str, Decimal | None]:
    """The points of a sheet, each as its share of what the draft makes the indicator worth."""
    return {
        code: None if points.get(code) is None else Decimal(str(points[code])) * most / worth[code]
        for code, most in rules.points.items()
    }


def _mean(totals: list[Decimal]) -> float | None:
    return one_decimal(Fraction(sum(totals, Decimal(0))) / len(totals)) if totals else None
