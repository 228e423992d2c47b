"""Fieldwork of the evaluation: giving out batches, and an evaluator's own re-visits."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from casework.ledger.reading import note_list
from casework.lib import clock
from casework.lib.errors import NotFound
from casework.staff.models import Role, User
from casework.staff.scope import Reach, reach_of
from evaluation.scoring.models import Revisit
from evaluation.scoring.rotation import evaluators_of
from evaluation.scoring.states import RevisitState
from workflows.fieldwork import Given, Piece, give_out
from workflows.pages import fieldwork as pages
from workflows.pages.words import unit_names
from workflows.shell import FIELDWORK_READERS
from workflows.views.common import page_of, person, require_role

# One submission gives out what one page shows.
_AT_ONCE = 60


@require_http_methods(["GET", "HEAD", "POST"])
def fieldwork(request: HttpRequest) -> HttpResponse:
    """What waits for an evaluator, and the re-visits under way; the lead gives out batches."""
    require_role(request, *FIELDWORK_READERS)
    user, today = person(request), clock.today()
    reach = reach_of(user, today)
    kind = request.GET.get("kind", "sheets" if reach.has(Role.LE) else "phone")
    if kind not in pages.KINDS:
        raise NotFound(_("There is no such list."))
    told: list[Given] = []
    status = 200
    if request.method == "POST":
        require_role(request, Role.LE)
        told, status = _give(request, kind, user, reach)
    context = {
        "kind": kind,
        "kinds": _kinds(kind, reach),
        "told": told,
        "form_key": uuid.uuid4().hex,
    }
    shown: list[int] = []
    if reach.has(Role.LE):
        context |= _waiting(kind, user, reach, shown)
    if kind == "second":
        context |= _seconds(request, user, reach, shown)
    elif kind != "sheets":
        context |= _under_way(request, kind, user, reach, shown)
    note_list(request, "case", shown)
    return render(request, "samples/fieldwork.html", context, status=status)


def _evaluators(reach: Reach) -> list[User]:
    """The evaluators of the bodies that the reader leads."""
    return evaluators_of(sorted(reach.organisations(Role.LE)), clock.today())


def _kinds(kind: str, reach: Reach) -> list[tuple[str, Any, bool]]:
    return [
        (code, title, code == kind)
        for code, title in pages.KINDS.items()
        if code != "sheets" or reach.has(Role.LE)
    ]


def _give(request: HttpRequest, kind: str, user: User, reach: Reach) -> tuple[list[Given], int]:
    """Give out what was ticked, to one evaluator or to each as proposed."""
    today = clock.today()
    picked = set(request.POST.getlist("pick"))
    pieces = [piece for piece in pages.pieces_of(kind, user, reach, today) if piece.name in picked][
        :_AT_ONCE
    ]
    to = request.POST.get("evaluator", "")
    people = {str(one.pk): one for one in _evaluators(reach)}
    if not pieces or (to and to not in people):
        messages.warning(request, _("Tick what is to be given out, and choose who takes it."))
        return [], 422
    proposed = pages.proposals(pieces, reach, today)
    wanted: list[tuple[Piece, User | None]] = [
        (piece, people[to] if to else proposed.get(piece.case.pk)) for piece in pieces
    ]
    told = give_out(wanted, by=user, key=str(request.POST.get("key", ""))[:40])
    given = sum(not one.refused for one in told)
    messages.success(
        request,
        ngettext("%(count)d given out.", "%(count)d given out.", given) % {"count": given},
    )
    return [one for one in told if one.refused], 200


def _waiting(kind: str, user: User, reach: Reach, seen: list[int]) -> dict[str, Any]:
    """The pieces that wait, with whom the rotation proposes."""
    today = clock.today()
    pieces = pages.pieces_of(kind, user, reach, today)
    shown = pieces[:_AT_ONCE]
    proposed = pages.proposals(shown, reach, today)
    seen += [piece.case.pk for piece in shown]
    names = unit_names([piece.case.handling_street for piece in shown])
    return {
        "may_give": True,
        "waiting": [pages.to_give(piece, proposed.get(piece.case.pk), names) for piece in shown],
        "more": len(pieces) - len(shown),
        "evaluators": _evaluators(reach),
    }


def _under_way(
    request: HttpRequest, kind: str, user: User, reach: Reach, seen: list[int]
) -> dict[str, Any]:
    """The re-visits given out and those that ended, a page of them."""
    today = clock.today()
    rows = pages.revisits_of(reach, user, pages.MODES[kind]).exclude(state=RevisitState.WAITING)
    page: Page[Revisit] = page_of(request, rows)
    found = list(page.object_list)
    ends = pages.windows(found, pages.MODES[kind])
    seen += [row.case_id for row in found]
    names = unit_names([row.case.handling_street for row in found])
    return {
        "page": page,
        "rows": [pages.under_way(row, ends, names, user, today) for row in found],
        "query": f"kind={kind}&",
    }


def _seconds(request: HttpRequest, user: User, reach: Reach, seen: list[int]) -> dict[str, Any]:
    """The second scores given out, with where each stands."""
    page = page_of(request, pages.seconds_of(reach, user).prefetch_related("case__sheets"))
    found = list(page.object_list)
    seen += [row.case_id for row in found]
    names = unit_names([row.case.handling_street for row in found])
    today = clock.today()
    return {
        "page": page,
        "rows": [pages.second_under_way(row, names, user, today) for row in found],
        "query": "kind=second&",
    }
