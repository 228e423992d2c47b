"""The privacy desk: what people asked about their data, what may be forgotten, what is held."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from casework.cases.models import HelpCase, LegalHold, SubjectRequest
from casework.cases.queries import visible_to
from casework.cases.retention import due_for_forgetting, kept_until, stands_against
from casework.ledger.reading import note_list, note_read
from casework.lib import clock
from casework.lib.errors import NotLawfulNow, NotYours
from casework.staff.models import Role
from casework.staff.scope import reach_of
from casework.staff.sessions import confirmed_of_late
from workflows.pages.copy import copy_of
from workflows.pages.revisits import hears_answers
from workflows.pages.tasks import name_of
from workflows.shell import PRIVACY_READERS
from workflows.views.common import case_in_sight, person, reason_first, require_role

MOST_SHOWN = 100


@require_safe
def privacy_desk(request: HttpRequest) -> HttpResponse:
    """Open requests within the reader's scope; to the city also what is old enough, and holds."""
    require_role(request, *PRIVACY_READERS)
    today, user = clock.today(), person(request)
    is_city = reach_of(user, today).has(Role.CA)
    cases = visible_to(user, today)
    asked = SubjectRequest.objects.filter(case__in=cases, outcome="").select_related(
        "case__household__head", "case__person"
    )
    requests = [_asked(row, today, named=not is_city) for row in asked[:MOST_SHOWN]]
    old = [_old(case, today) for case in due_for_forgetting(today)[:MOST_SHOWN]] if is_city else []
    held: QuerySet[LegalHold] = LegalHold.objects.filter(lifted_at=None).select_related("case")
    note_list(request, "case", [row["url"] for row in (*requests, *old)])
    context = {
        "requests": requests,
        "is_city": is_city,
        "old": old,
        "holds": [_held(row) for row in held[:MOST_SHOWN]] if is_city else [],
    }
    return render(request, "privacy/desk.html", context)


def _asked(row: SubjectRequest, today: Any, *, named: bool) -> dict[str, Any]:
    return {
        "url": reverse("case_page", args=[row.case.case_no]),
        "who": name_of(row.case) if named else row.case.case_no,
        "kind": row.get_kind_display(),
        "received_on": row.received_on,
        "due_on": row.due_on,
        "is_late": row.due_on < today,
        "answer_url": reverse("act_page", args=[row.case.case_no, "answer_request"]),
    }


def _old(case: HelpCase, today: Any) -> dict[str, Any]:
    against = stands_against(case, today)
    return {
        "url": reverse("case_page", args=[case.case_no]),
        "number": case.case_no,
        "state": case.get_state_display(),
        "kept_until": kept_until(case, today),
        "against": "".join(str(words) for words in against),
        "act_url": "" if against else reverse("act_page", args=[case.case_no, "forget_household"]),
    }


def _held(row: LegalHold) -> dict[str, Any]:
    return {
        "url": reverse("case_page", args=[row.case.case_no]),
        "number": row.case.case_no,
        "reason": row.get_reason_display(),
        "since": row.set_at,
        "lift_url": reverse("act_page", args=[row.case.case_no, "lift_legal_hold"]),
    }


@require_safe
@confirmed_of_late
def case_copy(request: HttpRequest, case_no: str) -> HttpResponse:
    """Everything kept about the household, as a file to hand out: while a request asks for it."""
    case, sight = case_in_sight(request, case_no)
    if first := reason_first(request, case, sight):
        return first
    if not sight.roles & {Role.SH, Role.DS}:
        raise NotYours(_("The head of the street or the district hands out a copy."))
    if not case.requests.filter(kind__in=("ACCESS", "COPY"), outcome="").exists():
        raise NotLawfulNow(
            _("Record the request first: a copy is made while somebody asks for it.")
        )
    note_read(request, "case", case.pk, "COPY")
    found = copy_of(case, with_answers=hears_answers(sight))
    told = json.dumps(found, ensure_ascii=False, indent=1, cls=DjangoJSONEncoder)
    response = HttpResponse(told, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{case.case_no}.json"'
    return response
