"""Reading orders: what is due when, who has which role, how the board stands."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from django.db.models import F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.cases.models import HelpCase
from casework.documents.models import Document
from casework.lib import clock
from casework.staff.models import Role, User
from casework.staff.scope import code_prefix, reach_of
from evaluation.rectification.models import Notice, RectificationItem, RectificationOrder
from evaluation.rectification.states import ItemState, OrderState
from evaluation.scoring.models import EvaluatorAssignment
from evaluation.scoring.states import Purpose

RECHECKABLE = (OrderState.REPORTED, OrderState.RECHECKED)


class Lane(NamedTuple):
    """One lane of the board."""

    key: str
    title: Promise
    states: tuple[OrderState, ...]


BOARD = (
    Lane("receipt", _("Waiting for receipt"), (OrderState.ISSUED,)),
    Lane("rectifying", _("Being put right"), (OrderState.RECEIVED, OrderState.TAKEN_OVER)),
    Lane("recheck", _("Waiting for recheck"), RECHECKABLE),
    Lane("closed", _("Struck off"), (OrderState.CLOSED,)),
)


def round_items(order: RectificationOrder) -> QuerySet[RectificationItem]:
    """The items of the round the order is in."""
    return (
        order.items.filter(round=order.round)
        .exclude(state=ItemState.STRUCK_OFF)
        .select_related("finding__code", "finding__sheet__scheme", "case__household__head")
        .order_by("seq")
    )


def unreported(order: RectificationOrder) -> QuerySet[RectificationItem]:
    """Items of the round on which no report has come."""
    return round_items(order).filter(state=ItemState.OPEN)


def due_groups(order: RectificationOrder) -> list[tuple[date | None, list[RectificationItem]]]:
    """Unreported items by due date, earliest first; None while receipt is not yet known."""
    items = unreported(order).order_by(F("due_on").asc(nulls_last=True), "seq")
    return [(due, list(group)) for due, group in groupby(items, key=lambda item: item.due_on)]


def late_items(order: RectificationOrder, on: date) -> QuerySet[RectificationItem]:
    """Unreported items whose own due date has passed."""
    return unreported(order).filter(due_on__lt=on)


def cases_of(order: RectificationOrder) -> QuerySet[HelpCase]:
    """The cases an order covers."""
    found: QuerySet[HelpCase] = HelpCase.objects.filter(rectification_items__order=order)
    return found.distinct().order_by("pk")


def current_notice(order: RectificationOrder) -> Notice | None:
    """The notice last issued for an order."""
    return order.notices.order_by("-round").first()


def board(orders: QuerySet[RectificationOrder]) -> list[tuple[Lane, list[RectificationOrder]]]:
    """Orders in the lanes from receipt to strike-off."""
    found = list(orders)
    return [(lane, [one for one in found if one.state in lane.states]) for lane in BOARD]


def visible_to(user: User, on: date | None = None) -> QuerySet[RectificationOrder]:
    """The orders a person may see on a day; the others do not exist for them."""
    day = on or clock.today()
    reach = reach_of(user, day)
    orders: QuerySet[RectificationOrder] = RectificationOrder.objects.all()
    if reach.has(Role.CA):
        return orders
    seen = Q(pk__in=[])
    for code in reach.divisions(Role.CW, Role.SH, Role.DS):
        seen |= Q(street__code__startswith=code_prefix(code))
    for provider in reach.organisations(Role.PR):
        seen |= Q(provider_id=provider)
    bodies = reach.organisations(Role.EV, Role.LE)
    if bodies:
        seen |= _seen_by_evaluators(user, reach.organisations(Role.LE), bodies)
    return orders.filter(seen)


def _seen_by_evaluators(user: User, led: set[int], bodies: set[int]) -> Q:
    """The lead sees the body's orders; others what they recheck, or what is free to recheck."""
    given = EvaluatorAssignment.objects.filter(organisation__in=bodies)
    own = given.filter(purpose=Purpose.RECHECK, evaluator=user, ended_at=None)
    taken = EvaluatorAssignment.objects.filter(purpose=Purpose.RECHECK, ended_at=None)
    free = (
        Q(items__case__in=given.values("case"), state__in=RECHECKABLE)
        & ~Q(items__case__in=taken.values("case"))
        & ~Q(first_evaluators=user)
    )
    seen = Q(items__case__in=own.values("case")) | free
    if led:
        seen |= Q(items__case__in=given.filter(organisation__in=led).values("case"))
    return Q(pk__in=RectificationOrder.objects.filter(seen).values("pk"))


def roles_on_order(order: RectificationOrder, user: User, on: date | None = None) -> set[str]:
    """The roles a person holds towards an order on a day; none means it does not exist for them."""
    day = on or clock.today()
    reach = reach_of(user, day)
    streets: Sequence[Role] = (Role.CW, Role.SH, Role.DS)
    held = {role.value for role in streets if reach.covers(order.street_id, role)}
    if reach.has(Role.CA):
        held.add(Role.CA.value)
    if order.provider_id in reach.organisations(Role.PR):
        held.add(Role.PR.value)
    if reach.has(Role.EV, Role.LE) and visible_to(user, day).filter(pk=order.pk).exists():
        held |= {role.value for role in (Role.EV, Role.LE) if reach.has(role)}
    return held


def readable_notices(user: User, documents: list[Document]) -> set[int]:
    """A notice is read by whoever has a role towards its order."""
    about = {document.subject_id for document in documents}
    orders = set(visible_to(user).filter(pk__in=about).values_list("pk", flat=True))
    return {document.pk for document in documents if document.subject_id in orders}
