"""Publicity in the community and the objections it draws."""

from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import Appraisal, HelpCase, Objection, Publicity
from casework.cases.operations import facts
from casework.cases.operations.decision import withdraw_decision
from casework.cases.operations.step import ensure_lawful, keep, lawful_step
from casework.cases.queries import current_publicity, open_objections
from casework.cases.states import AppraisalConclusion, CaseState, ObjectionOutcome
from casework.directory.models import Division
from casework.directory.queries import due_on, parameter
from casework.ledger.act import Books
from casework.lib import clock
from casework.lib.errors import NotLawfulNow

_CONCLUSION_OF = {
    ObjectionOutcome.DISMISSED: AppraisalConclusion.UPHELD,
    ObjectionOutcome.SUSTAINED: AppraisalConclusion.SUSTAINED,
}


def post_publicity(
    case: HelpCase, books: Books, *, posted_on: facts.Day, place: str
) -> dict[str, Any]:
    """Hang out the masked notice; objections are heard until the end of its last day."""
    ensure_lawful(case, books, "post_publicity")
    if not case.publicity_required:
        raise NotLawfulNow(_("This case needs no publicity; make the plan."))
    posted = facts.past_day(posted_on, "posted_on", books)
    if case.verified_at and posted < clock.local_date(case.verified_at):
        facts.refuse("posted_on", _("The case was verified later than this."))
    last_day = due_on("publicity", posted, rule_date=case.rule_date)
    board = facts.text(place, "place", at_most=200)
    with lawful_step(case):
        case.publicise()
    keep(case, "state")
    Publicity.objects.create(
        case=case,
        posted_on=posted,
        last_day=last_day,
        place=board,
        notice=_notice(case, books),
        posted_by=books.by,
    )
    books.note(posted_on=posted, last_day=last_day)
    return {"posted_on": posted.isoformat(), "last_day": last_day.isoformat()}


def _notice(case: HelpCase, books: Books) -> dict[str, Any]:
    """Exactly what the public may read, and nothing that is not named here."""
    home = case.household
    member = home.head or case.person
    street = Division.objects.filter(pk=case.handling_street).first()
    committee = Division.objects.filter(pk=home.residence_division[:12]).first()
    # Whether a name may appear depends on the age on the day of the act, not of the reading.
    with clock.at(books.moment):
        name = member.public_name if member else "*"
    return {
        "name": name,
        "street": street.name if street else "",
        "committee": committee.name if committee and len(committee.code) == 12 else "",
        "household_size": home.size,
    }


def remove_publicity(
    case: HelpCase, books: Books, *, removed_on: facts.Day | None = None
) -> dict[str, Any]:
    """Take the notice down once the time for objections is over."""
    ensure_lawful(case, books, "remove_publicity")
    notice = current_publicity(case)
    if notice is None or notice.removed_on:
        raise NotLawfulNow(_("No notice is on the board."))
    day = facts.past_day(removed_on or books.on, "removed_on", books)
    if not notice.is_over(day):
        message = _("The notice must stay on the board until the end of %(day)s.")
        facts.refuse("removed_on", message % {"day": notice.last_day.isoformat()})
    notice.removed_on = day
    notice.save(update_fields=["removed_on"])
    return {"removed_on": day.isoformat()}


def take_down(case: HelpCase, books: Books) -> None:
    """A notice has no ground to hang any longer: the case ended or is verified anew."""
    case.publicities.filter(removed_on=None).update(removed_on=books.on)


def raise_objection(
    case: HelpCase,
    books: Books,
    *,
    raised_on: facts.Day,
    text: str,
    anonymous: bool = False,
    by_name: str = "",
) -> dict[str, Any]:
    """Keep an objection, named or anonymous; the next step waits until it is settled."""
    ensure_lawful(case, books, "raise_objection")
    notice = current_publicity(case)
    if notice is None:
        raise NotLawfulNow(_("No notice is on the board."))
    day = facts.past_day(raised_on, "raised_on", books)
    if not notice.posted_on <= day <= notice.last_day:
        message = _("Objections were heard from %(first)s to %(last)s.")
        first, last = notice.posted_on.isoformat(), notice.last_day.isoformat()
        facts.refuse("raised_on", message % {"first": first, "last": last})
    if not anonymous and not by_name.strip():
        facts.refuse("by_name", _("Write the name, or mark the objection as anonymous."))
    objection = Objection.objects.create(
        publicity=notice,
        raised_on=day,
        due_on=due_on("objection", day, rule_date=case.rule_date),
        text=facts.text(text, "text", at_most=2000),
        anonymous=bool(anonymous),
        by_name="" if anonymous else by_name.strip(),
    )
    books.note(objection=objection.pk, raised_on=day, anonymous=objection.anonymous)
    return {"objection": objection.pk, "due_on": objection.due_on.isoformat()}


def _objection_in_hand(case: HelpCase, chosen: int | None) -> Objection:
    waiting = list(open_objections(case).select_related("publicity"))
    if chosen is not None:
        waiting = [objection for objection in waiting if objection.pk == int(chosen)]
    if not waiting:
        raise NotLawfulNow(_("There is no open objection."))
    if len(waiting) > 1:
        facts.refuse("objection", _("Several objections are open; say which one is meant."))
    return waiting[0]


def hold_appraisal(
    case: HelpCase,
    books: Books,
    *,
    held_on: facts.Day,
    present: int,
    representatives: int,
    votes_for: int,
    votes_against: int,
    conclusion: str,
    objection: int | None = None,
) -> dict[str, Any]:
    """Keep a residents' meeting on an objection; without its quorum it decides nothing."""
    ensure_lawful(case, books, "hold_appraisal")
    disputed = _objection_in_hand(case, objection)
    day = facts.past_day(held_on, "held_on", books)
    if day < disputed.raised_on:
        facts.refuse("held_on", _("The objection was raised later than this."))
    meeting = _read_meeting(present, representatives, votes_for, votes_against, conclusion)
    share, of = parameter("appraisal_quorum", case.rule_date)
    meeting.is_valid = meeting.representatives * int(of) >= meeting.present * int(share)
    meeting.objection = disputed
    meeting.held_on = day
    meeting.save()
    books.note(
        objection=disputed.pk,
        held_on=day,
        valid=meeting.is_valid,
        conclusion=meeting.conclusion,
    )
    return {"valid": meeting.is_valid, "conclusion": str(meeting.conclusion)}


def _read_meeting(
    present: int, representatives: int, votes_for: int, votes_against: int, conclusion: str
) -> Appraisal:
    """The numbers of a meeting, which must fit one another and the conclusion."""
    meeting = Appraisal(
        present=facts.count(present, "present", at_least=1),
        representatives=facts.count(representatives, "representatives"),
        votes_for=facts.count(votes_for, "votes_for"),
        votes_against=facts.count(votes_against, "votes_against"),
        conclusion=facts.choice(AppraisalConclusion, conclusion, "conclusion"),
    )
    if meeting.representatives > meeting.present:
        facts.refuse("representatives", _("There were not so many people present."))
    if meeting.votes_for + meeting.votes_against > meeting.present:
        facts.refuse("votes_for", _("More votes were counted than people were present."))
    agreed = meeting.votes_for > meeting.votes_against
    if agreed != (meeting.conclusion == AppraisalConclusion.UPHELD):
        facts.refuse("conclusion", _("The conclusion does not follow the majority of the votes."))
    return meeting


def resolve_objection(
    case: HelpCase,
    books: Books,
    *,
    resolved_on: facts.Day,
    outcome: str,
    reason: str,
    objection: int | None = None,
) -> dict[str, Any]:
    """Dismiss an objection, or sustain it and have the household verified again."""
    ensure_lawful(case, books, "resolve_objection")
    disputed = _objection_in_hand(case, objection)
    day = facts.past_day(resolved_on, "resolved_on", books)
    if day < disputed.raised_on:
        facts.refuse("resolved_on", _("The objection was raised later than this."))
    decided = facts.choice(ObjectionOutcome, outcome, "outcome")
    words = facts.text(reason, "reason", at_most=500)
    _ensure_follows_appraisal(disputed, decided)
    disputed.outcome, disputed.reason = decided, words
    disputed.resolved_on, disputed.resolved_by = day, books.by
    disputed.save(update_fields=["outcome", "reason", "resolved_on", "resolved_by"])
    books.note(objection=disputed.pk, outcome=decided, resolved_on=day)
    if decided == ObjectionOutcome.SUSTAINED:
        open_objections(case).update(
            outcome=ObjectionOutcome.OVERTAKEN, resolved_on=day, resolved_by=books.by
        )
        take_down(case, books)
        withdraw_decision(case, books)
    return {"outcome": decided.value, "state": str(case.state)}


def _ensure_follows_appraisal(disputed: Objection, decided: ObjectionOutcome) -> None:
    if decided not in _CONCLUSION_OF:
        facts.refuse("outcome", _("Dismiss the objection or sustain it."))
    meeting = disputed.appraisals.order_by("-held_on", "-pk").first()
    if meeting is None:
        return
    if not meeting.is_valid:
        raise NotLawfulNow(_("The meeting had no quorum; hold it again before you decide."))
    if meeting.conclusion != _CONCLUSION_OF[decided]:
        facts.refuse("outcome", _("The meeting of residents came to the other conclusion."))


def ensure_publicity_settled(case: HelpCase, books: Books) -> None:
    """The plan waits until the notice has run its days and no objection is open."""
    if case.state != CaseState.PUBLICISED:
        if case.publicity_required:
            raise NotLawfulNow(_("Post the publicity notice first."))
        return
    if open_objections(case).exists():
        raise NotLawfulNow(_("An objection is open; settle it first."))
    notice = current_publicity(case)
    if notice is not None and not notice.is_over(books.on):
        raise NotLawfulNow(
            _("The publicity runs until the end of %(day)s; go on the day after.")
            % {"day": notice.last_day.isoformat()}
        )
