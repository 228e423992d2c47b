"""Reading evaluations: assignments that hold, sheets that count, who is too close to a case."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from casework.cases.models import HelpCase, PlanItem
from casework.cases.states import OPEN_STATES, PlanState
from casework.directory.models import Organisation
from casework.staff.models import Membership, Role, User
from casework.staff.scope import reach_of
from evaluation.scoring.models import (
    EvaluatorAssignment,
    Finding,
    Revisit,
    SampledCase,
    ScoreSheet,
)
from evaluation.scoring.states import OPEN_REVISITS, FindingState, Purpose, SheetKind
from evaluation.scoring.ties import ties

# Leave to read a case that may have ended since: whoever asks has to know what was done.
ASKING = (Purpose.PHONE, Purpose.DOOR)
EVALUATORS = (Role.EV, Role.LE)


def open_assignments(on: date) -> QuerySet[EvaluatorAssignment]:
    """Assignments whose window holds on a day: to open cases, and to ask again after the help."""
    return EvaluatorAssignment.objects.filter(
        Q(window_ends_on=None) | Q(window_ends_on__gte=on),
        Q(case__state__in=OPEN_STATES) | Q(purpose__in=ASKING),
        ended_at=None,
    )


def open_revisits(case: HelpCase) -> QuerySet[Revisit]:
    """The re-visits of a case that somebody still has to make; none once the person has died."""
    rows = Revisit.objects.filter(case=case, state__in=sorted(OPEN_REVISITS))
    return rows.none() if case.locked else rows


def assignment_of(case: HelpCase, purpose: Purpose, on: date) -> EvaluatorAssignment | None:
    """The assignment of a case for a purpose, if its window holds."""
    return open_assignments(on).filter(case=case, purpose=purpose).first()


def first_sheet(case: HelpCase) -> ScoreSheet | None:
    """The first evaluation, which is kept whatever comes after."""
    return case.sheets.filter(kind=SheetKind.FIRST).first()


def result_sheet(case: HelpCase) -> ScoreSheet | None:
    """The result before anything was put right: the first score, or what was settled."""
    return case.sheets.results().first()


def latest_sheet(case: HelpCase) -> ScoreSheet | None:
    """The evaluation that counts: a blind second score never does by itself."""
    counting = case.sheets.exclude(kind=SheetKind.SECOND)
    return counting.order_by("-submitted_at", "-pk").first()


def second_sheet(case: HelpCase) -> ScoreSheet | None:
    """The score made blind beside the first."""
    return case.sheets.filter(kind=SheetKind.SECOND).first()


def has_scored(user: User, case: HelpCase) -> bool:
    """The person scored the case before anything was put right, or settled its scores."""
    return case.sheets.exclude(kind=SheetKind.RESCORE).filter(evaluator=user).exists()


def is_blind(case: HelpCase, user: User) -> bool:
    """The person still has to score the case without knowing what the other evaluator found."""
    given = EvaluatorAssignment.objects.filter(
        case=case, evaluator=user, ended_at=None, purpose__in=(Purpose.FIRST, Purpose.SECOND)
    )
    asked = set(given.values_list("purpose", flat=True))
    # A sheet of the first or second kind answers the assignment of the same name.
    return bool(asked) and bool(asked - set(case.sheets.values_list("kind", flat=True)))


def open_findings(case: HelpCase) -> QuerySet[Finding]:
    """Findings that still wait for an order."""
    return Finding.objects.filter(case=case, state=FindingState.OPEN).select_related("code")


def providers_of(cases: Iterable[HelpCase]) -> dict[int, list[int]]:
    """Per case, the providers of its plan in force, the one with the most items first."""
    rows = (
        PlanItem.objects.filter(
            plan__case__in=[case.pk for case in cases],
            plan__state=PlanState.APPROVED,
            provider__isnull=False,
        )
        .values_list("plan__case", "provider")
        .annotate(items=Count("pk"))
        .order_by("plan__case", "-items", "provider")
    )
    found: dict[int, list[int]] = {}
    for case, provider, _items in rows:
        found.setdefault(case, []).append(provider)
    return found


def evaluator_body(user: User, on: date) -> Organisation | None:
    """The evaluation body for which a person evaluates on a day."""
    membership = (
        Membership.objects.in_force(on)
        .filter(user=user, role__in=EVALUATORS, organisation__isnull=False)
        .select_related("organisation")
        .order_by("pk")
        .first()
    )
    return membership.organisation if membership else None


def is_too_close(user: User, case: HelpCase) -> bool:
    """The person ever belonged to a unit that handled the case or served it, or verified it."""
    return bool(ties([user], [case]))


def roles_on(case: HelpCase, user: User, on: date) -> set[str]:
    """The roles an evaluation body's people hold towards a case: only while a window holds."""
    reach = reach_of(user, on)
    if not reach.has(*EVALUATORS):
        return set()
    held: set[str] = set()
    if reach.has(Role.EV) and open_assignments(on).filter(case=case, evaluator=user).exists():
        held.add(Role.EV.value)
    bodies = reach.organisations(Role.LE)
    if bodies and _leads(case, bodies):
        held.add(Role.LE.value)
    return held


def _leads(case: HelpCase, bodies: set[int]) -> bool:
    """A lead evaluator has the cases in the batch that no other body was given, and re-visits."""
    if case.state not in OPEN_STATES:
        return _to_ask(bodies).filter(case=case).exists()
    given = EvaluatorAssignment.objects.filter(case=case, ended_at=None)
    if given.exists():
        return given.filter(organisation__in=bodies).exists()
    return hasattr(case, "sampled") or case.state == "EVALUATING"


def _to_ask(bodies: set[int]) -> QuerySet[Revisit]:
    """Re-visits that some bodies make, or that no body has been given yet."""
    return Revisit.objects.filter(
        Q(organisation=None) | Q(organisation__in=bodies), state__in=sorted(OPEN_REVISITS)
    )


def cases_of(user: User, on: date) -> Q | None:
    """The cases that `roles_on` gives an evaluator or lead evaluator."""
    reach = reach_of(user, on)
    if not reach.has(*EVALUATORS):
        return None
    found: list[QuerySet[Any, Any]] = []
    if reach.has(Role.EV):
        found.append(open_assignments(on).filter(evaluator=user).values("case"))
    bodies = reach.organisations(Role.LE)
    if bodies:
        found += _led(bodies)
    if not found:
        return Q(pk__in=[])
    # One list of numbers: one condition OR another would be asked of every case there is.
    first, *others = [numbers.order_by() for numbers in found]
    return Q(pk__in=first.union(*others))


def _led(bodies: set[int]) -> list[QuerySet[Any, Any]]:
    """Numbers of the cases that `_leads` gives the leads of some bodies: theirs, and the free."""
    given = EvaluatorAssignment.objects.filter(ended_at=None)
    ongoing = sorted(OPEN_STATES)
    free = ~Exists(given.filter(case=OuterRef("case")))
    return [
        given.filter(organisation__in=bodies, case__state__in=ongoing).values("case"),
        _to_ask(bodies).exclude(case__state__in=ongoing).values("case"),
        SampledCase.objects.filter(free, case__state__in=ongoing).values("case"),
        HelpCase.objects.filter(
            ~Exists(given.filter(case=OuterRef("pk"))), state="EVALUATING"
        ).values("pk"),
    ]
