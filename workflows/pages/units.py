"""The scores of units as pages: a table of all of one kind, and one unit's year."""

from datetime import date
from typing import Any, Final

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evaluation.rectification.models import RectificationOrder
from evaluation.reporting import units
from evaluation.reporting.units import FEW, Lines, Unit
from evaluation.scoring.models import ScoreSheet
from evaluation.states import Grade, Severity
from workflows.pages.words import ORDER_TONES, Words

TITLES: Final[dict[str, Words]] = {
    "districts": gettext_lazy("Districts"),
    "streets": gettext_lazy("Streets"),
    "providers": gettext_lazy("Providers"),
    "evaluators": gettext_lazy("Evaluators"),
}
PROPOSALS: Final[dict[str, Words]] = {
    "SUSPEND": gettext_lazy("Consider suspending this provider"),
    "DRIFT": gettext_lazy("Scores apart from all others"),
}
_SEVERITY_TONES: Final = {"GREEN": "plain", "AMBER": "warn", "RED": "late", "VETO": "late"}
_ORDERS_SHOWN: Final = 20


def rows_of(kind: str, sheets: QuerySet[ScoreSheet], on: date) -> list[dict[str, Any]]:
    """Every unit of a kind, with what its figures propose."""
    lines = Lines.on(on)
    return [
        {
            "unit": unit,
            "url": reverse("unit_page", args=[kind, unit.key]),
            "grades": [unit.grades[grade.value] for grade in Grade],
            "few": unit.scored < FEW,
            "proposals": [PROPOSALS[code] for code in units.proposals(kind, unit, lines)],
        }
        for unit in units.units(kind, sheets, on)
    ]


def unit_context(kind: str, unit: Unit, sheets: QuerySet[ScoreSheet], on: date) -> dict[str, Any]:
    """One unit's year: months, problems, orders."""
    orders = units.orders_of_unit(sheets) if kind != "evaluators" else None
    return {
        "kind": kind,
        "kind_title": TITLES[kind],
        "unit": unit,
        "few": unit.scored < FEW,
        "proposals": [_told(code, unit) for code in units.proposals(kind, unit, Lines.on(on))],
        "grades": [(grade.label, unit.grades[grade.value]) for grade in Grade],
        "months": [
            {**row, "grades": [row[grade.value] for grade in Grade]}
            for row in units.months_of(sheets)
        ],
        "grade_names": [grade.label for grade in Grade],
        "problems": [
            {
                **row,
                "severity": Severity(row["severity"]).label,
                "tone": _SEVERITY_TONES[row["severity"]],
            }
            for row in units.problems_of(sheets)
        ],
        "orders": [_order(row) for row in orders[:_ORDERS_SHOWN]] if orders is not None else [],
        "has_orders": orders is not None,
        "more_orders": max(0, unit.orders - _ORDERS_SHOWN),
        "crumbs": [
            (_("Scores of units"), reverse("unit_list")),
            (TITLES[kind], f"{reverse('unit_list')}?kind={kind}"),
            (unit.name, ""),
        ],
    }


def _told(code: str, unit: Unit) -> Words:
    """A proposal with the figures it rests on."""
    if code == "DRIFT":
        return _("%(what)s: %(apart)+.1f points over %(count)d sheets.") % {
            "what": PROPOSALS[code], "apart": unit.apart, "count": unit.scored,
        }  # fmt: skip
    return _("%(what)s: %(poor)s %% poor of %(count)d cases, %(forged)d forged.") % {
        "what": PROPOSALS[code], "poor": unit.poor_share, "count": unit.scored,
        "forged": unit.forged,
    }  # fmt: skip


def _order(order: RectificationOrder) -> dict[str, Any]:
    return {
        "url": reverse("order_page", args=[order.pk]),
        "number": order.number_base,
        "unit": str(order.provider or order.street),
        "issued_at": order.issued_at,
        "round": order.round,
        "level": order.escalation_level,
        "state": order.get_state_display(),
        "tone": ORDER_TONES.get(order.state, "info"),
        "overdue": order.closed_at is None and order.overdue_since is not None,
    }
