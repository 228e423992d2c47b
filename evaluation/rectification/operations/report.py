"""Receipt of a notice, and the unit's report, item by item."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.operations import evaluation as course
from casework.cases.operations import facts
from casework.cases.states import CaseState
from casework.ledger.act import Books
from casework.lib.errors import Incomplete, NotLawfulNow
from evaluation.rectification import limits
from evaluation.rectification.models import Notice, RectificationItem, RectificationOrder
from evaluation.rectification.operations.steps import (
    ensure_order,
    keep,
    lawful_step,
    move_cases,
    named_items,
    settle_overdue,
)
from evaluation.rectification.queries import current_notice, unreported
from evaluation.rectification.states import ItemState, OrderState


def confirm_receipt(
    order: RectificationOrder, books: Books, *, received_on: date | str | None = None
) -> dict[str, Any]:
    """The unit has the notice: the limits of its items run from this day."""
    ensure_order(order, OrderState.ISSUED)
    notice = _waiting_notice(order)
    day = facts.past_day(received_on or books.on, "received_on", books)
    if day < notice.issued_on:
        facts.refuse("received_on", _("A notice is not received before it is issued."))
    # Not confirming cannot win time: it counts as received one working day after delivery.
    return _receive(order, notice, min(day, notice.receipt_due_on), is_deemed=False)


def deem_received(
    order: RectificationOrder, books: Books, *, received_on: date | str | None = None
) -> dict[str, Any]:
    """A notice nobody confirmed counts as received one working day after delivery."""
    ensure_order(order, OrderState.ISSUED)
    notice = _waiting_notice(order)
    if books.on < notice.receipt_due_on:
        raise NotLawfulNow(_("The time for confirming receipt is not over yet."))
    return _receive(order, notice, notice.receipt_due_on, is_deemed=True)


def _waiting_notice(order: RectificationOrder) -> Notice:
    notice = current_notice(order)
    if notice is None or notice.received_on is not None:
        raise NotLawfulNow(_("There is no notice waiting for receipt."))
    return notice


def _receive(
    order: RectificationOrder, notice: Notice, day: date, *, is_deemed: bool
) -> dict[str, Any]:
    for item in unreported(order):
        item.due_on = limits.due_on(day, item.limit_amount, item.limit_unit)
        item.save(update_fields=["due_on"])
    notice.received_on, notice.is_deemed = day, is_deemed
    notice.due_on = max(item.due_on for item in unreported(order) if item.due_on)
    notice.save(update_fields=["received_on", "is_deemed", "due_on"])
    with lawful_step(order):
        order.receive()
    order.received_on = day
    keep(order, "state", "received_on")
    return {"received_on": day.isoformat(), "due_on": notice.due_on.isoformat()}


def report_items(
    order: RectificationOrder, books: Books, *, items: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Report what was done about one or more items; the last one completes the report."""
    ensure_order(order, OrderState.RECEIVED, OrderState.TAKEN_OVER)
    reported = []
    for number, row in enumerate(facts.rows(items, "items")):
        read = _read_report(number, row)
        for item in named_items(order, row.get("item", ""), f"items.{number}.item"):
            _report(item, read, books.on)
            reported.append(item.ref)
    left = list(unreported(order).values_list("ref", flat=True))
    settle_overdue(order, books)
    if not left:
        _complete(order, books)
    return {"reported": reported, "left": left, "complete": not left}


def _read_report(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        name: str(row.get(name) or "").strip()
        for name in ("measure", "result", "root_cause", "long_term")
    }
    given = row.get("evidence") or []
    evidence = [given] if isinstance(given, str) else [str(one) for one in given]
    evidence = [one.strip() for one in evidence if one.strip()]
    faults = {
        f"items.{number}.{name}": _("This cannot be left empty.")
        for name in ("measure", "result")
        if not said[name]
    }
    if not evidence:
        faults[f"items.{number}.evidence"] = _("A report needs evidence for every item.")
    if faults:
        raise Incomplete(_("The report on an item is not complete."), faults)
    return {**said, "evidence": evidence}


def _report(item: RectificationItem, read: Mapping[str, Any], on: date) -> None:
    if item.state != ItemState.OPEN:
        raise NotLawfulNow(_("Item %(item)s has been reported already.") % {"item": item.ref})
    for name, value in read.items():
        setattr(item, name, value)
    item.state, item.reported_on = ItemState.REPORTED, on
    item.save()


def _complete(order: RectificationOrder, books: Books) -> None:
    with lawful_step(order):
        order.report()
    order.reported_on = books.on
    keep(order, "state", "reported_on")
    move_cases(order, books, course.report_rectification, source=CaseState.RECTIFYING)
