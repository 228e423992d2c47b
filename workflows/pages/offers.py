"""Which acts a page offers, and why others are not possible now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.lawful import LAWFUL_STATES, is_lawful
from casework.cases.models import HelpCase
from casework.cases.queries import lawful_acts
from casework.cases.states import STAGE_OF, STAGES, CaseState, Hold
from casework.staff.models import Role
from evaluation.rectification.models import RectificationOrder
from evaluation.scoring.models import EvaluatorAssignment
from evaluation.scoring.queries import latest_sheet, open_revisits, second_sheet
from evaluation.scoring.states import Purpose, RevisitState, SheetKind
from workflows.acts import ACTS, ActSpec
from workflows.forms import FORMS
from workflows.lists import open_items, step_title
from workflows.models import WorkItem
from workflows.pages.words import Words

# Why an act that fits the state is still not possible.
NOT_YET: dict[str, Words] = {
    "arrange_verification": gettext_lazy("Two verifiers are already named."),
    "record_attempt": gettext_lazy("Arrange the home verification first."),
    "record_verification": gettext_lazy("Arrange the home verification first."),
    "confirm_verification": gettext_lazy("Nothing has been entered to confirm."),
    "approve_plan": gettext_lazy("No plan waits for approval."),
    "approve_amendment": gettext_lazy("No amended plan waits for approval."),
    "hold_appraisal": gettext_lazy("There is no open objection."),
    "resolve_objection": gettext_lazy("There is no open objection."),
    "make_plan": gettext_lazy("Publicity comes first."),
    "post_publicity": gettext_lazy("This case needs no publicity."),
    "file_appeal": gettext_lazy("An appeal is already open."),
    "decide_appeal": gettext_lazy("There is no open appeal."),
    "notify_refusal": gettext_lazy("The notice has been delivered."),
    "notify_kin": gettext_lazy("They have been told."),
    "answer_request": gettext_lazy("No request about the own data is open."),
    "lift_legal_hold": gettext_lazy("No legal hold stands on this file."),
    "set_legal_hold": gettext_lazy("A legal hold stands on this file already."),
    "forget_household": gettext_lazy("Something still speaks for keeping this file."),
    "extend_appeal": gettext_lazy("Only the time of an open reconsideration is extended, once."),
    "file_petition": gettext_lazy("A petition is open already."),
    "inform_petitioner": gettext_lazy("No petition waits for this."),
    "extend_petition": gettext_lazy("No petition waits for this."),
    "answer_petition": gettext_lazy("No petition waits for this."),
    "return_step": gettext_lazy("There is no step to take back."),
    "propose_correction": gettext_lazy("A correction already waits for its decision."),
    "decide_correction": gettext_lazy("No correction waits for a decision."),
    "remove_publicity": gettext_lazy("No notice hangs on the board."),
}
# The acts of evaluation are kept by its own room; they belong to these states.
_EVALUATION = frozenset({CaseState.EVALUATING, CaseState.RECHECKING})
# Acts that are always offered in the menu, never as the next step's own buttons.
RARE = frozenset({"decline_referral", "merge_referral", "take_back_referral", "decline_transfer"})


@dataclass(frozen=True)
class Offer:
    """An act the reader may perform now."""

    code: str
    title: Words
    url: str
    primary: bool = False


@dataclass(frozen=True)
class Closed:
    """An act of the reader's role that is not possible now, and why."""

    title: Words
    why: Words


@dataclass(frozen=True)
class Offers:
    """What the page offers: the next step, other acts, and what is closed."""

    title: Words
    text: Words
    actions: list[Offer]
    others: list[Offer]
    closed: list[Closed]
    item: WorkItem | None = None

    @property
    def owner(self) -> str:
        """Who has taken the step, where the text does not say so already."""
        return str(self.item.owner) if self.actions and self.item and self.item.owner else ""


def case_offers(case: HelpCase, roles: set[str]) -> Offers:
    """What somebody with these roles can do on a case now."""
    lawful = lawful_acts(case)
    steps = _open_steps("case", case.pk)
    specs = [
        spec for spec in ACTS.values() if spec.subject == "case" and spec.name in LAWFUL_STATES
    ]
    specs += [ACTS[name] for name in ("assign_evaluator", "submit_scores", "confirm_result")]
    specs += [ACTS[name] for name in ("issue_order", "rescore")]
    specs += [ACTS[name] for name in (*revisit_acts(case), *second_acts(case))]
    possible = [spec for spec in specs if _is_open(spec, lawful, steps)]

    def link(name: str) -> str:
        return reverse("act_page", args=[case.case_no, name])

    closed = [
        Closed(spec.title, _why_not(spec, case, lawful, steps))
        for spec in specs
        if spec.name in FORMS
        and spec.roles & roles
        and spec not in possible
        and _is_near(spec.name, case)
    ]
    return _offers(possible, steps, roles, link, closed, _rest(case))


def revisit_acts(case: HelpCase) -> list[str]:
    """The acts that the re-visits of a case wait for, whatever state the case has reached."""
    states = {row.state for row in open_revisits(case)}
    acts = ["assign_revisit"] if states else []
    if RevisitState.ASSIGNED in states:
        acts += ["record_revisit_attempt", "record_revisit"]
    return acts


def second_acts(case: HelpCase) -> list[str]:
    """What a blind second score of the case waits for."""
    if case.state != CaseState.EVALUATING:
        return []
    latest = latest_sheet(case)
    if latest is not None and (latest.is_confirmed or latest.kind == SheetKind.SETTLED):
        return []
    if second_sheet(case):
        return ["settle_scores"]
    given = EvaluatorAssignment.objects.filter(case=case, ended_at=None)
    purposes = set(given.values_list("purpose", flat=True))
    acts = ["assign_second"] if Purpose.FIRST in purposes else []
    return [*acts, "submit_second"] if Purpose.SECOND in purposes else acts


def order_offers(order: RectificationOrder, roles: set[str]) -> Offers:
    """What somebody with these roles can do on a rectification order now."""
    steps = _open_steps("order", order.pk)
    specs = [spec for spec in ACTS.values() if spec.subject == "order" and spec.name in FORMS]
    possible = [
        spec
        for spec in specs
        if spec.step in steps or (spec.step is None and order.closed_at is None)
    ]

    def link(name: str) -> str:
        return reverse("order_act", args=[order.pk, name])

    return _offers(possible, steps, roles, link, [], order.get_state_display())


def _offers(
    possible: list[ActSpec],
    steps: dict[str, WorkItem],
    roles: set[str],
    link: Any,
    closed: list[Closed],
    at_rest: Words,
) -> Offers:
    mine = [spec for spec in possible if spec.name in FORMS and spec.roles & roles]
    of_step = [spec for spec in mine if spec.step in steps]
    front = [spec for spec in of_step if spec.name not in RARE]
    actions = [
        Offer(spec.name, spec.title, link(spec.name), primary=place == 0)
        for place, spec in enumerate(front[:2])
    ]
    shown = {offer.code for offer in actions}
    others = [
        Offer(spec.name, spec.title, link(spec.name)) for spec in mine if spec.name not in shown
    ]
    first = next((steps[str(spec.step)] for spec in front), None) or next(
        iter(steps.values()), None
    )
    if first is None:
        return Offers(at_rest, "", actions, others, closed)
    text = "" if actions else _waiting_for(first)
    return Offers(step_title(first), text, actions, others, closed, first)


def _open_steps(subject_type: str, subject_id: int) -> dict[str, WorkItem]:
    found = open_items().filter(subject_type=subject_type, subject_id=subject_id)
    return {item.step: item for item in found.select_related("owner").order_by("pk")}


def _is_open(spec: ActSpec, lawful: set[str], steps: Iterable[str]) -> bool:
    if spec.step and spec.step not in steps:
        return False
    return spec.name in lawful or spec.name not in LAWFUL_STATES


def _is_near(act: str, case: HelpCase) -> bool:
    """The act belongs to the stage the case is in, or to the next one."""
    states = LAWFUL_STATES.get(act, _EVALUATION)
    if not case.is_open:
        return case.state in states
    order = list(STAGES)
    here = order.index(STAGE_OF[CaseState(case.state)])
    return any(0 <= order.index(STAGE_OF[state]) - here <= 1 for state in states)


def _why_not(spec: ActSpec, case: HelpCase, lawful: set[str], steps: Iterable[str]) -> Words:
    if case.locked:
        return _("The file is locked because of a death.")
    states = LAWFUL_STATES.get(spec.name)
    if states and case.state not in states:
        words = "、".join(str(state.label) for state in CaseState if state in states)
        if len(states) > 5:
            return _("The case has ended.") if not case.is_open else _("Too early or too late.")
        return _("Possible in: %(states)s") % {"states": words}
    if states and not is_lawful(spec.name, state=case.state, hold=case.hold, locked=False):
        return _because_of_hold(case)
    if spec.name in NOT_YET and spec.name not in lawful:
        return NOT_YET[spec.name]
    return _("Another step comes first.")


def _because_of_hold(case: HelpCase) -> Words:
    if case.hold == Hold.SUSPENDED:
        return _("The case is suspended; resume it first.")
    if case.hold == Hold.TRANSFERRING:
        return _("The other street has not answered yet.")
    return _("Only while the case is on hold.")


def _waiting_for(item: WorkItem) -> Words:
    roles = [str(Role(code).label) for code in item.roles.split(",") if code in Role.values]
    if item.owner:
        return _("With %(name)s") % {"name": item.owner}
    if not roles:
        return _("The system does this by itself.")
    return _("Waiting for: %(roles)s") % {"roles": "、".join(roles)}


def _rest(case: HelpCase) -> Words:
    if case.is_open:
        return _("Nothing to do at the moment")
    return _("This case has ended: %(state)s") % {"state": case.get_state_display()}
