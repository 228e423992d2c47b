"""Cases that rest, and cases that move to another street."""

from datetime import date

import pytest

from casework.cases.operations.hold import (
    accept_transfer,
    decline_transfer,
    offer_transfer,
    resume,
    suspend,
)
from casework.cases.operations.service import finish_help, record_services
from casework.cases.queries import items_in_force, lawful_acts
from casework.cases.states import CaseState, Hold
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from tests.cases.acting import do, figures, last_entry
from tests.factories import OTHER_STREET, PROVIDER_A, HelpCaseFactory, staff

pytestmark = pytest.mark.django_db

AT = "2018-06-19 09:00"


class TestSuspend:
    def test_fourteen_days_of_rest_make_the_plan_fourteen_days_longer(self) -> None:
        case = HelpCaseFactory(in_help=True)
        answer = do(suspend, case, at=AT, reason="HOSPITAL", from_on="2018-06-05")
        assert (case.hold, case.state) == (Hold.SUSPENDED, CaseState.IN_HELP)
        assert answer["limit_on"] == "2018-09-03"
        assert do(resume, case, at=AT, on="2018-06-19")["days"] == 14
        assert case.hold == Hold.NONE
        assert case.plan_in_force.ends_on == date(2018, 8, 3)
        assert items_in_force(case).get().ends_on == date(2018, 8, 3)
        assert figures(case) == []
        assert last_entry(case).facts["days"] == 14

    def test_nothing_else_goes_on_meanwhile(self) -> None:
        case = HelpCaseFactory(suspended=True)
        with pytest.raises(NotLawfulNow):
            do(finish_help, case, summary="完成", satisfaction=5)
        assert "resume" in lawful_acts(case)
        assert "finish_help" not in lawful_acts(case)

    def test_services_already_entered_for_the_stay_come_to_light(self) -> None:
        case = HelpCaseFactory(in_help=True)
        service = {"item": "D04", "served_on": "2018-06-10"}
        do(record_services, case, at=AT, services=[service])
        assert do(suspend, case, at=AT, reason="HOSPITAL", from_on="2018-06-05")["flagged"] == 1
        assert case.alerts.get().detail["rule"] == "IN_HOSPITAL"

    def test_not_resumed_before_it_began(self) -> None:
        with pytest.raises(Incomplete):
            do(resume, HelpCaseFactory(suspended=True), at=AT, on="2018-06-04")

    def test_not_after_the_help_is_done(self) -> None:
        with pytest.raises(NotLawfulNow):
            do(suspend, HelpCaseFactory(help_done=True), at=AT, reason="AWAY", from_on="2018-06-05")


class TestTransfer:
    def test_the_case_moves_with_its_figures_and_leaves_its_provider(self) -> None:
        case = HelpCaseFactory(in_help=True)
        do(offer_transfer, case, by=staff("CW"), to_street=OTHER_STREET, reason="户籍迁移")
        assert case.hold == Hold.TRANSFERRING
        receiver = staff("CW", OTHER_STREET)
        do(accept_transfer, case, by=receiver, provider=PROVIDER_A)
        assert (case.handling_street, case.handling_district) == (OTHER_STREET, "110106")
        assert (case.home_district, case.caseworker, case.hold) == ("110112", receiver, Hold.NONE)
        assert figures(case) == [
            ("in_help", -1, "110112", "DISABLED"),
            ("in_help", 1, "110106", "DISABLED"),
        ]
        assert items_in_force(case).get().provider.credit_code == PROVIDER_A

    def test_only_the_receiving_street_accepts_and_it_does_nothing_before(self) -> None:
        case = HelpCaseFactory(transferring=True)
        with pytest.raises(NotYours):
            do(accept_transfer, case, by=staff("CW"))
        service = {"item": "D04", "served_on": "2018-04-18"}
        with pytest.raises(NotYours):
            do(record_services, case, by=staff("CW", OTHER_STREET), services=[service])
        do(record_services, case, by=staff("CW"), services=[service])

    def test_declined_it_stays(self) -> None:
        case = HelpCaseFactory(transferring=True)
        do(decline_transfer, case, by=staff("SH", OTHER_STREET), reason="未实际居住")
        assert case.hold == Hold.NONE
        assert case.handling_district == "110112"
        assert figures(case) == []

    @pytest.mark.parametrize("street", ["110112901", "110106", "999999999"])
    def test_refused_to_no_other_street(self, street: str) -> None:
        with pytest.raises(Incomplete) as refusal:
            do(offer_transfer, HelpCaseFactory(in_help=True), to_street=street, reason="迁居")
        assert "to_street" in refusal.value.fields

    def test_before_help_no_figure_moves(self) -> None:
        case = HelpCaseFactory(accepted=True)
        do(offer_transfer, case, to_street=OTHER_STREET, reason="迁居")
        do(accept_transfer, case, by=staff("SH", OTHER_STREET))
        assert figures(case) == []
        assert case.caseworker is None
