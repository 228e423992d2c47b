"""The whole file of a household as one PDF: index, record, and every paper as it was issued."""

from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from casework.cases.models import HelpCase
from casework.documents.queries import readable
from casework.lib import clock
from casework.lib.binding import Piece, bind
from casework.lib.errors import NotLawfulNow
from casework.lib.files import read_private
from casework.lib.pdf import RenderFailed, press
from casework.staff.models import User
from workflows.pages.file import file_page, papers_until

# A person waits for it at the screen.
SECONDS: Final = 40
TITLE: Final = "精准救助个案档案"


def file_pdf(case: HelpCase, *, reader: User, reason: str) -> bytes:
    """The file as it stands, for a reader who may see the whole of it.

    Raises NotLawfulNow where a page cannot be printed now.
    """
    moment = clock.now()
    found = papers_until(case, moment)
    opened = readable(reader, found)
    papers = [row for row in found if row.pk in opened]
    with override("zh-hans"):
        page = file_page(case, reader=reader)
        page |= {"reader": str(reader), "reason": reason, "title": TITLE, "sample": settings.DEMO}
        own = _pressed(page, first=0)
        # The index names pages, and how long the index is shows only when it is printed.
        own = _pressed(page, first=own.pages + 1)
    pieces = [Piece(TITLE, own.content)]
    pieces += [Piece(str(row), read_private(row.sha256)) for row in papers]
    return bind(pieces, title=f"{TITLE} {case.case_no}")


def _pressed(page: dict[str, Any], *, first: int) -> Any:
    at = first
    for paper in page["papers"]:
        # What the reader may not open stands in the index, and is not bound in.
        paper["first_page"] = at if paper["url"] else "—"
        at += paper["pages"] if paper["url"] else 0
    try:
        return press(render_to_string("print/case_file.html", {"f": page}), seconds=SECONDS)
    except RenderFailed as failure:
        raise NotLawfulNow(
            _("The file cannot be printed just now. Try again in a minute.")
        ) from failure
