"""The rectification desk and the page of one order."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from casework.ledger.reading import note_list
from casework.lib import clock
from evaluation.rectification.queries import visible_to
from workflows.forms.filters import OrderFilter
from workflows.pages.order import lanes
from workflows.pages.order import order_page as read_page
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
    return render(request, "orders/list.html", listing(filters) | {"lanes": found, "total": total})


@require_safe
def order_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Where one order stands, item by item."""
    order, roles = order_in_reach(request, pk)
    return render(request, "orders/order.html", read_page(order, roles, person(request)))
