"""The rectification desk: the board, and the page of one order."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to as visible_cases
from casework.directory.queries import working_days
from casework.lib import clock
from casework.staff.models import User
from evaluation.rectification.models import Notice, RectificationItem, RectificationOrder
from evaluation.rectification.queries import BOARD, board, cases_of
from evaluation.rectification.states import ItemState, OrderState, RecheckMethod, Verdict
from workflows.pages.case import Stage
from workflows.pages.handing import handing_of
from workflows.pages.ladder import ladder, repeated
from workflows.pages.offers import order_offers
from workflows.pages.tasks import name_of
from workflows.pages.timeline import entries_of, timeline
from workflows.pages.words import (
    ORDER_ITEM_TONES,
    ORDER_TONES,
    Due,
    Word,
    Words,
    case_word,
    due_of,
    due_on,
    earliest_deadlines,
    unit_names,
)

CLOSED_SHOWN = 20


def lanes(orders: QuerySet[RectificationOrder], today: date) -> list[dict[str, Any]]:
    """The board from receipt to strike-off; of what is closed only the latest."""
    rows = orders.select_related("street", "provider").annotate(
        case_count=Count("items__case", distinct=True), item_count=Count("items", distinct=True)
    )
    standing = rows.exclude(state=OrderState.CLOSED).order_by("issued_at")
    closed = rows.filter(state=OrderState.CLOSED).order_by("-closed_at")[:CLOSED_SHOWN]
    due = earliest_deadlines("order", [row.pk for row in standing])
    by_lane, calendar = dict(board(standing)), working_days()
    return [
        {
            "title": lane.title,
            "orders": [
                _ticket(row, due_of(due.get(row.pk), today, calendar=calendar))
                for row in (closed if OrderState.CLOSED in lane.states else by_lane[lane])
            ],
        }
        for lane in BOARD
    ]


def _ticket(row: Any, due: Due | None) -> dict[str, Any]:
    tags = []
    if row.round > 1:
        tags.append(Word(_("second notice"), "warn"))
    if row.state == OrderState.TAKEN_OVER:
        tags.append(Word(_("taken over"), "late"))
    if row.escalation_level:
        tags.append(Word(_("chased, level %(level)s") % {"level": row.escalation_level}, "late"))
    return {
        "url": reverse("order_page", args=[row.pk]),
        "number": row.number_base,
        "unit": " · ".join(filter(None, [str(row.street), str(row.provider or "")])),
        "words": _("%(cases)s cases, %(items)s items")
        % {"cases": row.case_count, "items": row.item_count},
        "due": due,
        "tags": tags,
    }


def order_page(order: RectificationOrder, roles: set[str], reader: User) -> dict[str, Any]:
    """Everything the page of one order shows."""
    today = clock.today()
    due = due_of(earliest_deadlines("order", [order.pk]).get(order.pk), today)
    offers = order_offers(order, roles)
    cases = list(cases_of(order).select_related("person", "household__head"))
    known = set(
        visible_cases(reader, today)
        .filter(pk__in=[case.pk for case in cases])
        .values_list("pk", flat=True)
    )
    again = repeated(order)
    return {
        "order": _head(order),
        "due": due,
        "stages": _stages(order, due),
        "next": offers,
        "handing": handing_of(offers, reader, today),
        "actions": offers.others,
        "closed_acts": offers.closed,
        "items": [_item(item, known, again, today) for item in _items(order)],
        "ladder": ladder(order, today),
        "cases": [_case(case, known) for case in cases],
        "notices": [_notice(row) for row in order.notices.select_related("document")],
        "rechecks": _rechecks(order),
        "entries": timeline(entries_of("order", order.pk)),
        "crumbs": [(_("Rectification"), reverse("order_list")), (order.number_base, "")],
    }


def _head(order: RectificationOrder) -> dict[str, Any]:
    names = unit_names([order.district_id, order.street_id])
    words = [names[order.district_id] + names[order.street_id], str(order.provider or "")]
    words.append(_("round %(round)s") % {"round": order.round})
    return {
        "number": order.number_base,
        "words": " · ".join(filter(None, words)),
        "state": order.get_state_display(),
        "tone": ORDER_TONES.get(order.state, "info"),
    }


def _stages(order: RectificationOrder, due: Due | None) -> list[Stage]:
    place = next(number for number, lane in enumerate(BOARD) if order.state in lane.states)
    dates = [order.issued_at, order.received_on, order.reported_on, order.closed_at]
    found = []
    for number, (lane, on) in enumerate(zip(BOARD, dates, strict=True)):
        note = _iso(on)
        if number < place or order.state == OrderState.CLOSED:
            found.append(Stage(lane.title, "done", _("done"), note))
        elif number > place:
            found.append(Stage(lane.title, "todo", _("not yet")))
        else:
            late = "late" if due and due.tone in {"late", "severe"} else ""
            until = _("due %(day)s") % {"day": due.on.isoformat()} if due and due.on else note
            found.append(Stage(lane.title, "now", _("now"), until, late))
    return found


def _items(order: RectificationOrder) -> Iterable[RectificationItem]:
    return order.items.select_related(
        "finding__code", "case__person", "case__household__head"
    ).order_by("seq")


def _item(item: RectificationItem, known: set[int], again: set[str], today: date) -> dict[str, Any]:
    case = item.case.case_no
    if item.case_id in known:
        case = f"{name_of(item.case)} {case}"
    facts: list[tuple[Words, Words]] = [
        (_("What is wrong"), item.finding.description),
        (_("Requirement"), item.requirement),
        (_("Responsible"), " · ".join(filter(None, [item.unit_name, item.person_in_charge]))),
        (_("What was done"), item.measure),
        (_("What came of it"), item.result),
        (_("Evidence"), "；".join(map(str, item.evidence))),
        (_("Root cause"), item.root_cause),
        (_("Lasting measure"), item.long_term),
        (_("Verdict"), item.verdict_reason),
        (_("Extended"), item.extension_reason),
    ]
    return {
        "number": item.seq,
        "finding": str(item.finding.code),
        "came_back": item.finding.code.code in again,
        "case": case,
        "due": due_on(item.due_on, today) if item.state == ItemState.OPEN else None,
        "state": item.get_state_display(),
        "tone": ORDER_ITEM_TONES.get(item.state, "plain"),
        "facts": [(label, value) for label, value in facts if value],
    }


def _case(case: HelpCase, known: set[int]) -> dict[str, Any]:
    word = case_word(case)
    within = case.pk in known
    return {
        "url": reverse("case_page", args=[case.case_no]) if within else "",
        "person": name_of(case) if within else case.case_no,
        "case_no": case.case_no if within else "",
        "state": word.text,
        "tone": word.tone,
    }


def _notice(row: Notice) -> dict[str, Any]:
    received = _iso(row.received_on)
    if row.is_deemed:
        received += _(" (by lapse of time)")
    facts: list[tuple[Words, Words]] = [
        (_("Round"), str(row.round)),
        (_("Issued on"), _iso(row.issued_on)),
        (_("Received on"), received),
        (_("Due on"), _iso(row.due_on)),
        (_("Struck off on"), _iso(row.closed_on)),
    ]
    return {
        "number": row.number,
        "url": reverse("document", args=[row.document.uuid]) if row.document.is_issued else "",
        "facts": [(label, value) for label, value in facts if value],
    }


def _rechecks(order: RectificationOrder) -> list[dict[str, Any]]:
    refs = {item.ref: item.finding.code.code for item in _items(order)}
    return [
        {
            "title": _("Round %(round)s") % {"round": row.round}
            + f" · {row.on.isoformat()} · {RecheckMethod(row.method).label}",
            "lines": [
                f"{row.rechecker}、{row.second_rechecker}",
                *(
                    f"{refs.get(ref, ref)}：{Verdict(verdict).label}"
                    + (f" · {row.reasons[ref]}" if row.reasons.get(ref) else "")
                    for ref, verdict in row.verdicts.items()
                ),
            ],
        }
        for row in order.rechecks.select_related("rechecker")
    ]


def _iso(value: Any) -> str:
    if value is None:
        return ""
    day = clock.local_date(value) if hasattr(value, "hour") else value
    return str(day.isoformat())
