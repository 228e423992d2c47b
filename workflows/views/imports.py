"""Files of households: trial run, headings of a source, long imports with their progress."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.directory.queries import parameter
from casework.households.columns import COLUMNS
from casework.households.imports import ImportReport
from casework.households.models import ImportBatch, ImportMapping
from casework.ledger.reading import note_read
from casework.lib import clock
from casework.lib.errors import CaseworkError, NotFound
from casework.staff.models import User
from casework.staff.rows import as_engine
from workflows import import_jobs
from workflows.forms.entry import HeadingsForm, ImportForm
from workflows.intake import import_households
from workflows.shell import IMPORTERS
from workflows.views.common import person, require_role
from workflows.views.import_sheets import answer, errors_workbook

EARLIER_FILES = 8
FAULTS_SHOWN = 500
TONES = {
    "DONE": "ok",
    "CHECKED": "warn",
    "FAILED": "late",
    "STOPPED": "warn",
    "UNDONE": "plain",
    "ERASED": "plain",
}


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
            report, status, batch = _import(form, user, is_trial=run in {"trial", "errors"})
            if batch is not None:
                return redirect("import_batch", pk=batch.pk)
            if run == "errors" and report is not None:
                return answer(
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
        "sources": ImportMapping.objects.filter(kept_by=user),
        "batches": [
            {
                "url": reverse("import_batch", args=[row.pk]),
                "name": row.file_name,
                "words": _counts(row.report),
                "moment": row.started_at,
                "state": row.get_state_display(),
                "tone": TONES.get(row.state, "info"),
            }
            for row in ImportBatch.objects.filter(imported_by=user)[:EARLIER_FILES]
        ],
    }
    return render(request, "imports/page.html", context, status=status)


def _import(
    form: ImportForm, user: User, *, is_trial: bool
) -> tuple[dict[str, Any] | None, int, ImportBatch | None]:
    """What became of a file: its report, its status, and the batch where it goes on by itself."""
    upload = form.cleaned_data["file"]
    content, mapping = upload.read(), form.headings()
    try:
        if len(content) > import_jobs.INLINE_BYTES:
            batch = import_jobs.receive(
                content, file_name=upload.name, by=user, mapping=mapping, is_trial=is_trial
            )
            return None, 200, batch
        with as_engine():
            found = import_households(
                content, by=user, file_name=upload.name, mapping=mapping, dry_run=is_trial
            )
    except CaseworkError as refusal:
        form.refuse(refusal)
        return None, refusal.status, None
    return _report(found, upload.name, is_trial=is_trial), 200, None


def _report(found: ImportReport, name: str, *, is_trial: bool) -> dict[str, Any]:
    return {
        "title": name,
        "dry_run": is_trial,
        "tiles": _tiles(found.as_facts()),
        "errors": [fault.as_facts() for fault in found.errors[:FAULTS_SHOWN]],
        "all_errors": [fault.as_facts() for fault in found.errors],
        "more": max(0, len(found.errors) - FAULTS_SHOWN),
    }


def _tiles(report: dict[str, Any]) -> list[dict[str, Any]]:
    errors = len(report.get("errors", []))
    numbers = [
        (_("Rows"), report.get("rows", 0), "plain"),
        (_("Imported"), report.get("imported", 0), "plain"),
        (_("Unchanged"), report.get("unchanged", 0), "plain"),
        (_("Duplicates"), report.get("duplicates", 0), "plain"),
        (_("Errors"), errors, "late" if errors else "plain"),
    ]
    return [{"label": label, "value": value, "tone": tone} for label, value, tone in numbers]


def _counts(report: dict[str, Any]) -> str:
    return _("%(imported)s imported of %(rows)s rows") % {
        "imported": report.get("imported", 0),
        "rows": report.get("rows", 0),
    }


def own_batch(request: HttpRequest, pk: int) -> ImportBatch:
    """A file that the reader brought; nobody else's."""
    require_role(request, *IMPORTERS)
    batch = ImportBatch.objects.filter(pk=pk, imported_by=person(request)).first()
    if batch is None:
        raise NotFound(_("There is no such import."))
    note_read(request, "import", batch.pk)
    return batch


@require_safe
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a file is, what became of it, and what may be done about it."""
    batch = own_batch(request, pk)
    states = ImportBatch.State
    at_work = batch.state in import_jobs.RUNS
    is_undoable = batch.state in {states.DONE, states.STOPPED}
    free, busy = import_jobs.untouched(batch) if is_undoable else (0, 0)
    faults = batch.report.get("errors", [])
    context = {
        "batch": batch,
        "tone": TONES.get(batch.state, "info"),
        "at_work": at_work,
        "tiles": _tiles(batch.report),
        "errors": faults[:FAULTS_SHOWN],
        "more": max(0, len(faults) - FAULTS_SHOWN),
        "may_stop": batch.state in {states.QUEUED, states.RUNNING},
        "may_go_on": import_jobs.may_go_on(batch),
        "may_erase": batch.state in import_jobs.RESTS,
        "days_kept": parameter("import_rows_days", clock.today()),
        "is_read": not batch.content_sealed,
        "free": free,
        "busy": busy,
        "crumbs": [(_("Imports"), reverse("import_page")), (batch.file_name, "")],
    }
    asked_again = "HX-Request" in request.headers
    name = "_progress" if asked_again and at_work else "batch"
    answered = render(request, f"imports/{name}.html", context)
    if asked_again and not at_work:
        # What is finished shows what may be done about it: the whole page anew.
        answered["HX-Refresh"] = "true"
    return answered


@require_safe
def import_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows of an earlier file that were wrong, to whoever brought it."""
    batch = own_batch(request, pk)
    faults = batch.report.get("errors", [])
    book = errors_workbook(batch.file_name, faults, by=str(person(request)))
    return answer(book, f"errors-{pk}.xlsx")


@require_POST
def import_order(request: HttpRequest, pk: int, order: str) -> HttpResponse:
    """Stop a file, go on with it, let go of what it holds, or take back what it entered."""
    batch = own_batch(request, pk)
    done = {
        "stop": (import_jobs.stop, _("The import stops after the household in hand.")),
        "go-on": (import_jobs.go_on, _("The import goes on where it stopped.")),
        "undo": (import_jobs.undo, _("What nobody has worked on is being taken back.")),
        "erase": (import_jobs.erase, _("The rows that were not entered are erased.")),
    }.get(order)
    if done is None:
        raise NotFound(_("There is no such order."))
    carry_out, words = done
    carry_out(batch)
    messages.success(request, words)
    return redirect("import_batch", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def import_headings(request: HttpRequest) -> HttpResponse:
    """What a source calls its columns, kept under its name for the next file."""
    require_role(request, *IMPORTERS)
    user = person(request)
    asked = request.GET.get("source", "")
    kept = ImportMapping.objects.filter(kept_by=user, pk=int(asked) if asked.isdecimal() else 0)
    known = kept.first()
    data = request.POST if request.method == "POST" else None
    form = HeadingsForm(data, subject=known, by=user, on=clock.today())
    if form.is_bound and form.is_valid():
        ImportMapping.objects.update_or_create(
            kept_by=user, name=form.cleaned_data["name"], defaults={"headings": form.headings()}
        )
        messages.success(request, _("Kept. Choose the source when you bring its next file."))
        return redirect("import_page")
    title = _("Headings of a source")
    back = reverse("import_page")
    context = {
        "act": {"title": _("Keep"), "purpose": form.purpose},
        "subject": {"title": title, "number": "", "url": back},
        "form": form,
        "crumbs": [(_("Imports"), back), (title, "")],
    }
    return render(request, "work/act.html", context, status=422 if form.is_bound else 200)
