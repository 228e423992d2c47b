"""Putting right what an ended case says: one person proposes, another decides, nothing reopens."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import Correction, HelpCase, ServiceRecord
from casework.cases.operations import facts
from casework.cases.operations.records import ensure_no_contradiction
from casework.cases.operations.step import ensure_lawful, ensure_second_person, keep, post
from casework.cases.queries import open_correction
from casework.cases.states import CaseState, CorrectedFact, CorrectionOutcome
from casework.households.codes import CorrectionReason
from casework.ledger.act import Books
from casework.lib import clock
from casework.lib.errors import NotLawfulNow

COLUMN_OF = {
    CorrectedFact.SATISFACTION: "satisfaction",
    CorrectedFact.SUMMARY: "closing_summary",
    CorrectedFact.HELP_DONE_ON: "help_done_on",
    CorrectedFact.COUNTED: "completed_counted",
}
SERVICE_COLUMNS = ("served_on", "quantity", "minutes", "worker")


def propose_correction(
    case: HelpCase,
    books: Books,
    *,
    fact: str,
    value: bool | int | str | Mapping[str, Any],
    reason: str,
    words: str,
    service: int | str | None = None,
) -> dict[str, Any]:
    """Say what is wrong in the file, what should stand there, and what proves it."""
    ensure_lawful(case, books, "propose_correction")
    if open_correction(case) is not None:
        raise NotLawfulNow(_("A correction already waits for its decision."))
    chosen = facts.choice(CorrectedFact, fact, "fact")
    code = facts.choice(CorrectionReason, reason, "reason")
    proof = facts.text(words, "words", at_most=1000)
    record = (
        facts.service_record(case, service, "service") if chosen == CorrectedFact.SERVICE else None
    )
    before = standing(case, chosen, record)
    after = _read(case, books, chosen, value, record)
    if before == after:
        facts.refuse("value", _("This is what stands there already."))
    kept = Correction.objects.create(
        case=case,
        fact=chosen,
        service=record,
        before=_sealed(before),
        after=_sealed(after),
        reason=code,
        words=proof,
        proposed_by=books.by,
        proposed_at=books.moment,
    )
    books.note(fact=chosen, correction=kept.pk)
    return {"correction": kept.pk}


def standing(case: HelpCase, fact: CorrectedFact, record: ServiceRecord | None) -> Any:
    """What the file says now, as plain values."""
    if record is not None:
        return {name: _plain(getattr(record, name)) for name in SERVICE_COLUMNS}
    return _plain(getattr(case, COLUMN_OF[fact]))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _sealed(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _read(
    case: HelpCase, books: Books, fact: CorrectedFact, value: Any, record: ServiceRecord | None
) -> Any:
    """The new value, read as the act that entered the old one would read it."""
    if record is not None:
        return _read_service(case, books, value, record)
    if case.state != CaseState.CLOSED:
        facts.refuse("fact", _("Only a closed case has a summing up to correct."))
    if fact == CorrectedFact.SATISFACTION:
        return facts.satisfaction(value, "value")
    if fact == CorrectedFact.SUMMARY:
        return facts.text(value, "value", at_most=5000)
    if fact == CorrectedFact.COUNTED:
        if str(value).lower() not in {"true", "false"}:
            facts.refuse("value", _("Answer yes or no."))
        return str(value).lower() == "true"
    return _read_end(case, books, value).isoformat()


def _read_end(case: HelpCase, books: Books, value: Any) -> date:
    day = facts.past_day(value, "value", books)
    if case.help_started_on and day < case.help_started_on:
        facts.refuse("value", _("The help started later than this."))
    if case.closed_at and day > clock.local_date(case.closed_at):
        facts.refuse("value", _("The case was closed earlier than this."))
    return day


def _read_service(
    case: HelpCase, books: Books, value: Any, record: ServiceRecord
) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        facts.refuse("value", _("Each entry needs its facts by name."))
    said = {**standing(case, CorrectedFact.SERVICE, record), **value}
    if set(said) - set(SERVICE_COLUMNS):
        facts.refuse("value", _("Only day, quantity, minutes and worker can be corrected."))
    changed = ServiceRecord(
        case=case,
        item=record.item,
        served_on=facts.past_day(said["served_on"], "value", books),
        quantity=facts.count(said["quantity"], "value", at_least=1),
        minutes=facts.count(said["minutes"], "value", at_least=1),
        worker=str(said["worker"] or "").strip()[:60],
    )
    if changed.served_on < case.rule_date:
        facts.refuse("value", _("The service is dated before the referral."))
    left = record.item.qty_planned - record.item.qty_done + record.quantity
    if changed.quantity > left:
        facts.refuse("value", _("The plan leaves at most %(left)d here.") % {"left": left})
    ensure_no_contradiction(case, [changed])
    return {name: _plain(getattr(changed, name)) for name in SERVICE_COLUMNS}


def decide_correction(case: HelpCase, books: Books, *, outcome: str, answer: str) -> dict[str, Any]:
    """A second person puts the file right as proposed, or leaves it as it stands."""
    ensure_lawful(case, books, "decide_correction")
    asked = open_correction(case)
    if asked is None:
        raise NotLawfulNow(_("No correction waits for a decision."))
    ensure_second_person(
        books,
        [asked.proposed_by_id],
        _("Whoever proposed the correction cannot decide it; ask a colleague."),
    )
    decided = facts.choice(CorrectionOutcome, outcome, "outcome")
    asked.outcome = decided
    asked.answer = facts.text(answer, "answer", at_most=500)
    asked.decided_by, asked.decided_at = books.by, books.moment
    if decided == CorrectionOutcome.APPROVED:
        _put_right(case, books, asked)
    asked.save(update_fields=["outcome", "answer", "decided_by", "decided_at"])
    books.note(fact=asked.fact, outcome=decided, correction=asked.pk)
    return {"outcome": decided.value, "correction": asked.pk}


def _put_right(case: HelpCase, books: Books, asked: Correction) -> None:
    """Write what was proposed; figures move in the week in which it became known."""
    fact, value = CorrectedFact(asked.fact), json.loads(asked.after)
    if standing(case, fact, asked.service) != json.loads(asked.before):
        raise NotLawfulNow(_("The file has changed since; refuse this and propose anew."))
    if asked.service is not None:
        _put_service_right(asked.service, value)
        return
    column = COLUMN_OF[fact]
    if fact == CorrectedFact.HELP_DONE_ON:
        value = date.fromisoformat(value)
    setattr(case, column, value)
    keep(case, column)
    if fact == CorrectedFact.COUNTED:
        post(case, books, "completed", 1 if value else -1, line=case.counted_line)


def _put_service_right(record: ServiceRecord, value: Mapping[str, Any]) -> None:
    item, more = record.item, int(value["quantity"]) - record.quantity
    record.served_on = date.fromisoformat(value["served_on"])
    record.quantity, record.minutes = value["quantity"], value["minutes"]
    record.worker = value["worker"]
    record.save(update_fields=list(SERVICE_COLUMNS))
    if more:
        item.qty_done += more
        item.save(update_fields=["qty_done"])
