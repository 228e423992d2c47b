"""The kinds of thing that acts are about, and what `perform` must know of each."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from casework.cases.models import HelpCase, PlanItem
from casework.cases.operations.service import raise_alert
from casework.cases.queries import roles_on as roles_on_case
from casework.cases.states import PlanState
from casework.directory.models import Organisation
from casework.directory.still import once
from casework.ledger.act import Books
from casework.lib.errors import Blocked
from casework.staff.models import User
from casework.staff.scope import reach_of
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.queries import cases_of, roles_on_order
from evaluation.scoring.models import EvaluatorAssignment
from evaluation.scoring.states import Purpose
from workflows import case_flow, order_flow


class SubjectKind(ABC):
    """How acts on one kind of subject find its state, its roles and its flow."""

    type: str
    model: Any
    flow: Any

    @abstractmethod
    def roles_on(self, held: Any, user: User, on: date, facts: Mapping[str, Any]) -> set[str]:
        """The roles a person holds towards the subject; none means it is out of reach."""

    def state_of(self, held: Any) -> str:
        return str(held.state)

    def companions(self, act: str, held: Any) -> Iterable[tuple["SubjectKind", Any]]:
        """Other subjects whose deadlines and tasks the act touched."""
        return ()

    def record_blocked(self, held: Any, books: Books, refusal: Blocked) -> None:  # noqa: B027
        """Keep on the file that a contradictory act was tried; the journal has it anyway."""

    def place_of(self, held: Any) -> tuple[str, str, int | None]:
        """District, street and organisation in whose lists the subject's work stands."""
        return "", "", None


class CaseKind(SubjectKind):
    type = "case"
    model = HelpCase
    flow = case_flow

    def roles_on(self, held: Any, user: User, on: date, facts: Mapping[str, Any]) -> set[str]:
        if held is not None:
            return roles_on_case(held, user, on)
        # A referral: whoever may refer at all, within the city.
        return set(reach_of(user, on).roles)

    def companions(self, act: str, held: Any) -> Iterable[tuple[SubjectKind, Any]]:
        if act != "issue_order":
            return ()
        order = RectificationOrder.objects.filter(items__case=held).order_by("-pk").first()
        others = [case for case in cases_of(order) if case.pk != held.pk]
        return [(ORDER, order), *((CASE, other) for other in others)]

    def record_blocked(self, held: Any, books: Books, refusal: Blocked) -> None:
        raise_alert(held, books, code=refusal.finding_code, detail=refusal.detail)

    def place_of(self, held: Any) -> tuple[str, str, int | None]:
        return held.handling_district, held.handling_street, None


class OrderKind(SubjectKind):
    type = "order"
    model = RectificationOrder
    flow = order_flow

    def roles_on(self, held: Any, user: User, on: date, facts: Mapping[str, Any]) -> set[str]:
        return roles_on_order(held, user, on)

    def companions(self, act: str, held: Any) -> Iterable[tuple[SubjectKind, Any]]:
        return [(CASE, case) for case in cases_of(held)]

    def place_of(self, held: Any) -> tuple[str, str, int | None]:
        return held.district_id, held.street_id, held.provider_id


CASE = CaseKind()
ORDER = OrderKind()
KINDS: dict[str, SubjectKind] = {"case": CASE, "order": ORDER}


def kind_of(subject: Any) -> SubjectKind:
    """The kind a subject belongs to."""
    return ORDER if isinstance(subject, RectificationOrder) else CASE


def provider_of(subject: Any) -> int | None:
    """The provider whose people may act: of the order, or of the case's plan in force."""
    if isinstance(subject, RectificationOrder):
        serving: int | None = subject.provider_id
        return serving
    items = PlanItem.objects.filter(plan__case=subject, plan__state=PlanState.APPROVED)
    provider: int | None = (
        items.exclude(provider=None).values_list("provider_id", flat=True).first()
    )
    return provider


def evaluator_body_of(subject: Any) -> int | None:
    """The evaluator body of a subject: the one its cases are assigned to, else the city's."""
    if isinstance(subject, RectificationOrder):
        given = list(EvaluatorAssignment.objects.filter(case__in=cases_of(subject)))
    else:
        # Read with the case where many are read at once.
        given = list(subject.assignments.all())
    if given:
        return max(given, key=lambda assignment: assignment.pk).organisation_id
    body: int | None = once("evaluator_body", _city_evaluator)
    return body


def _city_evaluator() -> int | None:
    bodies = Organisation.objects.filter(kind=Organisation.Kind.EVALUATOR, suspended_on=None)
    return bodies.order_by("pk").values_list("pk", flat=True).first()


def assigned_evaluator(case: HelpCase, purpose: str = Purpose.FIRST) -> User | None:
    """The evaluator who has the case for its first evaluation, or for what follows a recheck."""
    assignment = (
        EvaluatorAssignment.objects.select_related("evaluator")
        .filter(case=case, purpose=purpose, ended_at__isnull=True)
        .first()
    )
    return assignment.evaluator if assignment else None
