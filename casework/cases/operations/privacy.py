"""Requests of people about their own data, legal holds, and the forgetting of a household."""

from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, LegalHold, SubjectRequest
from casework.cases.operations import facts
from casework.cases.operations.step import ensure_lawful
from casework.cases.retention import stands_against
from casework.cases.states import HoldReason, RequestKind, RequestOutcome
from casework.directory.queries import parameter, working_days
from casework.households.forgetting import forget
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow


def record_request(
    case: HelpCase, books: Books, *, kind: str, received_on: facts.Day, words: str = ""
) -> dict[str, Any]:
    """Enter what a person asks about the own data; from here a time runs (PIPL art. 50)."""
    ensure_lawful(case, books, "record_request")
    received = facts.past_day(received_on, "received_on", books)
    days = int(parameter("request_working_days", books.on))
    entered = SubjectRequest.objects.create(
        case=case,
        kind=facts.choice(RequestKind, kind, "kind"),
        received_on=received,
        due_on=working_days().add(received, days),
        words=words,
        recorded_by=books.by,
    )
    return {"request": entered.pk, "due_on": entered.due_on}


def answer_request(
    case: HelpCase,
    books: Books,
    *,
    outcome: str,
    answer: str,
    request: int | str | None = None,
) -> dict[str, Any]:
    """Answer a request, the oldest open one if none is named; what was told stands sealed."""
    ensure_lawful(case, books, "answer_request")
    waiting = case.requests.filter(outcome="")
    asked = (waiting.filter(pk=facts.number(request) or 0) if request else waiting).first()
    if asked is None:
        facts.refuse("request", _("There is no such open request."))
    if not answer.strip():
        facts.refuse("answer", _("Say what the person was told."))
    asked.outcome = facts.choice(RequestOutcome, outcome, "outcome")
    asked.answer, asked.answered_on, asked.answered_by = answer, books.on, books.by
    asked.save(update_fields=["outcome", "answer", "answered_on", "answered_by"])
    return {"request": asked.pk}


def set_legal_hold(case: HelpCase, books: Books, *, reason: str) -> dict[str, Any]:
    """Keep a file whatever its age, until the hold is lifted."""
    ensure_lawful(case, books, "set_legal_hold")
    if case.legal_holds.filter(lifted_at=None).exists():
        raise NotLawfulNow(_("A legal hold stands on this file already."))
    made = LegalHold.objects.create(
        case=case,
        reason=facts.choice(HoldReason, reason, "reason"),
        set_at=books.moment,
        set_by=books.by,
    )
    return {"hold": made.pk}


def lift_legal_hold(case: HelpCase, books: Books) -> dict[str, Any]:
    """End a legal hold; from then on the age of the file counts again."""
    ensure_lawful(case, books, "lift_legal_hold")
    held = case.legal_holds.filter(lifted_at=None).first()
    if held is None:
        raise NotLawfulNow(_("No legal hold stands on this file."))
    held.lifted_at, held.lifted_by = books.moment, books.by
    held.save(update_fields=["lifted_at", "lifted_by"])
    return {"hold": held.pk}


def forget_household(case: HelpCase, books: Books) -> dict[str, Any]:
    """Forget a household whose time is over: names and words go, codes and papers stay."""
    ensure_lawful(case, books, "forget_household")
    if against := stands_against(case, books.on):
        raise NotLawfulNow(" ".join(str(words) for words in against))
    rows = forget(case.household)
    books.note(rows=rows)
    return {"rows": rows}
