"""Taking work up, giving it back, handing it out: buttons that lead back to where they stood."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from casework.ledger.reading import note_read
from casework.lib import clock
from casework.lib.errors import CaseworkError, NotFound, NotLawfulNow, NotYours
from casework.staff.scope import reach_of
from evaluation.rectification.models import RectificationOrder
from workflows.claims import assign, claim, item_in_sight, may_assign, release
from workflows.forms.handing import AssignForm
from workflows.lists import step_title
from workflows.models import WorkItem
from workflows.subjects import KINDS
from workflows.views.common import person


@require_POST
def claim_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up a piece of work."""
    return _hand(request, pk, claim, _("This is now yours to do."))


@require_POST
def release_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a piece of work back to the unit."""
    return _hand(request, pk, release, _("Given back: anybody of the unit may take it."))


def _hand(request: HttpRequest, pk: int, act: Callable[..., WorkItem], words: str) -> HttpResponse:
    item = item_in_sight(pk, person(request), clock.today())
    try:
        act(item, by=person(request))
    except NotLawfulNow as refusal:
        # Somebody was quicker; the page that comes back shows how things stand.
        messages.error(request, refusal.message)
    else:
        messages.success(request, words)
    return redirect(_back(request, reverse("work_list")))


@require_http_methods(["GET", "HEAD", "POST"])
def assign_work(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a piece of work to a colleague, with the reason."""
    user, today = person(request), clock.today()
    item = item_in_sight(pk, user, today)
    if not may_assign(item, reach_of(user, today)):
        raise NotYours(_("The head of the unit hands out its work."))
    if item.done_at or item.dropped_at:
        raise NotLawfulNow(_("This work is no longer open. Reload the list."))
    form = AssignForm(
        request.POST if request.method == "POST" else None, subject=item, by=user, on=today
    )
    if not form.is_bound:
        return _show(request, item, form)
    if not form.is_valid():
        return _show(request, item, form, status=422)
    try:
        held = assign(item, by=user, **form.facts())
    except NotFound:
        raise
    except CaseworkError as refusal:
        form.refuse(refusal)
        return _show(request, item, form, status=refusal.status)
    messages.success(request, _("Handed to %(who)s.") % {"who": held.owner})
    return redirect(_back(request, _page_of(item)[1]))


def _show(
    request: HttpRequest, item: WorkItem, form: AssignForm, *, status: int = 200
) -> HttpResponse:
    note_read(request, item.subject_type, item.subject_id)
    number, url = _page_of(item)
    title = _("Hand out this work")
    context: dict[str, Any] = {
        "act": {
            "title": title,
            "purpose": _("With %(name)s") % {"name": item.owner} if item.owner else "",
        },
        "subject": {"title": step_title(item), "number": number, "url": _back(request, url)},
        "form": form,
        "crumbs": [(number, url), (title, "")],
    }
    return render(request, "work/act.html", context, status=status)


def _page_of(item: WorkItem) -> tuple[str, str]:
    """The number of the file the work is on, and its page."""
    subject = KINDS[item.subject_type].model.objects.get(pk=item.subject_id)
    if isinstance(subject, RectificationOrder):
        return subject.number_base, reverse("order_page", args=[subject.pk])
    return subject.case_no, reverse("case_page", args=[subject.case_no])


def _back(request: HttpRequest, otherwise: str) -> str:
    """Where the button stood, as long as that lies on this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return otherwise
