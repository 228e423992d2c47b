"""Samples: every draw with what repeats it, and the lead evaluator's button."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from casework.ledger.reading import note_list, note_read
from casework.lib import clock
from casework.lib.errors import CaseworkError, NotFound
from casework.staff.models import Role
from casework.staff.scope import reach_of
from evaluation.scoring.models import SampleDraw
from evaluation.scoring.operations.draw import comes_again, redraw
from workflows.draws import draw_and_distribute
from workflows.forms.sampling import DrawForm
from workflows.papers.catalogue import print_form
from workflows.papers.drawing import protocol
from workflows.shell import SAMPLE_READERS
from workflows.views.common import page_of, person, require_role


@require_http_methods(["GET", "HEAD", "POST"])
def sample_list(request: HttpRequest) -> HttpResponse:
    """Every draw so far; the lead evaluator may draw what is still to be drawn."""
    require_role(request, *SAMPLE_READERS)
    today, user = clock.today(), person(request)
    may_draw = reach_of(user, today).has(Role.LE)
    form = DrawForm(request.POST or None, today=today) if may_draw else None
    status = 200
    if request.method == "POST":
        require_role(request, Role.LE)
        if form is not None and form.is_valid():
            try:
                made = draw_and_distribute(by=user, **form.cleaned_data)
            except CaseworkError as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(
                    request,
                    _("%(district)s, %(month)s: %(size)s of %(population)s drawn.")
                    % {
                        "district": made.district,
                        "month": made.month,
                        "size": made.size,
                        "population": made.population,
                    },
                )
                return redirect("sample_list")
        status = 422
    draws = SampleDraw.objects.select_related("district").order_by("-month", "district")
    page = page_of(request, draws.prefetch_related("cases"))
    note_list(request, "sample", (draw.pk for draw in page.object_list))
    context = {
        "form": form,
        "page": page,
        "rows": [_row(draw) for draw in page.object_list],
        "empty": {"title": _("No sample yet"), "text": _("The first draw appears here.")},
    }
    return render(request, "samples/list.html", context, status=status)


def _row(draw: SampleDraw) -> dict[str, Any]:
    cases = list(draw.cases.all())
    same = comes_again(draw, redraw(draw))
    return {
        "draw": draw,
        "forced": sum(bool(case.forced_reasons) for case in cases),
        "phone": len(draw.phone),
        "door": len(draw.door),
        "repeated": _("comes to the same cases") if same else _("comes to OTHER cases"),
        "tone": "ok" if same else "late",
    }


@require_safe
def sample_protocol(request: HttpRequest, pk: int) -> HttpResponse:
    """The protocol of one draw as a PDF; the read log says who printed it."""
    require_role(request, *SAMPLE_READERS)
    draw = SampleDraw.objects.select_related("district", "drawn_by").filter(pk=pk).first()
    if draw is None:
        raise NotFound(_("There is no such draw."))
    content = print_form(
        "绩效评估抽样记录",
        f"{draw.month} {draw.district_id}",
        lambda: protocol(draw),
        by=person(request),
        numbered="抽样批次",
    )
    note_read(request, "sample", draw.pk, "PRINT draw")
    response = HttpResponse(content, content_type="application/pdf")
    name = f"draw-{draw.month}-{draw.district_id}.pdf"
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
