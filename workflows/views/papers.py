"""Papers that are filled in or signed, printed from the file as it stands."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.ledger.reading import note_read
from casework.lib.errors import NotFound, NotLawfulNow, NotYours
from workflows.papers.catalogue import PAPERS, print_paper
from workflows.views.common import case_in_sight, person, reason_first


@require_safe
def case_paper(request: HttpRequest, case_no: str, code: str) -> HttpResponse:
    """One paper about a case, as a PDF to look at or print; the read log says which."""
    case, sight = case_in_sight(request, case_no)
    owed = reason_first(request, case, sight)
    if owed is not None:
        return owed
    paper = PAPERS.get(code)
    if paper is None:
        raise NotFound(_("There is no such paper."))
    if not paper.seen(sight):
        raise NotYours(_("Your role does not print this paper."))
    if not paper.when(case):
        raise NotLawfulNow(_("There is nothing to print on this paper yet."))
    content = print_paper(paper, case, sight, by=person(request))
    note_read(request, "case", case.pk, f"PRINT {code}"[:40])
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{case.case_no}-{code}.pdf"'
    return response
