"""Issuing a document: number and content stand with the act, the PDF follows once."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from casework.documents.models import Document, DocumentState
from casework.documents.numbers import next_number
from casework.documents.titles import break_title
from casework.ledger.act import Books
from casework.ledger.models import OutboxMessage
from casework.ledger.outbox import handles
from casework.lib import clock, pdf
from casework.lib.errors import Incomplete
from casework.lib.files import save_private

PRINT_PAGES = frozenset(
    {
        "print/rectification_notice.html",
        "print/weekly_summary.html",
        "print/refusal_notice.html",
        "print/monthly_bulletin.html",
    }
)


def issue_document(
    books: Books,
    *,
    kind: str,
    template: str,
    title: str,
    data: Mapping[str, Any],
    subject: tuple[str, int],
    year: int,
    number: str | None = None,
    audience: str = "",
) -> Document:
    """Give a document its number and freeze its content; the PDF is made after the act."""
    if template not in PRINT_PAGES:
        raise Incomplete(_("There is no print page %(name)s.") % {"name": template})
    number = number or next_number(kind, year)
    document = Document.objects.create(
        kind=kind,
        number=number,
        title=title,
        template=template,
        data=_frozen(data, number=number, title=title),
        issued_at=books.moment,
        subject_type=subject[0],
        subject_id=subject[1],
        audience=audience,
    )
    books.send("render_document", f"document-{document.pk}", {"document": document.pk})
    return document


def _frozen(data: Mapping[str, Any], *, number: str, title: str) -> dict[str, Any]:
    """All that the page shows: a demonstration stays marked as one for good."""
    return {
        **data,
        "number": number,
        "title_lines": break_title(title),
        "sample": bool(settings.DEMO or settings.ALLOW_TEST_IDS),
    }


@handles("render_document")
def render_document(message: OutboxMessage) -> Callable[[], None] | None:
    """Make the PDF of an issued document and keep it; a PDF once kept is never made again."""
    document = Document.objects.get(pk=message.payload["document"])
    if document.is_issued:
        return None
    try:
        printed = pdf.press(page_of(document))
    except pdf.RenderFailed:
        _mark_failed(document)
        raise
    name = save_private(printed.content)
    return lambda: _keep(document, name, printed)


def page_of(document: Document) -> str:
    """The HTML of a document: of its frozen content alone, so that it can be proved later."""
    return render_to_string(document.template, {"d": document.data})


def _keep(document: Document, name: str, printed: pdf.Pressed) -> None:
    Document.objects.filter(pk=document.pk).exclude(state=DocumentState.ISSUED).update(
        state=DocumentState.ISSUED,
        sha256=name,
        size=len(printed.content),
        pages=printed.pages,
        printed_at=clock.now(),
    )


def _mark_failed(document: Document) -> None:
    Document.objects.filter(pk=document.pk, state=DocumentState.PENDING).update(
        state=DocumentState.FAILED
    )


def mark_delivered(document: Document) -> None:
    """Record that a document reached its addressee; the first delivery counts."""
    Document.objects.filter(pk=document.pk, delivered_at__isnull=True).update(
        delivered_at=clock.now()
    )
