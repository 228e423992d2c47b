"""How districts, streets, providers and evaluators stand: scores, problems and rectification.

Read of the results that were confirmed within a year, each reader within their own scope. What
is proposed here decides nothing: a person does (DOMAIN: performance evaluation, product default).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from django.db.models import Avg, Count, F, Max, Q, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Coalesce, StrIndex, Substr, TruncMonth

from casework.directory.models import Division, Organisation
from casework.directory.queries import parameter
from casework.lib import clock
from casework.staff.models import Role, User
from casework.staff.scope import Reach, lies_in
from evaluation.rectification.models import RectificationOrder
from evaluation.reporting.weekly import one_decimal
from evaluation.scoring.models import Finding, ScoreSheet
from evaluation.scoring.states import SheetKind
from evaluation.states import Grade

YEAR: Final = timedelta(days=365)
# Of fewer sheets a mean says nothing about a unit.
FEW: Final = 5
# Fewer than so many, and an evaluator's mean may differ by the draw alone.
LEAST_TO_COMPARE: Final = 10
FORGED: Final = "F06"
_GRADES: Final = {grade.value: Count("pk", filter=Q(grade=grade)) for grade in Grade}
# A sheet that was settled is told when the settled one is confirmed.
_TOLD: Final = Coalesce("confirmed_at", "superseded_by__confirmed_at")
_STRATUM: Final = F("case__sampled__stratum")
# The provider stands in the stratum from which the case was drawn, after the line.
_KEYS: Final[Mapping[str, Any]] = {
    "districts": F("case__handling_district"),
    "streets": F("case__handling_street"),
    "providers": Substr(_STRATUM, StrIndex(_STRATUM, Value("|")) + 1),
    "evaluators": Cast("evaluator", CharField()),
}
KINDS: Final = tuple(_KEYS)
_ORDER_KEYS: Final = {"districts": "district", "streets": "street", "providers": "provider"}


@dataclass
class Unit:
    """One unit's year: how many were scored, how, and what was ordered."""

    key: str
    name: str
    scored: int = 0
    mean: float | None = None
    grades: dict[str, int] = field(default_factory=dict)
    problems: int = 0
    forged: int = 0
    orders: int = 0
    open_orders: int = 0
    overdue: int = 0
    # From the mean of all others, in points; evaluators only.
    apart: float | None = None

    @property
    def poor_share(self) -> float | None:
        """The share of poor cases in per cent; none where nothing was scored."""
        if not self.scored:
            return None
        return one_decimal(Fraction(100 * self.grades.get(Grade.POOR, 0), self.scored))


def sheets_within(kind: str, reach: Reach, reader: User, on: date) -> QuerySet[ScoreSheet]:
    """The confirmed results of a year that count towards figures the reader may know.

    An evaluator is known by the own sheet, also where the lead settled another score.
    """
    sheets = ScoreSheet.objects.all()
    chosen = sheets.filter(kind=SheetKind.FIRST) if kind == "evaluators" else sheets.results()
    rows = chosen.alias(told=_TOLD, provider=_KEYS["providers"]).filter(
        told__gte=clock.start_of(on - YEAR)
    )
    if reach.has(Role.CA, Role.AU):
        return rows
    seen = Q(pk__in=[])
    for code in reach.divisions(Role.DS, Role.SH, Role.CW):
        seen |= lies_in(code, street="case__handling_street", district="case__handling_district")
    if bodies := reach.organisations(Role.LE):
        seen |= Q(organisation__in=bodies)
    if own := reach.organisations(Role.PR):
        seen |= Q(provider__in=[str(pk) for pk in own])
    return rows.filter(seen)


def kinds_for(reach: Reach) -> tuple[str, ...]:
    """The kinds of unit that a reader compares; a provider reads of itself alone."""
    if reach.has(Role.CA, Role.AU, Role.DS):
        return KINDS
    if reach.has(Role.LE):
        return ("districts", "providers", "evaluators")
    if reach.has(Role.SH, Role.CW):
        return ("streets", "providers")
    return ("providers",)


def units(kind: str, sheets: QuerySet[ScoreSheet], on: date) -> list[Unit]:
    """Every unit of a kind of which something was scored, the lowest mean first."""
    rows: Iterable[Any] = (
        sheets.annotate(key=_KEYS[kind])
        .order_by()
        .values("key")
        .annotate(scored=Count("pk"), mean=Avg("total"), **_GRADES)
    )
    found = {
        row["key"]: Unit(
            row["key"],
            "",
            row["scored"],
            _points(row["mean"]),
            {grade: row[grade] for grade in _GRADES},
        )
        for row in rows
        if row["key"] and row["key"] != "-"
    }
    _add_problems(kind, sheets, found)
    _add_orders(kind, sheets, found, on)
    if kind == "evaluators":
        _compare(list(found.values()))
    for key, name in names_of(kind, found).items():
        found[key].name = name
    return sorted(found.values(), key=lambda one: (one.mean is None, one.mean, one.name))


def _points(mean: Decimal | float | None) -> float | None:
    return None if mean is None else one_decimal(Fraction(mean))


def _add_problems(kind: str, sheets: QuerySet[ScoreSheet], found: Mapping[str, Unit]) -> None:
    keys = dict(sheets.annotate(key=_KEYS[kind]).order_by().values_list("pk", "key"))
    rows = Finding.objects.filter(sheet__in=sheets.order_by().values("pk"))
    for sheet, code in rows.values_list("sheet", "code__code"):
        unit = found.get(keys[sheet])
        if unit is not None:
            unit.problems += 1
            unit.forged += code == FORGED


def _add_orders(
    kind: str, sheets: QuerySet[ScoreSheet], found: Mapping[str, Unit], on: date
) -> None:
    column = _ORDER_KEYS.get(kind)
    if column is None:
        return
    for row in _orders(sheets).values_list(column, "closed_at", "overdue_since"):
        unit = found.get(str(row[0]))
        if unit is not None:
            unit.orders += 1
            unit.open_orders += row[1] is None
            unit.overdue += row[1] is None and row[2] is not None and row[2] <= on


def _orders(sheets: QuerySet[ScoreSheet]) -> QuerySet[RectificationOrder]:
    """The orders that came of some sheets."""
    of_sheets = Q(items__finding__sheet__in=sheets.order_by().values("pk"))
    numbers = RectificationOrder.objects.filter(of_sheets).values("pk")
    orders: QuerySet[RectificationOrder] = RectificationOrder.objects.filter(pk__in=numbers)
    return orders


def _compare(evaluators: list[Unit]) -> None:
    """How far each evaluator's mean lies from that of all the others together."""
    for one in evaluators:
        others = [other for other in evaluators if other is not one and other.mean is not None]
        count = sum(other.scored for other in others)
        if one.mean is None or one.scored < LEAST_TO_COMPARE or count < LEAST_TO_COMPARE:
            continue
        total = sum((Fraction(str(other.mean)) * other.scored for other in others), Fraction(0))
        one.apart = one_decimal(Fraction(str(one.mean)) - total / count)


def names_of(kind: str, keys: Iterable[str]) -> dict[str, str]:
    """What the units are called, by key."""
    wanted = list(keys)
    if kind in ("districts", "streets"):
        rows = Division.objects.filter(code__in=wanted).select_related("parent")
        above = kind == "streets"
        return {
            row.code: f"{row.parent.name if above and row.parent else ''}{row.name}" for row in rows
        }
    numbers = [int(key) for key in wanted if key.isdecimal()]
    if kind == "providers":
        return {str(row.pk): str(row) for row in Organisation.objects.filter(pk__in=numbers)}
    return {str(row.pk): str(row) for row in User.objects.filter(pk__in=numbers)}


class Lines(NamedTuple):
    """From where on figures ask a person to look: poor cases in per cent, points apart."""

    poor: int
    apart: int

    @classmethod
    def on(cls, day: date) -> "Lines":
        """The lines in force on a day."""
        return cls(
            int(parameter("provider_poor_share", day)),
            int(parameter("evaluator_drift_points", day)),
        )


def proposals(kind: str, unit: Unit, lines: Lines) -> list[str]:
    """What the figures of a unit ask a person to decide, by code: SUSPEND, DRIFT."""
    share = unit.poor_share or 0
    is_poor = unit.forged > 0 or (unit.scored >= FEW and share >= lines.poor)
    if kind == "providers" and is_poor:
        return ["SUSPEND"]
    if kind == "evaluators" and unit.apart is not None and abs(unit.apart) > lines.apart:
        return ["DRIFT"]
    return []


def months_of(sheets: QuerySet[ScoreSheet]) -> list[dict[str, Any]]:
    """The scores of a unit month by month, the earliest first."""
    rows = (
        sheets.annotate(month=TruncMonth(_TOLD))
        .order_by("month")
        .values("month")
        .annotate(scored=Count("pk"), mean=Avg("total"), **_GRADES)
    )
    return [
        {**row, "month": f"{clock.local_date(row['month']):%Y-%m}", "mean": _points(row["mean"])}
        for row in rows
    ]


def problems_of(sheets: QuerySet[ScoreSheet]) -> list[dict[str, Any]]:
    """The problems of a unit by code; `again` where one came back after it had been put right."""
    rows = Finding.objects.filter(sheet__in=sheets.order_by().values("pk"))
    counted = (
        rows.order_by()
        .values("code__code", "code__title", "code__severity")
        .annotate(
            count=Count("pk"),
            cases=Count("case", distinct=True),
            last=Max(Coalesce("sheet__confirmed_at", "sheet__superseded_by__confirmed_at")),
            righted=Count("pk", filter=Q(struck_off_on__isnull=False)),
        )
        .order_by("-count", "code__code")
    )
    return [
        {
            "code": row["code__code"],
            "title": row["code__title"],
            "severity": row["code__severity"],
            "count": row["count"],
            "cases": row["cases"],
            "righted": row["righted"],
            "last": clock.local_date(row["last"]),
            "again": _came_back(rows.filter(code__code=row["code__code"])),
        }
        for row in counted
    ]


def _came_back(rows: QuerySet[Finding]) -> bool:
    """Found anew after an earlier one of the same kind had been struck off."""
    righted = [day for day in rows.values_list("struck_off_on", flat=True) if day is not None]
    if not righted:
        return False
    return rows.filter(sheet__confirmed_at__gt=clock.start_of(min(righted) + timedelta(1))).exists()


def one_unit(kind: str, key: str, sheets: QuerySet[ScoreSheet]) -> QuerySet[ScoreSheet]:
    """The sheets of one unit of a kind."""
    return sheets.annotate(key=_KEYS[kind]).filter(key=key)


def orders_of_unit(sheets: QuerySet[ScoreSheet]) -> QuerySet[RectificationOrder]:
    """The orders that came of a unit's sheets, the latest first."""
    return _orders(sheets).select_related("street", "provider").order_by("-issued_at", "-pk")
