"""How far evaluators agree: cases scored twice blind, indicator by indicator."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.directory.queries import parameter
from casework.lib import clock
from casework.staff.rows import as_engine
from casework.staff.scope import reach_of
from evaluation.reporting import agreement as figures
from evaluation.reporting.units import FEW
from workflows.shell import AGREEMENT_READERS
from workflows.views.common import person, require_role


@require_safe
def agreement(request: HttpRequest) -> HttpResponse:
    """Agreement of a year: in total, by indicator, and of each evaluator with their partners."""
    require_role(request, *AGREEMENT_READERS)
    today = clock.today()
    line = int(parameter("evaluator_drift_points", today))
    # Sums alone, within the reader's own bodies; no row of a single case is shown.
    with as_engine(to_read=True):
        pairs = figures.pairs_within(reach_of(person(request), today), today)
        context = {
            "total": figures.in_total(pairs),
            "settled": sum(pair.settled is not None for pair in pairs),
            "rows": figures.by_indicator(pairs),
            "partners": [(row, row.drifts(line)) for row in figures.partners(pairs)],
            "few": FEW,
            "empty": {
                "title": _("Nothing scored twice yet"),
                "text": _("Agreement appears here once cases have been scored by two evaluators."),
            },
        }
    return render(request, "samples/agreement.html", context)
