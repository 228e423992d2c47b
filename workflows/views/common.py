"""What screens share: who asks, the case in scope, pages of lists."""

from typing import Any, cast
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.ledger.reading import note_sought
from casework.lib import clock
from casework.lib.errors import NotFound, NotYours
from casework.lib.keyset import SIZE, KeyPage, key_page
from casework.staff.models import User
from casework.staff.scope import reach_of
from workflows.forms.filters import FilterForm
from workflows.pages.sight import Sight, sight_of

OPENED = "opened_with_reason"


def person(request: HttpRequest) -> User:
    """The person at the screen; every page but the sign-in asks for one."""
    return cast("User", request.user)


def require_role(request: HttpRequest, *roles: str) -> None:
    """Refuse a page to people whose roles do not reach it."""
    if not reach_of(person(request), clock.today()).has(*roles):
        raise NotYours(_("Your roles do not cover this page."))


def case_in_sight(request: HttpRequest, case_no: str) -> tuple[HelpCase, Sight]:
    """A case and what the reader sees of it; absent and out of scope read alike."""
    note_sought(request, "case", HelpCase.objects.filter(case_no=case_no))
    rows = HelpCase.objects.select_related("household__head", "person", "caseworker")
    case = rows.filter(case_no=case_no).first()
    sight = sight_of(case, person(request), clock.today()) if case else None
    if case is None or sight is None or not sight.roles:
        raise NotFound(_("There is no such case, or it is not within your reach."))
    return case, sight


def reason_first(request: HttpRequest, case: HelpCase, sight: Sight) -> HttpResponse | None:
    """The way to the page that asks for a reason, where the reader owes one today."""
    if not sight.needs_reason or _opened_today(request, case):
        return None
    here = quote(request.get_full_path())
    return redirect(f"{reverse('case_reason', args=[case.case_no])}?next={here}")


def _opened_today(request: HttpRequest, case: HelpCase) -> bool:
    opened = request.session.get(OPENED, {})
    return bool(opened.get(case.case_no) == clock.today().isoformat())


def remember_opened(request: HttpRequest, case: HelpCase) -> None:
    """The reason holds for this session until the day ends."""
    today = clock.today().isoformat()
    opened = {no: day for no, day in request.session.get(OPENED, {}).items() if day == today}
    request.session[OPENED] = opened | {case.case_no: today}


def page_of(request: HttpRequest, rows: QuerySet[Any] | list[Any]) -> Page[Any]:
    """One page of a list; a number out of range is the nearest page."""
    return Paginator(rows, SIZE).get_page(request.GET.get("page"))


def newest_first(request: HttpRequest, rows: QuerySet[Any]) -> KeyPage:
    """One page of what only grows, the newest first."""
    return key_page(request.GET, rows, ("pk",), descending=True)


def listing(filters: FilterForm) -> dict[str, Any]:
    """What every filtered list needs beside its rows."""
    query = filters.query().urlencode()
    return {"filters": filters, "chips": filters.chips(), "query": f"{query}&" if query else ""}


def nothing_found(filters: FilterForm, url: str, first_words: str) -> dict[str, Any]:
    """Why a list is empty, and the way on."""
    if filters.chips():
        return {
            "title": _("Nothing fits these filters"),
            "text": _("Lift one of them to see more."),
            "url": url,
            "action": _("Lift all filters"),
        }
    return {"title": _("Nothing here"), "text": first_words}


def tell_recorded(request: HttpRequest, key: str, words: str, *, repeated: bool = False) -> None:
    """Say that it is recorded, and which submission: the browser may let go of what was typed."""
    if repeated:
        words = _("This form had been recorded already; nothing was recorded twice.")
    messages.success(request, words, extra_tags=f"recorded {key}")
