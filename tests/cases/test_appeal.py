"""Appeals: in time or not, decided by somebody new."""

from datetime import date

import pytest

from casework.cases.operations.appeal import decide_appeal, file_appeal, last_day_to_file
from casework.cases.operations.verification import arrange_verification, notify_refusal
from casework.cases.states import AppealRoute, CaseState
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from tests.cases.acting import do, figures, last_entry
from tests.factories import HelpCaseFactory, staff

pytestmark = pytest.mark.django_db


def refused_case(delivered_on: str = "2018-04-13") -> object:
    case = HelpCaseFactory(rejected=True)
    do(notify_refusal, case, delivered_on=delivered_on, method="HAND")
    return case


class TestFile:
    def test_sixty_days_end_on_the_twelfth_of_june(self) -> None:
        case = refused_case()
        answer = do(
            file_appeal, case, at="2018-06-12 10:00",
            route="RECONSIDERATION", filed_on="2018-06-12", ground="财产已分割",
        )  # fmt: skip
        assert answer == {"in_time": True, "last_day": "2018-06-12", "routes": ["RECONSIDERATION"]}
        assert case.appeal_status == "RECONSIDERATION"
        assert case.forced_reasons == ["APPEAL"]

    def test_a_day_late_leaves_the_refusal_and_shows_the_petition(self) -> None:
        case = refused_case()
        answer = do(
            file_appeal, case, at="2018-06-13 10:00",
            route="RECONSIDERATION", filed_on="2018-06-13", ground="财产已分割",
        )  # fmt: skip
        assert answer["routes"] == ["PETITION"]
        assert (case.state, case.appeal_status) == (CaseState.REJECTED, "OUT_OF_TIME")
        assert last_entry(case).facts["in_time"] is False

    def test_only_one_appeal_is_open_at_a_time(self) -> None:
        case = refused_case()
        facts = {"route": "INTERNAL", "filed_on": "2018-04-16", "ground": "收入计算有误"}
        do(file_appeal, case, **facts)
        with pytest.raises(NotLawfulNow):
            do(file_appeal, case, **facts)

    def test_refused_for_a_case_that_was_not_rejected(self) -> None:
        with pytest.raises(NotLawfulNow):
            do(
                file_appeal, HelpCaseFactory(in_help=True),
                route="INTERNAL", filed_on="2018-04-16", ground="不服",
            )  # fmt: skip

    def test_filing_periods(self) -> None:
        known, rules = date(2018, 8, 31), date(2018, 4, 2)
        last = {route: last_day_to_file(route, known, rule_date=rules) for route in AppealRoute}
        assert last[AppealRoute.INTERNAL] == date(2018, 9, 14)
        assert last[AppealRoute.RECONSIDERATION] == date(2018, 10, 30)
        assert last[AppealRoute.LITIGATION] == date(2019, 2, 28)


class TestDecide:
    def appealed(self) -> object:
        case = refused_case()
        do(file_appeal, case, route="INTERNAL", filed_on="2018-04-16", ground="收入计算有误")
        return case

    def test_overturning_takes_the_figures_back_and_asks_for_a_new_pair(self) -> None:
        case = self.appealed()
        do(decide_appeal, case, by=staff("DS", "110112"), outcome="OVERTURNED", reason="一次性收入")
        assert (case.state, case.appeal_status) == (CaseState.VERIFYING, "OVERTURNED")
        assert figures(case) == [("verified", -1, "110112", ""), ("rejected", -1, "110112", "")]
        assert case.verifications.count() == 2
        pair = [{"name": "试核查甲", "unit": "STREET"}, {"name": "试核查丁", "unit": "STREET"}]
        with pytest.raises(Incomplete):
            do(arrange_verification, case, verifiers=pair, visit_on="2018-05-03")
        pair[0]["name"] = "试核查丙"
        do(arrange_verification, case, verifiers=pair, visit_on="2018-05-03")

    def test_upholding_leaves_the_refusal(self) -> None:
        case = self.appealed()
        do(decide_appeal, case, outcome="UPHELD", reason="计算无误")
        assert (case.state, case.appeal_status) == (CaseState.REJECTED, "UPHELD")
        assert figures(case) == []

    def test_not_by_who_confirmed_the_refusal(self) -> None:
        case, supervisor = self.appealed(), staff("DS", "110112")
        case.verifications.update(confirmed_by=supervisor)
        with pytest.raises(NotYours):
            do(decide_appeal, case, by=supervisor, outcome="UPHELD", reason="计算无误")
        assert case.appeal_status == "INTERNAL"
