"""Scores of units: districts, streets, providers and evaluators, each within the reader's scope."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.lib import clock
from casework.lib.errors import NotFound
from casework.staff.rows import as_engine
from casework.staff.scope import reach_of
from evaluation.reporting import units
from workflows.pages.units import TITLES, rows_of, unit_context
from workflows.shell import UNIT_READERS
from workflows.views.common import person, require_role


@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    """Every unit of a kind with its year, the lowest mean first."""
    require_role(request, *UNIT_READERS)
    user, today = person(request), clock.today()
    reach = reach_of(user, today)
    kinds = units.kinds_for(reach)
    kind = request.GET.get("kind", kinds[0])
    if kind not in kinds:
        raise NotFound(_("There is no such list."))
    # Sums within the reader's own scope; rows of single cases are not shown.
    with as_engine(to_read=True):
        rows = rows_of(kind, units.sheets_within(kind, reach, user, today), today)
    context = {
        "kind": kind,
        "kinds": [(code, TITLES[code], code == kind) for code in kinds],
        "rows": rows,
        "with_orders": kind != "evaluators",
        "empty": {
            "title": _("Nothing scored yet"),
            "text": _("Units appear here once a result of theirs is confirmed."),
        },
    }
    return render(request, "units/list.html", context)


@require_safe
def unit_page(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """One unit's year: scores by month, problems by code, orders."""
    require_role(request, *UNIT_READERS)
    user, today = person(request), clock.today()
    reach = reach_of(user, today)
    if kind not in units.kinds_for(reach):
        raise NotFound(_("There is no such list."))
    with as_engine(to_read=True):
        within = units.sheets_within(kind, reach, user, today)
        found = {unit.key: unit for unit in units.units(kind, within, today)}
        if key not in found:
            raise NotFound(_("Nothing of this unit lies within your scope."))
        sheets = units.one_unit(kind, key, within)
        context = unit_context(kind, found[key], sheets, today)
    return render(request, "units/page.html", context)
