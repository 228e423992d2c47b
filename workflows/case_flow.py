"""From the first word of need to the closed file: who must act next on a case.

Each published version is built by a factory of its own, so that no two share a node. A step
names the roles that may take it and the deadlines it stands under; the act that finishes it is
named in `workflows.acts`. The state of the case chooses the way on; no step assigns it.
"""

from django.utils.translation import gettext_lazy as _
from viewflow import this
from viewflow.workflow import flow, lock

from casework.cases.queries import open_petition
from casework.cases.states import CaseState
from workflows.nodes import Begin, CaseworkFlow, Condition, Step, Wait


def _state(*states: str) -> Condition:
    return lambda case: case.state in states


def make_case_flow_v1() -> type[CaseworkFlow]:
    """Version 1 of the case flow, with fresh nodes."""

    class CaseFlowV1(CaseworkFlow):
        """个案帮扶"""

        version = 1
        subject_type = "case"
        lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

        main = Begin().Next(this.decide_referral)
        decide_referral = (
            Step(_("Decide the referral"), "CW", due=("decide_referral",))
            .When(_state(CaseState.ACCEPTED), this.arrange_verification, "accepted")
            .Next(this.end)
        )
        arrange_verification = Step(
            _("Arrange the home verification"), "CW", "DS", due=("interview", "verify")
        ).Next(this.record_verification)
        record_verification = Step(
            _("Enter the home verification"), "CW", "DS", due=("interview", "verify")
        ).Next(this.confirm_verification)
        confirm_verification = (
            Step(_("Confirm the verification"), "SH", "DS", due=("verify",))
            .When(_state(CaseState.REJECTED), this.notify_refusal, "rejected")
            .When(lambda case: case.publicity_required, this.post_publicity, "publicity required")
            .Next(this.make_plan)
        )
        notify_refusal = Step(
            _("Deliver the refusal notice"), "CW", "SH", due=("notify_refusal",)
        ).Next(this.end)
        post_publicity = Step(_("Post the publicity notice"), "SH", "DS").Next(this.make_plan)
        make_plan = Step(_("Make the help plan"), "CW", due=("plan",)).Next(this.approve_plan)
        approve_plan = (
            Step(_("Approve the help plan"), "SH", "DS", due=("plan",))
            .When(_state(CaseState.PLANNED), this.start_help, "approved")
            .Next(this.make_plan)
        )
        start_help = Step(_("Start the help"), "PR", "CW", due=("start_help",)).Next(
            this.finish_help
        )
        finish_help = Step(_("Give the help and sum it up"), "CW", due=("finish_help",)).Next(
            this.await_sample
        )
        await_sample = (
            Wait(_("Wait for the monthly sample"))
            .When(_state(CaseState.EVALUATING), this.assign_evaluator, "drawn")
            .Next(this.close_self_checked)
        )
        close_self_checked = Step(_("Close after the self-check"), "DS", "CA").Next(this.end)
        assign_evaluator = Step(_("Assign an evaluator"), "LE", due=("evaluate",)).Next(
            this.submit_scores
        )
        submit_scores = Step(_("Score the case"), "EV", "LE", due=("evaluate",)).Next(
            this.confirm_result
        )
        confirm_result = (
            Step(_("Confirm the result"), "DS", "CA", due=("evaluate",))
            .When(_state(CaseState.CLOSED), this.end, "good or excellent")
            .Next(this.issue_order)
        )
        issue_order = Step(
            _("Issue the rectification notice"), "DS", "CA", due=("issue_order",)
        ).Next(this.await_rectification)
        await_rectification = Wait(_("Wait for the rectification")).Next(this.rescore)
        rescore = Step(_("Score the indicators again"), "EV", "LE").Next(this.close_rectified)
        close_rectified = Step(_("Close the case"), "DS", "CA").Next(this.end)

        reopened = Begin().Next(this.arrange_verification)

        returned_entry = Begin().Next(this.record_verification)
        returned_plan = Begin().Next(this.make_plan)
        returned_help = Begin().Next(this.finish_help)

        petition = Begin().Next(this.inform_petitioner)
        inform_petitioner = (
            Step(_("Tell whether the petition is taken up"), "CW", "SH", due=("petition_inform",))
            .When(lambda case: open_petition(case) is not None, this.answer_petition, "taken up")
            .Next(this.end)
        )
        answer_petition = Step(_("Answer the petition"), "SH", "DS", due=("petition_answer",)).Next(
            this.end
        )
        correction = Begin().Next(this.decide_correction)
        decide_correction = Step(_("Decide the correction"), "DS", due=("correction",)).Next(
            this.end
        )

        objection = Begin().Next(this.resolve_objection)
        resolve_objection = Step(_("Settle the objection"), "SH", "DS", due=("objection",)).Next(
            this.end
        )
        appeal = Begin().Next(this.decide_appeal)
        decide_appeal = Step(
            _("Decide the appeal"), "DS", due=("internal_review_answer", "reconsideration_answer")
        ).Next(this.end)
        transfer = Begin().Next(this.accept_transfer)
        accept_transfer = Step(_("Take over the case"), "CW", "SH", due=("transfer",)).Next(
            this.end
        )
        suspension = Begin().Next(this.resume)
        resume = Step(_("Resume the help"), "CW", due=("suspension",)).Next(this.end)
        amendment = Begin().Next(this.approve_amendment)
        approve_amendment = Step(_("Approve the amended plan"), "SH", "DS").Next(this.end)
        termination = Begin().Next(this.notify_kin)
        notify_kin = Step(
            _("Deliver the termination notice"), "CW", "SH", due=("notify_termination",)
        ).Next(this.end)

        end = flow.End()

    CaseFlowV1.__module__ = __name__
    CaseFlowV1.__qualname__ = "CaseFlowV1"
    return CaseFlowV1


CaseFlowV1 = make_case_flow_v1()
CURRENT = CaseFlowV1
