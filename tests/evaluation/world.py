"""People, cases and acts for the rooms of evaluation: rows laid down, acts through the books."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from casework.cases.models import HelpCase, HelpLine, HelpPlan, NeedsAssessment, PlanItem
from casework.cases.states import CaseState, LineState, PlanState
from casework.directory.models import Organisation
from casework.households.models import Household, Member
from casework.ledger.act import Books, open_books
from casework.lib import clock
from casework.staff.models import Membership, User

STREET = "110112901"
PROVIDER_A = "52110199990000017H"
PROVIDER_B = "52110199990000025C"
EVALUATOR = "521101999900000337"
SINCE = date(2017, 1, 1)

# The scores of FX06: A14 B9 C20 D5 E16 F7 = 71.0, and with what was put right 84.0.
FAIR_POINTS = {
    "A1": 5, "A2": 5, "A3": 4, "B1": 5, "B2": 2, "B3": 2, "C1": 8, "C2": 4, "C3": 4, "C4": 4,
    "D1": 3, "D2": 2, "E1": 8, "E2": 5, "E3": 3, "F1": 3, "F2": 4,
}  # fmt: skip
BETTER_POINTS = {"B2": 6, "C1": 12, "C4": 6, "D1": 5, "D2": 3}
# The scores of FX02: A15 B14 C28.5 D9 E18 F9 = 93.5.
GOOD_POINTS = {
    "A1": 5, "A2": 6, "A3": 4, "B1": 4, "B2": 6, "B3": 4, "C1": 12, "C2": 6, "C3": 4, "C4": 6.5,
    "D1": 5, "D2": 4, "E1": 8, "E2": 6, "E3": 4, "F1": 6, "F2": 3,
}  # fmt: skip
FINDINGS = [
    {"code": "F03", "description": "方案与他户雷同", "evidence": "证据1", "indicator": "B2"},
    {"code": "F04", "description": "助浴少两次", "evidence": "证据2", "indicator": "C1"},
    {"code": "F07", "description": "缺少服务确认单", "evidence": "证据3", "indicator": "C4"},
    {"code": "F07", "description": "档案缺满意度回执", "evidence": "证据4", "indicator": "D1"},
    {"code": "F08", "description": "系统未录入两次服务", "evidence": "证据5", "indicator": "D2"},
]
REPORT = {
    "measure": "逐项整改", "result": "已完成", "evidence": ["证据7"],
    "root_cause": "管理不到位", "long_term": "建立台账",
}  # fmt: skip


def on(text: str) -> datetime:
    """A local moment; a day alone means ten in the morning."""
    day = date.fromisoformat(text[:10])
    return clock.moment_on(day, time.fromisoformat(text[11:]) if text[11:] else time(10))


def body(credit_code: str) -> Organisation:
    return Organisation.objects.get(credit_code=credit_code)


def person(role: str, unit: str, name: str) -> User:
    """Someone who holds a role in a division or organisation."""
    user = User.objects.create(username=f"{role}-{unit}-{name}", display_name=name)
    is_body = role in ("PR", "EV", "LE")
    Membership.objects.create(
        user=user,
        role=role,
        division_id=None if is_body else unit,
        organisation=body(unit) if is_body else None,
        valid_from=SINCE,
    )
    return user


def case_of(
    number: int,
    *,
    state: str = CaseState.HELP_DONE,
    street: str = STREET,
    line: str = "DISABLED",
    provider: str = PROVIDER_B,
    done: str = "2018-07-20",
    **fields: Any,
) -> HelpCase:
    """A case whose help is done: household, plan in force, one item of the provider."""
    household = Household.objects.create(
        residence_division=street, address="示例路", category="A_RELIEF"
    )
    head = Member.objects.create(household=household, name="陈试勇", birth_date=date(1969, 8, 17))
    household.head = head
    household.save()
    case = HelpCase.objects.create(
        case_no=f"BF-2018-{street[:6]}-{number:06d}-X",
        household=household,
        person=head,
        home_district=street[:6],
        handling_district=street[:6],
        handling_street=street,
        state=state,
        category="A_RELIEF",
        counted_line=line,
        rule_date=date(2018, 5, 2),
        referred_at=on("2018-05-02"),
        help_done_on=date.fromisoformat(done),
        **fields,
    )
    HelpLine.objects.create(case=case, line="DISABLED", state=LineState.DONE)
    _plan(case, provider)
    return case


def _plan(case: HelpCase, provider: str) -> None:
    days = {"starts_on": date(2018, 5, 20), "ends_on": date(2018, 7, 20)}
    assessed = NeedsAssessment.objects.create(
        case=case, assessed_on=date(2018, 5, 14), needs=[{"code": "N1", "text": "助浴"}]
    )
    plan = HelpPlan.objects.create(
        case=case, version=1, state=PlanState.APPROVED, assessment=assessed, lines=["DISABLED"],
        signed_on=date(2018, 5, 15), entered_at=on("2018-05-15"), **days,
    )  # fmt: skip
    PlanItem.objects.create(
        plan=plan, service_id="D04", line="DISABLED", goal="每周助浴一次", unit="次",
        qty_planned=8, qty_done=8, provider=body(provider), promised_on=date(2018, 5, 15), **days,
    )  # fmt: skip


def act(
    operation: Callable[..., Any], subject: Any, *, by: User | None, at: str, **facts: Any
) -> tuple[dict[str, Any], Books]:
    """One act as the one door performs it, without flow and scope."""
    moment = on(at)
    kind = "case" if isinstance(subject, HelpCase) else "order"
    with clock.at(moment), open_books(operation.__name__, by=by, moment=moment) as books:
        before = str(subject.state)
        values = operation(subject, books, **facts)
        books.close((kind, subject.pk), from_state=before, to_state=str(subject.state))
    subject.refresh_from_db()
    return values, books
