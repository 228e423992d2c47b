"""Asking a household again after the help: who asks, attempts, and the answers.

The script and the rule of unreachable households are those of the evaluation's method (a default
of the product, dated parameters): attempts at different hours on at least two days, then a door
visit in place of the telephone.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, PlanItem, ServiceAlert
from casework.cases.operations import facts
from casework.cases.queries import items_in_force
from casework.directory.models import Organisation
from casework.directory.queries import parameter
from casework.households.models import Member
from casework.ledger.act import Books
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from evaluation.scoring.models import Attempt, EvaluatorAssignment, Revisit
from evaluation.scoring.operations.assignment import body_for, give, refuse_ties
from evaluation.scoring.operations.sheets import scorer
from evaluation.scoring.queries import evaluator_body
from evaluation.scoring.states import (
    RATINGS,
    NeutralFact,
    Purpose,
    Received,
    RevisitAttempt,
    RevisitMode,
    RevisitState,
)

FACTS_NEEDED: Final = 2
# At or below this a household counts as dissatisfied, which the evaluator looks into.
DISSATISFIED: Final = 2
_AT_THE_DOOR = frozenset({RevisitAttempt.NOBODY_HOME, RevisitAttempt.MOVED})
_ON_THE_PHONE = frozenset(
    {RevisitAttempt.NO_ANSWER, RevisitAttempt.BUSY, RevisitAttempt.WRONG_NUMBER}
)
# What ends a re-visit at once, whatever the number of attempts.
_ENDINGS = {
    RevisitAttempt.DECLINED: RevisitState.REFUSED,
    RevisitAttempt.MOURNING: RevisitState.DROPPED,
}
CONTRADICTION, COMPLAINT = "F05", "F10"


def outcomes_of(mode: str) -> list[RevisitAttempt]:
    """What can come of an attempt in a mode."""
    other = _AT_THE_DOOR if mode == RevisitMode.PHONE else _ON_THE_PHONE
    return [outcome for outcome in RevisitAttempt if outcome not in other]


def assign_revisit(
    case: HelpCase, books: Books, *, revisit: int | str, evaluator: User | int | str
) -> dict[str, Any]:
    """Give a drawn re-visit to an evaluator without a tie to the case, for the usual window."""
    row = _open_revisit(case, revisit)
    person = facts.person(evaluator, "evaluator")
    body = body_for(person, books)
    refuse_ties(person, case, Purpose(row.mode))
    give(case, books, person, body, Purpose(row.mode))
    row.evaluator, row.organisation, row.state = person, body, RevisitState.ASSIGNED
    row.save(update_fields=["evaluator", "organisation", "state"])
    return {"revisit": row.pk, "mode": row.mode}


def record_revisit_attempt(
    case: HelpCase, books: Books, *, revisit: int | str, outcome: str, made_at: datetime | str
) -> dict[str, Any]:
    """Note a call or a way that came to no answer; enough of them end the re-visit."""
    row = _asked_by(case, books, revisit)
    by = scorer(books)
    said = facts.choice(RevisitAttempt, outcome, "outcome")
    if said not in outcomes_of(row.mode):
        facts.refuse("outcome", _("This does not happen in a re-visit of this kind."))
    at = facts.past_moment(made_at, "made_at", books)
    if at < row.draw.drawn_at:
        facts.refuse("made_at", _("The re-visit was drawn later than that."))
    if row.attempts.filter(made_at=at).exists():
        facts.refuse("made_at", _("An attempt at this moment is noted already."))
    Attempt.objects.create(revisit=row, made_at=at, outcome=said, made_by=by)
    ending = _ENDINGS.get(said) or (RevisitState.UNREACHABLE if _is_unreachable(row, books) else "")
    door = None
    if ending:
        _end(row, RevisitState(ending), books)
    if ending == RevisitState.UNREACHABLE and row.mode == RevisitMode.PHONE:
        door = _door_instead(row)
    return {"revisit": row.pk, "state": row.state, "door": door.pk if door else None}


def record_revisit(
    case: HelpCase,
    books: Books,
    *,
    revisit: int | str,
    identity: Iterable[str],
    received: Mapping[str, str],
    money_asked: bool,
    ratings: Mapping[str, Any],
    wish: str = "",
    allows_door: bool | None = None,
    companion: User | int | str | None = None,
    guardian_present: bool | None = None,
    device_works: bool | None = None,
) -> dict[str, Any]:
    """Keep what a household answered, and tell where it contradicts the file."""
    row = _asked_by(case, books, revisit)
    items = list(items_in_force(case))
    row.identity = _read_identity(identity)
    row.received = _read_received(items, received)
    for name in RATINGS:
        setattr(row, name, _read_rating(ratings.get(name), name))
    row.money_asked, row.allows_door = money_asked, allows_door
    row.wish = facts.text(wish, "wish", at_most=1000) if wish.strip() else ""
    if row.mode == RevisitMode.DOOR:
        row.companion = _companion(case, row, companion, books)
        row.guardian_present = _with_guardian(case, guardian_present, books)
        row.device_works = device_works
    _end(row, RevisitState.DONE, books)
    raised = _contradictions(row, items)
    for code, detail in raised:
        ServiceAlert.objects.create(
            case=case, code=code, detail=detail, raised_at=books.moment, raised_for=books.by
        )
    return {"revisit": row.pk, "state": row.state, "alerts": sorted({code for code, _ in raised})}


def _open_revisit(case: HelpCase, number: int | str) -> Revisit:
    """A re-visit of the case that somebody still has to make, by its number or its mode."""
    if case.locked:
        raise NotLawfulNow(_("The person has died; nobody is asked again."))
    rows = Revisit.objects.select_related("draw").filter(case=case)
    named = Q(pk=facts.number(number) or 0) | Q(mode=str(number))
    row = rows.filter(named).order_by("-pk").first()
    if row is None:
        facts.refuse("revisit", _("This re-visit does not belong to the case."))
    if not row.is_open:
        raise NotLawfulNow(_("This re-visit has ended: %(state)s.") % {
            "state": row.get_state_display()
        })  # fmt: skip
    return row


def _asked_by(case: HelpCase, books: Books, number: int | str) -> Revisit:
    """An assigned re-visit, for its evaluator or the lead of the same body."""
    row = _open_revisit(case, number)
    person = scorer(books)
    if row.evaluator_id is None or row.organisation_id is None:
        raise NotLawfulNow(_("Assign the re-visit to an evaluator first."))
    if row.evaluator_id != person.pk:
        if row.organisation_id not in reach_of(person, books.on).organisations(Role.LE):
            raise NotYours(_("This re-visit is assigned to another evaluator."))
        refuse_ties(person, case, Purpose(row.mode))
    return row


def _end(row: Revisit, state: RevisitState, books: Books) -> None:
    row.state, row.ended_at = state, books.moment
    row.save()
    _end_assignment(row, books)


def _end_assignment(row: Revisit, books: Books) -> None:
    """The leave to read the case ends with the re-visit it was given for."""
    EvaluatorAssignment.objects.filter(case=row.case_id, purpose=row.mode, ended_at=None).update(
        ended_at=books.moment
    )


def _is_unreachable(row: Revisit, books: Books) -> bool:
    """Enough attempts at different hours of the day, on enough days."""
    made = [timezone.localtime(attempt.made_at) for attempt in row.attempts.all()]
    enough = int(parameter("revisit_attempts", books.on))
    days = int(parameter("revisit_attempt_days", books.on))
    return (
        len(made) >= enough
        and len({at.hour for at in made}) >= enough
        and len({at.date() for at in made}) >= days
    )


def _door_instead(row: Revisit) -> Revisit | None:
    """The door visit in place of a call: the one drawn anyway, or a new one."""
    drawn = Revisit.objects.filter(
        case=row.case_id, draw=row.draw_id, mode=RevisitMode.DOOR
    ).first()
    if drawn is None:
        return Revisit.objects.create(
            case_id=row.case_id, draw_id=row.draw_id, mode=RevisitMode.DOOR, replaces=row
        )
    if not drawn.is_open:
        return None
    drawn.replaces = row
    drawn.save(update_fields=["replaces"])
    return drawn


def _read_identity(given: Iterable[str]) -> list[str]:
    names = [given] if isinstance(given, str) else list(given)
    shown = sorted({facts.choice(NeutralFact, name, "identity") for name in names})
    if len(shown) < FACTS_NEEDED:
        facts.refuse(
            "identity",
            _("Two neutral facts show who answers; where they do not, note an attempt instead."),
        )
    return [str(fact) for fact in shown]


def _read_received(items: Iterable[PlanItem], given: Mapping[str, str]) -> dict[str, str]:
    """An answer for every item of the plan in force; an item goes by its number or its code."""
    asked = list(items)
    known = {str(item.pk) for item in asked} | {item.service_id for item in asked}
    faults = {
        f"received.{name}": _("This item is not in the plan.") for name in given.keys() - known
    }
    read: dict[str, str] = {}
    for item in asked:
        said = given.get(str(item.pk)) or given.get(item.service_id)
        if said in Received.values:
            read[str(item.pk)] = str(said)
        else:
            faults[f"received.{item.pk}"] = _("Ask whether this item was received.")
    if faults:
        raise Incomplete(_("The answers are not complete yet."), dict(sorted(faults.items())))
    return read


def _read_rating(value: object, name: str) -> int | None:
    """From 1 to 5, or nothing where the household would not say."""
    if value in (None, ""):
        return None
    return facts.satisfaction(str(value), f"ratings.{name}")


def _companion(case: HelpCase, row: Revisit, given: User | int | str | None, books: Books) -> User:
    """The second evaluator at the door: of the same body, without a tie of their own."""
    if given in (None, ""):
        facts.refuse("companion", _("A household is visited by two evaluators: name the second."))
    person = facts.person(given, "companion")
    body: Organisation | None = evaluator_body(person, books.on)
    if body is None or body.pk != row.organisation_id:
        facts.refuse("companion", _("This person does not evaluate for the same body."))
    asker = books.by.pk if books.by else None
    if person.pk == asker:
        facts.refuse("companion", _("The second evaluator is somebody else."))
    refuse_ties(person, case, Purpose(row.mode))
    return person


def _with_guardian(case: HelpCase, present: bool | None, books: Books) -> bool | None:
    person: Member | None = case.subject_member
    if person is not None and person.is_minor(books.on) and not present:
        facts.refuse("guardian_present", _("A child is asked only in the presence of a guardian."))
    return present


def _contradictions(row: Revisit, items: Iterable[PlanItem]) -> list[tuple[str, dict[str, Any]]]:
    """Where the household's word and the file differ, by finding code; an evaluator decides."""
    raised: list[tuple[str, dict[str, Any]]] = [
        (
            CONTRADICTION,
            {
                "item": item.service_id,
                "entered": str(item.qty_done),
                "revisit": row.pk,
            },
        )
        for item in items
        if row.received[str(item.pk)] == Received.NO and item.qty_done > 0
    ]
    if row.money_asked:
        raised.append((COMPLAINT, {"money_asked": True, "revisit": row.pk}))
    if row.overall is not None and row.overall <= DISSATISFIED:
        raised.append((COMPLAINT, {"overall": row.overall, "revisit": row.pk}))
    return raised
