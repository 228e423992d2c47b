"""Petitions with their clocks (信访条例, 2005-05-01, art. 22, 33 to 35), and the way to court."""

from datetime import date

import pytest

from casework.cases.models import HelpCase, Petition
from casework.cases.operations.appeal import decide_appeal, extend_appeal, file_appeal
from casework.cases.operations.petition import (
    answer_petition,
    extend_petition,
    file_petition,
    inform_petitioner,
)
from casework.cases.operations.verification import notify_refusal
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from tests.cases.acting import do, last_entry
from tests.factories import HelpCaseFactory, staff
from workflows.deadline_rules import CASE_RULES, ORDER_RULES
from workflows.pages.words import DEADLINES

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> HelpCase:
    return HelpCaseFactory(closed=True)


def filed(case: HelpCase, on: str = "2018-09-03") -> dict[str, object]:
    return do(file_petition, case, at=f"{on} 10:00", filed_on=on, text="要求恢复服务")


def told(case: HelpCase, on: str = "2018-09-10", **facts: object) -> dict[str, object]:
    return do(inform_petitioner, case, at=f"{on} 10:00", informed_on=on, **facts)


def answered(case: HelpCase, on: str = "2018-09-20", **facts: object) -> dict[str, object]:
    return do(
        answer_petition, case, at=f"{on} 10:00", outcome="NOT_SUPPORTED", answer="理由如下",
        answered_on=on, **facts,
    )  # fmt: skip


class TestClocks:
    def test_fifteen_and_sixty_days(self, case: HelpCase) -> None:
        assert filed(case) == {
            "stage": "HANDLING", "inform_by": date(2018, 9, 18), "due_on": date(2018, 11, 2),
        }  # fmt: skip
        assert "要求恢复服务" not in str(last_entry(case).facts)

    def test_thirty_days_more_and_once(self, case: HelpCase) -> None:
        filed(case)
        assert do(extend_petition, case, at="2018-10-30 10:00", reason="调取材料") == {
            "due_on": date(2018, 12, 2)
        }
        with pytest.raises(NotLawfulNow):
            do(extend_petition, case, at="2018-10-31 10:00", reason="再次")

    def test_not_extended_once_over(self, case: HelpCase) -> None:
        filed(case)
        with pytest.raises(NotLawfulNow):
            do(extend_petition, case, at="2018-11-03 10:00", reason="迟了")

    def test_told_too_late_is_recorded_as_such(self, case: HelpCase) -> None:
        filed(case)
        assert told(case, "2018-09-18")["in_time"] is True
        Petition.objects.update(informed_on=None)
        assert told(case, "2018-09-19")["in_time"] is False

    def test_a_review_within_thirty_days_and_no_longer(self, case: HelpCase) -> None:
        filed(case)
        told(case)
        assert answered(case)["review_until"] == date(2018, 10, 22)
        assert filed(case, "2018-10-22")["stage"] == "REVIEW"
        Petition.objects.filter(stage="REVIEW").delete()
        assert filed(case, "2018-10-23")["stage"] == "HANDLING"

    def test_the_second_review_is_final(self, case: HelpCase) -> None:
        for number, day in enumerate(("2018-09-03", "2018-09-10", "2018-09-17")):
            filed(case, day)
            told(case, day)
            answered(case, day, by=staff("DS", "110112", username=f"ds{number}"))
        assert case.petitions.last().review_until is None
        with pytest.raises(NotLawfulNow):
            filed(case, "2018-09-24")


class TestRefusals:
    def test_one_at_a_time(self, case: HelpCase) -> None:
        filed(case)
        with pytest.raises(NotLawfulNow):
            filed(case)

    def test_answered_only_after_being_taken_up(self, case: HelpCase) -> None:
        filed(case)
        with pytest.raises(NotLawfulNow):
            answered(case)

    def test_not_taken_up_ends_it_with_its_reason(self, case: HelpCase) -> None:
        filed(case)
        with pytest.raises(Incomplete) as refusal:
            told(case, taken_up=False)
        assert set(refusal.value.fields) == {"answer"}
        told(case, taken_up=False, answer="应循诉讼途径")
        assert case.petitions.get().outcome == "NOT_TAKEN_UP"

    def test_a_review_is_answered_by_somebody_else(self, case: HelpCase) -> None:
        clerk = staff("SH")
        filed(case)
        told(case)
        answered(case, by=clerk)
        filed(case, "2018-09-25")
        told(case, "2018-09-25")
        with pytest.raises(NotYours):
            answered(case, "2018-09-26", by=clerk)


class TestToCourt:
    def upheld(self) -> HelpCase:
        case = HelpCaseFactory(rejected=True)
        do(notify_refusal, case, delivered_on="2018-04-13", method="HAND")
        route = {"route": "RECONSIDERATION", "ground": "不服"}
        do(file_appeal, case, at="2018-05-02 10:00", filed_on="2018-05-02", **route)
        return case

    def test_a_reconsideration_takes_thirty_days_more_once(self) -> None:
        case = self.upheld()
        assert do(extend_appeal, case, at="2018-06-20 09:00", reason="复杂") == {
            "due_on": date(2018, 7, 31)
        }
        with pytest.raises(NotLawfulNow):
            do(extend_appeal, case, at="2018-06-21 09:00", reason="再次")

    @pytest.mark.parametrize(("day", "in_time"), [("2018-06-20", True), ("2018-06-21", False)])
    def test_after_a_reconsideration_fifteen_days_to_court(self, day: str, in_time: bool) -> None:
        case = self.upheld()
        do(decide_appeal, case, at="2018-06-05 09:00", outcome="UPHELD", reason="合法")
        answer = do(
            file_appeal, case, at=f"{day} 10:00", route="LITIGATION", filed_on=day, ground="不服"
        )
        assert answer["in_time"] is in_time

    def test_a_household_takes_its_appeal_back(self) -> None:
        case = self.upheld()
        do(decide_appeal, case, at="2018-06-05 09:00", outcome="WITHDRAWN", reason="撤回")
        assert (case.state, case.appeal_status) == ("REJECTED", "WITHDRAWN")


def test_every_clock_has_a_name_on_the_page() -> None:
    assert {rule.kind for rule in (*CASE_RULES, *ORDER_RULES)} <= DEADLINES.keys()
