"""Work lists: what a person or a unit has to do, in the order of urgency, within scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.models import HelpCase
from casework.directory.queries import working_days
from casework.lib.calendar import WorkingCalendar
from casework.staff.models import User
from casework.staff.scope import Reach, reach_of
from evaluation.rectification.models import RectificationOrder
from workflows import case_flow, order_flow
from workflows.models import WorkItem

PAGE = 50
# Very late is said as it is: later than this many working days.
VERY_LATE = 5
SOON = 3

URGENCIES = {
    "very_late": gettext_lazy("Very overdue"),
    "late": gettext_lazy("Overdue"),
    "soon": gettext_lazy("Due within three days"),
    "later": gettext_lazy("Not due yet"),
    "undated": gettext_lazy("Without a date"),
    "held": gettext_lazy("On hold"),
}


@dataclass(frozen=True)
class Row:
    """One line of a work list: what is due, on whose file, how urgent and why."""

    item: WorkItem
    subject: Any
    title: str
    urgency: str
    when: str


def step_title(item: WorkItem) -> str:
    """What a step is called on the screen."""
    flow_class = (case_flow if item.subject_type == "case" else order_flow).CURRENT
    node = getattr(flow_class, item.step, None)
    return str(node.task_title) if node is not None else item.step


def open_items() -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(done_at__isnull=True, dropped_at__isnull=True)


def reachable_by(user: User, on: date) -> QuerySet[WorkItem]:
    """The open work a person may take: by role and unit, or because it is already theirs."""
    return open_items().filter(_within(reach_of(user, on)) | Q(owner=user))


def _within(reach: Reach) -> Q:
    allowed = Q(pk__in=())
    for grant in reach.grants:
        of_role = Q(roles__contains=f",{grant.role},")
        if grant.role == "EV":
            # An evaluator sees what is assigned, and rechecks anyone of the body may take.
            of_role &= Q(step="recheck")
        if grant.role in ("EV", "LE"):
            of_role &= ~Q(step="recheck", subject_id__in=_scored_first(reach.user_id))
        if grant.organisation_id is not None:
            allowed |= of_role & Q(organisation_id=grant.organisation_id)
        elif grant.prefix:
            allowed |= of_role & Q(street__startswith=grant.prefix)
    return allowed


def _scored_first(user_id: int) -> QuerySet[Any]:
    """The orders whose recheck is not for this person, who scored a case of them first."""
    orders: QuerySet[Any] = RectificationOrder.objects.filter(first_evaluators=user_id)
    return orders.values("pk")


def mine(user: User, on: date) -> QuerySet[WorkItem]:
    """The open work a person has claimed or was assigned."""
    return open_items().filter(owner=user)


def unassigned(user: User, on: date) -> QuerySet[WorkItem]:
    """The open work of a person's units that nobody has taken."""
    return reachable_by(user, on).filter(owner__isnull=True)


def in_order(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """Most urgent first; what has no date last."""

    return items.order_by("on_hold", F("due_on").asc(nulls_last=True), "pk")


def urgency_of(item: WorkItem, today: date, calendar: WorkingCalendar | None = None) -> str:
    """The group of urgency an item stands in."""
    if item.on_hold:
        return "held"
    if item.due_on is None:
        return "undated"
    calendar = calendar or working_days()
    if item.due_on < today:
        return "very_late" if calendar.count(item.due_on, today) > VERY_LATE else "late"
    left = calendar.count(today, item.due_on)
    return "soon" if left <= SOON else "later"


def when_in_words(due_on: date | None, today: date, calendar: WorkingCalendar | None = None) -> str:
    """How late or how soon, in words."""
    if due_on is None:
        return _("no date set")
    calendar = calendar or working_days()
    if due_on < today:
        late = calendar.count(due_on, today)
        return _("overdue by %(days)s working days") % {"days": late} if late else _("overdue")
    if due_on == today:
        return _("due today")
    left = calendar.count(today, due_on)
    return _("%(days)s working days left") % {"days": left}


def rows(items: Iterable[WorkItem], today: date) -> list[Row]:
    """Work items with their subjects, two queries for however many there are."""
    items = list(items)
    cases = HelpCase.objects.select_related("household__head", "person").in_bulk(
        {item.subject_id for item in items if item.subject_type == "case"}
    )
    orders = RectificationOrder.objects.select_related("provider").in_bulk(
        {item.subject_id for item in items if item.subject_type == "order"}
    )
    found = {"case": cases, "order": orders}
    calendar = working_days()
    return [
        Row(
            item=item,
            subject=found[item.subject_type][item.subject_id],
            title=step_title(item),
            urgency=urgency_of(item, today, calendar),
            when=when_in_words(item.due_on, today, calendar),
        )
        for item in items
        if item.subject_id in found[item.subject_type]
    ]


def grouped(found: Iterable[Row]) -> list[tuple[str, Any, list[Row]]]:
    """(code, heading, rows) per urgency, the most urgent first, empty groups left out."""
    groups: dict[str, list[Row]] = {code: [] for code in URGENCIES}
    for row in found:
        groups[row.urgency].append(row)
    return [(code, URGENCIES[code], members) for code, members in groups.items() if members]
