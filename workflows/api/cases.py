"""Cases and orders: lists, one of them, and the acts on them."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to
from casework.cases.states import CaseState
from casework.ledger.reading import note_list, note_read
from casework.lib import clock
from casework.lib.errors import Incomplete, NotFound, NotYours
from casework.staff.models import ClientScope
from casework.staff.scope import reach_of
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.queries import cases_of
from evaluation.rectification.queries import visible_to as visible_orders
from workflows.acts import ACTS, ActSpec
from workflows.api import shapes
from workflows.api.base import (
    REASON_HEADER,
    Door,
    asking,
    client,
    page_of,
    paged,
    raw,
    submission_key,
)
from workflows.api.facts import checked, schema_of
from workflows.api.schema import KEY, PAGED, REASON, text_query
from workflows.forms import FORMS
from workflows.models import Deadline
from workflows.pages.offers import Offers, case_offers, order_offers
from workflows.pages.sight import Sight
from workflows.pages.tasks import knows_names, name_of
from workflows.pages.words import earliest_deadlines
from workflows.perform import perform
from workflows.reading import ReadingReason, record_reading
from workflows.views.acts import act_named, order_in_reach
from workflows.views.common import case_in_sight


class CaseList(Door):
    """Cases within the program's reach, the newest referral first."""

    scope = ClientScope.CASES
    asks = frozenset({"after", "state", "street"})

    @extend_schema(
        operation_id="cases",
        parameters=[*PAGED, text_query("state", [*CaseState.values]), text_query("street")],
        responses=shapes.CasePage,
    )
    def get(self, request: Request) -> Response:
        today, user = clock.today(), asking(request)
        rows = visible_to(user, today)
        state = request.query_params.get("state")
        if state is not None:
            if state not in CaseState.values:
                raise Incomplete(_("This code is not known."), {"state": ""})
            rows = rows.filter(state=state)
        if street := request.query_params.get("street", "").replace("\0", ""):
            rows = rows.filter(handling_street=street)
        rows = rows.select_related("person", "household__head").prefetch_related("lines")
        page = page_of(request, rows, ("referred_at", "pk"))
        note_list(raw(request), "case", (row.pk for row in page.rows))
        due = earliest_deadlines("case", [row.pk for row in page.rows])
        named = _names(request)
        return Response(
            paged(request, page, [_case(row, due.get(row.pk), named=named) for row in page.rows])
        )


class CaseFile(Door):
    """One case: what the program's memberships show of it, and what may be done now."""

    scope = ClientScope.CASES

    @extend_schema(operation_id="case", parameters=[REASON], responses=shapes.CaseFile)
    def get(self, request: Request, case_no: str) -> Response:
        case, sight = case_in_sight(raw(request), case_no)
        _state_reason(request, case, sight)
        due = earliest_deadlines("case", [case.pk]).get(case.pk)
        personal = ClientScope.REGISTRY in client(request).scopes
        told = _case(case, due, named=personal and sight.delivery)
        told["acts"] = _open(case_offers(case, set(sight.roles)))
        told["household"] = _household(case) if personal and sight.whole_file else None
        told["plan"] = _plan(case, sight) if sight.delivery else None
        return Response(told)


class CaseAct(Door):
    """Perform an act on a case; the same key with the same facts hears the first answer."""

    scope = ClientScope.ACTS

    @extend_schema(
        operation_id="act_on_case",
        parameters=[KEY, REASON],
        request={"application/json": {"type": "object"}},
        responses=shapes.Done,
    )
    def post(self, request: Request, case_no: str, act: str) -> Response:
        case, sight = case_in_sight(raw(request), case_no)
        _state_reason(request, case, sight)
        return _act(request, act_named(act, "case"), case, case.case_no)


class OrderList(Door):
    """Rectification orders within the program's reach, the newest first."""

    scope = ClientScope.CASES
    asks = frozenset({"after"})

    @extend_schema(operation_id="orders", parameters=PAGED, responses=shapes.OrderPage)
    def get(self, request: Request) -> Response:
        rows = visible_orders(asking(request), clock.today()).select_related("provider")
        page = page_of(request, rows, ("pk",))
        note_list(raw(request), "order", (row.pk for row in page.rows))
        due = earliest_deadlines("order", [row.pk for row in page.rows])
        found = [_order(row, due.get(row.pk)) for row in page.rows]
        return Response(paged(request, page, found))


class OrderFile(Door):
    """One rectification order."""

    scope = ClientScope.CASES

    @extend_schema(operation_id="order", responses=shapes.OrderFile)
    def get(self, request: Request, pk: int) -> Response:
        order, roles = _order_of(raw(request), pk)
        told = _order(order, earliest_deadlines("order", [order.pk]).get(order.pk))
        told["acts"] = _open(order_offers(order, roles))
        seen = visible_to(asking(request), clock.today())
        covered = seen.filter(pk__in=[case.pk for case in cases_of(order)])
        told["cases"] = sorted(covered.values_list("case_no", flat=True))
        return Response(told)


class OrderAct(Door):
    """Perform an act on a rectification order."""

    scope = ClientScope.ACTS

    @extend_schema(
        operation_id="act_on_order",
        parameters=[KEY],
        request={"application/json": {"type": "object"}},
        responses=shapes.Done,
    )
    def post(self, request: Request, pk: int, act: str) -> Response:
        order, _roles = _order_of(raw(request), pk)
        return _act(request, act_named(act, "order"), order, order.number_base)


class ActList(Door):
    """Every act a program may perform, with the JSON Schema of its facts."""

    scope = ClientScope.ACTS

    @extend_schema(operation_id="acts", responses=shapes.Act(many=True))
    def get(self, request: Request) -> Response:
        return Response(
            [
                {
                    "name": spec.name,
                    "title": str(spec.title),
                    "subject": spec.subject,
                    "roles": sorted(spec.roles),
                    "facts": schema_of(spec),
                }
                for spec in ACTS.values()
                if spec.name in FORMS
            ]
        )


def _names(request: Request) -> bool:
    """Names stand in lists for whom the token and the screens both show them."""
    personal = ClientScope.REGISTRY in client(request).scopes
    return personal and knows_names(reach_of(asking(request), clock.today()))


def _order_of(request: HttpRequest, pk: int) -> tuple[RectificationOrder, set[str]]:
    if pk >= 2**63:
        raise NotFound(_("There is no such order, or it is not within your reach."))
    return order_in_reach(request, pk)


def _act(request: Request, spec: ActSpec, subject: Any, number: str) -> Response:
    key = submission_key(request)
    facts = checked(spec, request.data)
    done = perform(spec.name, subject, by=asking(request), key=key, **facts)
    subject.refresh_from_db()
    return Response(
        {
            "act": done.act,
            "subject": number,
            "state": subject.state,
            "entry": done.entry_id,
            "repeated": done.repeated,
            "values": dict(done.values),
        }
    )


def _state_reason(request: Request, case: HelpCase, sight: Sight) -> None:
    """The city reads a file only with a reason, by whatever door."""
    if not sight.needs_reason:
        return
    reason = request.headers.get(REASON_HEADER, "")
    if reason not in ReadingReason.values:
        known = ", ".join(ReadingReason.values)
        raise NotYours(
            _("State why you read this file in the header %(header)s: %(known)s.")
            % {"header": REASON_HEADER, "known": known}
        )
    record_reading("read_case", case, by=asking(request), reason=reason)
    note_read(raw(request), "case", case.pk, reason)


def _case(case: HelpCase, due: Deadline | None, *, named: bool) -> dict[str, Any]:
    return {
        "case_no": case.case_no,
        "state": case.state,
        "hold": case.hold,
        "locked": case.locked,
        "lines": [row.line for row in case.lines.all()],
        "category": case.category,
        "handling_district": case.handling_district,
        "handling_street": case.handling_street,
        "referred_at": case.referred_at,
        "due": _due(due),
        "person": name_of(case) if named else None,
    }


def _due(due: Deadline | None) -> dict[str, Any] | None:
    return {"kind": due.kind, "due_on": due.due_on} if due else None


def _household(case: HelpCase) -> dict[str, Any]:
    home = case.household
    return {
        "address": home.address,
        "residence_division": home.residence_division,
        "hukou_division": home.hukou_division,
        "category": home.category,
        "relief_type": home.relief_type,
        "members": [
            {
                "id": member.pk,
                "name": member.name,
                "id_no_masked": member.masked_id,
                "sex": member.sex,
                "birth_date": member.birth_date,
                "relation_to_head": member.relation_to_head,
                "phone": member.phone,
                "guardian": member.guardian_id,
                "death_date": member.death_date,
                "left_on": member.left_on,
            }
            for member in home.members.order_by("pk")
        ],
    }


def _plan(case: HelpCase, sight: Sight) -> list[dict[str, Any]] | None:
    plan = case.plan_in_force
    if plan is None:
        return None
    items = sight.of_items(list(plan.items.select_related("service", "provider").order_by("pk")))
    return [
        {
            "service": item.service_id,
            "line": item.line,
            "provider": str(item.provider or ""),
            "planned": item.qty_planned,
            "done": item.qty_done,
            "unit": item.unit,
            "starts_on": item.starts_on,
            "ends_on": item.ends_on,
            "status": item.status,
        }
        for item in items
    ]


def _order(order: RectificationOrder, due: Deadline | None) -> dict[str, Any]:
    return {
        "id": order.pk,
        "number": order.number_base,
        "state": order.state,
        "round": order.round,
        "district": order.district_id,
        "street": order.street_id,
        "provider": str(order.provider or ""),
        "issued_at": order.issued_at,
        "due": _due(due),
    }


def _open(offers: Offers) -> list[str]:
    return [offer.code for offer in [*offers.actions, *offers.others] if offer.code in FORMS]
