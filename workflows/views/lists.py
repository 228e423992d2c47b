"""Home, work list, case list, documents."""

import re
from datetime import date
from typing import Any, Protocol

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to
from casework.cases.states import OPEN_STATES
from casework.directory.queries import working_days
from casework.documents.models import Document
from casework.documents.queries import readable
from casework.households.matching import found_by, is_number_of_person
from casework.ledger.reading import note_list
from casework.lib import clock
from casework.lib.identity import is_case_number
from casework.lib.keyset import Amount, key_page
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from evaluation.rectification.queries import visible_to as visible_orders
from workflows.exports import EXPORTERS
from workflows.forms.filters import CaseFilter, DocumentFilter, WorkFilter
from workflows.lists import ORDER, URGENCIES, groups_of, of_urgency, placed, reachable_by
from workflows.models import WorkItem
from workflows.pages.case_blocks import PAPER_TONES
from workflows.pages.home import home as home_page
from workflows.pages.tasks import HINTS, TONES, Task, knows_names, name_of, tasks
from workflows.pages.words import case_word, due_of, earliest_deadlines, unit_names
from workflows.shell import CASE_READERS, WORKERS
from workflows.views.common import listing, newest_first, nothing_found, person, require_role

_WHOLE_NUMBER = len("BF-2018-110112-000001-T")
_PART_OF_NUMBER = re.compile(r"[A-Za-z-]*\d[\dA-Za-z-]*")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person who arrives."""
    context = home_page(person(request), clock.today())
    panels = context["panels"]
    note_list(request, "work", (task.url for panel in panels for task in panel.get("tasks", ())))
    return render(request, "work/home.html", context)


@require_safe
def work_list(request: HttpRequest) -> HttpResponse:
    """Everything the person may take, by urgency."""
    require_role(request, *WORKERS)
    today, user = clock.today(), person(request)
    filters = WorkFilter(request)
    items = _work(filters, user, today)
    if filters.said("urgency"):
        items = of_urgency(items, filters.said("urgency"), today)
    page = key_page(request.GET, placed(items.select_related("owner")), ORDER)
    shown = tasks(page.rows, user, today)
    counts = groups_of(page, items, today)
    total = sum(amount.number for amount in counts.values())
    note_list(request, "work", (task.url for task in shown))
    context = listing(filters) | {
        "page": page,
        "groups": _groups(shown, counts),
        "total": Amount(total, more=any(amount.more for amount in counts.values())),
        "empty": nothing_found(
            filters, reverse("work_list"), _("No work waits for you or your unit.")
        ),
    }
    return render(request, "work/list.html", context)


def _work(filters: WorkFilter, user: User, today: date) -> QuerySet[WorkItem]:
    items = reachable_by(user, today)
    if filters.said("whose") == "mine":
        items = items.filter(owner=user)
    elif filters.said("whose") == "free":
        items = items.filter(owner__isnull=True)
    sought = filters.said("q")
    if sought:
        named = _called(sought, named=knows_names(reach_of(user, today)))
        cases = visible_to(user, today).filter(named).values("pk")
        orders = visible_orders(user, today).filter(number_base__icontains=sought).values("pk")
        items = items.filter(
            Q(subject_type="case", subject_id__in=cases)
            | Q(subject_type="order", subject_id__in=orders)
        )
    return items


def _called(sought: str, *, named: bool) -> Q:
    """Cases by a part of their number, or by anybody of the household as `found_by` knows them."""
    if len(sought) >= _WHOLE_NUMBER and is_case_number(sought):
        return Q(case_no=sought.upper())
    if not named or (_PART_OF_NUMBER.fullmatch(sought) and not is_number_of_person(sought)):
        return Q(case_no__contains=sought.upper())
    return Q(household__in=found_by(sought).values("household"))


def _groups(found: list[Task], counts: dict[str, Amount]) -> list[dict[str, Any]]:
    groups = []
    for code, title in URGENCIES.items():
        members = [task for task in found if task.urgency == code]
        if members:
            groups.append(
                {
                    "key": code,
                    "title": title,
                    "hint": HINTS.get(code, ""),
                    "tone": TONES[code],
                    "tasks": members,
                    # Past where the count stopped a group says nothing of its size.
                    "count": counts[code] if counts[code].number else "",
                }
            )
    return groups


@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases within the reader's scope."""
    require_role(request, *CASE_READERS)
    today, user = clock.today(), person(request)
    filters = CaseFilter(request)
    named = knows_names(reach_of(user, today))
    cases = filtered(visible_to(user, today), filters, user, named=named)
    rows = cases.select_related("person", "household__head", "caseworker").prefetch_related("lines")
    page = key_page(request.GET, rows, ("referred_at", "pk"), descending=True)
    note_list(request, "case", (row.pk for row in page.rows))
    context = listing(filters) | {
        "page": page,
        "may_export": reach_of(user, today).has(*EXPORTERS),
        "cases": _case_rows(page.rows, today, named=named),
        "total": page.amount_of(cases),
        "empty": nothing_found(filters, reverse("case_list"), _("There is no case in your scope.")),
    }
    return render(request, "cases/list.html", context)


class Said(Protocol):
    """Filters that say what is in force: of a form, or as they were kept."""

    def said(self, name: str) -> str: ...


def filtered(
    rows: QuerySet[HelpCase], filters: Said, user: User, *, named: bool
) -> QuerySet[HelpCase]:
    state, line, sought = (filters.said(name) for name in ("state", "line", "q"))
    if state:
        wanted = sorted(OPEN_STATES) if state == "open" else [state]
        rows = rows.filter(state__in=wanted)
    if line:
        rows = rows.filter(lines__line=line)
    if filters.said("whose"):
        rows = rows.filter(caseworker=user)
    if sought:
        rows = rows.filter(_called(sought, named=named))
    return rows


def _case_rows(cases: list[HelpCase], today: date, *, named: bool) -> list[dict[str, Any]]:
    due = earliest_deadlines("case", [case.pk for case in cases])
    streets = unit_names(case.handling_street for case in cases)
    calendar = working_days()
    rows = []
    for case in cases:
        word = case_word(case)
        rows.append(
            {
                "url": reverse("case_page", args=[case.case_no]),
                "case_no": case.case_no if named else "",
                "person": name_of(case) if named else case.case_no,
                "street": streets[case.handling_street],
                "state": word.text,
                "tone": word.tone,
                "due": due_of(due.get(case.pk), today, calendar=calendar),
                "lines": [row.get_line_display() for row in case.lines.all()],
                "caseworker": str(case.caseworker or ""),
            }
        )
    return rows


@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    """Documents about what the reader may see."""
    require_role(request, *WORKERS)
    user = person(request)
    filters = DocumentFilter(request)
    rows = documents_within(user, clock.today())
    if filters.said("kind"):
        rows = rows.filter(kind=filters.said("kind"))
    if filters.said("q"):
        sought = filters.said("q")
        rows = rows.filter(Q(number__icontains=sought) | Q(title__icontains=sought))
    page = newest_first(request, rows)
    note_list(request, "document", (row.pk for row in page.rows))
    context = listing(filters) | {
        "page": page,
        "papers": _papers(page.rows, user),
        "total": page.amount_of(rows),
        "empty": nothing_found(
            filters, reverse("document_list"), _("Notices and summaries appear here once issued.")
        ),
    }
    return render(request, "documents/list.html", context)


def documents_within(user: User, today: date) -> QuerySet[Document]:
    """The first sieve; each paper's own rule decides whether it opens."""
    cases = visible_to(user, today).values("pk")
    orders = visible_orders(user, today).values("pk")
    within = Q(subject_type="case", subject_id__in=cases)
    within |= Q(subject_type="order", subject_id__in=orders)
    if reach_of(user, today).has(Role.CW, Role.SH, Role.DS, Role.CA):
        within |= Q(subject_type="week")
    return Document.objects.filter(within)


def _papers(rows: list[Document], user: User) -> list[dict[str, Any]]:
    opened = readable(user, (row for row in rows if row.is_issued))
    return [_paper(row, opens=row.pk in opened) for row in rows]


def _paper(row: Document, *, opens: bool) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "kind": row.get_kind_display(),
        "issued_at": row.issued_at,
        "state": row.get_state_display(),
        "tone": PAPER_TONES.get(row.state, "plain"),
        "url": reverse("document", args=[row.uuid]) if opens else "",
    }
