"""What a scheme holds, as plain values: read from a published one, checked before another is.

A scheme is worth a hundred points; every rule must be able to give its points; every finding code
in force must touch indicators that the scheme has (DOMAIN: indicators and finding codes).
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _

from casework.lib.numbers import number_in
from evaluation.models import IndicatorScheme
from evaluation.scheme import finding_codes_on
from evaluation.states import Grade, RuleKind

Content = dict[str, Any]
FULL: Final = Decimal(100)
MOST_INDICATORS: Final = 60
_CODE: Final = re.compile(r"[A-Z]\d{1,2}")
_VETO: Final = re.compile(r"[A-Z][A-Z_]{1,23}")
_TENTH: Final = Decimal("0.1")


def content_of(scheme: IndicatorScheme) -> Content:
    """The content of a published scheme, to begin another from."""
    return {
        "indicators": [
            {
                "code": row.code,
                "level1": row.level1,
                "level1_title": row.level1_title,
                "title": row.title,
                "points": f"{row.points.normalize():f}",
                "rule": row.rule,
            }
            for row in scheme.indicators.order_by("order")
        ],
        "bands": {row.grade: f"{row.minimum.normalize():f}" for row in scheme.bands.all()},
        "vetoes": [{"code": row.code, "title": row.title} for row in scheme.vetoes.all()],
    }


def faults_of(content: Content, on: date) -> list[str]:
    """Everything that keeps a content from being published with effect from a day."""
    rows = content["indicators"]
    return [
        *_faults_of_rows(rows),
        *(fault for row in rows for fault in _faults_of_rule(row)),
        *_faults_of_bands(content["bands"]),
        *_faults_of_vetoes(content["vetoes"]),
        *_faults_of_codes({row["code"] for row in rows}, on),
    ]


def _faults_of_rows(rows: list[Mapping[str, Any]]) -> Iterator[str]:
    if not 0 < len(rows) <= MOST_INDICATORS:
        yield _("A scheme has between 1 and %(most)d indicators.") % {"most": MOST_INDICATORS}
    for code, count in Counter(row["code"] for row in rows).items():
        if not _CODE.fullmatch(code):
            yield _("%(code)s: a code is a capital letter and a number.") % {"code": code}
        if count > 1:
            yield _("%(code)s stands there twice.") % {"code": code}
    for row in rows:
        if not row["code"].startswith(row["level1"]):
            yield _("%(code)s does not belong to first level %(level)s.") % {
                "code": row["code"],
                "level": row["level1"],
            }
    worth = [number_in(row["points"]) for row in rows]
    total = sum((points for points in worth if points is not None), Decimal(0))
    if any(points is None or points <= 0 or points % _TENTH for points in worth):
        yield _("Points are more than nothing, with one decimal at most.")
    elif total != FULL:
        yield _("The indicators are worth %(total)s points together, not 100.") % {
            "total": f"{total.normalize():f}"
        }


def _faults_of_rule(row: Mapping[str, Any]) -> Iterator[str]:
    """Whether the rule can give every point of its indicator and nothing above."""
    rule, most, code = row["rule"], number_in(row["points"]), row["code"]
    kind = rule.get("kind")
    if kind not in RuleKind.values or most is None:
        yield _("%(code)s: choose how it is judged.") % {"code": code}
        return
    if kind == RuleKind.DEDUCT:
        per = number_in(rule.get("per"))
        if per is None or not 0 < per <= most:
            yield _("%(code)s: say how many points each fault takes off.") % {"code": code}
    elif kind == RuleKind.BAND:
        marks = [number_in(mark) for mark in rule.get("marks", [])]
        if not _falls(marks, most):
            yield _("%(code)s: the marks fall from all points to the least.") % {"code": code}
    elif kind == RuleKind.STEPS:
        least = [number_in(step[0]) for step in rule.get("steps", [])]
        worth = [number_in(step[1]) for step in rule.get("steps", [])]
        if not _falls(worth, most) or not _falls(least, Decimal(1)) or least[-1] != 0:
            yield _("%(code)s: the steps fall from 1 to 0, and their points with them.") % {
                "code": code
            }


def _falls(values: list[Decimal | None], first: Decimal) -> bool:
    """Numbers from the first downwards, each less than the one before."""
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return False
    pairs = zip(known, known[1:], strict=False)
    return known[0] == first and all(one > other for one, other in pairs)


def _faults_of_bands(bands: Mapping[str, str]) -> Iterator[str]:
    order = [number_in(bands.get(grade)) for grade in Grade]
    known = [minimum for minimum in order if minimum is not None]
    falls = all(one > other for one, other in zip(known, known[1:], strict=False))
    if len(known) < len(order) or not falls or known[-1] != 0 or known[0] > FULL:
        yield _("The grades begin one below the other, the last one at 0.")


def _faults_of_vetoes(vetoes: list[Mapping[str, str]]) -> Iterator[str]:
    for code, count in Counter(row["code"] for row in vetoes).items():
        if not _VETO.fullmatch(code):
            yield _("%(code)s: a veto's code is in capital letters.") % {"code": code}
        if count > 1:
            yield _("%(code)s stands there twice.") % {"code": code}


def _faults_of_codes(indicators: set[str], on: date) -> Iterator[str]:
    """A finding that touches an indicator which is not there could not be put right."""
    for code, row in sorted(finding_codes_on(on).items()):
        lost = sorted(set(row.indicators) - indicators)
        if lost:
            yield _("Finding code %(code)s touches %(lost)s, which the scheme lacks.") % {
                "code": code,
                "lost": "、".join(lost),
            }
