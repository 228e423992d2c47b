"""One ordinary case, walked from referral to closure through the one door."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from casework.cases.models import HelpCase
from casework.households.models import Household
from casework.households.operations import record_consent, register_household
from casework.ledger import outbox
from casework.staff.demo import create_demo_accounts
from casework.staff.models import User
from evaluation.rectification.models import RectificationOrder
from workflows.draws import draw_and_distribute
from workflows.perform import Performed, perform

STREET = "110112901"
DISTRICT = "110112"
PROVIDER = "52110199990000025C"
PASSWORD = "demo-only-2018"


def at(text: str) -> datetime:
    """A local moment, as in '2018-06-01 09:00'."""
    return timezone.make_aware(datetime.fromisoformat(text))


class Walk:
    """A case and the people who move it on; each step is one act at its own moment."""

    def __init__(self, street: str = STREET, *, id_no: str = "110199196908179152") -> None:
        self.street, self.district = street, street[:6]
        self.people = create_demo_accounts(password=PASSWORD, streets=[street])
        self.id_no = id_no
        self.household = self.new_household()
        self.case: HelpCase = HelpCase()
        self.order: RectificationOrder | None = None

    def person(self, role: str) -> User:
        """The account that holds a role towards the case."""
        names = {
            "CO": f"co.{self.street}001",
            "CW": f"cw.{self.street}",
            "CW2": f"cw2.{self.street}",
            "SH": f"sh.{self.street}",
            "DS": f"ds.{self.district}",
            "PR": "pr.b",
            "EV": "ev1",
            "EV2": "ev2",
            "LE": "le",
            "CA": "ca",
            "SYS": "sys",
        }
        return self.people[names[role]]

    def new_household(self) -> Household:
        household = register_household(
            by=self.person("CW"),
            address="示例路1号",
            residence_division=self.street,
            members=[{"name": "陈试勇", "id_no": self.id_no, "relation_to_head": "02"}],
            category="D_DISABLED",
            on=date(2018, 5, 1),
        )
        record_consent(
            household=household,
            purpose="SHARE_PROVIDER",
            given_on=date(2018, 5, 1),
            by=self.person("CW"),
        )
        return household

    def act(self, name: str, role: str | None, moment: str, **facts: Any) -> Performed:
        """Perform an act on the case."""
        by = self.person(role) if role else None
        done = perform(name, self.case, by=by, moment=at(moment), **facts)
        self.case = HelpCase.objects.get(pk=self.case.pk)
        return done

    def on_order(self, name: str, role: str | None, moment: str, **facts: Any) -> Performed:
        """Perform an act on the case's rectification order."""
        self.order = RectificationOrder.objects.get(items__case=self.case, items__seq=1)
        by = self.person(role) if role else None
        done = perform(name, self.order, by=by, moment=at(moment), **facts)
        self.order = RectificationOrder.objects.get(pk=self.order.pk)
        self.case = HelpCase.objects.get(pk=self.case.pk)
        return done

    def refer(self, key: str | None = None) -> Performed:
        done = perform(
            "refer",
            by=self.person("CO"),
            key=key,
            moment=at("2018-05-02 09:00"),
            household=self.household,
            person=self.household.head_id,
            source="COMMITTEE",
            reason="居家困难",
            division=self.street,
        )
        self.case = HelpCase.objects.get(pk=done.subject[1])
        return done

    def accept(self) -> None:
        self.act("accept_referral", "CW", "2018-05-02 14:00")

    def arrange(self) -> None:
        pair = [{"user": self.person(role).pk} for role in ("CW", "CW2")]
        self.act(
            "arrange_verification", "CW", "2018-05-03 09:00",
            verifiers=pair, visit_on=date(2018, 5, 4),
        )  # fmt: skip

    def record(self) -> None:
        self.act(
            "record_verification", "CW", "2018-05-04 17:00", visited_on=date(2018, 5, 4),
            member_signed=True, verifiers_signed=True, photos=2, place="家中",
            econ_check="WAIVED", proposal="VERIFIED",
        )  # fmt: skip

    def confirm(self) -> None:
        self.act("confirm_verification", "SH", "2018-05-07 10:00", outcome="VERIFIED")

    def plan(self) -> None:
        item = {
            "code": "D04", "line": "DISABLED", "goal": "助浴4次", "unit": "次", "qty": 4,
            "freq": "每周1次", "start": "2018-05-14", "end": "2018-06-29", "provider": PROVIDER,
        }  # fmt: skip
        self.act(
            "make_plan", "CW", "2018-05-09 10:00", assessed_on=date(2018, 5, 8),
            needs=[{"code": "D04", "text": "需要助浴"}], lines=["DISABLED"], items=[item],
            signed_on=date(2018, 5, 9), starts_on=date(2018, 5, 14), ends_on=date(2018, 6, 29),
        )  # fmt: skip

    def approve(self) -> None:
        self.act("approve_plan", "SH", "2018-05-10 09:00")

    def start(self) -> None:
        self.act(
            "start_help", "PR", "2018-05-14 09:00", started_on=date(2018, 5, 14),
            agreement_no="示例协议2018-1",
        )  # fmt: skip

    def serve(self) -> None:
        first = date(2018, 5, 15)
        services = [
            {
                "item": "D04", "served_on": (first + timedelta(days=7 * n)).isoformat(),
                "quantity": 1, "at_home": True, "minutes": 60, "worker": "试护理员",
                "evidence": ["SLP", "PHO", "REC"],
            }
            for n in range(4)
        ]  # fmt: skip
        self.act("record_services", "PR", "2018-06-06 17:00", services=services)

    def finish(self) -> None:
        self.act("finish_item", "CW", "2018-06-28 09:00", item="D04")
        self.act("finish_help", "CW", "2018-06-29 10:00", summary="目标达成", satisfaction=5)

    def draw(self) -> None:
        draw_and_distribute(
            "2018-06", self.district, by=self.person("LE"), seed=1, moment=at("2018-07-02 10:00")
        )
        self.case = HelpCase.objects.get(pk=self.case.pk)

    def assign(self) -> None:
        self.act("assign_evaluator", "LE", "2018-07-02 11:00", evaluator=self.person("EV").pk)

    def score(self, *, well: bool = False) -> None:
        points = {
            "A1": 5, "A2": 6, "A3": 4, "B1": 4, "B2": 2, "B3": 4, "C1": 8, "C2": 4, "C3": 4,
            "C4": 4, "D1": 4, "D2": 2, "E1": 6, "E2": 6, "E3": 2, "F1": 6, "F2": 4,
        }  # fmt: skip
        if well:
            points.update(B2=6, C1=12, C4=8, D1=6, D2=4, E1=10, E3=4, C2=6)
        findings = [] if well else [
            {"code": "F03", "description": "方案雷同", "evidence": "方案第1页", "indicator": "B2"},
            {"code": "F08", "description": "系统数据缺项", "evidence": "台账", "indicator": "D2"},
        ]  # fmt: skip
        self.act("submit_scores", "EV", "2018-07-06 10:00", points=points, findings=findings)

    def confirm_result(self) -> None:
        self.act("confirm_result", "DS", "2018-07-09 10:00")

    def issue(self) -> None:
        self.act("issue_order", "DS", "2018-07-10 09:00")

    def receive(self) -> None:
        self.on_order("confirm_receipt", "PR", "2018-07-10 15:00", received_on=date(2018, 7, 10))

    def report(self) -> None:
        self.on_order("report_items", "PR", "2018-07-16 10:00", items=self._answers("F08"))
        self.on_order("report_items", "PR", "2018-07-24 10:00", items=self._answers("F03"))

    def _answers(self, *codes: str) -> list[dict[str, Any]]:
        return [
            {
                "item": code, "measure": "逐项整改", "result": "已完成", "evidence": ["照片1"],
                "root_cause": "培训不足", "long_term": "每月自查",
            }
            for code in codes
        ]  # fmt: skip

    def fail_one(self) -> None:
        """Recheck: one passes, one fails; then the second notice, its receipt and report."""
        self.on_order(
            "recheck", "EV2", "2018-07-26 10:00", verdicts={"F03": "FAIL", "F08": "PASS"},
            reasons={"F03": "方案仍雷同"}, method="DOOR", second="示例评估员三",
        )  # fmt: skip
        self.on_order("issue_second_notice", "DS", "2018-07-27 10:00")
        self.on_order("confirm_receipt", "PR", "2018-07-27 15:00", received_on=date(2018, 7, 27))
        self.on_order("report_items", "PR", "2018-08-03 10:00", items=self._answers("F03"))

    def pass_all(self) -> None:
        items = self.order.items.exclude(state="STRUCK_OFF") if self.order else []
        self.on_order(
            "recheck", "EV2", "2018-08-06 10:00",
            verdicts={item.ref: "PASS" for item in items}, method="DESK", second="示例评估员三",
        )  # fmt: skip

    def strike_off(self) -> None:
        self.on_order("strike_off", "DS", "2018-08-07 10:00")

    def rescore(self) -> None:
        self.act("rescore", "EV2", "2018-08-08 10:00", points={"B2": 6, "D2": 4})

    def close(self) -> None:
        self.act("close_rectified", "DS", "2018-08-09 10:00")

    @classmethod
    def upto(cls, step: str, *, second_round: bool = True, **settings: Any) -> "Walk":
        """A walk that has taken every step up to and with the named one."""
        walk = cls(**settings)
        skipped = () if second_round else ("fail_one",)
        for name in STEPS[: STEPS.index(step) + 1]:
            if name not in skipped:
                getattr(walk, name)()
        return walk


STEPS = (
    "refer accept arrange record confirm plan approve start serve finish draw assign score "
    "confirm_result issue receive report fail_one pass_all strike_off rescore close"
).split()


def deliver() -> int:
    """Carry out every waiting message, as the worker does."""
    return outbox.drain(500)
