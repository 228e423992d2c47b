"""Work as lists show it: one line for each thing to do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.models import HelpCase
from casework.cases.states import Hold
from casework.directory.queries import working_days
from casework.households.codes import Category
from casework.staff.models import Role, User
from casework.staff.scope import Reach, reach_of
from evaluation.rectification.models import RectificationOrder
from workflows.lists import Row
from workflows.lists import rows as read_rows
from workflows.models import WorkItem
from workflows.pages.handing import Handing, handing
from workflows.pages.words import Due, Words, due_on, unit_names

TONES = {
    "very_late": "severe",
    "late": "late",
    "soon": "warn",
    "later": "info",
    "undated": "plain",
    "held": "plain",
}
HINTS = {
    "very_late": gettext_lazy("more than 5 working days"),
    "late": gettext_lazy("1 to 5 working days"),
    "soon": gettext_lazy("today and the next three working days"),
    "held": gettext_lazy("suspended or being transferred"),
}


@dataclass(frozen=True)
class Task:
    """One thing somebody must do next."""

    url: str
    title: str
    person: str
    case_no: str
    street: str
    due: Due | None
    tags: list[Words] = field(default_factory=list)
    reason: Words = ""
    assignee: str = ""
    urgency: str = ""
    handing: Handing = Handing()


def tasks(items: Iterable[WorkItem], reader: User, today: date) -> list[Task]:
    """Work items as lines of a list; a handful of queries for however many there are."""
    found = read_rows(items, today)
    reach = reach_of(reader, today)
    named = knows_names(reach)
    streets = unit_names({_street(row.subject) for row in found})
    calendar = working_days()
    return [
        _task(
            row,
            named=named,
            street=streets.get(_street(row.subject), ""),
            due=due_on(row.item.due_on, today, calendar=calendar),
            handing=handing(row.item, reader, reach),
        )
        for row in found
    ]


def search_hint(reach: Reach) -> Words:
    """What a person may look for: whoever reads no names looks for numbers alone."""
    return _("Name, pinyin, phone, number") if knows_names(reach) else _("Case number")


def knows_names(reach: Reach) -> bool:
    """The city reads de-identified lists; a file needs a reason."""
    return not reach.has(Role.CA)


def _street(subject: Any) -> str:
    if isinstance(subject, RectificationOrder):
        return str(subject.street_id)
    return str(subject.handling_street)


def _task(row: Row, *, named: bool, **shown: Any) -> Task:
    subject, item = row.subject, row.item
    shared: dict[str, Any] = {
        **shown,
        "title": row.title,
        "assignee": str(item.owner) if item.owner else _("not taken"),
        "urgency": row.urgency,
    }
    if isinstance(subject, RectificationOrder):
        return Task(
            url=reverse("order_page", args=[subject.pk]),
            person=str(subject.provider or ""),
            case_no=subject.number_base,
            tags=[_("round %(round)s") % {"round": subject.round}],
            reason=subject.get_state_display(),
            **shared,
        )
    return Task(
        url=reverse("case_page", args=[subject.case_no]),
        person=name_of(subject) if named else "",
        case_no=subject.case_no,
        tags=tags_of(subject),
        reason=_reason(subject),
        **shared,
    )


def number_of(subject: Any) -> str:
    """The number by which people call a case or an order."""
    if isinstance(subject, RectificationOrder):
        return str(subject.number_base)
    return str(subject.case_no)


def name_of(case: HelpCase) -> str:
    """The helped person's name, for people who work on the case."""
    member = case.subject_member
    return member.name if member else ""


def tags_of(case: HelpCase) -> list[Words]:
    """What distinguishes a case at a glance: urgency and category."""
    found: list[Words] = [_("sudden hardship")] if case.sudden else []
    if case.category in Category.values:
        found.append(Category(case.category).label)
    return found


def _reason(case: HelpCase) -> Words:
    """Why the work stands where it stands."""
    if case.hold == Hold.NONE:
        return case.get_state_display()
    return f"{case.get_hold_display()} · {case.get_state_display()}"
