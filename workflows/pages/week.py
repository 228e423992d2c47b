"""The weekly table as a page, and the list behind each of its numbers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to
from casework.directory.models import Division
from casework.ledger.figures import subjects
from casework.ledger.models import Movement
from casework.staff.models import User
from casework.staff.scope import reach_of
from evaluation.rectification.models import Notice, RectificationOrder
from evaluation.reporting.columns import BY_KEY, COLUMNS, Column
from evaluation.reporting.weekly import Table, texts
from workflows.pages.tasks import knows_names, name_of
from workflows.pages.words import ORDER_TONES, Words, case_word

WHOLE_CITY = "all"
LABELS: dict[str, Words] = {
    "seq": gettext_lazy("No."),
    "district": gettext_lazy("District"),
    "target": gettext_lazy("Target of the year"),
    "referred_week": gettext_lazy("Referred this week"),
    "referred": gettext_lazy("Referred so far"),
    "verified": gettext_lazy("Verified at home"),
    "rejected": gettext_lazy("Rejected"),
    "help_disabled": gettext_lazy("In help: disabled"),
    "help_elderly": gettext_lazy("In help: elderly"),
    "help_student": gettext_lazy("In help: students"),
    "help_combined": gettext_lazy("In help: combined"),
    "completed_week": gettext_lazy("Completed this week"),
    "completed": gettext_lazy("Completed so far"),
    "rate": gettext_lazy("Rate (%)"),
    "rank": gettext_lazy("Rank"),
    "evaluated": gettext_lazy("Evaluated"),
    "mean_score": gettext_lazy("Mean score"),
    "orders_issued": gettext_lazy("Notices issued"),
    "orders_closed": gettext_lazy("Notices struck off"),
    "orders_overdue": gettext_lazy("Rectification overdue"),
    "rank_move": gettext_lazy("Against last week"),
}
# A number that is worked out leads to the list it was worked out from.
_BEHIND = {"rate": "completed", "mean_score": "evaluated"}
_NOT_TOLD = "—"


# Fewer than so many households could be somebody whom a reader next door knows.
SMALL = 5


@dataclass(frozen=True)
class Cell:
    """One cell of the table: its text, and the list behind it if there is one."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Counted:
    """One thing a number counts, as far as the reader may know it."""

    person: str
    case_no: str
    url: str
    state: Words
    tone: str
    occurred_on: date | None
    amount: str
    note: str


def table_page(table: Table) -> dict[str, Any]:
    """The columns, rows and total of a week with a link behind every number."""
    week = table["week"]
    return {
        "columns": [{"key": column.key, "label": LABELS[column.key]} for column in COLUMNS],
        "rows": [
            {"code": row["code"], "name": row["name"], "cells": _cells(row, week, row["code"])}
            for row in table["rows"]
        ],
        "total": {"cells": _guarded(table, _cells(table["total"], week, WHOLE_CITY))},
    }


def _guarded(table: Table, total: list[Cell]) -> list[Cell]:
    """The city's row, without what would tell of the few that lie in other districts.

    A reader who sees some rows only could take them off the total. Where fewer than `SMALL` would
    remain, the total is given as a bound, and what is worked out of it not at all.
    """
    bounds = {
        column.key: bound
        for column in COLUMNS
        if column.figure and column.kind == "sum"
        for own in [sum(row[column.key] or 0 for row in table["rows"])]
        if (bound := bound_of(own, (table["total"][column.key] or 0) - own))
    }
    return [
        replace(cell, text=bounds.get(column.key, _NOT_TOLD))
        if column.key in bounds or _BEHIND.get(column.key) in bounds
        else cell
        for column, cell in zip(COLUMNS, total, strict=True)
    ]


def bound_of(own: int, beyond: int) -> str:
    """What is said of a number of which only a few lie beyond the reader's scope; else nothing."""
    return f"<{own + SMALL}" if 0 < beyond < SMALL else ""


def _cells(row: Mapping[str, Any], week: str, district: str) -> list[Cell]:
    return [
        Cell(text, _link(column, row, week, district))
        for column, text in zip(COLUMNS, texts(dict(row)), strict=True)
    ]


def _link(column: Column, row: Mapping[str, Any], week: str, district: str) -> str:
    key = _BEHIND.get(column.key, column.key)
    if not BY_KEY[key].figure or row[column.key] is None:
        return ""
    return reverse("week_cell", args=[week, key, district])


def behind(
    column: Column, week: str, district: str, reader: User, on: date
) -> tuple[list[Counted], int]:
    """What a number counts within the reader's scope, and how much lies beyond it."""
    where = None if district == WHOLE_CITY else district
    found = subjects(
        column.figure,
        week=week,
        district=where,
        line=column.line or None,
        only_week=column.week_only,
    )
    return told_of(found, column.figure, Q(week__lte=week), reader, on)


def told_of(
    found: list[tuple[str, int, Decimal]], figure: str, upto: Q, reader: User, on: date
) -> tuple[list[Counted], int]:
    """Subjects as a list shows them to a reader, and how many lie beyond the reader's scope.

    `upto` says up to when the last movement of each is looked for.
    """
    last = _last_movements(figure, upto, found)
    known = _Known.of(found, reader, on)
    listed = [
        counted
        for kind, number, amount in found
        if (counted := known.read(kind, number, amount, last.get((kind, number))))
    ]
    return listed, len(found) - len(listed)


def _last_movements(
    figure: str, upto: Q, found: Iterable[tuple[str, int, Decimal]]
) -> dict[tuple[str, int], Movement]:
    rows = Movement.objects.filter(
        upto, figure=figure, subject_id__in=[number for _k, number, _a in found]
    )
    return {(row.subject_type, row.subject_id): row for row in rows.order_by("pk")}


@dataclass(frozen=True)
class _Known:
    """The subjects behind a number that the reader may know, by kind and id."""

    cases: Mapping[int, HelpCase]
    orders: Mapping[int, RectificationOrder]
    notices: Mapping[int, Notice]
    with_names: bool

    @classmethod
    def of(cls, found: Iterable[tuple[str, int, Decimal]], reader: User, on: date) -> "_Known":
        ids: dict[str, list[int]] = {"case": [], "order": [], "notice": []}
        for kind, number, _amount in found:
            ids.setdefault(kind, []).append(number)
        reach = reach_of(reader, on)
        all_notices = Notice.objects.filter(pk__in=ids["notice"]).select_related("order")
        notices = [row for row in all_notices if reach.covers(row.order.street_id)]
        all_orders = RectificationOrder.objects.filter(pk__in=ids["order"])
        orders = [row for row in all_orders if reach.covers(row.street_id)]
        cases = visible_to(reader, on).filter(pk__in=ids["case"])
        return cls(
            cases={row.pk: row for row in cases.select_related("person", "household__head")},
            orders={row.pk: row for row in orders},
            notices={row.pk: row for row in notices},
            # The city reads a de-identified list; the file needs a reason.
            with_names=knows_names(reach),
        )

    def read(
        self, kind: str, number: int, amount: Decimal, last: Movement | None
    ) -> Counted | None:
        """One subject as the list shows it, or nothing where it is out of scope."""
        shared: dict[str, Any] = {
            "occurred_on": last.occurred_on if last else None,
            "amount": f"{amount.normalize():f}",
            "note": last.note if last else "",
        }
        if kind == "case":
            return self._case(self.cases.get(number), shared)
        notice = self.notices.get(number) if kind == "notice" else None
        order = notice.order if notice else self.orders.get(number)
        if order is None:
            return None
        return Counted(
            person=notice.number if notice else order.number_base,
            case_no=_("round %(round)s") % {"round": notice.round if notice else order.round},
            url=reverse("order_page", args=[order.pk]),
            state=order.get_state_display(),
            tone=ORDER_TONES.get(order.state, "info"),
            **shared,
        )

    def _case(self, case: HelpCase | None, shared: dict[str, Any]) -> Counted | None:
        if case is None:
            return None
        word = case_word(case)
        return Counted(
            person=name_of(case) if self.with_names else case.case_no,
            case_no=case.case_no if self.with_names else "",
            url=reverse("case_page", args=[case.case_no]),
            state=word.text,
            tone=word.tone,
            **shared,
        )


def district_name(code: str) -> Words:
    """The district a number stands for."""
    if code == WHOLE_CITY:
        return _("Whole city")
    found = Division.objects.filter(code=code).first()
    return found.name if found else code
