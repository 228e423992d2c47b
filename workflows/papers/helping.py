"""Forms of help and of its ends: plan, slips, summary, rest, handover, termination."""

from casework.cases.models import HelpCase
from casework.cases.states import TerminationReason
from casework.directory.queries import limit
from casework.lib import clock
from workflows.pages.sight import Sight
from workflows.papers.blocks import Block, Letter, Pairs, Room, Signatures, Table, Text
from workflows.papers.common import (
    contact,
    day,
    item_rows,
    name_of,
    names,
    office,
    people_table,
    person_pairs,
    plan_of,
)

_ITEM_HEADINGS = ("服务项目", "帮扶线", "对象", "服务机构", "数量频次", "起止")
_ITEM_WIDTHS = (36, 16, 18, 34, 26, 0)
SLIP_ROWS = 9
_AT_EACH = (
    "请在每次服务后当场签字，满意度以1至5分计。服务未提供或与记录不符的，请勿签字，并联系街道办事处"
)
_SLIP_HEADINGS = (
    "日期", "服务项目", "起止时间", "服务人员", "服务对象签字", "满意度"
)  # fmt: skip


def plan(case: HelpCase, sight: Sight) -> list[Block]:
    """帮扶方案 (T7)."""
    found = plan_of(case)
    if found is None:
        return []
    items = list(found.items.select_related("service", "provider", "member").order_by("pk"))
    blocks: list[Block] = [
        person_pairs(case) if sight.whole_file else Pairs("帮扶对象", [("个案编号", case.case_no)]),
        Pairs(
            "方案",
            [
                ("版本", f"第{found.version}版"),
                ("状态", str(found.get_state_display())),
                ("起止", f"{day(found.starts_on)}至{day(found.ends_on)}"),
                ("需求评估", day(found.assessment.assessed_on)),
            ],
        ),
        Table("服务内容", _ITEM_HEADINGS, item_rows(sight.of_items(items)), widths=_ITEM_WIDTHS),
        Table(
            "目标与经费",
            ("服务项目", "目标", "单价（元）", "金额（元）", "资金来源"),
            [
                (
                    item.service.name,
                    item.goal,
                    f"{item.unit_price}" if item.unit_price is not None else "",
                    f"{item.unit_price * item.qty_planned}" if item.unit_price is not None else "",
                    str(item.get_fund_source_display()) if item.fund_source else "",
                )
                for item in sight.of_items(items)
            ],
            widths=(36, 0, 22, 24, 28),
        ),
    ]
    told = "本方案的内容已向我们说明，我们同意按本方案接受帮扶，并同意向服务机构提供必要的信息。"
    return [*blocks, Text("家庭意见", [told]), Signatures(("家庭成员", "个案社工", "审批人"))]


def service_slip(case: HelpCase, sight: Sight) -> list[Block]:
    """服务确认单: one line is signed at each service."""
    found = plan_of(case)
    items = list(found.items.select_related("service", "provider", "member")) if found else []
    seen = sight.of_items(items)
    member = case.subject_member
    return [
        Pairs(
            "服务对象",
            [
                ("姓名", name_of(member)),
                ("联系电话", member.phone if member else ""),
                ("服务地址", f"{names(case.household.residence_division)}{case.household.address}"),
            ],
        ),
        Table(
            "方案约定的服务",
            ("服务项目", "数量频次", "已记录"),
            [
                (
                    f"{item.service_id} {item.service.name}",
                    f"{item.qty_planned}{item.unit}，{item.freq}",
                    f"{item.qty_done}{item.unit}",
                )
                for item in seen
            ],
            widths=(56, 60, 0),
        ),
        Text("", [f"{_AT_EACH}{contact(case)}。"]),
        Table("服务记录", _SLIP_HEADINGS, [], widths=(24, 32, 28, 24, 28, 0), blank=SLIP_ROWS),
    ]  # fmt: skip


def closing_summary(case: HelpCase, _sight: Sight) -> list[Block]:
    """帮扶结案小结 (T9)."""
    found = plan_of(case)
    items = list(found.items.select_related("service", "provider", "member")) if found else []
    return [
        person_pairs(case),
        Pairs(
            "帮扶过程",
            [
                ("开始帮扶", day(case.help_started_on)),
                ("完成帮扶", day(case.help_done_on)),
                ("个案社工", str(case.caseworker or "")),
                ("满意度", f"{case.satisfaction}分" if case.satisfaction else ""),
            ],
        ),
        Table(
            "服务完成情况",
            ("服务项目", "服务机构", "计划", "完成", "状态"),
            [
                (
                    f"{item.service_id} {item.service.name}",
                    str(item.provider or ""),
                    f"{item.qty_planned}{item.unit}",
                    f"{item.qty_done}{item.unit}",
                    str(item.get_status_display()),
                )
                for item in items
            ],
            widths=(46, 46, 20, 20, 0),
        ),
        Text("小结", [case.closing_summary]) if case.closing_summary else Room("小结", 50),
        Signatures(("家庭成员", "个案社工", "街道负责人")),
    ]


def suspension_note(case: HelpCase, _sight: Sight) -> list[Block]:
    """中止通知单 (T18)."""
    rest = case.suspensions.order_by("-from_on").first()
    return [
        person_pairs(case),
        Pairs(
            "中止",
            [
                ("原因", str(rest.get_reason_display()) if rest else ""),
                ("起", day(rest.from_on if rest else None)),
                ("最迟恢复", day(rest.limit_on if rest else None)),
                ("实际恢复", day(rest.resumed_on) if rest and rest.resumed_on else ""),
            ],
        ),
        Text("说明", ["中止期间各项办理时限相应顺延，恢复时方案及服务项目的截止日期按中止天数后移。"
                      "到期未恢复的，由街道决定终止或者继续帮扶。"]),
        Signatures(("经办人", "家庭成员")),
    ]  # fmt: skip


def handover_sheet(case: HelpCase, _sight: Sight) -> list[Block]:
    """个案移交清单 (T17)."""
    move = case.transfers.order_by("-offered_at").first()
    found = plan_of(case)
    items = list(found.items.select_related("service", "provider", "member")) if found else []
    return [
        Pairs(
            "移交",
            [
                ("移出街道", names(move.from_street) if move else ""),
                ("接收街道", names(move.to_street) if move else ""),
                ("提出时间", day(move.offered_at if move else None)),
                ("状态", str(move.get_state_display()) if move else ""),
                ("原因", move.reason if move else ""),
                ("个案状态", str(case.get_state_display())),
            ],
        ),
        person_pairs(case),
        people_table(case),
        Table(
            "未完成的服务",
            _ITEM_HEADINGS,
            item_rows([item for item in items if not item.is_settled]),
            widths=_ITEM_WIDTHS,
        ),
        Table("移交材料", ("序号", "材料名称", "份数", "备注"),
              [("1", "电子档案（个案编号" + case.case_no + "）", "1", "系统内移交"),
               ("2", "纸质材料", "", "")], widths=(14, 84, 18, 0), blank=3),
        Signatures(("移出街道经办人", "接收街道经办人")),
    ]  # fmt: skip


def termination_notice(case: HelpCase, _sight: Sight) -> list[Block]:
    """终止帮扶告知书 (T16)."""
    known = case.termination_reason in TerminationReason.values
    review = limit("internal_review_file", case.terminated_on or clock.today()).amount
    reason = str(case.get_termination_reason_display()) if known else ""
    return [
        Letter(
            addressee=case.household.display_head,
            paragraphs=[
                f"您家的精准救助个案帮扶（个案编号：{case.case_no}）已于{day(case.terminated_on)}"
                f"终止，原因：{reason}。",
                f"如有异议，可以自收到本告知书之日起{review}个工作日内向区民政局申请复核。"
                "情况发生变化、仍需帮扶的，可以再次提出。",
            ],
            issuer=office(case),
            issued_on=day(case.terminated_on or clock.today()),
            contact=contact(case),
        ),
    ]
