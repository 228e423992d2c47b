"""The decision on a verification: what it counts, grants and puts on paper."""

from datetime import date
from typing import Any

from casework.cases.models import HelpCase, Verification
from casework.cases.operations import facts
from casework.cases.operations.step import keep, lawful_step, post, subject_of
from casework.cases.states import Finding, RejectionReason
from casework.directory.models import Level
from casework.directory.queries import division_of, limit, parameter
from casework.documents.operations import issue_document
from casework.households.codes import ReliefType
from casework.ledger.act import Books
from casework.lib import clock

# What the income assessment proposes, as the relief it would grant.
_RELIEF_OF = {
    "DIBAO": ReliefType.DIBAO,
    "LOW_INCOME": ReliefType.LOW_INCOME,
    "EXPENDITURE_HARDSHIP": ReliefType.EXPENDITURE,
}
# A refusal is an official paper: its words are Chinese, whatever the reader's language.
_REASONS = {
    RejectionReason.INCOME_OVER: "家庭人均收入不低于现行标准。",
    RejectionReason.PROPERTY_OVER: "家庭财产超过规定限额。",
    RejectionReason.NOT_RESIDENT: "不具有本地户籍。",
    RejectionReason.NOT_SHARED_HOUSEHOLD: "不属于共同生活家庭。",
    RejectionReason.FALSE_DECLARATION: "申报情况不实。",
    RejectionReason.NO_NEED: "相关需求已得到满足。",
    RejectionReason.ALREADY_SERVED: "同一服务项目已由其他渠道提供。",
    RejectionReason.UNCOOPERATIVE: "未配合调查核对。",
    RejectionReason.UNREACHABLE: "多次联系未果，无法完成入户核查。",
    RejectionReason.DUPLICATE: "已有在办个案，属重复申请。",
}


def decide(
    case: HelpCase,
    books: Books,
    round_: Verification,
    outcome: Finding,
    reason: str,
    *,
    relief_granted: str,
    publicity: bool | None,
) -> dict[str, Any]:
    """Carry out the decision on a verification whose grounds are proved."""
    granted = _relief(case, round_, relief_granted) if outcome == Finding.VERIFIED else ""
    round_.outcome = outcome
    round_.outcome_reason = reason
    round_.confirmed_by = books.by
    round_.confirmed_at = books.moment
    round_.save(update_fields=["outcome", "outcome_reason", "confirmed_by", "confirmed_at"])
    books.note(outcome=outcome, rejection_reason=reason, round=round_.round)
    post(case, books, "verified", 1)
    if outcome == Finding.VERIFIED:
        return _verify(case, books, round_, granted, publicity)
    return _reject(case, books, round_, reason)


def _relief(case: HelpCase, round_: Verification, named: str) -> str:
    """The status this decision grants: as named, or as assessed for who has none yet."""
    if named:
        return facts.choice(ReliefType, named, "relief_granted")
    if case.household.relief_type != ReliefType.NONE or not round_.assessment:
        return ""
    return str(_RELIEF_OF.get(round_.assessment["proposal"], ""))


def _verify(
    case: HelpCase, books: Books, round_: Verification, granted: str, publicity: bool | None
) -> dict[str, Any]:
    with lawful_step(case):
        case.verify(at=books.moment)
    case.relief_type_granted = granted
    case.classification = str((round_.assessment or {}).get("proposal", ""))
    case.publicity_required = _needs_publicity(case) if publicity is None else bool(publicity)
    keep(
        case,
        "state",
        "verified_at",
        "relief_type_granted",
        "classification",
        "publicity_required",
    )
    return {"outcome": "VERIFIED", "publicity_required": case.publicity_required}


def _needs_publicity(case: HelpCase) -> bool:
    """A status that is granted is publicised; services for whom has one already are not."""
    if case.relief_type_granted:
        return case.relief_type_granted in parameter("publicity_required_for", case.rule_date)
    return case.household.relief_type != ReliefType.NONE and bool(
        parameter("publicity_for_services", case.rule_date)
    )


def _reject(case: HelpCase, books: Books, round_: Verification, reason: str) -> dict[str, Any]:
    with lawful_step(case):
        case.reject(reason=reason)
    keep(case, "state", "rejection_reason")
    post(case, books, "rejected", 1)
    return {"outcome": "REJECTED", "reason": reason, "document": _refusal(case, books, round_)}


def _refusal(case: HelpCase, books: Books, round_: Verification) -> int:
    """Put the refusal on paper: reasons, rules and the ways to have it reviewed."""
    street = division_of(case.handling_street, Level.STREET)
    document = issue_document(
        books,
        kind="REFUSAL_NOTICE",
        template="print/refusal_notice.html",
        title="个案帮扶不予通过通知书",
        subject=subject_of(case),
        year=books.on.year,
        data={
            "issuer": f"{street.name}办事处",
            "addressee": case.household.display_head,
            "applied_on": clock.local_date(case.referred_at).isoformat(),
            "issued_on": books.on.isoformat(),
            "case_no": case.case_no,
            "decision": "决定不予通过。",
            "reasons": [_REASONS[RejectionReason(round_.outcome_reason)]],
            "basis": ["《社会救助暂行办法》（国务院令第649号）。"],
            "remedies": _remedies(books.on),
            "contact": {
                "name": f"{street.name}救助服务所",
                "phone": parameter("street_contact_phone", books.on),
            },
        },
    )
    return document.pk


def _remedies(on: date) -> list[str]:
    review = limit("internal_review_file", on).amount
    reconsideration = limit("reconsideration_file", on).amount
    months = parameter("litigation_months", on)
    return [
        f"自收到本通知之日起{review}个工作日内，可以向区民政局申请复核。",
        f"自收到本通知之日起{reconsideration}日内，可以依法申请行政复议。",
        f"自收到本通知之日起{months}个月内，可以依法提起行政诉讼。",
    ]


def withdraw_decision(case: HelpCase, books: Books) -> Verification:
    """Take a decision back after an appeal or objection; a new pair verifies in a new round."""
    was_rejected = case.rejection_reason != ""
    last = case.verifications.order_by("-round").first()
    with lawful_step(case):
        case.reopen_verification()
    case.publicity_required = False
    case.relief_type_granted = ""
    case.classification = ""
    keep(
        case,
        "state",
        "verified_at",
        "rejection_reason",
        "publicity_required",
        "relief_type_granted",
        "classification",
    )
    post(case, books, "verified", -1)
    if was_rejected:
        post(case, books, "rejected", -1)
    return Verification.objects.create(case=case, round=last.round + 1 if last else 1)
