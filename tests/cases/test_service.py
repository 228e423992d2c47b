"""Help while it is given: start, services, items and lines that end, and the summing up."""

from typing import Any

import pytest

from casework.cases.operations.service import (
    end_line,
    finish_help,
    finish_item,
    raise_alert,
    record_services,
    start_help,
)
from casework.cases.queries import items_in_force
from casework.cases.states import CaseState, Line
from casework.households.models import Consent
from casework.ledger.act import open_books
from casework.lib.errors import Blocked, Incomplete, NotLawfulNow, NotYours
from tests.cases.acting import do, figures, last_entry
from tests.factories import PROVIDER_A, PROVIDER_B, HelpCaseFactory, moment, staff

pytestmark = pytest.mark.django_db

START = {"started_on": "2018-04-16", "agreement_no": "示例协议1"}
SUMMARY = {"summary": "目标达成", "satisfaction": 4}
LATE = "2018-07-20 17:00"


def bath(day: str, **facts: Any) -> dict[str, Any]:
    return {"item": "D04", "served_on": day, **facts}


class TestStart:
    def test_the_household_counts_under_its_line(self) -> None:
        case = HelpCaseFactory(planned=True)
        do(start_help, case, **START)
        assert case.state == CaseState.IN_HELP
        assert figures(case) == [("in_help", 1, "110112", "DISABLED")]
        assert case.lines.get().state == "ACTIVE"
        assert last_entry(case).facts["line"] == "DISABLED"

    def test_two_lines_count_once_as_combined(self) -> None:
        case = HelpCaseFactory(planned=True, help_lines=(Line.DISABLED, Line.ELDERLY))
        do(start_help, case, **START)
        assert figures(case) == [("in_help", 1, "110112", "COMBINED")]

    def test_needs_consent_to_share_data(self) -> None:
        case = HelpCaseFactory(planned=True)
        Consent.objects.update(withdrawn_on="2018-04-20")
        with pytest.raises(Incomplete):
            do(start_help, case, **START)
        Consent.objects.update(withdrawn_on=None, basis="STATUTORY_DUTY")
        do(start_help, case, **START)

    def test_not_before_the_signature(self) -> None:
        with pytest.raises(Incomplete):
            do(start_help, HelpCaseFactory(planned=True), **{**START, "started_on": "2018-04-09"})


class TestRecord:
    def test_adds_to_the_items(self) -> None:
        case = HelpCaseFactory(in_help=True)
        provider = staff("PR", PROVIDER_B)
        services = [bath("2018-04-18", evidence=["SLP", "REC"]), bath("2018-04-25", quantity=2)]
        do(record_services, case, by=provider, services=services)
        assert items_in_force(case).get().qty_done == 3
        assert last_entry(case).facts == {"services": 2, "given": {"D04": 3}}

    def test_not_the_item_of_another_provider(self) -> None:
        case = HelpCaseFactory(in_help=True)
        with pytest.raises(NotYours):
            do(record_services, case, by=staff("PR", PROVIDER_A), services=[bath("2018-04-18")])

    @pytest.mark.parametrize(
        "service",
        [
            bath("2018-05-03"),
            bath("2018-04-14"),
            bath("2018-04-18", quantity=5),
            bath("2018-04-18", evidence=["XXX"]),
            {"item": "S01", "served_on": "2018-04-18"},
        ],
        ids=["future", "before help", "beyond the plan", "unknown evidence", "not planned"],
    )
    def test_refused_and_nothing_kept(self, service: dict[str, Any]) -> None:
        case = HelpCaseFactory(in_help=True)
        with pytest.raises(Incomplete) as refusal:
            do(record_services, case, services=[bath("2018-04-17"), service])
        assert not isinstance(refusal.value, Blocked)
        assert "services" in refusal.value.fields
        assert not case.services.exists()

    def test_a_date_before_the_signature_is_a_finding(self) -> None:
        case = HelpCaseFactory(in_help=True)
        with pytest.raises(Blocked) as refusal:
            do(record_services, case, services=[bath("2018-04-09")])
        assert refusal.value.finding_code == "F06"
        assert refusal.value.detail["rule"] == "BEFORE_SIGNATURE"

    def test_a_date_in_hospital_is_a_finding(self) -> None:
        case = HelpCaseFactory(suspended=True)
        with pytest.raises(Blocked):
            do(record_services, case, at=LATE, services=[bath("2018-06-05")])
        do(record_services, case, at=LATE, services=[bath("2018-06-04")])

    @pytest.mark.parametrize("locked", [False, True])
    def test_a_date_after_death_is_a_finding_even_on_a_locked_file(self, locked: bool) -> None:
        case = HelpCaseFactory(in_help=True, locked=locked)
        case.person.death_date = "2018-06-02"
        case.person.save()
        with pytest.raises(Blocked) as refusal:
            do(record_services, case, at=LATE, services=[bath("2018-06-03")])
        assert refusal.value.detail["rule"] == "AFTER_DEATH"

    def test_a_locked_file_takes_no_late_entries_either(self) -> None:
        case = HelpCaseFactory(in_help=True, locked=True)
        with pytest.raises(NotLawfulNow):
            do(record_services, case, at=LATE, services=[bath("2018-06-01")])

    def test_an_alert_forces_the_case_into_the_sample(self) -> None:
        case = HelpCaseFactory(in_help=True)
        with open_books("raise_alert", by=None, moment=moment(LATE)) as books:
            raise_alert(case, books, code="F06", detail={"rule": "AFTER_DEATH"})
        assert case.forced_reasons == ["VETO_ALERT"]
        assert case.alerts.get().code == "F06"


class TestItemsAndLines:
    def test_an_item_is_finished_when_it_was_given(self) -> None:
        case = HelpCaseFactory(in_help=True)
        with pytest.raises(Incomplete):
            do(finish_item, case, item="D04")
        with pytest.raises(Incomplete):
            do(finish_item, case, item="D04", early=True)
        assert do(finish_item, case, item="D04", early=True, reason="住院")["status"] == (
            "ENDED_EARLY"
        )
        with pytest.raises(NotLawfulNow):
            do(finish_item, case, item="D04", early=True, reason="住院")

    def test_ending_a_line_moves_the_household_to_the_other(self) -> None:
        case = HelpCaseFactory(in_help=True, help_lines=(Line.ELDERLY, Line.STUDENT))
        do(end_line, case, line="STUDENT", reason="STUDENT_LEFT_EDUCATION")
        assert figures(case) == [
            ("in_help", -1, "110112", "COMBINED"),
            ("in_help", 1, "110112", "ELDERLY"),
        ]
        assert items_in_force(case).get(line="STUDENT").status == "ENDED_EARLY"
        do(end_line, case, line="ELDERLY", reason="AGED_OUT")
        assert len(figures(case)) == 2
        with pytest.raises(NotLawfulNow):
            do(end_line, case, line="ELDERLY", reason="AGED_OUT")


class TestFinish:
    def given(self, *days: str, at_home: bool = True) -> Any:
        case = HelpCaseFactory(in_help=True, quantity=len(days))
        services = [bath(day, at_home=at_home) for day in days]
        do(record_services, case, at=LATE, services=services)
        return case

    def test_counts_as_completed_after_enough_contacts(self) -> None:
        case = self.given("2018-04-18", "2018-04-25", "2018-05-02")
        answer = do(finish_help, case, at=LATE, **SUMMARY)
        assert answer == {"outcome": "COMPLETED", "counted": True, "missing": []}
        assert case.state == CaseState.HELP_DONE
        assert figures(case) == [
            ("in_help", -1, "110112", "DISABLED"),
            ("completed", 1, "110112", "DISABLED"),
        ]
        assert case.help_done_on.isoformat() == "2018-07-20"

    def test_too_few_contacts_are_not_counted(self) -> None:
        case = self.given("2018-04-18", "2018-04-18", "2018-04-25")
        assert do(finish_help, case, at=LATE, **SUMMARY)["missing"] == ["contacts"]
        assert figures(case) == [("in_help", -1, "110112", "DISABLED")]

    def test_one_contact_must_be_at_home(self) -> None:
        case = self.given("2018-04-18", "2018-04-25", "2018-05-02", at_home=False)
        assert do(finish_help, case, at=LATE, **SUMMARY)["missing"] == ["home_contacts"]

    def test_a_case_whose_lines_all_ended_early_is_not_counted(self) -> None:
        case = HelpCaseFactory(in_help=True, help_lines=(Line.STUDENT,))
        do(end_line, case, line="STUDENT", reason="STUDENT_LEFT_EDUCATION")
        assert do(finish_help, case, **SUMMARY)["outcome"] == "ENDED_EARLY"
        assert figures(case) == [("in_help", -1, "110112", "STUDENT")]

    @pytest.mark.parametrize("change", [{"summary": ""}, {"satisfaction": 6}, {"satisfaction": 0}])
    def test_needs_a_summary_and_the_slip(self, change: dict[str, Any]) -> None:
        with pytest.raises(Incomplete) as refusal:
            do(finish_help, self.given("2018-04-18"), at=LATE, **{**SUMMARY, **change})
        assert set(refusal.value.fields) == set(change)

    def test_waits_for_open_items(self) -> None:
        case = HelpCaseFactory(in_help=True)
        with pytest.raises(Incomplete):
            do(finish_help, case, **SUMMARY)
        assert case.state == CaseState.IN_HELP
