"""The auditor's pages: journal, read log, seals, settings; each pages by key, newest first."""

from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.ledger.models import JournalEntry, ReadEntry, Seal
from casework.ledger.reading import note_list
from casework.lib import clock
from casework.lib.errors import Incomplete, NotYours
from casework.lib.keyset import KeyPage
from casework.staff.models import Role
from casework.staff.rows import as_engine
from casework.staff.scope import Reach, reach_of
from casework.staff.sessions import confirmed_of_late
from workflows.forms.filters import AuditFilter
from workflows.pages import audit
from workflows.views.common import listing, newest_first, person, require_role


@require_safe
@as_engine(to_read=True)
def journal(request: HttpRequest) -> HttpResponse:
    """What happened: every entry within the auditor's reach."""
    filters, reach = AuditFilter(request), _auditor(request)
    rows = _sought(audit.within(reach, JournalEntry.objects.all()), filters, "act", "recorded_at")
    page = newest_first(request, rows)
    note_list(request, "journal", (row.pk for row in page.rows))
    return _show(request, filters, audit.journal_table(page.rows), page)


@require_safe
@confirmed_of_late
@as_engine(to_read=True)
def journal_csv(request: HttpRequest) -> HttpResponse:
    """The journal within the auditor's reach as a file, oldest first: to be read elsewhere."""
    filters, reach = AuditFilter(request), _auditor(request)
    rows = _sought(audit.within(reach, JournalEntry.objects.all()), filters, "act", "recorded_at")
    found = list(rows.order_by("pk")[: audit.MOST_EXPORTED + 1])
    if len(found) > audit.MOST_EXPORTED:
        raise Incomplete(
            _("More than %(most)s entries: choose a shorter time.") % {"most": audit.MOST_EXPORTED}
        )
    note_list(request, "journal", (row.pk for row in found))
    response = HttpResponse(audit.journal_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="journal.csv"'
    return response


@require_safe
@as_engine(to_read=True)
def reads(request: HttpRequest) -> HttpResponse:
    """Who read what; the auditor's own readings stand in it too."""
    filters, reach = AuditFilter(request), _auditor(request)
    rows = audit.within(reach, ReadEntry.objects.select_related("by"))
    page = newest_first(request, _sought(rows, filters, "what", "moment"))
    note_list(request, "read", (row.pk for row in page.rows))
    return _show(request, filters, audit.read_table(page.rows), page)


@require_safe
def seals(request: HttpRequest) -> HttpResponse:
    """The seals, what the last proof of the books came to, and what has left the machine."""
    _auditor(request)
    page = newest_first(request, Seal.objects.all())
    return _show(request, None, audit.seal_table(page.rows), page, proof=audit.last_proof())


@require_safe
def settings_history(request: HttpRequest) -> HttpResponse:
    """Who changed which setting; settings are the city's, and so is their history."""
    if not audit.is_city_wide(_auditor(request)):
        raise NotYours(_("Your roles do not cover this page."))
    page = newest_first(request, LogEntry.objects.select_related("user", "content_type"))
    return _show(request, None, audit.settings_table(page.rows), page)


def _auditor(request: HttpRequest) -> Reach:
    require_role(request, Role.AU)
    return reach_of(person(request), clock.today())


def _sought(rows: QuerySet[Any], filters: AuditFilter, kind: str, moment: str) -> QuerySet[Any]:
    if filters.said("q"):
        rows = audit.named(rows, filters.said("q").strip())
    if filters.said("who"):
        rows = rows.filter(by__username=filters.said("who").strip())
    if filters.said("kind"):
        rows = rows.filter(**{kind: filters.said("kind").strip()})
    for name, test in (("since", "date__gte"), ("until", "date__lte")):
        if filters.said(name):
            day = datetime.fromisoformat(filters.said(name)).date()
            rows = rows.filter(**{f"{moment}__{test}": day})
    return rows


def _show(
    request: HttpRequest,
    filters: AuditFilter | None,
    table: dict[str, Any],
    page: KeyPage,
    **more: Any,
) -> HttpResponse:
    context = (listing(filters) if filters else {"query": ""}) | {
        "table": table,
        "page": page,
        "here": request.resolver_match.view_name if request.resolver_match else "",
        "empty": {"title": _("Nothing here"), "text": _("No entry fits.")},
    }
    return render(request, "audit/list.html", context | more)
