"""The rectification desk, orders issued in a batch, and the page of one order."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from casework.ledger.reading import note_list
from casework.lib import clock
from casework.staff.models import Role
from casework.staff.scope import reach_of
from evaluation.rectification.queries import visible_to
from evaluation.states import Severity
from workflows.forms.filters import OrderFilter
from workflows.order_batches import Batch, batches, issue_batches
from workflows.pages.order import lanes
from workflows.pages.order import order_page as read_page
from workflows.pages.words import unit_names
from workflows.shell import ORDER_READERS
from workflows.views.acts import order_in_reach
from workflows.views.common import listing, person, require_role


@require_safe
def order_list(request: HttpRequest) -> HttpResponse:
    """The board from receipt to strike-off."""
    require_role(request, *ORDER_READERS)
    today = clock.today()
    filters = OrderFilter(request)
    rows = visible_to(person(request), today)
    if filters.said("late"):
        rows = rows.filter(overdue_since__isnull=False)
    if filters.said("q"):
        sought = filters.said("q")
        rows = rows.filter(Q(number_base__icontains=sought) | Q(provider__name__icontains=sought))
    found = lanes(rows, today)
    note_list(request, "order", (ticket["url"] for lane in found for ticket in lane["orders"]))
    total = sum(len(lane["orders"]) for lane in found)
    may_issue = reach_of(person(request), today).has(Role.DS, Role.CA)
    context = {"lanes": found, "total": total, "may_issue": may_issue}
    return render(request, "orders/list.html", listing(filters) | context)


@require_safe
def order_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one order stands, item by item."""
    order, roles = order_in_reach(request, pk)
    return render(request, "orders/order.html", read_page(order, roles, person(request)))


_TONES = {Severity.GREEN: "plain", Severity.AMBER: "warn"}


@require_http_methods(["GET", "HEAD", "POST"])
def order_batch(request: HttpRequest) -> HttpResponse:
    """What waits for an order, unit by unit; the ticked cases of a unit go into one."""
    require_role(request, Role.DS, Role.CA)
    user, today = person(request), clock.today()
    told, status = [], 200
    if request.method == "POST":
        picked = set(request.POST.getlist("pick"))
        chosen = [_picked(batch, picked) for batch in batches(user, today)]
        key = str(request.POST.get("key", ""))[:30]
        told = issue_batches([batch for batch in chosen if batch.cases], by=user, key=key)
        issued = sum(one.order is not None for one in told)
        if issued:
            words = ngettext("%(count)d order issued.", "%(count)d orders issued.", issued)
            messages.success(request, words % {"count": issued})
        else:
            messages.warning(request, _("Tick the cases for which an order is to be issued."))
            status = 422
    waiting = batches(user, today)
    names = unit_names([batch.street for batch in [*waiting, *(one.batch for one in told)]])
    note_list(request, "case", (case.pk for batch in waiting for case in batch.cases))
    context = {
        "told": [
            {"unit": _unit(one.batch, names), "order": one.order, "words": one.words}
            for one in told
        ],
        "groups": [_group(batch, names) for batch in waiting],
        "form_key": uuid.uuid4().hex,
        "crumbs": [
            (_("Rectification desk"), reverse("order_list")),
            (_("Orders to be issued"), ""),
        ],
        "empty": {
            "title": _("Nothing waits for an order"),
            "text": _("Cases appear here once a result with problems is confirmed."),
        },
    }
    return render(request, "orders/batch.html", context, status=status)


def _picked(batch: Batch, picked: set[str]) -> Batch:
    cases = [case for case in batch.cases if str(case.pk) in picked]
    return Batch(batch.street, batch.provider, cases)


def _unit(batch: Batch, names: dict[str, str]) -> str:
    return " · ".join(filter(None, [names[batch.street], str(batch.provider or "")]))


def _group(batch: Batch, names: dict[str, str]) -> dict[str, Any]:
    return {
        "unit": _unit(batch, names),
        "cases": [
            (
                case,
                [
                    (str(row.code), _TONES.get(Severity(row.severity), "late"))
                    for row in case.findings.all()
                ],
            )
            for case in batch.cases
        ],
    }
