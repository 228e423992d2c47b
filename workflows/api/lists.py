"""Work, papers and figures."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from casework.documents.models import Document
from casework.documents.queries import readable
from casework.ledger.models import Period
from casework.ledger.reading import note_list, note_sought
from casework.lib import clock
from casework.lib.errors import NotFound, NotLawfulNow, NotYours
from casework.lib.files import read_private
from casework.staff.models import ClientScope, Role
from casework.staff.scope import reach_of
from evaluation.reporting.columns import COLUMNS
from evaluation.reporting.queries import summary_of
from evaluation.reporting.weekly import compile_rows
from workflows.api import shapes
from workflows.api.base import Door, asking, page_of, paged, raw
from workflows.api.schema import PAGED
from workflows.lists import ORDER, placed, reachable_by
from workflows.lists import rows as read_rows
from workflows.pages.tasks import number_of
from workflows.views.lists import documents_within
from workflows.views.weeks import existing


class WorkList(Door):
    """The open work the program's account may take, what is due first before the rest."""

    scope = ClientScope.CASES
    asks = frozenset({"after"})

    @extend_schema(operation_id="work", parameters=PAGED, responses=shapes.WorkPage)
    def get(self, request: Request) -> Response:
        today, user = clock.today(), asking(request)
        items = placed(reachable_by(user, today).select_related("owner"))
        page = page_of(request, items, ORDER, descending=False)
        rows = read_rows(page.rows, today)
        note_list(raw(request), "work", (row.item.pk for row in rows))
        found = [
            {
                "id": row.item.pk,
                "step": row.item.step,
                "title": str(row.title),
                "subject_type": row.item.subject_type,
                "number": number_of(row.subject),
                "due_on": row.item.due_on,
                "on_hold": row.item.on_hold,
                "owner": row.item.owner.username if row.item.owner else "",
            }
            for row in rows
        ]
        return Response(paged(request, page, found))


class PaperList(Door):
    """Documents the program may read, the newest first."""

    scope = ClientScope.DOCUMENTS
    asks = frozenset({"after"})

    @extend_schema(operation_id="documents", parameters=PAGED, responses=shapes.PaperPage)
    def get(self, request: Request) -> Response:
        user = asking(request)
        rows = documents_within(user, clock.today())
        page = page_of(request, rows, ("pk",))
        opened = readable(user, page.rows)
        shown = [row for row in page.rows if row.pk in opened]
        note_list(raw(request), "document", (row.pk for row in shown))
        return Response(paged(request, page, [_paper(row) for row in shown]))


class PaperFile(Door):
    """The PDF of a document, byte for byte as it was issued."""

    scope = ClientScope.DOCUMENTS

    @extend_schema(
        operation_id="document_file",
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, uuid: UUID) -> HttpResponse:
        note_sought(raw(request), "document", Document.objects.filter(uuid=uuid))
        found = Document.objects.filter(uuid=uuid).first()
        if found is None or found.pk not in readable(asking(request), [found]):
            raise NotFound(_("There is no such document."))
        if not found.is_issued:
            raise NotLawfulNow(_("This document is still being printed. Try again in a minute."))
        response = HttpResponse(read_private(found.sha256), content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{found.uuid}.pdf"'
        return response


class WeekTable(Door):
    """The districts' table of a week: as published where it is sealed, else as it stands."""

    scope = ClientScope.FIGURES

    @extend_schema(operation_id="week", responses=shapes.Week)
    def get(self, request: Request, week: str) -> Response:
        if not reach_of(asking(request), clock.today()).has(Role.CA, Role.DS, Role.AU):
            raise NotYours(_("Your roles do not cover this page."))
        named = existing(week)
        period = Period.objects.filter(week=named).first()
        summary = summary_of(named)
        table: Any = summary.data if summary else compile_rows(named)
        return Response(
            {
                "week": named,
                "sealed_at": period.sealed_at if period else None,
                "sha256": period.sha256 if period else "",
                "columns": [column.key for column in COLUMNS],
                "rows": table["rows"],
                "total": table["total"],
            }
        )


def _paper(row: Document) -> dict[str, Any]:
    return {
        "uuid": row.uuid,
        "kind": row.kind,
        "number": row.number,
        "title": row.title,
        "state": row.state,
        "issued_at": row.issued_at,
        "sha256": row.sha256,
        "pages": row.pages,
        "url": reverse("api_document_file", args=[row.uuid]),
    }
