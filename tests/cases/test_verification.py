"""Home verification: two visit, one enters, another confirms."""

import pytest

from casework.cases.operations.verification import (
    arrange_verification,
    confirm_verification,
    notify_refusal,
    record_attempt,
    record_verification,
)
from casework.cases.queries import current_verification, lawful_acts
from casework.cases.states import CaseState
from casework.documents.models import Document
from casework.ledger.act import open_books
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from tests.cases.acting import do, figures, last_entry
from tests.factories import HelpCaseFactory, HouseholdFactory, moment, staff

pytestmark = pytest.mark.django_db

PAIR = [{"name": "试甲", "unit": "STREET"}, {"name": "试乙", "unit": "COMMUNITY"}]
FORM = {
    "visited_on": "2018-04-04",
    "member_signed": True,
    "verifiers_signed": True,
    "photos": 2,
    "econ_check": "WAIVED",
    "proposal": "VERIFIED",
}
OVER = {
    **FORM,
    "econ_check": "PRESENT",
    "econ_report_on": "2018-04-04",
    "income": {"size": 3, "monthly_incomes": [4800, 2600]},
    "proposal": "REJECTED",
    "reason": "INCOME_OVER",
}
EVENING = "2018-04-05 19:30"


class TestArrange:
    def test_names_the_pair(self) -> None:
        case = HelpCaseFactory(accepted=True)
        worker = staff("CW")
        pair = [{"user": worker.pk}, {"user": staff("SH").pk}]
        do(arrange_verification, case, by=worker, verifiers=pair, visit_on="2018-05-04")
        assert case.state == CaseState.VERIFYING
        assert last_entry(case).facts["units"] == ["STREET", "STREET"]
        assert "arrange_verification" not in lawful_acts(case)

    @pytest.mark.parametrize(
        "verifiers",
        [
            PAIR[:1],
            [PAIR[0], PAIR[0]],
            [PAIR[0], {**PAIR[1], "relative_of": True}],
            [{**PAIR[0], "unit": "DISTRICT"}, PAIR[1]],
        ],
        ids=["one", "the same twice", "a near relative", "nobody from the street"],
    )
    def test_refuses_an_unlawful_pair(self, verifiers: list[dict[str, str]]) -> None:
        case = HelpCaseFactory(accepted=True)
        with pytest.raises(Incomplete) as refusal:
            do(arrange_verification, case, verifiers=verifiers, visit_on="2018-05-04")
        assert "verifiers" in refusal.value.fields
        assert case.state == CaseState.ACCEPTED
        assert not case.verifications.exists()

    def test_the_district_visits_where_the_street_is_recused(self) -> None:
        home = HouseholdFactory(relative_register_flag=True)
        case = HelpCaseFactory(accepted=True, household=home)
        facts = {"verifiers": PAIR, "visit_on": "2018-05-04"}
        supervisor = staff("DS", "110112")
        with pytest.raises(NotYours):
            do(arrange_verification, case, by=staff("CW"), **facts)
        with pytest.raises(Incomplete):
            do(arrange_verification, case, by=supervisor, **facts)
        facts["verifiers"] = [{"user": supervisor.pk}, {"name": "试丙", "unit": "DISTRICT"}]
        do(arrange_verification, case, by=supervisor, **facts)
        assert case.forced_reasons == ["NEAR_RELATIVE"]


class TestRecord:
    def test_keeps_the_explained_assessment(self) -> None:
        case = HelpCaseFactory(verifying=True)
        answer = do(record_verification, case, at="2018-04-05 09:00", **OVER)
        assert answer["assessment"]["shown"] == "2466.67"
        assert answer["assessment"]["proposal"] == "INCOME_OVER"
        assert case.state == CaseState.VERIFYING

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"member_signed": False}, "member_signed"),
            ({"verifiers_signed": False}, "verifiers_signed"),
            ({"photos": 0}, "photos"),
            ({"visited_on": "2019-01-01"}, "visited_on"),
            ({"econ_check": "PRESENT"}, "econ_report_on"),
            ({"proposal": "REJECTED"}, "reason"),
            ({"proposal": "REJECTED", "reason": "INCOME_OVER"}, "econ_check"),
            ({"income": {"wages": 1}}, "income"),
        ],
    )
    def test_refuses_an_incomplete_form(self, change: dict[str, object], field: str) -> None:
        case = HelpCaseFactory(verifying=True)
        with pytest.raises(Incomplete) as refusal:
            do(record_verification, case, **{**FORM, **change})
        assert field in refusal.value.fields
        assert not current_verification(case).is_recorded

    def test_unreachable_needs_three_days_and_one_evening(self) -> None:
        case = HelpCaseFactory(verifying=True)
        claim = {"econ_check": "WAIVED", "proposal": "REJECTED", "reason": "UNREACHABLE"}
        for at in ("2018-04-03 10:00", "2018-04-04 10:00"):
            _attempt(case, at)
        with pytest.raises(Incomplete):
            do(record_verification, case, **claim)
        _attempt(case, "2018-04-08 10:00")
        with pytest.raises(Incomplete):
            do(record_verification, case, **claim)
        _attempt(case, EVENING)
        do(record_verification, case, **claim)
        do(confirm_verification, case, outcome="REJECTED")
        assert case.rejection_reason == "UNREACHABLE"


def _attempt(case: object, at: str) -> None:
    # The fact is called `at`, like the moment of the act in `do`.
    with open_books("record_attempt", by=None, moment=moment("2018-04-20 09:00")) as books:
        record_attempt(case, books, at=at, outcome="NOT_HOME")


class TestConfirm:
    def test_a_second_person_verifies(self) -> None:
        case = HelpCaseFactory(verifying=True)
        worker = staff("CW")
        do(record_verification, case, by=worker, **FORM)
        with pytest.raises(NotYours):
            do(confirm_verification, case, by=worker, outcome="VERIFIED")
        do(confirm_verification, case, by=staff("SH"), outcome="VERIFIED")
        assert case.state == CaseState.VERIFIED
        assert figures(case) == [("verified", 1, "110112", "")]
        assert not case.publicity_required

    def test_a_verifier_does_not_confirm(self) -> None:
        case, head, worker = HelpCaseFactory(accepted=True), staff("SH"), staff("CW")
        pair = [{"user": worker.pk}, {"user": head.pk}]
        do(arrange_verification, case, by=worker, verifiers=pair, visit_on="2018-05-01")
        do(record_verification, case, by=worker, **{**FORM, "visited_on": "2018-05-01"})
        with pytest.raises(NotYours):
            do(confirm_verification, case, by=head, outcome="VERIFIED")

    def test_a_status_newly_granted_is_publicised(self) -> None:
        case = HelpCaseFactory(verifying=True)
        means = {"size": 3, "monthly_incomes": [2000]}
        checked = {"econ_check": "PRESENT", "econ_report_on": "2018-04-04", "income": means}
        do(record_verification, case, **{**FORM, **checked})
        do(confirm_verification, case, outcome="VERIFIED")
        assert (case.relief_type_granted, case.classification) == ("DIBAO", "DIBAO")
        assert case.publicity_required
        assert "make_plan" not in lawful_acts(case)

    def test_a_named_fact_overrides_publicity(self) -> None:
        case = HelpCaseFactory(verifying=True)
        do(record_verification, case, **FORM)
        do(confirm_verification, case, outcome="VERIFIED", publicity=True)
        assert case.publicity_required

    def test_rejection_counts_twice_and_goes_on_paper(self) -> None:
        case = HelpCaseFactory(verifying=True)
        do(record_verification, case, **OVER)
        answer = do(confirm_verification, case, outcome="REJECTED", reason="INCOME_OVER")
        assert case.state == CaseState.REJECTED
        assert figures(case) == [("verified", 1, "110112", ""), ("rejected", 1, "110112", "")]
        notice = Document.objects.get(pk=answer["document"])
        assert "10个工作日" in notice.data["remedies"][0]
        assert last_entry(case).facts["rejection_reason"] == "INCOME_OVER"

    def test_refused_before_anything_is_entered(self) -> None:
        with pytest.raises(NotLawfulNow):
            do(confirm_verification, HelpCaseFactory(verifying=True), outcome="VERIFIED")


class TestNotifyRefusal:
    def test_starts_the_times_to_appeal_once(self) -> None:
        case = HelpCaseFactory(rejected=True)
        do(notify_refusal, case, delivered_on="2018-04-10", method="HAND")
        assert last_entry(case).facts["delivered_on"] == "2018-04-10"
        with pytest.raises(NotLawfulNow):
            do(notify_refusal, case, delivered_on="2018-04-10", method="HAND")

    def test_not_before_the_decision(self) -> None:
        with pytest.raises(Incomplete):
            do(
                notify_refusal,
                HelpCaseFactory(rejected=True),
                delivered_on="2018-04-05",
                method="HAND",
            )
