"""Forms of the evaluation: the sheet with its points, and the opinion of the recheck."""

from typing import Any

from casework.cases.models import HelpCase
from evaluation.rectification.models import Recheck
from evaluation.rectification.states import Verdict
from evaluation.scoring.models import ScoreSheet
from evaluation.scoring.queries import latest_sheet
from workflows.pages.sight import Sight
from workflows.papers.blocks import Block, Pairs, Signatures, Table, Text
from workflows.papers.common import day

_HEADINGS = ("编码", "指标", "分值", "得分", "扣分", "扣分证据")


def evaluation_sheet(case: HelpCase, _sight: Sight) -> list[Block]:
    """绩效评估表: the sheet that counts, indicator by indicator."""
    sheet = latest_sheet(case)
    if sheet is None:
        return []
    findings = case.findings.select_related("code").order_by("pk")
    return [
        Pairs(
            "评估",
            [
                ("评估编号", sheet.number),
                ("评估机构", str(sheet.organisation)),
                ("评估员", str(sheet.evaluator)),
                ("提交时间", day(sheet.submitted_at)),
                ("总分", str(sheet.total)),
                ("等级", str(sheet.get_grade_display())),
                ("一票否决", "、".join(map(str, sheet.veto)) or "无"),
                ("确认时间", day(sheet.confirmed_at) if sheet.confirmed_at else ""),
            ],
        ),
        Table("指标得分", _HEADINGS, _points(sheet), widths=(14, 0, 14, 14, 14, 34)),
        Table(
            "发现的问题",
            ("编码", "问题", "情况", "状态"),
            [
                (row.code.code, row.code.title, row.description, str(row.get_state_display()))
                for row in findings
            ]
            or [("", "未发现问题", "", "")],
            widths=(16, 44, 0, 24),
        ),
        Signatures(("评估员", "主评估员")),
    ]  # fmt: skip


def _points(sheet: ScoreSheet) -> list[tuple[str, ...]]:
    """Each indicator with what it is worth, what was given and what was taken off."""
    off = sheet.deductions or {}
    return [
        (
            one.code,
            f"{one.level1_title}：{one.title}",
            f"{one.points}",
            "不适用" if sheet.points.get(one.code) is None else str(sheet.points[one.code]),
            *_off(off.get(one.code)),
        )
        for one in sheet.scheme.indicators.order_by("order")
    ]


def recheck_sheet(case: HelpCase, _sight: Sight) -> list[Block]:
    """复核意见书: the verdict on each item of this case, round by round."""
    blocks: list[Block] = []
    rechecks = Recheck.objects.filter(order__items__case=case).distinct()
    for row in rechecks.select_related("order", "rechecker").order_by("on", "pk"):
        items = row.order.items.filter(case=case).select_related("finding__code").order_by("seq")
        blocks += [
            Pairs(
                f"{row.order.number_base}　第{row.round}轮复核",
                [
                    ("复核日期", day(row.on)),
                    ("复核方式", str(row.get_method_display())),
                    ("复核人", str(row.rechecker)),
                    ("第二复核人", row.second_rechecker),
                ],
            ),
            Table(
                "逐项意见",
                ("序号", "问题", "整改要求", "意见", "理由"),
                [
                    (
                        str(item.seq),
                        f"{item.finding.code.code} {item.finding.code.title}",
                        item.requirement,
                        _verdict(row.verdicts.get(str(item.pk))),
                        str((row.reasons or {}).get(str(item.pk), "")),
                    )
                    for item in items
                ],
                widths=(14, 38, 0, 18, 36),
            ),
        ]
    told = "全部项目通过的予以销号；有一项不通过的，继续整改。"
    return [*blocks, Text("结论", [told]), Signatures(("复核人", "第二复核人"))] if blocks else []


def _verdict(code: str | None) -> str:
    return str(Verdict(code).label) if code in Verdict.values else ""


def _off(taken: Any) -> tuple[str, str]:
    """Points taken off, and the evidence named for it."""
    if not isinstance(taken, dict):
        return "", ""
    return str(taken.get("off", "")), str(taken.get("evidence", ""))
