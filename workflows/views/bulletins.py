"""Monthly bulletins: the list, one month with its tables, what stands behind a number, the acts."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from casework.ledger.reading import note_list
from casework.lib import clock
from casework.lib.calendar import days_of
from casework.lib.errors import CaseworkError, NotFound
from casework.staff.models import Role
from casework.staff.scope import reach_of
from evaluation.reporting.bulletin_text import HEADINGS, title_of
from evaluation.reporting.models import MonthlyBulletin
from evaluation.reporting.month import behind
from evaluation.reporting.queries import bulletins_for
from workflows.bulletins import ORDERS, order_bulletin
from workflows.pages.bulletin import OPENED, TONES, bulletin_context, months_to_draft
from workflows.pages.week import WHOLE_CITY, district_name, told_of
from workflows.shell import BULLETIN_READERS
from workflows.views.common import page_of, person, require_role

# Acts that take a word of the person: its name in the form.
_WORDS = {"write_requirements": "requirements", "send_back": "why"}


@require_http_methods(["GET", "HEAD", "POST"])
def bulletin_list(request: HttpRequest) -> HttpResponse:
    """Every bulletin within reach; the city office begins the one of a month that is over."""
    require_role(request, *BULLETIN_READERS)
    user, refusal, status = person(request), "", 200
    if request.method == "POST":
        require_role(request, Role.CA)
        try:
            made = order_bulletin("draft_bulletin", request.POST.get("month", ""), by=user)
        except CaseworkError as refused:
            refusal, status = refused.message, refused.status
        else:
            messages.success(request, _("The draft is made."))
            return redirect("bulletin_page", month=made.month)
    page = page_of(request, bulletins_for(user))
    context = {
        "refusal": refusal,
        "page": page,
        "query": "",
        "rows": [
            {
                "bulletin": row,
                "title": title_of(row.month),
                "tone": TONES[row.state],
                "url": reverse("bulletin_page", args=[row.month]),
            }
            for row in page.object_list
        ],
        "months": months_to_draft() if reach_of(user).has(Role.CA) else [],
        "empty": {
            "title": _("No bulletin yet"),
            "text": _("The draft of a month appears on its fifth working day."),
        },
    }
    return render(request, "bulletins/list.html", context, status=status)


@require_safe
def bulletin_cell(request: HttpRequest, month: str, key: str, district: str) -> HttpResponse:
    """What one number of a bulletin counts, as far as it lies within the reader's scope."""
    bulletin = _within_reach(request, month)
    if key not in OPENED:
        raise NotFound(_("There is no such figure."))
    figure, found = behind(bulletin.month, key, None if district == WHOLE_CITY else district)
    today = clock.today()
    until = Q(moment__lte=clock.start_of(days_of(month)[1] + timedelta(days=1)))
    listed, hidden = told_of(found, figure, until, person(request), today)
    page = page_of(request, listed)
    note_list(request, "counted", (row.url for row in page.object_list))
    title = HEADINGS[key]
    context = {
        "week": month,
        "figure": title,
        "district": district_name(district),
        "value": len(found),
        "page": page,
        "query": "",
        "hidden": hidden,
        "empty": {
            "title": _("Nothing to list"),
            "text": _("Nothing of this number lies within your scope."),
        },
        "crumbs": [
            (_("Bulletins"), reverse("bulletin_list")),
            (month, reverse("bulletin_page", args=[month])),
            (title, ""),
        ],
    }
    return render(request, "weeks/cell.html", context)


def _within_reach(request: HttpRequest, month: str) -> MonthlyBulletin:
    require_role(request, *BULLETIN_READERS)
    bulletin = bulletins_for(person(request)).filter(month=month).first()
    if bulletin is None:
        raise NotFound(_("There is no such bulletin."))
    return bulletin


@require_safe
def bulletin_page(request: HttpRequest, month: str) -> HttpResponse:
    """One bulletin as it stands: its words, its tables, and what may be done with it."""
    return _show(request, _within_reach(request, month))


@require_POST
def bulletin_act(request: HttpRequest, month: str, act: str) -> HttpResponse:
    """One act on a bulletin; what was typed is shown again where it is refused."""
    bulletin = _within_reach(request, month)
    name = act.replace("-", "_")
    if name not in ORDERS:
        raise NotFound(_("There is no such order."))
    field = _WORDS.get(name)
    typed: dict[str, Any] = {field: request.POST.get(field, "")} if field else {}
    try:
        order_bulletin(name, month, by=person(request), **typed)
    except NotFound:
        raise
    except CaseworkError as refusal:
        told: dict[str, Any] = {"refusal": refusal.message, "typed": typed}
        return _show(request, bulletin, told, status=refusal.status)
    messages.success(request, _("Recorded: %(act)s") % {"act": ORDERS[name].title})
    return redirect("bulletin_page", month=month)


def _show(
    request: HttpRequest,
    bulletin: MonthlyBulletin,
    told: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = bulletin_context(bulletin, person(request)) | (told or {})
    return render(request, "bulletins/page.html", context, status=status)
