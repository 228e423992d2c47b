"""The rectification ledger of a month: annex 3 of the bulletin, as it stood at the month's end."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.directory.queries import working_days
from casework.lib import clock
from casework.lib.calendar import WorkingCalendar, days_of
from evaluation.rectification.models import RectificationItem, RectificationOrder

STATUS: dict[str, Promise] = {
    "OPEN": _("In time"),
    "OVERDUE": _("Overdue"),
    "OVERDUE_REPORTED": _("Reported late"),
    "OVERDUE_CLOSED": _("Overdue, struck off"),
    "CLOSED": _("Struck off"),
}


def ledger_month(month: str) -> list[dict[str, Any]]:
    """Every order that was open on some day of a month, with its state at the month's end."""
    first, last = days_of(month)
    orders = (
        RectificationOrder.objects.filter(issued_at__lt=clock.start_of(last + timedelta(days=1)))
        .filter(Q(closed_at=None) | Q(closed_at__gte=clock.start_of(first)))
        .select_related("district", "street", "provider")
        .prefetch_related("items", "notices", "escalations")
        .order_by("district_id", "issued_at", "pk")
    )
    calendar = working_days()
    return [_row(order, last, calendar) for order in orders]


def _row(order: RectificationOrder, last: date, calendar: WorkingCalendar) -> dict[str, Any]:
    items = list(order.items.all())
    notices = [one for one in order.notices.all() if one.issued_on <= last]
    waits = [wait for item in items for wait in _waits(item)]
    late = [(due, _known(said, last)) for due, said in waits if (_known(said, last) or last) > due]
    closed_on = clock.local_date(order.closed_at) if order.closed_at else None
    levels = [one.level for one in order.escalations.all() if one.fired_on <= last]
    return {
        "order": order.pk,
        "number": order.number_base,
        "district": order.district_id,
        "unit": order.provider.name if order.provider else order.street.name,
        "notices": [one.number for one in notices],
        "rounds": len(notices),
        "cases": len({item.case_id for item in items}),
        "items": len(items),
        "issued_on": clock.local_date(order.issued_at).isoformat(),
        "due_on": _iso(max((due for due, _said in waits), default=None)),
        "closed_on": _iso(_known(closed_on, last)),
        "overdue_days": max((calendar.count(due, said or last) for due, said in late), default=0),
        "level": max(levels, default=0),
        "status": status_of(
            is_closed=_known(closed_on, last) is not None,
            was_late=bool(late),
            is_late=any(said is None for _due, said in late),
        ),
    }


def _waits(item: RectificationItem) -> Iterator[tuple[date, date | None]]:
    """Each round's due date of an item, with the day on which the report came."""
    for said in item.earlier_rounds:
        if said["due_on"]:
            told = said["reported_on"]
            yield date.fromisoformat(said["due_on"]), told and date.fromisoformat(told)
    if item.due_on:
        yield item.due_on, item.reported_on


def _known(day: date | None, last: date) -> date | None:
    """A day that had come by the end of the month."""
    return day if day is not None and day <= last else None


def status_of(*, is_closed: bool, was_late: bool, is_late: bool) -> str:
    """The word under which an order stands in the month's ledger."""
    if is_closed:
        return "OVERDUE_CLOSED" if was_late else "CLOSED"
    if is_late:
        return "OVERDUE"
    return "OVERDUE_REPORTED" if was_late else "OPEN"


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
