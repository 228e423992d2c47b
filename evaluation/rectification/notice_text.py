"""What a rectification notice says, frozen at issue: the PDF is made of this alone."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from casework.cases.models import HelpCase
from casework.directory.queries import CITY_CODE, division_of, due_on, limit, parameter
from casework.documents import print_data
from casework.documents.wording import chinese_date, deadline_sentence, running_list
from casework.lib import clock
from evaluation.models import Indicator
from evaluation.rectification import limits
from evaluation.rectification.models import RectificationItem, RectificationOrder
from evaluation.scoring.models import ScoreSheet
from evaluation.scoring.queries import result_sheet
from evaluation.states import Severity

TEMPLATE = "print/rectification_notice.html"
TITLE = "个案帮扶整改通知书"
SEVERITY = {
    Severity.GREEN: "绿",
    Severity.AMBER: "黄",
    Severity.RED: "红",
    Severity.VETO: "一票否决",
}
FROM_ISSUE = "上述日期按发文当日签收推算；实际签收日期不同的，自签收之日起计算。"
REPORT_REQUIREMENTS = [
    "按上表逐项报告整改措施和整改结果，注明本通知文号及个案编号；",
    "逐项附整改证据及其编号，说明问题原因和长效措施；",
    "整改报告由单位负责人签字并加盖单位公章；",
    "各项问题完成时限不同的，按各自时限分项报送。",
]
CONSEQUENCE = (
    "逾期未报送整改报告的，自逾期之日起依次予以催办、督办、约谈，在每周汇总和月度通报中列明；"
    "仍不整改的，报局领导研究，暂缓拨付相关资金。两次整改复核不通过的，由区民政局直接接管，"
    "并更换服务机构或者按合同扣减费用。"
)


def title_of(order: RectificationOrder) -> str:
    """The title of a notice: a second one says that it is."""
    return TITLE if order.round == 1 else f"{TITLE}（第二次）"


def district_bureau(order: RectificationOrder) -> str:
    """The district's bureau, to which notices are addressed."""
    return f"{order.district.name}民政局"


def notice_data(
    order: RectificationOrder, items: Sequence[RectificationItem], *, issued_on: date
) -> dict[str, Any]:
    """All fields of the notice in the order of the form."""
    issuer = f"{division_of(CITY_CODE, 'CITY').name}民政局"
    cases = list({item.case_id: item.case for item in items}.values())
    contact = parameter("evaluation_contact", issued_on)
    return {
        "issuer": issuer,
        "addressee": district_bureau(order),
        "cc": [order.provider.name] if order.provider else [order.street.name],
        "basis": _basis([sheet for case in cases if (sheet := result_sheet(case))]),
        "cases": [_case(case) for case in cases],
        "items": [
            _item(n, item, issued_on, names_case=len(cases) > 1)
            for n, item in enumerate(items, start=1)
        ],
        "deadline": deadline(items, issued_on),
        "report_requirements": REPORT_REQUIREMENTS,
        "consequence": CONSEQUENCE,
        "explain": _explain(issued_on),
        "contact": print_data.Contact(name=contact["name"], phone=contact["phone"]),
        "issued_on": issued_on.isoformat(),
        "print_on": issued_on.isoformat(),
        "round": order.round,
    }


def _basis(sheets: Sequence[ScoreSheet]) -> print_data.EvaluationBasis:
    latest = max(sheets, key=lambda sheet: sheet.submitted_at)
    return print_data.EvaluationBasis(
        evaluation_notice=latest.scheme.source or latest.scheme.title,
        evaluation_number=running_list([sheet.number for sheet in sheets]),
        evaluated_on=clock.local_date(latest.submitted_at).isoformat(),
        evaluator=latest.organisation.name,
    )


def _case(case: HelpCase) -> print_data.NoticeCase:
    return print_data.NoticeCase(masked_name=case.household.public_head, case_no=case.case_no)


def _item(
    seq: int, item: RectificationItem, issued_on: date, *, names_case: bool
) -> print_data.NoticeItem:
    finding = item.finding
    found = f"{item.case.case_no}：{finding.description}" if names_case else finding.description
    due = limits.due_on(issued_on, item.limit_amount, item.limit_unit)
    count = limits.due_count(item.limit_amount, item.limit_unit)
    return print_data.NoticeItem(
        seq=seq,
        code=finding.code.code,
        problem=finding.code.title,
        facts=found,
        evidence=finding.evidence,
        standard=_standard(finding.sheet, finding.indicator),
        severity=SEVERITY[Severity(finding.severity)],
        requirement=item.requirement,
        due_count=f"{count}内" if count == "24小时" else count,
        due_on=due.isoformat(),
        unit=item.unit_name,
        person=item.person_in_charge,
    )


def _standard(sheet: ScoreSheet, code: str) -> str:
    title = Indicator.objects.filter(scheme=sheet.scheme, code=code).values_list("title", flat=True)
    return f"{code} {title.first() or ''}".strip()


def deadline(items: Sequence[RectificationItem], issued_on: date) -> str:
    """The deadline with both count and date, and on which day of receipt the date rests."""
    last = limits.longest(items, issued_on)
    count = limits.due_count(last.limit_amount, last.limit_unit)
    due = limits.due_on(issued_on, last.limit_amount, last.limit_unit)
    return f"{deadline_sentence(count, due)}{FROM_ISSUE}"


def _explain(issued_on: date) -> str:
    time, last = limit("explain", issued_on), due_on("explain", issued_on)
    count = limits.due_count(time.amount, time.unit)
    return (
        f"对本通知认定的事实有异议的，可以自收到本通知之日起{count}内"
        f"（即{chinese_date(last)}前）向我局书面陈述、申辩。陈述、申辩期间不停止整改。"
    )
