"""The city's desk for duplicates: which facts of two entries agree, and whose they are.

The desk sees no names. Whoever must look into a file opens it by its number, with a reason.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from casework.cases.models import HelpCase
from casework.households.duplicates import decide, find_duplicates, on_the_desk
from casework.households.models import Duplicate
from casework.ledger.act import open_books
from casework.ledger.reading import note_list, note_read
from casework.lib.errors import NotFound
from casework.lib.keyset import key_page
from casework.staff.models import Role
from casework.staff.rows import as_engine
from workflows.pages.words import unit_names
from workflows.views.common import person, require_role

State = Duplicate.State
TONES = {State.SAME: "late", State.DIFFERENT: "ok"}


@require_safe
def duplicate_list(request: HttpRequest) -> HttpResponse:
    """Pairs that nobody has decided, or those decided one way."""
    require_role(request, Role.CA)
    asked = request.GET.get("state", "")
    state = asked if asked in State.values else State.OPEN
    page = key_page(request.GET, on_the_desk(state), ("score", "pk"), descending=True)
    cases = _cases(page.rows)
    places = unit_names(
        member.household.residence_division[:9]
        for pair in page.rows
        for member in (pair.left, pair.right)
    )
    note_list(request, "pair", (pair.pk for pair in page.rows))
    context = {
        "page": page,
        "query": f"state={state}&",
        "pairs": [_pair(pair, cases, places) for pair in page.rows],
        "states": [(code, label, code == state) for code, label in State.choices],
        "state": state,
        "reasons": Duplicate.Reason.choices,
        "empty": {
            "title": _("No pair here"),
            "text": _("Entries are compared every night, and now if you like."),
        },
    }
    return render(request, "cases/duplicates.html", context)


@require_POST
def duplicate_find(request: HttpRequest) -> HttpResponse:
    """Compare all entries now."""
    require_role(request, Role.CA)
    with as_engine():
        count = find_duplicates()
    messages.success(request, _("New pairs found: %(count)d") % {"count": count})
    return redirect("duplicate_list")


@require_POST
def duplicate_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide a pair, or take a decision back; the journals of both households keep it."""
    require_role(request, Role.CA)
    pair = Duplicate.objects.select_related("left", "right").filter(pk=pk).first()
    if pair is None:
        raise NotFound(_("There is no such pair."))
    state, reason = request.POST.get("state", ""), request.POST.get("reason", "")
    with as_engine(), open_books("decide_duplicate", by=person(request)) as books:
        before = pair.state
        held = decide(pair, books, state=state, reason=reason)
        books.close(("pair", held.pk), from_state=before, to_state=held.state, reason=reason)
    note_read(request, "pair", pair.pk, reason)
    messages.success(request, _("Decided: %(state)s") % {"state": held.get_state_display()})
    return redirect("duplicate_list")


def _cases(pairs: list[Duplicate]) -> dict[int, list[str]]:
    """The numbers of the households' cases."""
    homes = {member.household_id for pair in pairs for member in (pair.left, pair.right)}
    found: dict[int, list[str]] = {}
    rows = HelpCase.objects.filter(household__in=homes).order_by("referred_at")
    for household, number in rows.values_list("household", "case_no"):
        found.setdefault(household, []).append(number)
    return found


def _pair(pair: Duplicate, cases: dict[int, list[str]], places: dict[str, str]) -> dict[str, Any]:
    return {
        "pk": pair.pk,
        "score": pair.score,
        "grounds": [Duplicate.Ground(code).label for code in pair.grounds],
        "state": pair.state,
        "label": pair.get_state_display(),
        "tone": TONES.get(State(pair.state), "plain"),
        "decided": f"{pair.decided_by} · {pair.get_reason_display()}" if pair.decided_by else "",
        "decided_at": pair.decided_at,
        "sides": [
            {
                "place": places.get(member.household.residence_division[:9], ""),
                "cases": [
                    (number, reverse("case_page", args=[number]))
                    for number in cases.get(member.household_id, [])
                ],
            }
            for member in (pair.left, pair.right)
        ],
    }
