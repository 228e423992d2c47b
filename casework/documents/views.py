"""Reading a document: checked with the owner of its subject, never cached on the way."""

from typing import cast
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.documents.models import Document
from casework.documents.queries import may_read
from casework.ledger.reading import note_sought
from casework.lib.files import read_private
from casework.staff.models import User


@require_safe
@login_required
def document(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The PDF as issued, to those who may see its subject; to all others it does not exist."""
    note_sought(request, "document", Document.objects.filter(uuid=uuid))
    found = Document.objects.filter(uuid=uuid).first()
    if found is None or not may_read(cast("User", request.user), found):
        raise Http404(_("There is no such document."))
    if not found.is_issued:
        return _not_yet(found)
    response = HttpResponse(read_private(found.sha256), content_type="application/pdf")
    shown = content_disposition_header(
        as_attachment="inline" not in request.GET, filename=found.file_name
    )
    response["Content-Disposition"] = shown or "attachment"
    return _private(response)


def _not_yet(found: Document) -> HttpResponse:
    """The document stands, its paper does not: say so, and when to ask again."""
    response = HttpResponse(
        _("%(title)s is still being printed (%(state)s). Try again in a minute.")
        % {"title": found.title, "state": found.get_state_display()},
        content_type="text/plain; charset=utf-8",
        status=503,
    )
    response["Retry-After"] = "60"
    return _private(response)


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
