"""Doubts about records: each found with its proof, none where there is nothing to doubt."""

from typing import Any

import pytest
from django.urls import reverse

from casework.cases.doubts import doubts_of
from casework.cases.models import HelpCase, HelpPlan, ServiceRecord
from casework.cases.operations.service import record_services
from casework.directory.models import Parameter, ServiceItem
from casework.lib import clock
from casework.lib.errors import Incomplete
from tests.cases.acting import do
from tests.factories import HelpCaseFactory, moment
from tests.screens.test_pages import client_of
from tests.walk import Walk, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> HelpCase:
    made: HelpCase = HelpCaseFactory(in_help=True)
    made.plans.get().items.update(qty_planned=20)
    return made


def serve(case: HelpCase, *days: str, **facts: Any) -> None:
    whole = ServiceItem.objects.get(pk="D04").evidence
    rows = [
        {"item": "D04", "served_on": day, "evidence": whole, "worker": "试员甲", **facts}
        for day in days
    ]
    do(record_services, case, at="2018-06-20 09:00", services=rows)


def codes(case: HelpCase) -> list[str]:
    return [doubt.code for doubt in doubts_of(HelpCase.objects.get(pk=case.pk))]


def set_to(code: str, value: Any) -> None:
    Parameter.objects.filter(code=code).update(value=value)


def test_sound_records_raise_none(case: HelpCase) -> None:
    for day, minutes in (("2018-06-01", 55), ("2018-06-02", 70), ("2018-06-03", 60)):
        serve(case, day, minutes=minutes)
    assert codes(case) == []


class TestLongDays:
    def test_minutes_of_one_worker_add_up_over_households(self, case: HelpCase) -> None:
        other = HelpCaseFactory(in_help=True)
        serve(case, "2018-06-01", minutes=301)
        serve(other, "2018-06-01", minutes=300)
        found = doubts_of(case)[0]
        assert found.code == "WORKER_HOURS"
        assert found.proofs == ("2018-06-01 试员甲：601分钟",)

    def test_ten_hours_are_a_day(self, case: HelpCase) -> None:
        serve(case, "2018-06-01", minutes=600)
        assert codes(case) == []

    def test_another_day_or_another_worker_is_not_the_same(self, case: HelpCase) -> None:
        serve(case, "2018-06-01", minutes=410)
        serve(case, "2018-06-02", minutes=400)
        serve(case, "2018-06-01", minutes=400, worker="试员乙")
        assert codes(case) == []

    def test_it_refuses_where_the_city_lets_it(self, case: HelpCase) -> None:
        set_to("checks_that_refuse", ["WORKER_HOURS"])
        serve(case, "2018-06-01", minutes=400)
        with pytest.raises(Incomplete) as refusal:
            serve(case, "2018-06-01", minutes=201)
        assert "601" in refusal.value.fields["services"]
        assert ServiceRecord.objects.filter(case=case).count() == 1
        serve(case, "2018-06-01", minutes=200)


class TestIdentical:
    def test_five_records_of_the_same_round_time(self, case: HelpCase) -> None:
        days = [f"2018-06-0{day}" for day in range(1, 6)]
        serve(case, *days[:4], minutes=60)
        assert codes(case) == []
        serve(case, days[4], minutes=60)
        assert codes(case) == ["IDENTICAL"]

    def test_one_other_time_or_a_crooked_one_is_none(self, case: HelpCase) -> None:
        days = [f"2018-06-0{day}" for day in range(1, 6)]
        serve(case, *days, minutes=61)
        assert codes(case) == []


def test_what_the_item_asks_for_and_the_record_lacks(case: HelpCase) -> None:
    serve(case, "2018-06-01", minutes=50, evidence=["PHO"])
    found = doubts_of(case)[0]
    assert found.code == "NO_EVIDENCE"
    assert "服务确认单" in found.proofs[0]


class TestAlikePlan:
    goals = "每周两次助浴，每次一小时，由两名护理员上门，记录血压和皮肤状况"

    def planned(self, goal: str) -> HelpCase:
        made = HelpCaseFactory(in_help=True)
        made.plans.get().items.update(goal=goal)
        return made

    def test_a_copied_plan_of_another_household(self) -> None:
        first = self.planned(self.goals)
        HelpPlan.objects.filter(case=first).update(entered_at=moment("2018-04-01 09:00"))
        second = self.planned(self.goals + "。")
        found = doubts_of(second)[0]
        assert found.code == "ALIKE_PLAN"
        assert first.case_no in found.proofs[0]
        assert codes(first) == []
        assert doubts_of(second, names_others=False)[0].proofs == ()

    def test_a_plan_of_its_own_is_none(self) -> None:
        first = self.planned(self.goals)
        HelpPlan.objects.filter(case=first).update(entered_at=moment("2018-04-01 09:00"))
        second = self.planned("康复训练二十次，每次由治疗师指导下肢力量与平衡，家属学会辅助方法")
        assert codes(second) == []


def test_pages_show_doubts_with_their_proofs() -> None:
    with clock.at(at("2018-06-20 09:00")):
        walk = Walk.upto("start")
        walk.act(
            "record_services", "PR", "2018-06-19 09:00",
            services=[{"item": walk.case.plan_in_force.items.first().service_id,
                       "served_on": "2018-06-18", "worker": "试员甲", "minutes": 601}],
        )  # fmt: skip
        page = client_of(walk, "CW").get(reverse("case_page", args=[walk.case.case_no]))
        shown = page.content.decode()
        assert "自动核对" in shown
        assert "2018-06-18 试员甲：601分钟" in shown
        provider = client_of(walk, "PR").get(reverse("case_page", args=[walk.case.case_no]))
        assert "自动核对" not in provider.content.decode()
