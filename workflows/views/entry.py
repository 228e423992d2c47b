"""New referrals."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from casework.cases.queries import visible_to
from casework.households.matching import find_by_id
from casework.lib import clock
from casework.lib.errors import CaseworkError
from casework.staff.models import User
from workflows.acts import REFERRERS
from workflows.forms.entry import ReferForm
from workflows.intake import refer_household
from workflows.pages.tasks import name_of
from workflows.perform import Performed
from workflows.views.common import person, require_role, tell_recorded


@require_http_methods(["GET", "HEAD", "POST"])
def refer(request: HttpRequest) -> HttpResponse:
    """Take in the first word of need."""
    require_role(request, *REFERRERS)
    user = person(request)
    data = request.POST if request.method == "POST" else None
    form = ReferForm(data, subject=None, by=user, on=clock.today())
    if not form.is_bound:
        return _show(request, form)
    if not form.is_valid():
        return _show(request, form, status=422)
    try:
        done = refer_household(
            by=user,
            key=form.submission_key,
            household=form.household_facts(),
            person=form.person_at,
            **form.facts(),
        )
    except CaseworkError as refusal:
        form.refuse(refusal)
        return _show(request, form, status=refusal.status)
    return _to_case(request, form.submission_key, done)


def _to_case(request: HttpRequest, key: str, done: Performed) -> HttpResponse:
    number = str(done.values["case_no"])
    words = _("Referral recorded. Case number %(number)s.") % {"number": number}
    tell_recorded(request, key, words, repeated=done.repeated)
    if visible_to(person(request)).filter(case_no=number).exists():
        return redirect("case_page", case_no=number)
    return redirect("home")


def _show(request: HttpRequest, form: ReferForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "matches": _matches(form, person(request)),
        "crumbs": [(_("Cases"), reverse("case_list")), (_("New referral"), "")],
    }
    return render(request, "cases/refer.html", context, status=status)


def _matches(form: ReferForm, user: User) -> list[dict[str, Any]]:
    """Cases of the same person, within the reader's own scope only."""
    number = form.cleaned_data.get("id_no") if form.is_bound else ""
    if not number:
        return []
    people = find_by_id(number).values("pk")
    found = visible_to(user).filter(household__members__in=people).distinct()
    return [
        {
            "url": reverse("case_page", args=[case.case_no]),
            "words": f"{name_of(case)} · {case.case_no} · {case.get_state_display()}",
        }
        for case in found
    ]
