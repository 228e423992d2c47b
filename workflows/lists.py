"""Work lists: what a person or a unit has to do, in the order of urgency, within scope."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.models import HelpCase
from casework.directory.queries import working_days
from casework.lib.calendar import WorkingCalendar
from casework.lib.keyset import MOST, Amount, KeyPage
from casework.staff.models import User
from casework.staff.scope import Reach, lies_in, reach_of
from evaluation.rectification.models import RectificationOrder
from workflows import case_flow, order_flow
from workflows.models import DUE_LAST, WorkItem
from workflows.nodes import role_texts

# Very late is said as it is: later than this many working days.
VERY_LATE = 5
SOON = 3
# What is on hold comes last, then what is due first; what has no date after all dates.
ORDER = ("on_hold", "due_last", "pk")

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
    within = _within(reach_of(user, on))
    # What somebody holds beyond their units is little, and read at once: asked beside the units, it
    # would keep the database from reading the units' work in order.
    beyond = mine(user, on).exclude(within)
    kept = list(beyond.values_list("pk", flat=True))
    return open_items().filter(within | Q(pk__in=kept) if kept else within)


def _within(reach: Reach) -> Q:
    allowed = Q(pk__in=())
    for grant in reach.grants:
        of_role = Q(roles__in=role_texts(grant.role))
        if grant.role == "EV":
            # An evaluator sees what is assigned, and rechecks anyone of the body may take.
            of_role &= Q(step="recheck")
        if grant.role in ("EV", "LE"):
            of_role &= ~Q(step="recheck", subject_id__in=_scored_first(reach.user_id))
        if grant.organisation_id is not None:
            allowed |= of_role & Q(organisation_id=grant.organisation_id)
        elif grant.prefix:
            allowed |= of_role & lies_in(grant.division_code, street="street", district="district")
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


def placed(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """Items with what `ORDER` sorts them by."""
    return items.annotate(due_last=DUE_LAST)


def in_order(items: QuerySet[WorkItem]) -> QuerySet[WorkItem]:
    """Most urgent first; what has no date last."""
    return placed(items).order_by(*ORDER)


@dataclass(frozen=True)
class Edges:
    """The days at which one urgency ends and the next begins."""

    very_late: date
    today: date
    later: date

    @classmethod
    def on(cls, today: date, calendar: WorkingCalendar | None = None) -> "Edges":
        """The edges as a day's calendar of working days has them."""
        calendar = calendar or working_days()
        return cls(
            very_late=calendar.add(today + timedelta(days=1), -(VERY_LATE + 1)),
            today=today,
            later=calendar.add(today, SOON + 1),
        )

    def urgency(self, due_on: date | None, *, on_hold: bool) -> str:
        """The group of urgency that a due date falls into."""
        if on_hold:
            return "held"
        if due_on is None:
            return "undated"
        if due_on < self.today:
            return "very_late" if due_on < self.very_late else "late"
        return "soon" if due_on < self.later else "later"

    def condition(self, urgency: str) -> Q:
        """One group of urgency, for the database; `late` is all that is overdue."""
        if urgency == "held":
            return Q(on_hold=True)
        return (
            Q(on_hold=False)
            & {
                "very_late": Q(due_last__lt=self.very_late),
                "late": Q(due_last__lt=self.today),
                "soon": Q(due_last__gte=self.today, due_last__lt=self.later),
                "later": Q(due_last__gte=self.later, due_last__lt=date.max),
                "undated": Q(due_last=date.max),
            }[urgency]
        )


def of_urgency(items: QuerySet[WorkItem], urgency: str, today: date) -> QuerySet[WorkItem]:
    """The items of one group of urgency; `late` takes in what is very late."""
    return placed(items).filter(Edges.on(today).condition(urgency))


def groups_of(page: KeyPage, items: QuerySet[WorkItem], today: date) -> dict[str, Amount]:
    """How many stand in each group of urgency, the most urgent counted first and at most `MOST`."""
    edges = Edges.on(today)
    if page.is_all:
        read = [(item.on_hold, item.due_on) for item in page.rows]
    else:
        read = list(in_order(items).values_list("on_hold", "due_on")[: MOST + 1])
    counts = Counter(edges.urgency(due_on, on_hold=on_hold) for on_hold, due_on in read[:MOST])
    last = edges.urgency(read[MOST][1], on_hold=read[MOST][0]) if len(read) > MOST else ""
    return {code: Amount(counts[code], more=code == last) for code in URGENCIES}


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
    edges = Edges.on(today, calendar)
    return [
        Row(
            item=item,
            subject=found[item.subject_type][item.subject_id],
            title=step_title(item),
            urgency=edges.urgency(item.due_on, on_hold=item.on_hold),
            when=when_in_words(item.due_on, today, calendar),
        )
        for item in items
        if item.subject_id in found[item.subject_type]
    ]
