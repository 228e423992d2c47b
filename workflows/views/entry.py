"""New referrals and import files."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.cases.queries import visible_to
from casework.households.columns import COLUMNS
from casework.households.imports import ImportReport
from casework.households.matching import find_by_id
from casework.households.models import ImportBatch
from casework.lib import clock
from casework.lib.errors import CaseworkError
from casework.staff.models import User
from casework.staff.rows import as_engine
from workflows.acts import REFERRERS
from workflows.forms.entry import ImportForm, ReferForm
from workflows.intake import import_households, refer_household
from workflows.pages.tasks import name_of
from workflows.perform import Performed
from workflows.shell import IMPORTERS
from workflows.views.common import person, require_role
from workflows.views.import_sheets import answer as _answer
from workflows.views.import_sheets import errors_workbook

EARLIER_FILES = 8
FAULTS_SHOWN = 500


@require_http_methods(["GET", "HEAD", "POST"])
def refer(request: HttpRequest) -> HttpResponse:
    """Take in the first word of need."""
    require_role(request, *REFERRERS)
    user = person(request)
    data = request.POST if request.method == "POST" else None
    form = ReferForm(data, subject=None, by=user, on=clock.today())
    if not form.is_bound:
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        done = refer_household(
            by=user,
            key=form.submission_key,
            household=form.household_facts(),
            person=form.person_at,
            **form.facts(),
        )
    except CaseworkError as refusal:
        form.refuse(refusal)
        return _show(request, form, status=refusal.status)
    return _to_case(request, done)


def _to_case(request: HttpRequest, done: Performed) -> HttpResponse:
    number = str(done.values["case_no"])
    words = _("Referral recorded. Case number %(number)s.") % {"number": number}
    if done.repeated:
        words = _("This form had been recorded already; nothing was recorded twice.")
    messages.success(request, words)
    if visible_to(person(request)).filter(case_no=number).exists():
        return redirect("case_page", case_no=number)
    return redirect("home")


def _show(request: HttpRequest, form: ReferForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "matches": _matches(form, person(request)),
        "crumbs": [(_("Cases"), reverse("case_list")), (_("New referral"), "")],
    }
    return render(request, "cases/refer.html", context, status=status)


def _matches(form: ReferForm, user: User) -> list[dict[str, Any]]:
    """Cases of the same person, within the reader's own scope only."""
    number = form.cleaned_data.get("id_no") if form.is_bound else ""
    if not number:
        return []
    people = find_by_id(number).values("pk")
    found = visible_to(user).filter(household__members__in=people).distinct()
    return [
        {
            "url": reverse("case_page", args=[case.case_no]),
            "words": f"{name_of(case)} · {case.case_no} · {case.get_state_display()}",
        }
        for case in found
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: HttpRequest) -> HttpResponse:
    """Import a file of households and report on every row that was wrong."""
    require_role(request, *IMPORTERS)
    user = person(request)
    data = request.POST if request.method == "POST" else None
    form = ImportForm(data, request.FILES or None, subject=None, by=user, on=clock.today())
    report, status = None, 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            run = request.POST.get("run")
            report, status = _import(form, user, is_trial=run in {"trial", "errors"})
            if run == "errors" and report is not None:
                return _answer(
                    errors_workbook(report["title"], report["all_errors"], by=str(user)),
                    "errors.xlsx",
                )
    context = {
        "form": form,
        "report": report,
        "columns": [
            {"name": row.title, "required": row.is_required, "hint": "、".join(row.also)}
            for row in COLUMNS
        ],
        "batches": [
            {
                "words": f"{row.file_name} · {_counts(row.report)}",
                "moment": row.started_at,
                "errors_url": reverse("import_errors", args=[row.pk])
                if row.report.get("errors")
                else "",
                "by": str(row.imported_by or ""),
            }
            for row in ImportBatch.objects.filter(imported_by=user)[:EARLIER_FILES]
        ],
    }
    return render(request, "imports/page.html", context, status=status)


@as_engine()
def _import(form: ImportForm, user: User, *, is_trial: bool) -> tuple[dict[str, Any] | None, int]:
    upload = form.cleaned_data["file"]
    try:
        found = import_households(upload.read(), by=user, file_name=upload.name, dry_run=is_trial)
    except CaseworkError as refusal:
        form.refuse(refusal)
        return None, refusal.status
    return _report(found, upload.name, is_trial=is_trial), 200


def _report(found: ImportReport, name: str, *, is_trial: bool) -> dict[str, Any]:
    numbers = [
        (_("Rows"), found.rows, "plain"),
        (_("Imported"), found.imported, "plain"),
        (_("Unchanged"), found.unchanged, "plain"),
        (_("Duplicates"), found.duplicates, "plain"),
        (_("Errors"), len(found.errors), "late" if found.errors else "plain"),
    ]
    return {
        "title": name,
        "dry_run": is_trial,
        "tiles": [{"label": label, "value": value, "tone": tone} for label, value, tone in numbers],
        "errors": [fault.as_facts() for fault in found.errors[:FAULTS_SHOWN]],
        "all_errors": [fault.as_facts() for fault in found.errors],
        "more": max(0, len(found.errors) - FAULTS_SHOWN),
    }


def _counts(report: dict[str, Any]) -> str:
    return _("%(imported)s imported of %(rows)s rows") % {
        "imported": report.get("imported", 0),
        "rows": report.get("rows", 0),
    }
