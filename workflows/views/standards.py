"""The dated standard lines, and whom each concerns."""

from collections import Counter
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.cases.line_changes import BELOW, concerned, line_before
from casework.cases.models import HelpCase, Recalculation
from casework.cases.queries import visible_to
from casework.cases.recalculation import recalculate
from casework.cases.states import MeansBand
from casework.directory.models import Division
from casework.households.models import StandardLine
from casework.ledger.act import open_books
from casework.ledger.reading import note_list
from casework.lib import clock
from casework.lib.errors import NotFound
from casework.lib.keyset import key_page
from casework.staff.models import Role
from casework.staff.rows import as_engine
from casework.staff.scope import Reach, reach_of
from workflows.pages.tasks import knows_names, name_of
from workflows.pages.words import Words, unit_names
from workflows.views.common import person, require_role

READERS = frozenset({Role.CW, Role.SH, Role.DS, Role.CA})


@require_safe
def standard_list(request: HttpRequest) -> HttpResponse:
    """Every line that is published, and to the city also what waits to be."""
    require_role(request, *READERS)
    context = {"lines": [_line(row) for row in _lines(request)]}
    return render(request, "cases/standards.html", context)


@require_safe
def standard_effect(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom one line concerns within the reader's reach: by district, and case by case."""
    require_role(request, *READERS)
    line = next((row for row in _lines(request) if row.pk == pk), None)
    if line is None:
        raise NotFound(_("There is no such line."))
    today, user = clock.today(), person(request)
    cases = concerned(line, visible_to(user, today))
    page = key_page(request.GET, cases.select_related("person", "household__head"), ("pk",))
    note_list(request, "case", (row.pk for row in page.rows))
    reach = reach_of(user, today)
    named = knows_names(reach)
    streets = unit_names(row.handling_street for row in page.rows)
    before = line_before(line)
    context = {
        "line": _line(line),
        "before": _line(before) if before else None,
        "districts": _by_district(cases),
        "page": page,
        "query": "",
        "report": _report(line, reach),
        "recalculate_url": reverse("standard_recalculate", args=[pk]),
        "may_recalculate": _may_recalculate(line, reach, today),
        "cases": [_case(row, streets, named=named) for row in page.rows],
        "crumbs": [(_("Standards"), reverse("standard_list")), (str(line), "")],
        "empty": {
            "title": _("Nobody comes out otherwise"),
            "text": _("No open case within your scope changes under this line."),
        },
    }
    return render(request, "cases/standard.html", context)


@require_POST
def standard_recalculate(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare every open household of the city with a line that is in force, once."""
    require_role(request, Role.CA)
    line = next((row for row in _lines(request) if row.pk == pk), None)
    if line is None:
        raise NotFound(_("There is no such line."))
    with as_engine(), open_books("recalculate", by=person(request)) as books:
        run = recalculate(line, books)
        books.close(("standard", line.pk), from_state="", to_state="")
    messages.success(
        request,
        _("%(compared)d households compared, %(changed)d come out otherwise.")
        % {"compared": run.compared, "changed": run.changed},
    )
    return redirect("standard_effect", pk=pk)


def _report(line: StandardLine, reach: Reach) -> dict[str, Any] | None:
    """What the recalculation under a line found, within the reader's reach."""
    run = Recalculation.objects.select_related("started_by").filter(line=line).first()
    if run is None:
        return None
    districts = {division[:6] for division in reach.divisions()}
    rows = [row for row in run.report if reach.has(Role.CA) or row["district"] in districts]
    names = unit_names(row["district"] for row in rows)
    return {
        "day": run.done_at,
        "by": str(run.started_by or ""),
        "compared": run.compared if reach.has(Role.CA) else None,
        "rows": [
            {
                "district": names.get(row["district"], row["district"]),
                "before": _band(row["before"]),
                "after": _band(row["after"]),
                "cases": row["cases"],
            }
            for row in rows
        ],
    }


def _band(code: str) -> Words:
    return MeansBand(code).label if code else _("not compared yet")


def _may_recalculate(line: StandardLine, reach: Reach, today: date) -> bool:
    in_force = not line.is_draft and line.effective_from <= today
    ended = line.effective_to is not None and line.effective_to < today
    return reach.has(Role.CA) and in_force and not ended and not hasattr(line, "recalculation")


def _lines(request: HttpRequest) -> list[StandardLine]:
    rows = StandardLine.objects.order_by("-effective_from", "kind", "-pk")
    if not reach_of(person(request), clock.today()).has(Role.CA):
        rows = rows.filter(is_draft=False)
    return list(rows)


def _line(row: StandardLine) -> dict[str, Any]:
    today = clock.today()
    ended = row.effective_to is not None and row.effective_to < today
    if row.is_draft:
        state, tone = _("waits for a second person"), "warn"
    elif row.effective_from > today:
        state, tone = _("not in force yet"), "info"
    else:
        state, tone = (_("followed by another"), "plain") if ended else (_("in force"), "ok")
    return {
        "url": reverse("standard_effect", args=[row.pk]),
        "kind": row.get_kind_display(),
        "amount": row.amount,
        "since": row.effective_from,
        "until": row.effective_to,
        "doc_no": row.doc_no,
        "source": row.source,
        "state": state,
        "tone": tone,
    }


def _by_district(cases: Any) -> list[dict[str, Any]]:
    counted = Counter(cases.values_list("handling_district", "change"))
    codes = {district for district, _change in counted}
    names = dict(Division.objects.filter(code__in=codes).values_list("code", "name"))
    return [
        {
            "name": names.get(code, code),
            "below": counted[code, BELOW],
            "no_longer": sum(n for (d, c), n in counted.items() if d == code and c != BELOW),
        }
        for code in sorted(codes)
    ]


def _case(row: HelpCase, streets: dict[str, str], *, named: bool) -> dict[str, Any]:
    return {
        "url": reverse("case_page", args=[row.case_no]),
        "case_no": row.case_no,
        "person": name_of(row) if named else "",
        "street": streets.get(row.handling_street, ""),
        "state": row.get_state_display(),
        "figure": f"{row.income_figure:.2f}",
        "below": row.change == BELOW,  # type: ignore[attr-defined]
    }
