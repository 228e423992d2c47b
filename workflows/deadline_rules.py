"""Which act opens which deadline, from which day it counts, and which act meets it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from casework.cases.models import HelpCase, HelpPlan, Publicity
from casework.cases.operations.appeal import last_day_to_file
from casework.cases.queries import open_petition
from casework.cases.states import (
    AppealRoute,
    AppealStatus,
    CaseState,
    PetitionStage,
    PlanState,
    ReturnTo,
)
from casework.ledger.act import Books
from casework.lib import clock
from evaluation.rectification.states import OrderState

Start = Callable[[Any, Books], date | None]


@dataclass(frozen=True)
class Rule:
    """One kind of deadline: which act opens it, from which day it counts, which act meets it."""

    kind: str
    limit: str
    opens: frozenset[str]
    met_by: frozenset[str]
    start: Start
    when: Callable[[Any], bool] = lambda subject: True
    is_duty: bool = True
    # The last day where a period is not counted in days, and how the period is written.
    last_day: Callable[[Any, date], tuple[date, int, str]] | None = None


def _acts(*names: str) -> frozenset[str]:
    return frozenset(names)


def _of_act(_subject: Any, books: Books) -> date:
    return books.on


def _of_fact(name: str) -> Start:
    """The day named in the act's facts; the day of the act where it names none."""

    def start(_subject: Any, books: Books) -> date:
        value = books.facts.get(name)
        if isinstance(value, str):
            value = date.fromisoformat(value)
        return value if isinstance(value, date) else books.on

    return start


def _referred_on(case: HelpCase, _books: Books) -> date:
    return clock.local_date(case.referred_at)


def _publicity_end(case: HelpCase, books: Books) -> date:
    last_day = (
        Publicity.objects.filter(case=case).order_by("-pk").values_list("last_day", flat=True)
    )
    return last_day.first() or books.on


def _plan_end(case: HelpCase, _books: Books) -> date | None:
    ends = HelpPlan.objects.filter(case=case, state=PlanState.APPROVED).values_list(
        "ends_on", flat=True
    )
    return ends.first()


def _returned_to(step: ReturnTo) -> Callable[[HelpCase], bool]:
    def was(case: HelpCase) -> bool:
        last = case.returns.last()
        return last is not None and last.back_to == step

    return was


def _petition(*stages: PetitionStage) -> Callable[[HelpCase], bool]:
    def is_open(case: HelpCase) -> bool:
        asked = open_petition(case)
        return asked is not None and asked.stage in stages

    return is_open


def _petition_filed(case: HelpCase, books: Books) -> date:
    asked = open_petition(case)
    return asked.filed_on if asked is not None else books.on


def _to_court(case: HelpCase, start: date) -> tuple[date, int, str]:
    """The way to court is open for months, not days."""
    last = last_day_to_file(AppealRoute.LITIGATION, start, rule_date=case.rule_date)
    return last, (last.year - start.year) * 12 + last.month - start.month, "MO"


_REVIEWS = (PetitionStage.REVIEW, PetitionStage.SECOND_REVIEW)
CASE_RULES = (
    Rule(
        "decide_referral",
        "decide_referral",
        _acts("refer"),
        _acts("accept_referral", "decline_referral", "merge_referral", "take_back_referral"),
        _referred_on,
    ),
    Rule(
        "ledger_entry",
        "ledger_entry_sudden",
        _acts("refer"),
        _acts("accept_referral", "decline_referral", "merge_referral", "take_back_referral"),
        _referred_on,
    ),
    Rule(
        "interview",
        "interview_sudden",
        _acts("accept_referral"),
        _acts("record_verification"),
        _referred_on,
        when=lambda case: case.sudden,
    ),
    Rule(
        "interview",
        "interview",
        _acts("accept_referral"),
        _acts("record_verification"),
        _of_act,
        when=lambda case: not case.sudden,
    ),
    Rule(
        "verify",
        "verify",
        _acts("accept_referral", "decide_appeal"),
        _acts("confirm_verification"),
        _of_act,
        when=lambda case: case.state in (CaseState.ACCEPTED, CaseState.VERIFYING),
    ),
    Rule(
        "notify_refusal",
        "notify_refusal",
        _acts("confirm_verification"),
        _acts("notify_refusal"),
        _of_act,
        when=lambda case: case.state == CaseState.REJECTED,
    ),
    Rule(
        "internal_review_file",
        "internal_review_file",
        _acts("notify_refusal"),
        _acts("file_appeal"),
        _of_fact("delivered_on"),
        is_duty=False,
    ),
    Rule(
        "reconsideration_file",
        "reconsideration_file",
        _acts("notify_refusal"),
        _acts("file_appeal"),
        _of_fact("delivered_on"),
        is_duty=False,
    ),
    Rule(
        "internal_review_answer",
        "internal_review_answer",
        _acts("file_appeal"),
        _acts("decide_appeal"),
        _of_fact("filed_on"),
        when=lambda case: case.appeal_status == "INTERNAL",
    ),
    Rule(
        "reconsideration_answer",
        "reconsideration_answer",
        _acts("file_appeal"),
        _acts("decide_appeal"),
        _of_fact("filed_on"),
        when=lambda case: case.appeal_status == "RECONSIDERATION",
    ),
    Rule(
        "reconsideration_answer",
        "reconsideration_extension",
        _acts("extend_appeal"),
        _acts("extend_appeal"),
        _of_fact("extended_from"),
    ),
    Rule(
        "litigation_file",
        "",
        _acts("notify_refusal"),
        _acts("file_appeal"),
        _of_fact("delivered_on"),
        is_duty=False,
        last_day=_to_court,
    ),
    Rule(
        "litigation_file",
        "litigation_after_file",
        _acts("decide_appeal"),
        _acts("file_appeal"),
        _of_act,
        when=lambda case: (
            case.appeal_status == AppealStatus.UPHELD
            and case.appeals.last().route == AppealRoute.RECONSIDERATION
        ),
        is_duty=False,
    ),
    Rule(
        "petition_inform",
        "petition_inform",
        _acts("file_petition"),
        _acts("inform_petitioner"),
        _petition_filed,
    ),
    Rule(
        "petition_answer",
        "petition_answer",
        # Told that it is taken up, the same clock runs on; told that it is not, it stops.
        _acts("file_petition", "inform_petitioner"),
        _acts("inform_petitioner", "extend_petition", "answer_petition"),
        _petition_filed,
        when=_petition(PetitionStage.HANDLING),
    ),
    Rule(
        "petition_answer",
        "petition_extension",
        _acts("extend_petition"),
        _acts("answer_petition"),
        _of_fact("extended_from"),
    ),
    Rule(
        "petition_answer",
        "petition_review_answer",
        _acts("file_petition", "inform_petitioner"),
        _acts("inform_petitioner", "answer_petition"),
        _petition_filed,
        when=_petition(*_REVIEWS),
    ),
    Rule(
        "petition_review_file",
        "petition_review_file",
        _acts("answer_petition"),
        _acts("file_petition"),
        _of_fact("answered_on"),
        when=lambda case: case.petitions.last().review_until is not None,
        is_duty=False,
    ),
    Rule(
        "correction",
        "correction",
        _acts("propose_correction"),
        _acts("decide_correction"),
        _of_act,
    ),
    Rule(
        "objection",
        "objection",
        _acts("raise_objection"),
        _acts("resolve_objection"),
        _of_fact("raised_on"),
    ),
    Rule(
        "plan",
        "plan",
        _acts("confirm_verification"),
        _acts("approve_plan"),
        _of_act,
        when=lambda case: case.state == CaseState.VERIFIED and not case.publicity_required,
    ),
    Rule(
        "verify",
        "verify",
        _acts("return_step"),
        _acts("confirm_verification"),
        _of_act,
        when=_returned_to(ReturnTo.VERIFICATION),
    ),
    Rule(
        "plan",
        "plan",
        _acts("return_step"),
        _acts("approve_plan"),
        _of_act,
        when=_returned_to(ReturnTo.PLAN),
    ),
    Rule(
        "finish_help",
        "finish_help",
        _acts("return_step"),
        _acts("finish_help"),
        _plan_end,
        when=_returned_to(ReturnTo.HELP),
    ),
    Rule("plan", "plan", _acts("post_publicity"), _acts("approve_plan"), _publicity_end),
    Rule("start_help", "start_help", _acts("approve_plan"), _acts("start_help"), _of_act),
    Rule(
        "finish_help",
        "finish_help",
        _acts("start_help", "approve_amendment", "resume"),
        _acts("finish_help", "approve_amendment", "resume"),
        _plan_end,
        when=lambda case: case.state == CaseState.IN_HELP,
    ),
    Rule("evaluate", "evaluate", _acts("enter_sample"), _acts("confirm_result"), _of_act),
    Rule(
        "issue_order",
        "issue_order",
        _acts("confirm_result"),
        _acts("issue_order"),
        _of_act,
        when=lambda case: case.state == CaseState.EVALUATING,
    ),
    Rule(
        "notify_termination",
        "notify_termination",
        _acts("terminate"),
        _acts("notify_kin"),
        _of_act,
    ),
    Rule(
        "transfer",
        "transfer",
        _acts("offer_transfer"),
        _acts("accept_transfer", "decline_transfer"),
        _of_act,
    ),
    Rule("suspension", "suspension", _acts("suspend"), _acts("resume"), _of_fact("from_on")),
)

ORDER_RULES = (
    Rule(
        "receipt",
        "receipt",
        _acts("issue_order", "issue_second_notice"),
        _acts("confirm_receipt", "deem_received"),
        _of_act,
    ),
    Rule(
        "recheck",
        "recheck",
        _acts("report_items"),
        _acts("recheck"),
        _of_act,
        when=lambda order: order.state == OrderState.REPORTED,
    ),
)

# What remains to be done on a case that has ended.
OUTLIVES_THE_CASE = (
    "notify_termination", "notify_refusal", "internal_review_file", "reconsideration_file",
    "internal_review_answer", "reconsideration_answer", "litigation_file",
    "petition_inform", "petition_answer", "petition_review_file", "correction",
)  # fmt: skip


# States in which no course goes on; a rejected case still has its refusal to deliver.
OVER = (CaseState.CLOSED, CaseState.TERMINATED, CaseState.MERGED, CaseState.DECLINED)

# What is no longer due once a case went back to an earlier step.
RETURN_DROPS = {
    ReturnTo.ENTRY: (),
    ReturnTo.VERIFICATION: ("plan",),
    ReturnTo.PLAN: ("start_help",),
    ReturnTo.HELP: (),
}
