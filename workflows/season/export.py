"""What a visitor takes along: papers as issued, weekly tables, the table of the last day."""

import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from casework.documents.models import Document, DocumentKind, DocumentState
from casework.documents.titles import break_title
from casework.documents.wording import chinese_date
from casework.lib import clock, pdf
from casework.lib.files import read_private
from evaluation.reporting.models import WeeklySummary
from evaluation.reporting.summary_text import print_context
from evaluation.reporting.weekly import compile_as_of
from workflows.season.sizes import LAST_DAY
from workflows.season.worker import shift_to

# The served demonstration goes on from the morning after the season.
CONTINUES_AT = time(9, 0)
SNAPSHOT = f"summary-{LAST_DAY.isoformat()}"


def folder() -> Path:
    """Where everything of the demonstration lies."""
    found = Path(settings.VAR_DIR) / "demo"
    found.mkdir(parents=True, exist_ok=True)
    return found


def export_papers() -> None:
    """Copy the issued notices and the weekly tables out of the private store."""
    issued = Document.objects.filter(state=DocumentState.ISSUED).order_by("pk")
    notices = issued.exclude(kind=DocumentKind.WEEKLY_SUMMARY)
    for document in notices:
        _copy(document, f"notices/{_kind_folder(document)}/{_plain(document.file_name)}")
    for summary in WeeklySummary.objects.select_related("document").order_by("week"):
        _copy(summary.document, f"weekly/{summary.week}.pdf")
        _write(f"weekly/{summary.week}.xlsx", read_private(summary.xlsx))


def _kind_folder(document: Document) -> str:
    return document.kind.lower().replace("_", "-")


def _plain(name: str) -> str:
    """A document's own number is its file name; a stroke in it would be a folder."""
    return name.replace("/", "-")


def _copy(document: Document, name: str) -> None:
    if document.state == DocumentState.ISSUED:
        _write(name, read_private(document.sha256))


def _write(name: str, content: bytes) -> None:
    path = folder() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def export_snapshot() -> None:
    """The district table as of the last day, as JSON and as a printed page."""
    table = compile_as_of(LAST_DAY)
    _write(f"{SNAPSHOT}.json", json.dumps(table, ensure_ascii=False, indent=1).encode() + b"\n")
    title = f"全市个案帮扶工作汇总（截至{chinese_date(LAST_DAY)}）"
    context = print_context(table, issued_on=LAST_DAY + timedelta(days=1))
    shown = {**context, "number": "—", "title_lines": break_title(title), "sample": True}
    page = render_to_string("print/weekly_summary.html", {"d": shown})
    _write(f"{SNAPSHOT}.pdf", pdf.render_pdf(page))


def everything() -> None:
    """All that is exported, again and the same however often."""
    export_papers()
    export_snapshot()


def is_there() -> bool:
    """The exports of a complete season have not been removed."""
    return (folder() / f"{SNAPSHOT}.json").is_file()


def read_snapshot() -> dict[str, Any]:
    """The table of the last day as it was exported."""
    table: dict[str, Any] = json.loads((folder() / f"{SNAPSHOT}.json").read_text())
    return table


def continuation() -> datetime:
    """When the served demonstration goes on."""
    day: date = LAST_DAY + timedelta(days=1)
    return clock.moment_on(day, CONTINUES_AT)


def write_clock() -> None:
    """Keep the shift of the demonstration's clock for whoever serves it."""
    _write("clock.env", f"CLOCK_SHIFT_SECONDS={shift_to(continuation())}\n".encode())
