"""The help plan: made, approved by a second person, amended by versions."""

from typing import Any

import pytest

from casework.cases.models import HelpCase
from casework.cases.operations.plan import amend_plan, approve_amendment, approve_plan, make_plan
from casework.cases.queries import items_in_force, lawful_acts
from casework.cases.states import CaseState
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from tests.cases.acting import do, figures, last_entry
from tests.factories import PROVIDER_A, PROVIDER_B, HelpCaseFactory, MemberFactory, staff

pytestmark = pytest.mark.django_db

BATHS = {"code": "D04", "line": "DISABLED", "goal": "每周助浴", "unit": "次", "qty": 4,
         "start": "2018-04-18", "end": "2018-07-20", "provider": PROVIDER_B}  # fmt: skip
MEALS = {"code": "E02", "line": "ELDERLY", "goal": "每周五餐", "unit": "份", "qty": 60,
         "start": "2018-05-07", "end": "2018-07-20", "provider": PROVIDER_A}  # fmt: skip
PLAN: dict[str, Any] = {
    "assessed_on": "2018-04-17",
    "needs": [{"code": "N1", "text": "需要助浴"}],
    "lines": ["DISABLED"],
    "items": [BATHS],
    "signed_on": "2018-04-17",
    "starts_on": "2018-04-18",
    "ends_on": "2018-07-20",
}


def first_item(case: HelpCase) -> dict[str, Any]:
    return {**BATHS, "member": case.person.pk, "start": "2018-04-16"}


class TestMake:
    def test_waits_for_a_second_person(self) -> None:
        case, worker = HelpCaseFactory(verified=True), staff("CW")
        do(make_plan, case, by=worker, **PLAN)
        assert case.state == CaseState.VERIFIED
        assert "approve_plan" in lawful_acts(case)
        with pytest.raises(NotYours):
            do(approve_plan, case, by=worker)
        do(approve_plan, case, by=staff("SH"))
        assert case.state == CaseState.PLANNED
        assert list(case.lines.values_list("line", "state")) == [("DISABLED", "PLANNED")]
        assert last_entry(case).facts == {"version": 1}

    def test_a_returned_plan_is_made_anew(self) -> None:
        case = HelpCaseFactory(verified=True)
        do(make_plan, case, **PLAN)
        do(approve_plan, case, outcome="RETURNED", reason="目标不可衡量")
        assert case.state == CaseState.VERIFIED
        with pytest.raises(NotLawfulNow):
            do(approve_plan, case)
        do(make_plan, case, **PLAN)
        assert do(approve_plan, case)["version"] == 2

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"lines": []}, "lines"),
            ({"lines": ["DISABLED", "STUDENT"]}, "items"),
            ({"needs": []}, "needs"),
            ({"signed_on": "2019-01-01"}, "signed_on"),
            ({"assessed_on": "2018-04-18"}, "assessed_on"),
            ({"ends_on": "2018-04-01"}, "ends_on"),
            ({"items": [{**BATHS, "qty": 0}]}, "items"),
            ({"items": [{**BATHS, "provider": ""}]}, "items"),
            ({"items": [{**BATHS, "goal": ""}]}, "items"),
            ({"items": [{**BATHS, "code": "S01"}]}, "items"),
            ({"items": [{**BATHS, "end": "2018-08-01"}]}, "items"),
            ({"items": [BATHS, BATHS]}, "items"),
        ],
    )
    def test_refuses_half_a_plan_and_keeps_nothing(
        self, change: dict[str, Any], field: str
    ) -> None:
        case = HelpCaseFactory(verified=True)
        with pytest.raises(Incomplete) as refusal:
            do(make_plan, case, **{**PLAN, **change})
        assert field in refusal.value.fields
        assert not case.plans.exists()
        assert not case.assessments.exists()

    def test_refuses_a_stranger_to_the_household(self) -> None:
        case = HelpCaseFactory(verified=True)
        stranger = {**BATHS, "member": MemberFactory().pk}
        with pytest.raises(Incomplete):
            do(make_plan, case, **{**PLAN, "items": [stranger]})

    def test_waits_for_the_end_of_publicity(self) -> None:
        case = HelpCaseFactory(publicised=True)
        with pytest.raises(NotLawfulNow):
            do(make_plan, case, at="2018-04-16 17:00", **PLAN)
        do(make_plan, case, at="2018-04-17 09:00", **PLAN)

    def test_a_rejected_case_has_no_plan(self) -> None:
        with pytest.raises(NotLawfulNow):
            do(make_plan, HelpCaseFactory(rejected=True), **PLAN)


class TestAmend:
    def test_a_new_line_recounts_the_household_as_combined(self) -> None:
        case = HelpCaseFactory(in_help=True)
        facts = {
            **PLAN,
            "assessed_on": "2018-05-02",
            "signed_on": "2018-05-02",
            "starts_on": "2018-04-16",
            "lines": ["DISABLED", "ELDERLY"],
            "items": [first_item(case), MEALS],
        }
        items_in_force(case).update(qty_done=2)
        do(amend_plan, case, **facts)
        assert figures(case) == []
        do(approve_amendment, case, at="2018-05-03 09:00")
        assert figures(case) == [
            ("in_help", -1, "110112", "DISABLED"),
            ("in_help", 1, "110112", "COMBINED"),
        ]
        assert case.counted_line == "COMBINED"
        assert {item.service_id: item.qty_done for item in items_in_force(case)} == {
            "D04": 2,
            "E02": 0,
        }
        assert case.lines.get(line="ELDERLY").state == "ACTIVE"

    def test_a_new_service_needs_a_new_assessment(self) -> None:
        case = HelpCaseFactory(in_help=True)
        washing = {**BATHS, "code": "D06", "goal": "陪同就医"}
        facts = {**PLAN, "starts_on": "2018-04-16", "items": [first_item(case), washing]}
        for name in ("assessed_on", "needs"):
            del facts[name]
        with pytest.raises(Incomplete) as refusal:
            do(amend_plan, case, **facts)
        assert "assessed_on" in refusal.value.fields

    def test_what_is_left_out_ended_early_and_stays_on_file(self) -> None:
        case = HelpCaseFactory(in_help=True)
        facts = {**PLAN, "assessed_on": "2018-05-02", "signed_on": "2018-05-02"}
        other = {**BATHS, "code": "D06", "goal": "陪同就医"}
        do(amend_plan, case, **{**facts, "items": [other]})
        do(approve_amendment, case)
        assert dict(items_in_force(case).values_list("service_id", "status")) == {
            "D04": "ENDED_EARLY",
            "D06": "ACTIVE",
        }
        assert case.plans.get(version=1).items.get().status == "ACTIVE"

    def test_a_running_line_is_ended_not_left_out(self) -> None:
        case = HelpCaseFactory(in_help=True)
        facts = {**PLAN, "lines": ["ELDERLY"], "items": [MEALS]}
        with pytest.raises(Incomplete) as refusal:
            do(amend_plan, case, **facts)
        assert "lines" in refusal.value.fields
