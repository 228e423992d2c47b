"""Rechecking a report, striking an order off, and taking it over."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.operations import evaluation as course
from casework.cases.operations import facts
from casework.cases.states import CaseState
from casework.directory.queries import parameter
from casework.ledger.act import Books
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from evaluation.rectification import limits
from evaluation.rectification.models import Recheck, RectificationOrder
from evaluation.rectification.notice_text import district_bureau
from evaluation.rectification.operations.rounds import reopen, strike_off_passed
from evaluation.rectification.operations.steps import (
    by_item,
    ensure_not_rechecker,
    ensure_order,
    keep,
    lawful_step,
    move_cases,
    notice_subject,
    post_order,
)
from evaluation.rectification.queries import cases_of, round_items
from evaluation.rectification.states import ItemState, OrderState, RecheckMethod, Verdict
from evaluation.scoring.models import EvaluatorAssignment
from evaluation.scoring.queries import evaluator_body, is_too_close
from evaluation.scoring.states import Purpose


def recheck(
    order: RectificationOrder,
    books: Books,
    *,
    verdicts: Mapping[int | str, str],
    reasons: Mapping[int | str, str] | None = None,
    method: str = RecheckMethod.DESK,
    second: str = "",
) -> dict[str, Any]:
    """Give every reported item a verdict; two people, neither of whom scored it first."""
    ensure_order(order, OrderState.REPORTED)
    person = _rechecker(order, books)
    how = facts.choice(RecheckMethod, method, "method")
    other = facts.text(second, "second", at_most=60)
    if other == str(person):
        facts.refuse("second", _("Two people recheck; name the second one."))
    said = {
        pk: facts.choice(Verdict, v, "verdicts")
        for pk, v in by_item(order, verdicts, "verdicts").items()
    }
    why = by_item(order, reasons or {}, "reasons")
    _judge(order, said, why)
    Recheck.objects.create(
        order=order,
        round=order.round,
        on=books.on,
        method=how,
        rechecker=person,
        second_rechecker=other,
        verdicts={str(pk): verdict.value for pk, verdict in said.items()},
        reasons={str(pk): text for pk, text in why.items()},
    )
    with lawful_step(order):
        order.recheck()
    keep(order, "state")
    _take_for_rescoring(order, books, person)
    failed = [item.ref for item in round_items(order).filter(state=ItemState.FAILED)]
    books.note(failed=failed)
    return {"all_passed": order.all_passed, "failed": failed}


def _rechecker(order: RectificationOrder, books: Books) -> User:
    person = books.by
    if person is None:
        raise NotYours(_("An order is rechecked by a person."))
    if order.first_evaluators.filter(pk=person.pk).exists():
        raise NotYours(_("Whoever scored the case first does not recheck it."))
    if any(is_too_close(person, case) for case in cases_of(order)):
        raise NotYours(
            _("This evaluator has belonged to the unit or the provider, or verified the case.")
        )
    given = EvaluatorAssignment.objects.filter(
        case__in=cases_of(order), purpose=Purpose.RECHECK, ended_at=None
    )
    leads = reach_of(person, books.on).has(Role.LE)
    if given.exclude(evaluator=person).exists() and not leads:
        raise NotYours(_("This case is assigned to another evaluator."))
    return person


def _judge(order: RectificationOrder, said: Mapping[int, Verdict], why: Mapping[int, str]) -> None:
    faults: dict[str, str] = {}
    for item in round_items(order):
        verdict = said.get(item.pk)
        if verdict is None:
            faults[f"verdicts.{item.ref}"] = _("Every item needs a verdict.")
        elif verdict == Verdict.FAIL and not why.get(item.pk, "").strip():
            faults[f"reasons.{item.ref}"] = _("Say what is still missing.")
        else:
            item.state = ItemState.PASSED if verdict == Verdict.PASS else ItemState.FAILED
            item.verdict_reason = why.get(item.pk, "")
            item.save(update_fields=["state", "verdict_reason"])
    if faults:
        raise Incomplete(_("The recheck is not complete."), faults)


def _take_for_rescoring(order: RectificationOrder, books: Books, person: User) -> None:
    """Whoever rechecked a case scores it anew, unless somebody was assigned to it."""
    body = evaluator_body(person, books.on)
    if body is None:
        return
    taken = EvaluatorAssignment.objects.filter(purpose=Purpose.RECHECK, ended_at=None)
    for case in cases_of(order).exclude(pk__in=taken.values("case")):
        EvaluatorAssignment.objects.create(
            case=case,
            evaluator=person,
            organisation=body,
            purpose=Purpose.RECHECK,
            assigned_at=books.moment,
            assigned_by=person,
        )


def strike_off(order: RectificationOrder, books: Books) -> dict[str, Any]:
    """Write off every item and every notice of an order that was put right."""
    ensure_order(order, OrderState.RECHECKED)
    ensure_not_rechecker(order, books)
    if not order.all_passed:
        raise NotLawfulNow(_("Some items failed the recheck; they cannot be struck off."))
    refs = strike_off_passed(order, books)
    for notice in order.notices.filter(closed_on=None).order_by("round"):
        notice.closed_on = books.on
        notice.save(update_fields=["closed_on"])
        post_order(order, books, "orders_closed", 1, notice_subject(notice))
    with lawful_step(order):
        order.close(at=books.moment)
    keep(order, "state", "closed_at")
    return {"struck_off": refs}


def take_over(order: RectificationOrder, books: Books, *, reason: str) -> dict[str, Any]:
    """The district itself puts right what the unit failed to put right twice."""
    ensure_order(order, OrderState.RECHECKED)
    facts.text(reason, "reason")
    failed = list(round_items(order).filter(state=ItemState.FAILED))
    if not failed:
        raise NotLawfulNow(_("Every item passed; strike the order off."))
    if order.round < int(parameter("rectification_rounds", books.on)):
        raise NotLawfulNow(_("The unit gets a second notice before the district takes over."))
    strike_off_passed(order, books)
    order.round += 1
    for item in failed:
        amount, unit = limits.second_limit(item, books.on)
        due = limits.due_on(books.on, amount, unit)
        reopen(item, order.round, amount=amount, unit=unit, due=due)
        item.unit_name = district_bureau(order)
        item.person_in_charge = str(books.by or "")
        item.save()
    with lawful_step(order):
        order.take_over()
    order.reported_on = None
    keep(order, "state", "round", "reported_on")
    move_cases(
        order,
        books,
        course.return_to_rectification,
        source=CaseState.RECHECKING,
        only={item.case_id for item in failed},
    )
    return {"items": [item.ref for item in failed]}
