"""Taking lists out of the house: alone up to a number of rows, beyond it with a second person."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to
from casework.ledger.reading import note_list, noted
from casework.lib import clock
from casework.lib.errors import CaseworkError
from casework.lib.sheets import XLSX
from casework.staff.models import User
from casework.staff.scope import reach_of
from casework.staff.sessions import confirmed_of_late
from workflows import exports
from workflows.exports import EXPORTERS, ExportKind, ExportReason
from workflows.forms.base import DressedForm, choice
from workflows.forms.filters import CaseFilter
from workflows.models import ListExport
from workflows.pages.tasks import knows_names
from workflows.views.common import person, require_role
from workflows.views.lists import Said, filtered

TYPES: Final = {
    ExportKind.XLSX: XLSX,
    ExportKind.CSV: "text/csv; charset=utf-8",
}
FILTERS: Final = ("state", "line", "whose", "q")


class ExportForm(DressedForm):
    """What the list is for, and as what file."""

    reason = choice(gettext_lazy("What it is for"), ExportReason.choices)
    kind = forms.ChoiceField(label=gettext_lazy("File"), choices=ExportKind.choices)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.dress()


class Kept:
    """Filters as they were kept with a request."""

    def __init__(self, values: dict[str, str]) -> None:
        self.values = values

    def said(self, name: str) -> str:
        return self.values.get(name, "")


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_of_late
def case_export(request: HttpRequest) -> HttpResponse:
    """Take out the list of cases as it is filtered, or ask a second person for it."""
    require_role(request, *EXPORTERS)
    filters, user = CaseFilter(request), person(request)
    rows = _cases(user, filters)
    count = rows.count()
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _ask(request, form, filters, count)
    said = form.cleaned_data
    try:
        alone = exports.ensure_within(user, count)
    except CaseworkError as refusal:
        form.add_error(None, refusal.message)
        return _ask(request, form, filters, count)
    chips = [str(chip.label) for chip in filters.chips()]
    if alone:
        return _file(request, rows, said["kind"], said["reason"], chips)
    kept = {name: filters.said(name) for name in FILTERS}
    exports.ask(user, filters=kept, rows=count, reason=said["reason"], kind=said["kind"])
    noted(request).reason = said["reason"]
    messages.success(request, _("Asked. You take the list here once a second person approved it."))
    return redirect("export_list")


@require_safe
def export_list(request: HttpRequest) -> HttpResponse:
    """The own requests, and those of others that wait for this person."""
    require_role(request, *EXPORTERS)
    user = person(request)
    own = ListExport.objects.filter(asked_by=user).select_related("decided_by")
    context = {
        "own": [_row(row) for row in own.order_by("-pk")[:50]],
        "others": [_row(row) for row in exports.to_decide(user)[:50]],
        "crumbs": [(_("Cases"), reverse("case_list")), (_("Exports"), "")],
    }
    return render(request, "cases/exports.html", context)


@require_POST
@confirmed_of_late
def export_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse the request of somebody else."""
    require_role(request, *EXPORTERS)
    approve = request.POST.get("decision") == "approve"
    exports.decide(person(request), pk, approve=approve)
    messages.success(request, _("Approved.") if approve else _("Refused."))
    return redirect("export_list")


@require_POST
@confirmed_of_late
def export_take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an approved list, as it stands now; once."""
    require_role(request, *EXPORTERS)
    taken = exports.take(person(request), pk)
    kept = exports.filters_of(taken)
    rows = _cases(person(request), Kept(kept))
    chips = [value for name, value in kept.items() if value]
    return _file(request, rows, taken.kind, taken.reason, chips)


def _cases(user: User, filters: Said) -> QuerySet[HelpCase]:
    today = clock.today()
    named = knows_names(reach_of(user, today))
    return filtered(visible_to(user, today), filters, user, named=named)


def _file(
    request: HttpRequest, rows: QuerySet[HelpCase], kind: str, reason: str, chips: list[str]
) -> HttpResponse:
    user = person(request)
    named = knows_names(reach_of(user, clock.today()))
    content, numbers = exports.file_of(
        rows, user=user, kind=kind, reason=reason, named=named, chips=chips
    )
    note_list(request, "case", numbers)
    noted(request).reason = reason
    response = HttpResponse(content, content_type=TYPES[ExportKind(kind)])
    name = f"cases-{clock.today():%Y%m%d}.{kind.lower()}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _ask(request: HttpRequest, form: ExportForm, filters: CaseFilter, count: int) -> HttpResponse:
    context = {
        "form": form,
        "count": count,
        "chips": [chip.label for chip in filters.chips()],
        "query": request.GET.urlencode(),
        "crumbs": [(_("Cases"), reverse("case_list")), (_("Export the list"), "")],
    }
    status = 422 if form.is_bound else 200
    return render(request, "cases/export.html", context, status=status)


def _row(row: ListExport) -> dict[str, Any]:
    return {
        "pk": row.pk,
        "by": str(row.asked_by),
        "at": row.asked_at,
        "rows": row.rows,
        "reason": ExportReason(row.reason).label,
        "state": row.get_state_display(),
        "tone": {"APPROVED": "ok", "REFUSED": "late"}.get(row.state, "plain"),
        "decided_by": str(row.decided_by or ""),
        "may_take": row.state == ListExport.State.APPROVED,
    }
