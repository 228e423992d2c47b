"""The file of a household: on the screen, at a past day, and as one PDF."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from casework.cases.models import HelpCase
from casework.ledger.reading import note_read
from casework.lib import clock
from casework.lib.errors import Incomplete, NotYours
from casework.staff.sessions import confirmed_of_late
from workflows.forms.entry import FileReasonForm
from workflows.pages.file import file_page
from workflows.pages.file_print import file_pdf
from workflows.pages.sight import Sight
from workflows.pages.timeline import KINDS
from workflows.reading import record_reading
from workflows.views.common import case_in_sight, person, reason_first


@require_safe
def case_file(request: HttpRequest, case_no: str) -> HttpResponse:
    """The household's file as it stands, or as it stood at the end of a day."""
    case, sight = case_in_sight(request, case_no)
    owed = reason_first(request, case, sight)
    if owed is not None:
        return owed
    _whole(sight)
    fault, on = "", None
    try:
        on = _day(request.GET.get("on", ""))
    except Incomplete as misfit:
        fault = misfit.message
    kind = request.GET.get("kind", "all")
    context = file_page(case, reader=person(request), on=on, kind=kind if kind in KINDS else "all")
    here = reverse("case_page", args=[case.case_no])
    context |= {
        "fault": fault,
        "today": clock.today(),
        "case_url": here,
        "crumbs": [
            (_("Cases"), reverse("case_list")),
            (context["person"], here),
            (pgettext("household", "File"), ""),
        ],
    }
    return render(request, "cases/file.html", context, status=422 if fault else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_of_late
def case_file_pdf(request: HttpRequest, case_no: str) -> HttpResponse:
    """The whole file as one PDF, to somebody who says what for; the journal keeps it."""
    case, sight = case_in_sight(request, case_no)
    owed = reason_first(request, case, sight)
    if owed is not None:
        return owed
    _whole(sight)
    data = request.POST if request.method == "POST" else None
    form = FileReasonForm(data, subject=case, by=person(request), on=clock.today())
    if request.method != "POST" or not form.is_valid():
        return _ask(request, case, form)
    reason = form.cleaned_data["reason"]
    content = file_pdf(case, reader=person(request), reason=form.reason_label)
    record_reading("print_file", case, by=person(request), reason=reason)
    note_read(request, "case", case.pk, reason)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{case.case_no}.pdf"'
    return response


def _whole(sight: Sight) -> None:
    if not sight.whole_file:
        raise NotYours(_("Your role does not see the whole file."))


def _day(typed: str) -> date | None:
    """The day asked for; none for today or later."""
    if not typed:
        return None
    try:
        found = parse_date(typed)
    except ValueError:
        found = None
    if found is None:
        raise Incomplete(_("Give a date as year-month-day."), {"on": ""})
    return found if found < clock.today() else None


def _ask(request: HttpRequest, case: HelpCase, form: FileReasonForm) -> HttpResponse:
    back = reverse("case_file", args=[case.case_no])
    title = _("Print the whole file")
    context = {
        "act": {"title": title, "purpose": form.purpose},
        "subject": {"title": case.case_no, "number": "", "url": back},
        "form": form,
        "crumbs": [(_("Cases"), reverse("case_list")), (case.case_no, back), (title, "")],
    }
    return render(request, "work/act.html", context, status=422 if form.is_bound else 200)
