"""How far evaluators agree: of cases scored twice blind, indicator by indicator and in total.

Agreement in per cent and Cohen's kappa with quadratic weights (Cohen 1968, Psychological Bulletin
70:213), so that two points apart weigh four times as much as one; 1 is perfect, 0 no better than
chance. Of few pairs nothing is said.
"""

import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Prefetch, QuerySet

from casework.lib import clock
from casework.staff.models import Role, User
from casework.staff.scope import Reach
from evaluation.models import Indicator
from evaluation.reporting.units import FEW, YEAR
from evaluation.scoring.models import ScoreSheet
from evaluation.scoring.states import SheetKind


class Pair(NamedTuple):
    """The two sheets of one case, and the lead's where it was settled."""

    first: ScoreSheet
    second: ScoreSheet
    settled: ScoreSheet | None


@dataclass(frozen=True)
class Agreement:
    """One indicator, or the total: how often two evaluators said the same."""

    code: str
    title: str
    pairs: int
    same: float | None
    apart: float | None
    kappa: float | None


@dataclass(frozen=True)
class Partner:
    """One evaluator against whoever scored the same cases: how much higher or lower, on average."""

    person: User
    pairs: int
    apart: float

    def drifts(self, line: int) -> bool:
        """Further from the partners than the line, over enough pairs to say so."""
        return self.pairs >= FEW and abs(self.apart) > line


def pairs_within(reach: Reach, on: date) -> list[Pair]:
    """The cases of a year that were scored twice, of the bodies a reader leads, or all."""
    rows: QuerySet[ScoreSheet] = ScoreSheet.objects.filter(
        kind=SheetKind.SECOND, submitted_at__gte=clock.start_of(on - YEAR)
    )
    if not reach.has(Role.CA, Role.AU):
        rows = rows.filter(organisation__in=reach.organisations(Role.LE))
    others = ScoreSheet.objects.filter(kind__in=(SheetKind.FIRST, SheetKind.SETTLED))
    rows = rows.select_related("case", "evaluator").prefetch_related(
        Prefetch("case__sheets", others.select_related("evaluator"), to_attr="others")
    )
    found = []
    for second in rows.order_by("submitted_at", "pk"):
        beside = {sheet.kind: sheet for sheet in second.case.others}  # type: ignore[attr-defined]
        first = beside.get(SheetKind.FIRST)
        if first is not None:
            found.append(Pair(first, second, beside.get(SheetKind.SETTLED)))
    return found


def by_indicator(pairs: Sequence[Pair]) -> list[Agreement]:
    """Agreement on each indicator of the schemes scored under, in the order of the scheme."""
    said: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
    for pair in pairs:
        for code in pair.first.points:
            said[code].append((pair.first.points[code], pair.second.points.get(code)))
    schemes = {pair.first.scheme_id for pair in pairs}
    titles = {row.code: row.title for row in Indicator.objects.filter(scheme__in=schemes)}
    return [_agreement(code, titles.get(code, code), said[code]) for code in sorted(said)]


def in_total(pairs: Sequence[Pair]) -> Agreement:
    """Agreement on the grade, and how far the totals lie apart."""
    grades = [(pair.first.grade, pair.second.grade) for pair in pairs]
    same = sum(one == other for one, other in grades)
    apart = [abs(pair.first.total - pair.second.total) for pair in pairs]
    order = {"POOR": 0, "FAIR": 1, "GOOD": 2, "EXCELLENT": 3}
    ranks = [(order[one], order[other]) for one, other in grades]
    return Agreement(
        code="",
        title="",
        pairs=len(pairs),
        same=_share(same, len(pairs)),
        apart=_mean(apart),
        kappa=weighted_kappa(ranks),
    )


def partners(pairs: Iterable[Pair]) -> list[Partner]:
    """Each evaluator against their partners, the furthest apart first."""
    apart: dict[User, list[Decimal]] = defaultdict(list)
    for pair in pairs:
        gap = pair.first.total - pair.second.total
        apart[pair.first.evaluator].append(gap)
        apart[pair.second.evaluator].append(-gap)
    rows = [
        Partner(person, len(gaps), round(float(sum(gaps, Decimal(0)) / len(gaps)), 1))
        for person, gaps in apart.items()
    ]
    return sorted(rows, key=lambda row: (-abs(row.apart), str(row.person)))


def _agreement(code: str, title: str, said: Sequence[tuple[Any, Any]]) -> Agreement:
    """Where one held an indicator to apply and the other not, they do not agree."""
    same = sum(one == other for one, other in said)
    both = [(one, other) for one, other in said if one is not None and other is not None]
    apart = [abs(Decimal(str(one)) - Decimal(str(other))) for one, other in both]
    # Hundredths of a point as whole numbers: the steps between them are what is weighed.
    hundredths = [(round(one * 100), round(other * 100)) for one, other in both]
    return Agreement(
        code, title, len(said), _share(same, len(said)), _mean(apart), weighted_kappa(hundredths)
    )


def weighted_kappa(pairs: Sequence[tuple[int, int]]) -> float | None:
    """Cohen's kappa with quadratic weights; None of few pairs, or where all is one value."""
    values = sorted({value for pair in pairs for value in pair})
    if len(pairs) < FEW or len(values) < 2:  # noqa: PLR2004
        return None
    # Imported here: most processes never ask.
    from pycm import ConfusionMatrix

    weight = {one: {other: (one - other) ** 2 for other in values} for one in values}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matrix = ConfusionMatrix([one for one, _other in pairs], [other for _one, other in pairs])
    kappa = matrix.weighted_kappa(weight=weight)
    return None if isinstance(kappa, str) or kappa is None else round(float(kappa), 2)


def _share(part: int, of: int) -> float | None:
    return round(100 * part / of, 1) if of >= FEW else None


def _mean(values: Sequence[Decimal]) -> float | None:
    return round(float(sum(values, Decimal(0)) / len(values)), 1) if values else None
