"""Back to an earlier step, by a supervisor and for a reason: what was done is kept, not undone."""

from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, StepReturn
from casework.cases.operations import facts
from casework.cases.operations.decision import withdraw_decision
from casework.cases.operations.step import (
    ensure_lawful,
    ensure_second_person,
    keep,
    lawful_step,
    post,
)
from casework.cases.queries import current_publicity, current_verification
from casework.cases.states import (
    CaseState,
    ItemStatus,
    LineState,
    PlanState,
    ReturnReason,
    ReturnTo,
)
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow

# From which state each earlier step may be taken up again.
RETURNS = {
    ReturnTo.ENTRY: CaseState.VERIFYING,
    ReturnTo.VERIFICATION: CaseState.VERIFIED,
    ReturnTo.PLAN: CaseState.PLANNED,
    ReturnTo.HELP: CaseState.HELP_DONE,
}


def return_step(
    case: HelpCase, books: Books, *, back_to: str, reason: str, words: str
) -> dict[str, Any]:
    """Send the case back; whoever did the step does it again, or others do."""
    ensure_lawful(case, books, "return_step")
    step = facts.choice(ReturnTo, back_to, "back_to")
    code = facts.choice(ReturnReason, reason, "reason")
    told = facts.text(words, "words", at_most=500)
    if case.state != RETURNS[step]:
        facts.refuse("back_to", _("The case cannot go back to this step from where it stands."))
    before = str(case.state)
    _TAKE_BACK[step](case, books)
    StepReturn.objects.create(
        case=case,
        back_to=step,
        from_state=before,
        reason=code,
        words=told,
        returned_by=books.by,
        returned_at=books.moment,
    )
    books.note(back_to=step)
    return {"back_to": step.value, "state": str(case.state)}


def _to_entry(case: HelpCase, books: Books) -> None:
    """The verifiers enter again what they found; their earlier entry stands in the form."""
    round_ = current_verification(case)
    if round_ is None or not round_.is_recorded:
        raise NotLawfulNow(_("The verifiers have entered nothing yet."))
    ensure_second_person(
        books,
        [round_.entered_by_id, *round_.verifiers.values_list("user_id", flat=True)],
        _("Whoever verified or entered the verification cannot send it back; ask a colleague."),
    )
    round_.entered_at = None
    round_.save(update_fields=["entered_at"])


def _to_verification(case: HelpCase, books: Books) -> None:
    """A new pair verifies in a new round; a notice on the board must have come down before."""
    if current_publicity(case) is not None:
        raise NotLawfulNow(_("The case was publicised: what is wrong is settled by an objection."))
    case.plans.filter(state=PlanState.ENTERED).update(state=PlanState.REPLACED)
    withdraw_decision(case, books)


def _to_plan(case: HelpCase, _books: Books) -> None:
    """The approved plan is void and kept; a new version is made and approved."""
    case.plans.filter(state=PlanState.APPROVED).update(state=PlanState.REPLACED)
    case.lines.all().delete()
    with lawful_step(case):
        if current_publicity(case) is not None:
            case.return_to_publicised()
        else:
            case.return_to_verified()
    keep(case, "state")


def _to_help(case: HelpCase, books: Books) -> None:
    """Help goes on: what was closed on the day of the summing up is open again."""
    done_on, was_counted, line = case.help_done_on, case.completed_counted, case.counted_line
    with lawful_step(case):
        case.return_to_help()
    keep(case, "state", "help_done_on", "completed_counted")
    ended_then = case.lines.filter(
        ended_on=done_on, state__in=[LineState.DONE, LineState.ENDED_EARLY]
    )
    for help_line in ended_then:
        help_line.reopen()
        help_line.ended_on, help_line.end_reason = None, ""
        help_line.save(update_fields=["state", "ended_on", "end_reason"])
    plan = case.plan_in_force
    if plan is not None:
        plan.items.filter(ended_on=done_on, status=ItemStatus.ENDED_EARLY).update(
            status=ItemStatus.ACTIVE, ended_on=None, end_reason=""
        )
    post(case, books, "in_help", 1, line=line)
    if was_counted:
        post(case, books, "completed", -1, line=line)


_TAKE_BACK = {
    ReturnTo.ENTRY: _to_entry,
    ReturnTo.VERIFICATION: _to_verification,
    ReturnTo.PLAN: _to_plan,
    ReturnTo.HELP: _to_help,
}
