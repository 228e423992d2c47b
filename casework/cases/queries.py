"""Reading cases: what is current, what is lawful now, and who may see which."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django_stubs_ext import StrPromise

from casework.cases.access import register_role_source, roles_on, visible_to
from casework.cases.lawful import LAWFUL_STATES, is_lawful
from casework.cases.models import (
    Appeal,
    Correction,
    HelpCase,
    HelpPlan,
    Objection,
    Petition,
    PlanItem,
    Publicity,
    Transfer,
    Verification,
)
from casework.cases.retention import stands_against
from casework.cases.states import (
    COMBINED,
    STAGE_OF,
    STAGES,
    AppealRoute,
    CaseState,
    LineState,
    PetitionStage,
    PlanState,
    TransferState,
)
from casework.households.duplicates import linked_to
from casework.households.models import Member
from casework.lib import clock

__all__ = [
    "cases_about",
    "cases_of_same_person",
    "current_publicity",
    "current_verification",
    "items_in_force",
    "lawful_acts",
    "main_line",
    "offered_transfer",
    "open_appeal",
    "open_correction",
    "open_objections",
    "open_petition",
    "plan_awaiting_approval",
    "register_role_source",
    "roles_on",
    "stage_of",
    "stage_title",
    "visible_to",
]


def stage_of(state: str) -> str:
    """Which of the seven stages of the way a state belongs to."""
    return STAGE_OF[CaseState(state)]


def stage_title(stage: str) -> StrPromise:
    """The name of a stage as the stage bar shows it."""
    return STAGES[stage]


def main_line(case: HelpCase) -> str:
    """The line the household counts under: the one it has, or the combined one."""
    found = list(case.lines.values_list("line", "state"))
    running = [line for line, state in found if state != LineState.ENDED_EARLY]
    if not running and case.counted_line:
        # With the last line ended early the household stays where it was counted.
        return str(case.counted_line)
    lines = running or [line for line, _state in found]
    if not lines:
        return ""
    return str(lines[0]) if len(lines) == 1 else COMBINED


def current_verification(case: HelpCase) -> Verification | None:
    """The latest round of home verification."""
    return case.verifications.order_by("-round").first()


def plan_awaiting_approval(case: HelpCase) -> HelpPlan | None:
    """The version that a second person has yet to approve."""
    return case.plans.filter(state=PlanState.ENTERED).order_by("-version").first()


def items_in_force(case: HelpCase) -> QuerySet[PlanItem]:
    """The items of the approved plan."""
    return PlanItem.objects.filter(plan__case=case, plan__state=PlanState.APPROVED).select_related(
        "service", "provider", "member"
    )


def current_publicity(case: HelpCase) -> Publicity | None:
    """The latest notice posted for a case."""
    return case.publicities.order_by("-pk").first()


def open_objections(case: HelpCase) -> QuerySet[Objection]:
    """Objections nobody has answered yet."""
    return Objection.objects.filter(publicity__case=case, resolved_on=None)


def open_appeal(case: HelpCase) -> Appeal | None:
    """The appeal that waits for a decision."""
    return case.appeals.filter(decided_at=None, in_time=True).first()


def open_petition(case: HelpCase) -> Petition | None:
    """The petition that waits for its answer."""
    return case.petitions.filter(answered_on=None).first()


def open_correction(case: HelpCase) -> Correction | None:
    """The correction of an ended case that waits for a second person."""
    return case.corrections.filter(decided_at=None).first()


def offered_transfer(case: HelpCase) -> Transfer | None:
    """The transfer that waits for the receiving street."""
    return case.transfers.filter(state=TransferState.OFFERED).first()


def cases_of_same_person(case: HelpCase) -> QuerySet[HelpCase]:
    """Other cases of the same household, or of the same person wherever in the city."""
    return cases_about(case.household_id, case.subject_member).exclude(pk=case.pk)


def cases_about(household_id: int, person: Member | None) -> QuerySet[HelpCase]:
    """Cases of a household, and cases city-wide about the same person: by number, or as decided."""
    same = Q(household_id=household_id)
    if person is not None and person.id_hash:
        same |= Q(person__id_hash__in=person.id_hashes)
        same |= Q(person=None, household__head__id_hash__in=person.id_hashes)
    if person is not None:
        linked = Member.objects.filter(linked_to(person))
        same |= Q(person__in=linked) | Q(person=None, household__head__in=linked)
    found: QuerySet[HelpCase] = HelpCase.objects.filter(same)
    return found


def lawful_acts(case: HelpCase) -> set[str]:
    """Every act the case allows now, whoever asks; what a screen may offer."""
    allowed = {
        act
        for act in LAWFUL_STATES
        if is_lawful(act, state=case.state, hold=case.hold, locked=case.locked)
    }
    return allowed - set(_not_yet(case, allowed))


def _not_yet(case: HelpCase, allowed: set[str]) -> Iterable[str]:
    """Acts that fit the state but wait for something else on the file."""
    if case.state == CaseState.VERIFYING:
        yield from _not_yet_in_verification(case)
    if case.state in {CaseState.VERIFIED, CaseState.PUBLICISED}:
        yield from _not_yet_before_plan(case)
    if case.state == CaseState.IN_HELP and not plan_awaiting_approval(case):
        yield "approve_amendment"
    if case.state == CaseState.REJECTED:
        yield from _not_yet_in_appeal(case)
        current = current_verification(case)
        if current and current.refusal_delivered_on:
            yield "notify_refusal"
    if case.state == CaseState.VERIFYING or case.state == CaseState.VERIFIED:
        yield from _no_return(case)
    yield from _not_yet_after(case, allowed)
    if case.kin_notified_on:
        yield "notify_kin"
    if not case.requests.filter(outcome="").exists():
        yield "answer_request"
    is_held = case.legal_holds.filter(lifted_at=None).exists()
    yield "set_legal_hold" if is_held else "lift_legal_hold"
    if "forget_household" in allowed and stands_against(case, clock.today()):
        yield "forget_household"
    if "remove_publicity" in allowed and not case.publicities.filter(removed_on=None).exists():
        yield "remove_publicity"


def _not_yet_in_appeal(case: HelpCase) -> Iterable[str]:
    appeal = open_appeal(case)
    yield "file_appeal" if appeal else "decide_appeal"
    if appeal is None or appeal.extended_on or appeal.route != AppealRoute.RECONSIDERATION:
        yield "extend_appeal"


def _no_return(case: HelpCase) -> Iterable[str]:
    """A step that is not done, or that the public has looked at, is not taken back."""
    current = current_verification(case)
    if case.state == CaseState.VERIFYING and not (current and current.is_recorded):
        yield "return_step"
    if case.state == CaseState.VERIFIED and current_publicity(case) is not None:
        yield "return_step"


def _not_yet_after(case: HelpCase, allowed: set[str]) -> Iterable[str]:
    """Petitions run beside everything else, corrections once the file is complete."""
    petition = open_petition(case)
    if petition is None:
        yield from ("inform_petitioner", "extend_petition", "answer_petition")
    else:
        yield "file_petition"
        yield "answer_petition" if petition.informed_on is None else "inform_petitioner"
        if petition.extended_on or petition.stage != PetitionStage.HANDLING:
            yield "extend_petition"
    if "propose_correction" in allowed:
        yield "decide_correction" if open_correction(case) is None else "propose_correction"


def _not_yet_in_verification(case: HelpCase) -> Iterable[str]:
    current = current_verification(case)
    has_pair = current is not None and current.verifiers.exists()
    if has_pair:
        yield "arrange_verification"
    else:
        yield from ("record_attempt", "record_verification")
    if current is None or not current.is_recorded:
        yield "confirm_verification"


def _not_yet_before_plan(case: HelpCase) -> Iterable[str]:
    if not plan_awaiting_approval(case):
        yield "approve_plan"
    if not open_objections(case).exists():
        yield from ("hold_appraisal", "resolve_objection")
    if case.state == CaseState.VERIFIED:
        yield "make_plan" if case.publicity_required else "post_publicity"
