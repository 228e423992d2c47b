"""Every act there is: its operation, who may do it, which step it completes, what it sets going.

The roles are those of the access rules; scope decides whether a person holds one towards the
subject at hand. An operation holds the law of its act and nothing else.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from casework.cases.operations import (
    appeal,
    correcting,
    ending,
    evaluation,
    hold,
    petition,
    photos,
    plan,
    privacy,
    publicity,
    referral,
    registry,
    returning,
    service,
    verification,
)
from casework.cases.queries import open_appeal
from casework.cases.states import CaseState, ReturnTo
from evaluation.rectification import operations as rectification
from evaluation.rectification.states import OrderState
from evaluation.scoring import operations as scoring
from workflows.act_spec import ActSpec
from workflows.deaths import and_end_visits
from workflows.forgetting import with_what_lies_beyond
from workflows.parting import and_refer

REFERRERS = frozenset({"CO", "CW", "SH", "DS", "CA", "PR"})
EVERYBODY = frozenset({"CO", "CW", "SH", "DS", "CA", "PR", "EV", "LE"})


def _verified_anew(case: Any) -> str:
    return "reopened" if case.state == CaseState.VERIFYING else ""


_COURSE_BACK = {
    ReturnTo.ENTRY: "returned_entry",
    ReturnTo.VERIFICATION: "reopened",
    ReturnTo.PLAN: "returned_plan",
    ReturnTo.HELP: "returned_help",
}


def _returned(case: Any) -> str:
    return _COURSE_BACK[ReturnTo(case.returns.last().back_to)]


def _roles(codes: str) -> frozenset[str]:
    return frozenset(codes.split())


_CASE_ACTS = (
    ActSpec("refer", _("Refer"), referral.open_case, REFERRERS, starts="main", by_system=True),
    ActSpec(
        "accept_referral", _("Accept the referral"), referral.accept_referral,
        _roles("CW SH"), step="decide_referral",
    ),
    ActSpec(
        "decline_referral", _("Decline the referral"), referral.decline_referral,
        _roles("CW SH"), step="decide_referral",
    ),
    ActSpec(
        "merge_referral", _("Merge the referral"), referral.merge_referral,
        _roles("CW SH"), step="decide_referral",
    ),
    ActSpec(
        "take_back_referral", _("Take back a referral entered by mistake"),
        referral.take_back_referral, _roles("CW SH DS"), step="decide_referral",
    ),
    ActSpec(
        "arrange_verification", _("Arrange the home verification"),
        verification.arrange_verification, _roles("CW SH DS"), step="arrange_verification",
    ),
    ActSpec(
        "record_attempt", _("Record an attempt to visit"), verification.record_attempt,
        _roles("CW SH DS"),
    ),
    ActSpec(
        "record_verification", _("Enter the home verification"),
        verification.record_verification, _roles("CW SH DS"), step="record_verification",
    ),
    ActSpec(
        "confirm_verification", _("Confirm the verification"),
        verification.confirm_verification, _roles("SH DS"), step="confirm_verification",
        has_reason_code=True,
    ),
    ActSpec(
        "notify_refusal", _("Deliver the refusal notice"), verification.notify_refusal,
        _roles("CW SH"), step="notify_refusal",
    ),
    ActSpec(
        "file_appeal", _("Record an appeal"), appeal.file_appeal, _roles("CW SH DS"),
        starts="appeal", starts_when=lambda case: open_appeal(case) is not None,
    ),
    ActSpec(
        "decide_appeal", _("Decide the appeal"), appeal.decide_appeal, _roles("DS"),
        step="decide_appeal", restarts=_verified_anew,
    ),
    ActSpec("extend_appeal", _("Extend the time of an appeal"), appeal.extend_appeal, _roles("DS")),
    ActSpec(
        "file_petition", _("Record a petition"), petition.file_petition, _roles("CW SH DS"),
        starts="petition",
    ),
    ActSpec(
        "inform_petitioner", _("Tell whether the petition is taken up"),
        petition.inform_petitioner, _roles("CW SH DS"), step="inform_petitioner",
    ),
    ActSpec(
        "extend_petition", _("Extend the time of a petition"), petition.extend_petition,
        _roles("DS"),
    ),
    ActSpec(
        "answer_petition", _("Answer the petition"), petition.answer_petition, _roles("SH DS"),
        step="answer_petition",
    ),
    ActSpec(
        "return_step", _("Return to an earlier step"), returning.return_step, _roles("SH DS"),
        restarts=_returned, has_reason_code=True,
    ),
    ActSpec(
        "propose_correction", _("Propose a correction of the file"),
        correcting.propose_correction, _roles("CW SH"), starts="correction", has_reason_code=True,
    ),
    ActSpec(
        "decide_correction", _("Decide the correction"), correcting.decide_correction,
        _roles("DS"), step="decide_correction",
    ),
    ActSpec(
        "post_publicity", _("Post the publicity notice"), publicity.post_publicity,
        _roles("SH DS"), step="post_publicity",
    ),
    ActSpec(
        "remove_publicity", _("Remove the publicity notice"), publicity.remove_publicity,
        _roles("SH DS"), by_system=True,
    ),
    ActSpec(
        "raise_objection", _("Record an objection"), publicity.raise_objection, EVERYBODY,
        starts="objection",
    ),
    ActSpec(
        "hold_appraisal", _("Record an appraisal meeting"), publicity.hold_appraisal,
        _roles("SH DS"),
    ),
    ActSpec(
        "resolve_objection", _("Settle the objection"), publicity.resolve_objection,
        _roles("SH DS"), step="resolve_objection",
        restarts=_verified_anew,
    ),
    ActSpec(
        "make_plan", _("Make the help plan"), plan.make_plan, _roles("CW SH"), step="make_plan"
    ),
    ActSpec(
        "approve_plan", _("Approve the help plan"), plan.approve_plan, _roles("SH DS"),
        step="approve_plan",
    ),
    ActSpec(
        "amend_plan", _("Amend the help plan"), plan.amend_plan, _roles("CW SH"), starts="amendment"
    ),
    ActSpec(
        "approve_amendment", _("Approve the amended plan"), plan.approve_amendment,
        _roles("SH DS"), step="approve_amendment",
    ),
    ActSpec(
        "start_help", _("Start the help"), service.start_help, _roles("PR CW SH"), step="start_help"
    ),
    ActSpec(
        "record_services", _("Record services"), service.record_services, _roles("PR CW SH")
    ),
    ActSpec("add_photos", _("Add photos"), photos.add_photos, _roles("PR CW SH DS")),
    ActSpec("finish_item", _("Finish an item"), service.finish_item, _roles("CW SH")),
    ActSpec(
        "end_line", _("End a help line early"), service.end_line, _roles("CW SH"),
        has_reason_code=True,
    ),
    ActSpec(
        "finish_help", _("Sum up and finish the help"), service.finish_help, _roles("CW SH"),
        step="finish_help",
    ),
    ActSpec(
        "enter_sample", _("Draw for evaluation"), evaluation.enter_sample, _roles("LE"),
        step="await_sample", by_system=True,
    ),
    ActSpec(
        "leave_to_self_check", _("Leave to the self-check"), evaluation.leave_to_self_check,
        _roles("LE"), step="await_sample", by_system=True,
    ),
    ActSpec(
        "close_self_checked", _("Close after the self-check"), evaluation.close_self_checked,
        _roles("DS CA"), step="close_self_checked",
    ),
    ActSpec(
        "assign_evaluator", _("Assign an evaluator"), scoring.assign_evaluator, _roles("LE"),
        step="assign_evaluator", needs_step=False,
    ),
    ActSpec(
        "submit_scores", _("Submit the score sheet"), scoring.submit_scores, _roles("EV LE"),
        step="submit_scores",
    ),
    ActSpec(
        "assign_second", _("Assign a blind second score"), scoring.assign_second, _roles("LE"),
    ),
    ActSpec(
        "submit_second", _("Submit the blind second score"), scoring.submit_second, _roles("EV"),
    ),
    ActSpec(
        "settle_scores", _("Settle two scores that differ"), scoring.settle_scores, _roles("LE"),
    ),
    ActSpec(
        "assign_revisit", _("Assign a re-visit"), scoring.assign_revisit, _roles("LE"),
    ),
    ActSpec(
        "record_revisit_attempt", _("Record an attempt to ask"), scoring.record_revisit_attempt,
        _roles("EV LE"),
    ),
    ActSpec(
        "record_revisit", _("Enter what the household answered"), scoring.record_revisit,
        _roles("EV LE"),
    ),
    ActSpec(
        "confirm_result", _("Confirm the result"), scoring.confirm_result, _roles("DS CA"),
        step="confirm_result",
    ),
    ActSpec(
        "issue_order", _("Issue the rectification notice"), rectification.issue_order,
        _roles("DS CA"), step="issue_order",
    ),
    ActSpec(
        "rescore", _("Score the indicators again"), scoring.rescore, _roles("EV LE"),
        step="rescore",
    ),
    ActSpec(
        "close_rectified", _("Close the case"), scoring.close_rectified, _roles("DS CA"),
        step="close_rectified",
    ),
    ActSpec(
        "suspend", _("Suspend"), hold.suspend, _roles("CW SH"), starts="suspension",
        has_reason_code=True,
    ),
    ActSpec("resume", _("Resume"), hold.resume, _roles("CW SH"), step="resume"),
    ActSpec(
        "offer_transfer", _("Offer to another street"), hold.offer_transfer, _roles("CW SH"),
        starts="transfer",
    ),
    ActSpec(
        "accept_transfer", _("Take over the case"), hold.accept_transfer, _roles("CW SH"),
        step="accept_transfer",
    ),
    ActSpec(
        "decline_transfer", _("Decline the transfer"), hold.decline_transfer, _roles("CW SH"),
        step="accept_transfer",
    ),
    ActSpec(
        "terminate", _("Terminate"), and_end_visits(ending.terminate), _roles("SH DS"),
        has_reason_code=True,
    ),
    ActSpec(
        "notify_kin", _("Deliver the termination notice"), ending.notify_kin, _roles("CW SH"),
        step="notify_kin",
    ),
    ActSpec(
        "record_death", _("Record a death"), and_end_visits(ending.record_death), _roles("CW SH"),
    ),
    ActSpec("record_consent", _("Record a consent"), ending.record_consent, _roles("CW SH")),
    ActSpec(
        "withdraw_consent", _("Record a withdrawal of consent"), ending.withdraw_consent,
        _roles("CW SH"),
    ),
    ActSpec(
        "correct_household", _("Correct the household"), registry.correct_household,
        _roles("CW SH"), has_reason_code=True,
    ),
    ActSpec(
        "correct_member", _("Correct a person"), registry.correct_member, _roles("CW SH"),
        has_reason_code=True,
    ),
    ActSpec(
        "add_member", _("Add a person to the household"), registry.add_member, _roles("CW SH"),
        has_reason_code=True,
    ),
    ActSpec(
        "remove_member", _("Record that a person left"), registry.remove_member, _roles("CW SH"),
        has_reason_code=True,
    ),
    ActSpec(
        "split_household", _("Split the household"),
        and_refer(registry.split_household), _roles("CW SH"),
    ),
    ActSpec(
        "merge_household", _("Join another household to this one"), registry.merge_household,
        _roles("CW SH"),
    ),
    ActSpec(
        "record_request", _("Record a request about the own data"), privacy.record_request,
        _roles("CW SH DS"),
    ),
    ActSpec(
        "answer_request", _("Answer a request about the own data"), privacy.answer_request,
        _roles("SH DS"),
    ),
    ActSpec(
        "set_legal_hold", _("Set a legal hold"), privacy.set_legal_hold, _roles("CA"),
        has_reason_code=True,
    ),
    ActSpec(
        "lift_legal_hold", _("Lift the legal hold"), privacy.lift_legal_hold, _roles("CA"),
    ),
    ActSpec(
        "forget_household", _("Forget the household"),
        with_what_lies_beyond(privacy.forget_household), _roles("CA"),
    ),
)  # fmt: skip

_ORDER_ACTS = (
    ActSpec(
        "confirm_receipt", _("Confirm receipt"), rectification.confirm_receipt,
        _roles("PR CW SH DS"), subject="order", step="confirm_receipt",
    ),
    ActSpec(
        "deem_received", _("Received by lapse of time"), rectification.deem_received,
        subject="order", step="confirm_receipt", by_system=True,
    ),
    ActSpec(
        "report_items", _("Report on items"), rectification.report_items, _roles("PR CW SH DS"),
        subject="order", step="report_items",
        completes=lambda order: order.state == OrderState.REPORTED,
    ),
    ActSpec(
        "recheck", _("Recheck the items"), rectification.recheck, _roles("EV LE"),
        subject="order", step="recheck",
    ),
    ActSpec(
        "strike_off", _("Strike off"), rectification.strike_off, _roles("DS CA"),
        subject="order", step="strike_off",
    ),
    ActSpec(
        "issue_second_notice", _("Issue the second notice"), rectification.issue_second_notice,
        _roles("DS CA"), subject="order", step="issue_second_notice",
    ),
    ActSpec(
        "take_over", _("Take over the rectification"), rectification.take_over, _roles("DS"),
        subject="order", step="take_over",
    ),
    ActSpec("extend", _("Extend the time"), rectification.extend, _roles("DS"), subject="order"),
    ActSpec(
        "mark_overdue", _("Overdue"), rectification.mark_overdue, subject="order", by_system=True
    ),
    ActSpec(
        "escalate", _("Escalation"), rectification.escalate, subject="order", by_system=True
    ),
)  # fmt: skip

__all__ = ["ACTS", "REFERRERS", "ActSpec"]

ACTS: dict[str, ActSpec] = {spec.name: spec for spec in (*_CASE_ACTS, *_ORDER_ACTS)}
