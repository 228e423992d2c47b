"""Giving a case to an evaluator who has no tie to it."""

from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.cases.operations import facts
from casework.cases.states import CaseState
from casework.directory.models import Organisation
from casework.directory.queries import due_on
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow, NotYours
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from evaluation.scoring.models import EvaluatorAssignment
from evaluation.scoring.queries import evaluator_body, first_sheet, has_scored, is_too_close
from evaluation.scoring.states import Purpose

PURPOSES = {
    CaseState.EVALUATING: Purpose.FIRST,
    CaseState.RECTIFYING: Purpose.RECHECK,
    CaseState.RECHECKING: Purpose.RECHECK,
}


def assign_evaluator(
    case: HelpCase, books: Books, *, evaluator: User | int | str
) -> dict[str, Any]:
    """Give a case to an evaluator: for its first score, or once ordered, for its recheck."""
    purpose = PURPOSES.get(CaseState(case.state))
    if purpose is None:
        raise NotLawfulNow(
            _("An evaluator is assigned to a case that was drawn; this one is “%(state)s”.")
            % {"state": case.get_state_display()}
        )
    person = facts.person(evaluator, "evaluator")
    if purpose == Purpose.FIRST and first_sheet(case):
        raise NotLawfulNow(_("This case has been scored; its evaluator no longer changes."))
    body = body_for(person, books)
    refuse_ties(person, case, purpose)
    twice = EvaluatorAssignment.objects.filter(case=case, purpose=Purpose.SECOND, evaluator=person)
    if purpose == Purpose.FIRST and twice.exists():
        raise NotYours(_("Whoever scores a case blind a second time does not score it first."))
    made = give(case, books, person, body, purpose)
    return {"assignment": made.pk, "purpose": made.purpose, "window_ends_on": made.window_ends_on}


def give(
    case: HelpCase, books: Books, person: User, body: Organisation, purpose: Purpose
) -> EvaluatorAssignment:
    """Give a case to an evaluator for a purpose, in place of whoever had it for that."""
    open_now = EvaluatorAssignment.objects.filter(case=case, purpose=purpose, ended_at=None)
    open_now.update(ended_at=books.moment)
    window = due_on("evaluate", books.on, rule_date=case.rule_date)
    return EvaluatorAssignment.objects.create(
        case=case,
        evaluator=person,
        organisation=body,
        purpose=purpose,
        assigned_at=books.moment,
        assigned_by=books.by,
        # A recheck waits for the unit's report: it ends with the case, not after a time.
        window_ends_on=None if purpose == Purpose.RECHECK else window,
    )


def body_for(person: User, books: Books) -> Organisation:
    """The body an evaluator works for; a lead gives work to the own body alone."""
    body = evaluator_body(person, books.on)
    if body is None:
        facts.refuse("evaluator", _("This person does not evaluate for any body on this day."))
    if books.by is not None:
        led = reach_of(books.by, books.on).organisations(Role.LE)
        if led and body.pk not in led:
            facts.refuse("evaluator", _("This person evaluates for another body."))
    return body


def refuse_ties(person: User, case: HelpCase, purpose: Purpose) -> None:
    """Refuse an evaluator with a tie to the case, or who would check their own first score."""
    if is_too_close(person, case):
        raise NotYours(
            _("This evaluator has belonged to the unit or the provider, or verified the case.")
        )
    if purpose == Purpose.RECHECK and has_scored(person, case):
        raise NotYours(_("Whoever scored the case first does not recheck it."))
