"""The arithmetic of a score sheet: plain values in, plain values out."""

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from casework.lib.errors import Incomplete
from evaluation.scheme import SchemeRules
from evaluation.states import Grade, RuleKind

TENTH = Decimal("0.1")
HUNDREDTH = Decimal("0.01")
FULL = Decimal(100)

Points = dict[str, Decimal | None]


def half_up(value: Decimal, step: Decimal = TENTH) -> Decimal:
    """Rounded as the office rounds: five goes up."""
    return value.quantize(step, rounding=ROUND_HALF_UP)


def read_points(
    rules: SchemeRules, given: Mapping[str, Any], *, only: Collection[str] | None = None
) -> Points:
    """Points as entered, each within its indicator; None means not applicable.

    With `only`, just those indicators may be given; without it, every indicator must be.
    """
    allowed = set(rules.points) if only is None else set(only)
    faults: dict[str, str] = {}
    points: Points = {}
    for code, value in given.items():
        if code not in rules.points:
            faults[f"points.{code}"] = _("There is no such indicator in the scheme.")
        elif code not in allowed:
            faults[f"points.{code}"] = _("This indicator is not touched by any finding.")
        else:
            points[code] = _read_one(code, value, rules.points[code], faults)
    if only is None:
        for code in rules.points.keys() - given.keys():
            faults[f"points.{code}"] = _("Give points, or mark the indicator as not applicable.")
    if faults:
        raise Incomplete(_("The score sheet is not right yet."), dict(sorted(faults.items())))
    return points


def _read_one(code: str, value: object, most: Decimal, faults: dict[str, str]) -> Decimal | None:
    if value is None:
        return None
    try:
        points = Decimal(str(value))
    except InvalidOperation:
        points = Decimal("NaN")
    if isinstance(value, bool) or not points.is_finite():
        faults[f"points.{code}"] = _("Points are a number.")
    elif not 0 <= points <= most:
        faults[f"points.{code}"] = _("Points lie between 0 and %(most)s.") % {"most": f"{most:g}"}
    elif points != points.quantize(HUNDREDTH):
        faults[f"points.{code}"] = _("Points have two decimals at most.")
    return points


def total_of(rules: SchemeRules, points: Mapping[str, Decimal | None]) -> Decimal:
    """The total out of a hundred: what does not apply is left out and the rest rescaled."""
    applicable = {code: value for code, value in points.items() if value is not None}
    worth = sum((rules.points[code] for code in applicable), Decimal(0))
    if not worth:
        raise Incomplete(_("At least one indicator must apply."), {"points": _("Nothing applies.")})
    return half_up(sum(applicable.values(), Decimal(0)) * FULL / worth)


def grade_of(rules: SchemeRules, total: Decimal, veto: Collection[str]) -> Grade:
    """The grade of a total; a veto makes it poor whatever the points."""
    if veto:
        return Grade.POOR
    return next(grade for minimum, grade in rules.bands if total >= minimum)


def points_off(rules: SchemeRules, points: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """What each indicator lost."""
    return {
        code: rules.points[code] - value
        for code, value in points.items()
        if value is not None and value < rules.points[code]
    }


def sums_by_level1(rules: SchemeRules, points: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """Points per first-level indicator, as a printed sheet sums them."""
    sums = {level1: Decimal(0) for level1 in rules.level1.values()}
    for code, value in points.items():
        sums[rules.level1[code]] += value or 0
    return sums


def proposed_points(
    rules: SchemeRules, code: str, measured: Decimal, *, similarity: Decimal = Decimal(0)
) -> Decimal:
    """The points a measurement suggests; the evaluator decides.

    `measured` is the number of faults for a deduction, else a share between 0 and 1.
    """
    most, rule = rules.points[code], rules.rules[code]
    kind = rule["kind"]
    if kind == RuleKind.DEDUCT:
        points = max(Decimal(0), most - measured * Decimal(str(rule["per"])))
    elif kind == RuleKind.STEPS:
        steps = ((Decimal(str(least)), Decimal(str(worth))) for least, worth in rule["steps"])
        points = next(worth for least, worth in steps if measured >= least)
    elif kind == RuleKind.BINARY:
        points = most if measured >= 1 else Decimal(0)
    elif kind == RuleKind.BAND:
        marks = (Decimal(str(mark)) for mark in rule["marks"])
        points = next(mark for mark in marks if mark <= measured * most)
    else:
        points = half_up(min(measured, Decimal(1)) * most, HUNDREDTH)
    if similarity >= Decimal(str(rule.get("cap_when_similarity_from", 2))):
        points = min(points, Decimal(str(rule["cap"])))
    return points


def to_json(points: Mapping[str, Decimal | None]) -> dict[str, float | None]:
    """Points as a stored number: two decimals survive the way there and back."""
    return {code: None if value is None else float(value) for code, value in points.items()}


def from_json(points: Mapping[str, Any]) -> Points:
    """Stored points as exact numbers."""
    return {code: None if value is None else Decimal(str(value)) for code, value in points.items()}
