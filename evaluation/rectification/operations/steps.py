"""What every act on an order shares: guards, the cases it moves, the figures it touches."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.utils.translation import gettext as _
from django_fsm import ConcurrentTransition, TransitionNotAllowed

from casework.cases.models import HelpCase
from casework.cases.operations import facts
from casework.cases.states import CaseState
from casework.ledger.act import Books, Subject
from casework.lib.errors import NotLawfulNow, NotYours
from evaluation.rectification.models import Notice, RectificationItem, RectificationOrder
from evaluation.rectification.queries import cases_of, late_items, round_items
from evaluation.rectification.states import OrderState


@contextmanager
def lawful_step(order: RectificationOrder) -> Iterator[None]:
    """Turn the machine's refusal into a sentence for the person at the screen."""
    before = order.get_state_display()
    try:
        yield
    except TransitionNotAllowed as refusal:
        raise NotLawfulNow(_wrong_state(before)) from refusal


def ensure_order(order: RectificationOrder, *states: OrderState) -> None:
    """Refuse an act on an order that stands elsewhere."""
    if order.state not in states:
        raise NotLawfulNow(_wrong_state(order.get_state_display()))


def _wrong_state(state: str) -> str:
    return _("This is not possible for an order that is “%(state)s”; open the order anew.") % {
        "state": state
    }


def keep(order: RectificationOrder, *fields: str) -> None:
    """Save the named fields of an order, unless somebody moved it on meanwhile."""
    try:
        order.save(update_fields=fields)
    except ConcurrentTransition as race:
        raise NotLawfulNow(
            _("Somebody has just moved this order on; open it anew and try again.")
        ) from race


def ensure_not_rechecker(order: RectificationOrder, books: Books) -> None:
    """Whoever rechecked does not decide what follows from it."""
    latest = order.rechecks.order_by("-round").first()
    if books.by is not None and latest is not None and latest.rechecker_id == books.by.pk:
        raise NotYours(_("Whoever rechecked an order does not decide on it."))


def move_cases(
    order: RectificationOrder,
    books: Books,
    step: Callable[[HelpCase, Books], Any],
    *,
    source: CaseState,
    only: Iterable[int] | None = None,
) -> list[int]:
    """Take an order's cases a step on; a case that has ended meanwhile stays where it is."""
    cases = HelpCase.objects.select_for_update().filter(
        pk__in=list(cases_of(order).values_list("pk", flat=True)), state=source
    )
    if only is not None:
        cases = cases.filter(pk__in=list(only))
    moved = []
    for case in cases.order_by("pk"):
        before = case.state
        step(case, books)
        books.also(
            Subject("case", case.pk), books.act, str(before), str(case.state), order=order.pk
        )
        moved.append(case.pk)
    return moved


def post_order(
    order: RectificationOrder, books: Books, figure: str, amount: int, subject: Subject
) -> None:
    """Move a figure for the street and district of an order."""
    only_case = list(cases_of(order).values_list("pk", flat=True)[:2])
    books.post(
        figure,
        amount,
        subject=subject,
        district=order.district_id,
        street=order.street_id,
        case_id=only_case[0] if len(only_case) == 1 else None,
    )


def notice_subject(notice: Notice) -> Subject:
    return Subject("notice", notice.pk)


def order_subject(order: RectificationOrder) -> Subject:
    return Subject("order", order.pk)


def settle_overdue(order: RectificationOrder, books: Books) -> bool:
    """An order with no late item left is no longer overdue; the clocks stop on the report."""
    if order.overdue_since is None or late_items(order, books.on).exists():
        return False
    post_order(order, books, "orders_overdue", -1, order_subject(order))
    order.overdue_since = None
    keep(order, "overdue_since")
    return True


def named_items(order: RectificationOrder, name: str | int, field: str) -> list[RectificationItem]:
    """The items of the round that a name means: a short name or id, else all of a code."""
    key = str(name).strip()
    items = list(round_items(order))
    found = [item for item in items if key in (item.ref, str(item.pk))] or [
        item for item in items if item.finding.code.code == key
    ]
    if not found:
        facts.refuse(field, _("There is no item “%(name)s” in this round.") % {"name": key})
    return found


def by_item(order: RectificationOrder, given: Mapping[Any, str], field: str) -> dict[int, str]:
    """What was said per item name, per item."""
    said: dict[int, str] = {}
    for name, value in given.items():
        for item in named_items(order, name, f"{field}.{name}"):
            said[item.pk] = value
    return said
