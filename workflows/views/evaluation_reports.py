"""Evaluation reports: a month, a quarter or a year, as a page and as a paper to be signed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_safe

from casework.directory.models import Organisation
from casework.ledger.reading import note_list, note_read
from casework.lib import clock
from casework.lib.errors import NotFound
from casework.staff.models import Role
from casework.staff.rows import as_engine
from casework.staff.scope import Reach, reach_of
from evaluation.reporting.agreement import in_total, pairs_within
from evaluation.reporting.evaluated import Period, compile_evaluated, period_of
from evaluation.reporting.month import compile_month
from evaluation.scoring.models import SampleDraw
from workflows.papers.blocks import Block
from workflows.papers.catalogue import print_form
from workflows.papers.evaluation_report import evaluation_report
from workflows.shell import EVALUATION_READERS
from workflows.views.common import person, require_role

TITLE = "绩效评估报告"


@require_safe
def evaluation_list(request: HttpRequest) -> HttpResponse:
    """The periods of which a report can be drawn up, the newest first."""
    require_role(request, *EVALUATION_READERS)
    months = sorted(set(SampleDraw.objects.values_list("month", flat=True)), reverse=True)
    years = sorted({month[:4] for month in months}, reverse=True)
    quarters = sorted({f"{m[:4]}-Q{(int(m[5:]) + 2) // 3}" for m in months}, reverse=True)
    groups = [(_("Years"), years), (_("Quarters"), quarters), (_("Months"), months)]
    context = {
        "groups": [
            (title, [(period_of(code).title, _page(code)) for code in codes])
            for title, codes in groups
            if codes
        ],
        "empty": {
            "title": _("No sample yet"),
            "text": _("A report can be drawn up once a month's sample has been drawn."),
        },
    }
    return render(request, "reports/evaluation_list.html", context)


@require_safe
def evaluation_page(request: HttpRequest, code: str) -> HttpResponse:
    """One report on the screen: the very blocks that are printed."""
    require_role(request, *EVALUATION_READERS)
    period = period_of(code)
    blocks = _blocks(request, period)
    context = {
        "title": f"{period.title}{TITLE}",
        "blocks": blocks,
        "pdf_url": reverse("evaluation_pdf", args=[code]),
        "crumbs": [(_("Evaluation reports"), reverse("evaluation_list")), (period.title, "")],
    }
    return render(request, "reports/evaluation.html", context)


@require_safe
def evaluation_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The report as a paper, with places for the lead's signature and the body's seal."""
    require_role(request, *EVALUATION_READERS)
    period = period_of(code)
    content = print_form(
        f"{period.title}{TITLE}",
        code,
        lambda: _blocks(request, period),
        by=person(request),
        numbered="评估期间",
    )
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="evaluation-{code}.pdf"'
    return response


def _page(code: str) -> str:
    return reverse("evaluation_page", args=[code])


def _blocks(request: HttpRequest, period: Period) -> list[Block]:
    """The report within the reader's bodies; the list of findings for those who judge alone."""
    reach = reach_of(person(request), clock.today())
    if period.first > clock.today():
        raise NotFound(_("There is no such period."))
    names_cases = reach.has(Role.LE)
    until = min(period.last, clock.today())
    # Sums within the reader's bodies; single cases are listed only to who works on them.
    with as_engine(to_read=True), override("zh-hans"):
        body = _body_of(reach)
        told = compile_evaluated(period, body)
        progress: dict[str, Any] = compile_month(f"{until:%Y-%m}")["progress"]
        agreed = in_total(pairs_within(reach, until))
        if names_cases:
            note_list(request, "case", {row["case_id"] for row in told.findings})
        note_read(request, "period", int(period.first.strftime("%Y%m")), "READ evaluation")
        return evaluation_report(told, progress, agreed, body, names_cases=names_cases)


def _body_of(reach: Reach) -> Organisation | None:
    """The body a lead reports for; the city reads of all of them together."""
    if reach.has(Role.CA, Role.AU):
        return None
    return Organisation.objects.filter(pk__in=reach.organisations(Role.LE)).order_by("pk").first()
