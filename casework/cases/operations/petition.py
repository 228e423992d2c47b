"""Petitions: told in time whether they are taken up, answered in time, reviewed twice at most.

信访条例 (State Council, in force 2005-05-01), articles 22, 23 and 33 to 36.
"""

from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, Petition
from casework.cases.operations import facts
from casework.cases.operations.extending import extend_once
from casework.cases.operations.step import ensure_lawful, ensure_second_person
from casework.cases.queries import open_petition
from casework.cases.states import PetitionOutcome, PetitionStage
from casework.directory.queries import due_on
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow

_NEXT = {
    PetitionStage.HANDLING: PetitionStage.REVIEW,
    PetitionStage.REVIEW: PetitionStage.SECOND_REVIEW,
}


def file_petition(
    case: HelpCase, books: Books, *, filed_on: facts.Day, text: str
) -> dict[str, Any]:
    """Enter a petition, or the wish for a review of the last answer; its clocks begin."""
    ensure_lawful(case, books, "file_petition")
    if open_petition(case) is not None:
        raise NotLawfulNow(_("A petition is open; answer it first."))
    filed = facts.past_day(filed_on, "filed_on", books)
    last = case.petitions.order_by("filed_on", "pk").last()
    stage = _stage_after(last, filed)
    kept = Petition.objects.create(
        case=case,
        stage=stage,
        filed_on=filed,
        text=facts.text(text, "text", at_most=2000),
        inform_by=due_on("petition_inform", filed, rule_date=books.on),
        due_on=due_on(_limit_of(stage), filed, rule_date=books.on),
        filed_by=books.by,
    )
    books.note(stage=stage, filed_on=filed, due_on=kept.due_on)
    return {"stage": stage.value, "inform_by": kept.inform_by, "due_on": kept.due_on}


def _stage_after(last: Petition | None, filed: Any) -> PetitionStage:
    """Within its time after an answer a petition asks for a review; later it is a new one."""
    if last is None or last.outcome == PetitionOutcome.NOT_TAKEN_UP:
        return PetitionStage.HANDLING
    if last.answered_on and filed < last.answered_on:
        facts.refuse("filed_on", _("The petition before was answered later than this."))
    if last.review_until is None or filed > last.review_until:
        if last.stage == PetitionStage.SECOND_REVIEW:
            raise NotLawfulNow(_("The second review was final; the same matter is not taken up."))
        return PetitionStage.HANDLING
    return _NEXT[PetitionStage(last.stage)]


def _limit_of(stage: PetitionStage) -> str:
    return "petition_answer" if stage == PetitionStage.HANDLING else "petition_review_answer"


def inform_petitioner(
    case: HelpCase,
    books: Books,
    *,
    informed_on: facts.Day,
    taken_up: bool = True,
    answer: str = "",
) -> dict[str, Any]:
    """Record that the person was told whether the petition is taken up."""
    ensure_lawful(case, books, "inform_petitioner")
    asked = _open(case)
    if asked.informed_on is not None:
        raise NotLawfulNow(_("The person was told already."))
    day = facts.past_day(informed_on, "informed_on", books)
    if day < asked.filed_on:
        facts.refuse("informed_on", _("The petition was filed later than this."))
    asked.informed_on = day
    if not taken_up:
        asked.outcome = PetitionOutcome.NOT_TAKEN_UP
        asked.answer = facts.text(answer, "answer", at_most=2000)
        asked.answered_on, asked.answered_by = day, books.by
    asked.save()
    books.note(informed_on=day, taken_up=bool(taken_up), in_time=day <= asked.inform_by)
    return {"taken_up": bool(taken_up), "in_time": day <= asked.inform_by}


def extend_petition(case: HelpCase, books: Books, *, reason: str) -> dict[str, Any]:
    """Take more time once, before the time is over, and say why."""
    ensure_lawful(case, books, "extend_petition")
    asked = _open(case)
    if asked.stage != PetitionStage.HANDLING:
        raise NotLawfulNow(_("The time of a review is not extended."))
    later = extend_once(
        asked,
        asked.due_on,
        books,
        limit="petition_extension",
        rule_date=books.on,
        reason=reason,
    )
    return {"due_on": later}


def answer_petition(
    case: HelpCase, books: Books, *, outcome: str, answer: str, answered_on: facts.Day
) -> dict[str, Any]:
    """Answer a petition in writing; until when a review may be asked for follows from it."""
    ensure_lawful(case, books, "answer_petition")
    asked = _open(case)
    if asked.informed_on is None:
        raise NotLawfulNow(_("Tell the person first whether the petition is taken up."))
    ensure_second_person(
        books,
        case.petitions.exclude(pk=asked.pk).values_list("answered_by_id", flat=True),
        _("Whoever answered before cannot answer the review; ask a colleague."),
    )
    decided = facts.choice(PetitionOutcome, outcome, "outcome")
    if decided == PetitionOutcome.NOT_TAKEN_UP:
        facts.refuse("outcome", _("This petition was taken up: answer it."))
    day = facts.past_day(answered_on, "answered_on", books)
    if day < asked.informed_on:
        facts.refuse("answered_on", _("The person was told later than this that it is taken up."))
    asked.outcome, asked.answer = decided, facts.text(answer, "answer", at_most=2000)
    asked.answered_on, asked.answered_by = day, books.by
    if asked.stage != PetitionStage.SECOND_REVIEW:
        asked.review_until = due_on("petition_review_file", day, rule_date=books.on, roll=True)
    asked.save()
    books.note(outcome=decided, answered_on=day, in_time=day <= asked.due_on)
    return {"outcome": decided.value, "review_until": asked.review_until}


def _open(case: HelpCase) -> Petition:
    found = open_petition(case)
    if found is None:
        raise NotLawfulNow(_("No petition is open."))
    return found
