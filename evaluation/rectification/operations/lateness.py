"""More time for an item, and what happens when time runs out."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.operations import facts
from casework.directory.queries import parameter, working_days
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow
from evaluation.rectification.models import (
    EscalationRecord,
    RectificationItem,
    RectificationOrder,
)
from evaluation.rectification.operations.steps import (
    ensure_order,
    keep,
    named_items,
    order_subject,
    post_order,
)
from evaluation.rectification.queries import current_notice, late_items, unreported
from evaluation.rectification.states import ItemState, OrderState
from evaluation.states import LimitUnit, Severity

ALL = "all"
MOST_DAYS = 10
NOTICE_DAYS = 2


def extend(
    order: RectificationOrder,
    books: Books,
    *,
    days: int | str,
    reason: str,
    item: int | str = ALL,
) -> dict[str, Any]:
    """Give more time once, asked for in good time, and never for a grave finding."""
    ensure_order(order, OrderState.RECEIVED)
    amount = facts.count(days, "days", at_least=1)
    if amount > MOST_DAYS:
        facts.refuse("days", _("At most ten working days are added."))
    words = facts.text(reason, "reason", at_most=200)
    if str(item) == ALL:
        chosen = [one for one in unreported(order) if not _why_not(one, books.on)]
    else:
        chosen = named_items(order, item, "item")
    faults = [why for one in chosen if (why := _why_not(one, books.on))]
    if faults or not chosen:
        raise NotLawfulNow(faults[0] if faults else _("No item can be given more time."))
    calendar = working_days()
    for one in chosen:
        one.extended_from, one.extension_reason = one.due_on, words
        one.due_on = calendar.add(one.due_on, amount) if one.due_on else None
        one.save(update_fields=["extended_from", "extension_reason", "due_on"])
    notice = current_notice(order)
    if notice is not None:
        notice.due_on = max(one.due_on for one in order.items.all() if one.due_on)
        notice.save(update_fields=["due_on"])
    return {"items": {one.ref: one.due_on.isoformat() for one in chosen if one.due_on}}


def _why_not(item: RectificationItem, on: date) -> str:
    if item.state != ItemState.OPEN or item.due_on is None:
        return _("Item %(item)s is not waiting for a report.") % {"item": item.ref}
    if item.extended_from is not None:
        return _("Item %(item)s was given more time once already.") % {"item": item.ref}
    if item.finding.severity in (Severity.RED, Severity.VETO):
        return _("Item %(item)s is grave; it is given no more time.") % {"item": item.ref}
    if item.limit_unit == LimitUnit.NEXT_WEEK or working_days().count(on, item.due_on) < (
        NOTICE_DAYS
    ):
        return _("More time is asked for at least two working days before the due date.")
    return ""


def mark_overdue(order: RectificationOrder, books: Books) -> dict[str, Any]:
    """An order is overdue from the day after an item's own due date passes unreported."""
    if order.overdue_since is not None or not late_items(order, books.on).exists():
        return {"overdue": order.overdue_since is not None, "changed": False}
    order.overdue_since = books.on
    order.has_been_overdue = True
    keep(order, "overdue_since", "has_been_overdue")
    post_order(order, books, "orders_overdue", 1, order_subject(order))
    return {"overdue": True, "changed": True}


def escalate(
    order: RectificationOrder, books: Books, *, level: int | str, due_on: date | str
) -> dict[str, Any]:
    """Reach one rung of the ladder, once per due date; a report that came stops the clock."""
    rung = facts.count(level, "level", at_least=1)
    day = facts.day(due_on, "due_on")
    ladder = parameter("escalation_after", day)
    if rung > len(ladder):
        facts.refuse("level", _("The ladder has no such rung."))
    if books.on < working_days().add(day, int(ladder[rung - 1])):
        raise NotLawfulNow(_("This rung of the ladder is not reached yet."))
    if not unreported(order).filter(due_on=day).exists():
        return {"fired": False}
    _record, fired = EscalationRecord.objects.get_or_create(
        order=order, due_on=day, level=rung, defaults={"fired_on": books.on}
    )
    if fired:
        order.escalation_level = max(order.escalation_level, rung)
        keep(order, "escalation_level")
        key = f"escalate-{order.pk}-{day.isoformat()}-{rung}"
        books.send("notify", key, {"order": order.pk, "level": rung})
    return {"fired": fired, "level": order.escalation_level}
