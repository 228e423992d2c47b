"""What becomes of rectification orders: one round, two rounds, late, taken over, or still open."""

import random
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from casework.cases.models import HelpCase
from casework.directory.models import Organisation
from casework.directory.queries import working_days
from casework.staff.demo import PROVIDER_A
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.queries import round_items, unreported
from evaluation.scoring.models import ScoreSheet
from evaluation.scoring.operations.results import indicators_to_rescore
from evaluation.scoring.queries import latest_sheet
from workflows.season.diary import Diary
from workflows.season.scores import FULL
from workflows.season.script import EVALUATORS, LEAD, Facts, Offices, Scene, Script, Values
from workflows.season.sizes import LAST_DAY, YEAR

COURSES = (
    "one_round", "two_rounds", "late", "one_round", "unconfirmed", "never", "one_round",
    "two_rounds", "one_round", "late", "taken_over", "one_round", "one_round", "one_round",
)  # fmt: skip
CHANCES = {
    "one_round": 58,
    "two_rounds": 18,
    "late": 10,
    "unconfirmed": 8,
    "never": 3,
    "taken_over": 3,
}
ENOUGH = Decimal("83")
NEVER_FROM = date(YEAR, 9, 3)
SECOND_RECHECKER = "示例·复核员"
REPORT = {
    "measure": "已逐项整改并组织复查",
    "result": "问题已纠正，材料已补齐",
    "root_cause": "流程执行不到位，审核不严",
    "long_term": "建立双人复核和月度自查制度",
    "evidence": ["整改前后对照材料", "补充的服务确认单"],
}


class Orders:
    """Deals out the course of each order."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self._dealt = 0

    def issue(
        self,
        street: str,
        cases: list[HelpCase],
        first_evaluators: frozenset[str],
        confirmed_on: date,
        *,
        is_last: bool,
    ) -> Script:
        """The act that issues an order, and through its answer all that follows."""
        first, *others = cases
        offices = Offices(street)
        diary = Diary(self.dice, working_days().add(confirmed_on, 1))
        moment = diary.after(0, 2)
        if is_last and self._dealt % 2:
            # Some notices went out on the very last day and nobody has confirmed them yet.
            moment = max(moment, diary.on(LAST_DAY))
        course = self._deal()
        script = Script(f"order-of-{first.pk}", subject=first)
        facts: dict[str, Any] = {"also": others} if others else {}
        rechecker = next(name for name in (*EVALUATORS, LEAD) if name not in first_evaluators)

        def follow(_scene: Scene, values: Values) -> list[Script]:
            order = RectificationOrder.objects.get(pk=values["order"])
            return [Course(order, offices, cases, rechecker, moment, self.dice).run(course)]

        script.add(moment, "issue_order", offices.supervisor, facts, follow)
        return script

    def _deal(self) -> str:
        self._dealt += 1
        if self._dealt <= len(COURSES):
            return COURSES[self._dealt - 1]
        return self.dice.choices(list(CHANCES), list(CHANCES.values()))[0]


class Course:
    """One order's acts from its receipt on."""

    def __init__(
        self,
        order: RectificationOrder,
        offices: Offices,
        cases: list[HelpCase],
        rechecker: str,
        issued_at: datetime,
        dice: random.Random,
    ) -> None:
        self.script = Script(f"order-{order.pk}", subject=order)
        self.order, self.offices, self.cases = order, offices, cases
        self.rechecker = rechecker
        self.dice = dice
        self.diary = Diary.since(dice, issued_at)
        self.unit = self._account_of(order.provider)
        # Of the findings, not of the items: a second round shortens the items' limits.
        self.amounts = list(order.items.values_list("finding__code__limit_amount", flat=True))

    def _account_of(self, provider: Organisation | None) -> str:
        if provider is None or provider.kind != Organisation.Kind.PROVIDER:
            return self.offices.caseworker
        return "pr.a" if provider.credit_code == PROVIDER_A else "pr.b"

    def run(self, course: str) -> Script:
        """Write down one of the courses an order may take."""
        if course == "never" and self.diary.day < NEVER_FROM:
            # Nobody lets an order lie for half a year.
            course = "late"
        {
            "one_round": self._one_round,
            "unconfirmed": self._unconfirmed,
            "late": self._late,
            "never": self._never,
            "two_rounds": self._two_rounds,
            "taken_over": self._taken_over,
        }[course]()
        return self.script

    def _one_round(self) -> None:
        self._receive()
        self._report(self._in_time())
        self._recheck()
        self._strike_off()

    def _unconfirmed(self) -> None:
        """Nobody confirms: it counts as received one working day after delivery."""
        self.diary.after(2, 2)
        self._report(self._in_time())
        self._recheck()
        self._strike_off()

    def _late(self) -> None:
        self._receive()
        self._report(max(self.amounts) + self.dice.randint(2, 8))
        self._recheck()
        self._strike_off()

    def _never(self) -> None:
        """No report comes: the ladder is climbed rung by rung."""
        self._receive()

    def _two_rounds(self) -> None:
        self._receive()
        self._report(self._in_time())
        self._recheck(fails=True)
        self._second_notice()
        self._recheck()
        self._strike_off()

    def _taken_over(self) -> None:
        self._receive()
        self._report(self._in_time())
        self._recheck(fails=True)
        self._second_notice()
        self._recheck(fails=True)
        facts = {"reason": "两轮整改未通过，由区民政局直接督办"}
        self._add(self.diary.after(1, 2), "take_over", self.offices.supervisor, facts)
        self._report(4, by=self.offices.supervisor)
        self._recheck()
        self._strike_off()

    def _add(
        self,
        moment: datetime,
        act: str,
        by: str,
        facts: Facts | Callable[[Scene], Facts] | None = None,
    ) -> None:
        self.script.add(moment, act, by, facts)

    def _in_time(self) -> int:
        return max(1, min(self.amounts) - self.dice.randint(1, 4))

    def _receive(self) -> None:
        moment = self.diary.after(0, 1)
        facts = {"received_on": moment.date().isoformat()}
        self._add(moment, "confirm_receipt", self.unit, facts)

    def _report(self, after: int, by: str = "") -> None:
        def every_open_item(_scene: Scene) -> Facts:
            refs = unreported(self.order_now()).values_list("ref", flat=True)
            return {"items": [{"item": ref, **REPORT} for ref in refs]}

        self._add(self.diary.after(after, after), "report_items", by or self.unit, every_open_item)

    def order_now(self) -> RectificationOrder:
        """The order as it stands when an act is due."""
        found: RectificationOrder = RectificationOrder.objects.get(pk=self.order.pk)
        return found

    def _recheck(self, *, fails: bool = False) -> None:
        def verdicts(_scene: Scene) -> Facts:
            items = [item.ref for item in round_items(self.order_now())]
            said = dict.fromkeys(items, "PASS")
            if fails:
                said[items[-1]] = "FAIL"
            return {
                "verdicts": said,
                "reasons": {
                    ref: "材料仍不完整" for ref, verdict in said.items() if verdict == "FAIL"
                },
                "method": "DESK" if len(items) < 3 else "DOOR",
                "second": SECOND_RECHECKER,
            }

        self._add(self.diary.after(1, 5), "recheck", self.rechecker, verdicts)

    def _second_notice(self) -> None:
        self._add(self.diary.after(1, 2), "issue_second_notice", self.offices.supervisor)
        self._receive()
        self.amounts = [min(10, *self.amounts)]
        self._report(self._in_time())

    def _strike_off(self) -> None:
        moment = self.diary.after(0, 2)

        def follow(_scene: Scene, _values: Values) -> list[Script]:
            return [self._rescored(case, moment) for case in self.cases]

        self.script.add(moment, "strike_off", self.offices.supervisor, {}, follow)

    def _rescored(self, case: HelpCase, struck_off: datetime) -> Script:
        """What was put right is scored anew, and the case closes."""
        script = Script(f"rescore-{case.pk}", subject=case)
        diary = Diary.since(self.dice, struck_off)

        def better(_scene: Scene) -> Facts:
            sheet = latest_sheet(case)
            assert sheet is not None  # noqa: S101  it was ordered because of its sheet
            return {"points": _improved(case, sheet)}

        script.add(diary.after(1, 3), "rescore", self.rechecker, better)
        script.add(diary.after(1, 3), "close_rectified", self.offices.supervisor)
        return script


def _improved(case: HelpCase, sheet: ScoreSheet) -> dict[str, str]:
    """Full points for what was put right; a poor sheet is scored anew as a whole, till good."""
    touched = indicators_to_rescore(case, sheet)
    if touched < set(FULL):
        return {code: most for code, most in FULL.items() if code in touched}
    points = {code: Decimal(str(value)) for code, value in sheet.points.items()}
    for code in sorted(FULL, key=lambda code: points[code] - Decimal(FULL[code])):
        if sum(points.values()) < ENOUGH:
            points[code] = Decimal(FULL[code])
    return {code: str(value) for code, value in points.items()}
