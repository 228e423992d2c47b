"""Score sheets with a plausible spread: what was found, what it costs, the total."""

import random
from decimal import Decimal
from typing import Any, NamedTuple

FULL: dict[str, str] = {
    "A1": "5", "A2": "6", "A3": "4", "B1": "5", "B2": "6", "B3": "4", "C1": "12", "C2": "6",
    "C3": "4", "C4": "8", "D1": "6", "D2": "4", "E1": "10", "E2": "6", "E3": "4", "F1": "6",
    "F2": "4",
}  # fmt: skip


class Fault(NamedTuple):
    """A finding as evaluators write it, and the points its indicators are left with."""

    code: str
    indicator: str
    description: str
    evidence: str
    left: dict[str, str]


FAULTS = {
    fault.code: fault
    for fault in (
        Fault("F02", "A2", "核查表缺一名核查人签字", "核查表第2页", {"A2": "4"}),
        Fault("F03", "B2", "方案与其他家庭雷同，未对应评估需求", "方案第1页", {"B2": "2"}),
        Fault("F04", "C1", "方案项目服务次数不足", "服务记录汇总", {"C1": "8", "C2": "3.6"}),
        Fault("F05", "C4", "回访所述与服务记录不一致", "电话回访记录", {"C4": "4", "D2": "2"}),
        Fault("F07", "C4", "部分服务缺少签字单", "服务确认单", {"C4": "4.8", "D1": "4"}),
        Fault("F08", "D2", "系统中服务时长未录入", "台账抽查", {"D2": "2.4"}),
        Fault("F09", "E1", "主要目标未达成且方案未调整", "阶段评估表", {"E1": "5"}),
        Fault("F10", "E2", "服务对象对及时性不满意", "满意度问卷", {"E2": "3"}),
        Fault("F11", "F1", "物资票据与发放记录不符", "票据复印件", {"F1": "3"}),
        Fault("F13", "C3", "服务人员资质材料不全", "人员名册", {"C3": "2"}),
    )
}
# Grade wanted: totals from and to, and which findings lead there.
OUTCOMES: dict[str, tuple[str, str, tuple[tuple[str, ...], ...]]] = {
    "EXCELLENT": ("90.5", "98.5", ((), (), ("F08",))),
    "GOOD": ("81.0", "89.5", ((), ("F08",), ("F07",), ("F10",))),
    "FAIR": (
        "63.0",
        "78.5",
        (("F03", "F07"), ("F04", "F07", "F08"), ("F02", "F09"), ("F03", "F04"), ("F07", "F13")),
    ),
    "RED": ("80.5", "88.0", (("F11",), ("F05",))),
    "POOR": ("44.0", "58.0", (("F03", "F04", "F07", "F09", "F10"), ("F02", "F04", "F07", "F09"))),
}
FAILING = frozenset({"FAIR", "RED", "POOR"})
# What may be taken off besides, in steps that the indicators' own rules allow.
MINOR = (
    ("B1", "0.5"), ("E3", "0.5"), ("E1", "1"), ("E2", "0.6"), ("C2", "0.6"), ("C4", "0.8"),
    ("D1", "1"), ("B2", "0.5"), ("E1", "1"), ("D2", "0.4"), ("E3", "1"), ("B1", "1"), ("E2", "0.6"),
    ("C4", "0.8"), ("B3", "2"), ("C2", "1.2"), ("A2", "2"), ("E1", "1"), ("D1", "1"), ("C1", "4"),
    ("E1", "2"), ("C1", "4"), ("B3", "2"), ("C2", "1.2"), ("A3", "4"), ("A2", "2"), ("E2", "1.2"),
)  # fmt: skip


def sheet(dice: random.Random, outcome: str) -> dict[str, Any]:
    """The facts of a score sheet that comes to an outcome."""
    low, high, causes = OUTCOMES[outcome]
    found = [FAULTS[code] for code in dice.choice(causes)]
    points = {code: Decimal(most) for code, most in FULL.items()}
    for fault in found:
        points.update({code: Decimal(left) for code, left in fault.left.items()})
    _take_off(points, Decimal(low), _between(dice, low, high))
    lost = [code for code, value in points.items() if value < Decimal(FULL[code])]
    return {
        "points": {code: str(value) for code, value in points.items()},
        "evidence": dict.fromkeys(lost, "档案抽查"),
        "findings": [
            {
                "code": fault.code,
                "description": fault.description,
                "evidence": fault.evidence,
                "indicator": fault.indicator,
            }
            for fault in found
        ],
    }


def _between(dice: random.Random, low: str, high: str) -> Decimal:
    tenths = dice.randint(int(Decimal(low) * 10), int(Decimal(high) * 10))
    return Decimal(tenths) / 10


def _take_off(points: dict[str, Decimal], low: Decimal, wanted: Decimal) -> None:
    """Take off small faults until the total is as wanted, never below the least."""
    for code, step in MINOR:
        total = sum(points.values())
        if total <= wanted:
            return
        off = Decimal(step)
        if total - off >= low and points[code] >= off:
            points[code] -= off
