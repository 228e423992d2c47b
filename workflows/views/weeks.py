"""Weekly summaries: the list, one week's table, the list behind a number, the spreadsheet."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.documents.queries import may_read, readable
from casework.ledger.figures import first_week
from casework.ledger.models import Period
from casework.ledger.reading import note_list
from casework.ledger.weeks import monday_of, next_week, previous_week, week_of, week_of_day
from casework.lib import clock
from casework.lib.errors import NotFound
from casework.lib.files import read_private
from casework.lib.sheets import XLSX
from casework.staff.models import Role, User
from casework.staff.scope import Reach, reach_of
from casework.staff.sessions import confirmed_of_late
from evaluation.reporting.columns import BY_KEY
from evaluation.reporting.models import WeeklySummary
from evaluation.reporting.queries import summary_of
from evaluation.reporting.weekly import Table, compile_rows
from workflows.pages.week import (
    LABELS,
    WHOLE_CITY,
    behind,
    bound_of,
    district_name,
    table_page,
)
from workflows.shell import WEEK_READERS
from workflows.views.common import page_of, person, require_role


@require_safe
def week_list(request: HttpRequest) -> HttpResponse:
    """Every week since the books were opened, the newest first."""
    require_role(request, *WEEK_READERS)
    page = page_of(request, _weeks())
    periods = {row.week: row for row in Period.objects.filter(week__in=page.object_list)}
    papers = {
        row.week: row.document
        for row in WeeklySummary.objects.filter(week__in=page.object_list).select_related(
            "document"
        )
    }
    opened = readable(person(request), (row for row in papers.values() if row.is_issued))
    rows: list[dict[str, Any]] = []
    for week in page.object_list:
        period, paper = periods.get(week), papers.get(week)
        opens = paper is not None and paper.pk in opened
        rows.append(
            {
                "url": reverse("week_page", args=[week]),
                "week": week,
                "starts": monday_of(week),
                "ends": monday_of(week) + timedelta(days=6),
                "sealed_at": period.sealed_at if period else None,
                "sha256": period.sha256 if period else "",
                "summary_url": reverse("document", args=[paper.uuid]) if paper and opens else "",
            }
        )
    empty = {"title": _("No week yet"), "text": _("The first act opens the first week.")}
    return render(
        request, "weeks/list.html", {"weeks": rows, "page": page, "query": "", "empty": empty}
    )


def _weeks() -> list[str]:
    first, week = first_week(), week_of(clock.now())
    if first is None:
        return []
    found = [week]
    while week > first:
        week = previous_week(week)
        found.append(week)
    return found


@require_safe
def week_page(request: HttpRequest, week: str) -> HttpResponse:
    """The district table of one week; every number opens the list behind it."""
    require_role(request, *WEEK_READERS)
    user = person(request)
    summary = summary_of(existing(week))
    table: Table = summary.data if summary else compile_rows(week)
    period = Period.objects.filter(week=week, sealed_at__isnull=False).first()
    current = week_of(clock.now())
    context = table_page(_within_reach(table, reach_of(user, clock.today()))) | {
        "week": week,
        "starts": monday_of(week),
        "ends": monday_of(week) + timedelta(days=6),
        "sealed": period is not None,
        "as_of": period.ends_at if period else clock.now(),
        "sha256": period.sha256 if period else "",
        "previous_url": reverse("week_page", args=[previous_week(week)]),
        "next_url": reverse("week_page", args=[next_week(week)]) if week < current else "",
        "crumbs": [(_("Weeks"), reverse("week_list")), (week, "")],
    }
    return render(request, "weeks/week.html", context | _papers(summary, user))


def existing(week: str) -> str:
    """A week that exists in the calendar and has begun."""
    try:
        exists = week_of_day(monday_of(week)) == week
    except ValueError:
        exists = False
    if not exists:
        raise NotFound(_("There is no such week."))
    if week > week_of(clock.now()):
        raise NotFound(_("This week has not begun."))
    return week


def _within_reach(table: Table, reach: Reach) -> Table:
    """Streets and districts see their own district and the city's total; the city sees all."""
    if reach.has(Role.CA, Role.AU):
        return table
    own = {code[:6] for code in reach.divisions()}
    return table | {"rows": [row for row in table["rows"] if row["code"] in own]}


def _papers(summary: WeeklySummary | None, user: User) -> dict[str, str]:
    if summary is None or not may_read(user, summary.document):
        return {}
    found = {"xlsx_url": reverse("week_xlsx", args=[summary.week])}
    if summary.document.is_issued:
        found["pdf_url"] = reverse("document", args=[summary.document.uuid])
    return found


@require_safe
@confirmed_of_late
def week_xlsx(request: HttpRequest, week: str) -> HttpResponse:
    """The spreadsheet of a sealed week, as it was stored when the week was published."""
    require_role(request, *WEEK_READERS)
    summary = summary_of(week)
    if summary is None or not may_read(person(request), summary.document):
        raise NotFound(_("There is no such week."))
    response = HttpResponse(read_private(summary.xlsx), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{summary.week}.xlsx"'
    return response


@require_safe
def week_cell(request: HttpRequest, week: str, figure: str, district: str) -> HttpResponse:
    """What one number of the table counts, as far as it lies within the reader's scope."""
    require_role(request, *WEEK_READERS)
    column = BY_KEY.get(figure)
    if column is None or not column.figure or not (district.isdecimal() or district == WHOLE_CITY):
        raise NotFound(_("There is no such figure."))
    today = clock.today()
    listed, hidden = behind(column, existing(week), district, person(request), today)
    everywhere = reach_of(person(request), today).has(Role.CA, Role.AU)
    few = "" if everywhere else bound_of(len(listed), hidden)
    page = page_of(request, listed)
    note_list(request, "counted", (row.url for row in page.object_list))
    title = LABELS[column.key]
    context = {
        "week": week,
        "figure": title,
        "district": district_name(district),
        "definition": column.definition,
        "value": few or len(listed) + hidden,
        "page": page,
        "query": "",
        "hidden": 0 if few else hidden,
        "few": bool(few),
        "empty": {
            "title": _("Nothing to list"),
            "text": _("Nothing of this number lies within your scope."),
        },
        "crumbs": [
            (_("Weeks"), reverse("week_list")),
            (week, reverse("week_page", args=[week])),
            (title, ""),
        ],
    }
    return render(request, "weeks/cell.html", context)
