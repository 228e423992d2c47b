"""The page of a case, and the pages that ask for a reason before showing more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.cases.models import HelpCase
from casework.ledger.reading import note_read
from casework.lib import clock
from casework.lib.errors import NotFound, NotYours
from casework.staff.sessions import confirmed_of_late
from workflows.forms.entry import ReasonForm
from workflows.pages.case import case_page as read_page
from workflows.pages.pictures import seen_photos
from workflows.pages.timeline import KINDS
from workflows.reading import record_reading
from workflows.views.common import case_in_sight, person, reason_first, remember_opened


@require_safe
def case_page(request: HttpRequest, case_no: str) -> HttpResponse:
    """Where one case stands and what comes next."""
    case, sight = case_in_sight(request, case_no)
    owed = reason_first(request, case, sight)
    if owed is not None:
        return owed
    kind = request.GET.get("kind", "all")
    context = read_page(
        case, sight=sight, reader=person(request), kind=kind if kind in KINDS else "all"
    )
    return render(request, "cases/case.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def case_reason(request: HttpRequest, case_no: str) -> HttpResponse:
    """Ask the city why it opens a file, and write the reason into the journal."""
    case, sight = case_in_sight(request, case_no)
    if not sight.needs_reason:
        raise NotYours(_("Your role reads this file without stating a reason."))
    form = _reason_form(request, case)
    if request.method == "POST" and form.is_valid():
        _record(request, "read_case", case, form)
        remember_opened(request, case)
        return redirect(_next(request, case))
    return _ask(request, case, form, _("Open the file"), _("The reason is kept with the case."))


@require_http_methods(["GET", "HEAD", "POST"])
@confirmed_of_late
def case_reveal(request: HttpRequest, case_no: str) -> HttpResponse:
    """Show the whole ID number once, to somebody who says why."""
    case, sight = case_in_sight(request, case_no)
    if not sight.whole_file:
        raise NotYours(_("Your role does not see the ID number."))
    form = _reason_form(request, case)
    if request.method == "POST" and form.is_valid():
        _record(request, "reveal_id", case, form)
        # In this answer alone: a message would travel in a cookie.
        member = case.subject_member
        context = {"number": member.id_no if member else "", "case": case}
        return render(request, "cases/revealed.html", context)
    return _ask(
        request, case, form, _("Show the ID number"), _("Every showing is kept with the case.")
    )


def _record(request: HttpRequest, act: str, case: HelpCase, form: ReasonForm) -> None:
    """In the journal of the case, and in the read log with the answer."""
    reason = form.cleaned_data["reason"]
    record_reading(act, case, by=person(request), reason=reason)
    note_read(request, "case", case.pk, reason)


def _reason_form(request: HttpRequest, case: HelpCase) -> ReasonForm:
    data = request.POST if request.method == "POST" else None
    return ReasonForm(data, subject=case, by=person(request), on=clock.today())


def _next(request: HttpRequest, case: HelpCase) -> str:
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("case_page", args=[case.case_no])


def _ask(
    request: HttpRequest, case: HelpCase, form: ReasonForm, title: str, purpose: str
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {
        "act": {"title": title, "purpose": purpose},
        "subject": {"title": case.case_no, "number": "", "url": reverse("case_list")},
        "form": form,
        "crumbs": [(_("Cases"), reverse("case_list")), (case.case_no, "")],
    }
    return render(request, "work/act.html", context, status=status)


@require_safe
def case_photo(request: HttpRequest, case_no: str, pk: int) -> HttpResponse:
    """One photo on file, to whoever may see the file, the evaluation or the own service."""
    case, sight = case_in_sight(request, case_no)
    owed = reason_first(request, case, sight)
    if owed is not None:
        return owed
    photo = seen_photos(case, sight).filter(pk=pk, deleted_at=None).first()
    if photo is None:
        raise NotFound(_("There is no such photo."))
    note_read(request, "case", case.pk)
    return HttpResponse(photo.content, content_type="image/jpeg")
