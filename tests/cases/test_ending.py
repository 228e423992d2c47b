"""Endings before time: termination, deaths, withdrawn consents."""

import pytest

from casework.cases.operations.ending import (
    notify_kin,
    record_consent,
    record_death,
    terminate,
    withdraw_consent,
)
from casework.cases.operations.photos import forget_photos
from casework.cases.operations.service import record_services, start_help
from casework.cases.queries import items_in_force, lawful_acts, roles_on
from casework.cases.states import CaseState, Hold
from casework.ledger.models import OutboxMessage
from casework.lib.errors import Incomplete, NotLawfulNow
from tests.cases.acting import do, figures, last_entry
from tests.factories import PROVIDER_B, HelpCaseFactory, HouseholdFactory, moment, staff

pytestmark = pytest.mark.django_db

AT = "2018-06-08 09:00"
PROOF = {"evidence": "死亡证明"}


class TestTerminate:
    def test_ends_help_everywhere_at_once(self) -> None:
        case = HelpCaseFactory(in_help=True)
        do(terminate, case, at=AT, reason="WITHDRAWN", evidence="书面声明")
        assert (case.state, case.termination_reason) == (CaseState.TERMINATED, "WITHDRAWN")
        assert figures(case) == [("in_help", -1, "110112", "DISABLED")]
        assert items_in_force(case).get().status == "ENDED_EARLY"
        assert case.lines.get().end_reason == "WITHDRAWN"
        assert not case.locked
        assert last_entry(case).facts["termination_reason"] == "WITHDRAWN"

    @pytest.mark.parametrize("trait", ["suspended", "transferring"])
    def test_ends_a_hold_with_the_case(self, trait: str) -> None:
        case = HelpCaseFactory(**{trait: True})
        do(terminate, case, at=AT, reason="FRAUD", evidence="核查记录")
        assert case.hold == Hold.NONE
        assert not case.suspensions.filter(resumed_on=None).exists()
        assert not case.transfers.filter(state="OFFERED").exists()

    def test_a_death_locks_the_file_for_all_but_the_kin(self) -> None:
        case = HelpCaseFactory(in_help=True)
        do(record_death, case, at=AT, member=case.person.pk, died_on="2018-06-02", **PROOF)
        do(terminate, case, at=AT, reason="DEATH_SOLE_MEMBER", **PROOF)
        assert case.locked
        assert lawful_acts(case) == {
            "notify_kin", "record_request", "set_legal_hold", "file_petition", "propose_correction",
        }  # fmt: skip
        do(notify_kin, case, at="2018-06-13 09:00", delivered_on="2018-06-13")
        with pytest.raises(NotLawfulNow):
            do(notify_kin, case, at="2018-06-13 09:00", delivered_on="2018-06-13")

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"reason": "PROVIDER_FAILED", "evidence": "x"}, "reason"),
            ({"reason": "WITHDRAWN", "evidence": ""}, "evidence"),
            ({"reason": "DEATH", "evidence": "x"}, "occurred_on"),
        ],
    )
    def test_refused_without_its_ground(self, facts: dict[str, str], field: str) -> None:
        case = HelpCaseFactory(in_help=True)
        with pytest.raises(Incomplete) as refusal:
            do(terminate, case, at=AT, **facts)
        assert field in refusal.value.fields
        assert case.state == CaseState.IN_HELP

    def test_not_the_only_member_while_others_live(self) -> None:
        case = HelpCaseFactory(in_help=True, household=HouseholdFactory(members=2))
        with pytest.raises(Incomplete):
            do(
                terminate,
                case,
                at=AT,
                reason="DEATH_SOLE_MEMBER",
                occurred_on="2018-06-02",
                **PROOF,
            )

    def test_not_twice(self) -> None:
        with pytest.raises(NotLawfulNow):
            do(terminate, HelpCaseFactory(terminated=True), reason="FRAUD", evidence="x")


class TestDeath:
    def test_services_dated_later_come_to_light(self) -> None:
        case = HelpCaseFactory(in_help=True)
        services = [{"item": "D04", "served_on": day} for day in ("2018-06-02", "2018-06-03")]
        do(record_services, case, at=AT, services=services)
        answer = do(record_death, case, at=AT, member=case.person, died_on="2018-06-02", **PROOF)
        assert answer == {"member": case.person.pk, "sole_member": True, "flagged": 1}
        assert case.alerts.get().detail["served_on"] == "2018-06-03"
        assert case.forced_reasons == ["VETO_ALERT"]

    def test_refused_in_the_future_or_twice(self) -> None:
        case = HelpCaseFactory(in_help=True)
        with pytest.raises(Incomplete):
            do(record_death, case, at=AT, member=case.person.pk, died_on="2018-06-09", **PROOF)
        do(record_death, case, at=AT, member=case.person.pk, died_on="2018-06-08", **PROOF)
        with pytest.raises(NotLawfulNow):
            do(record_death, case, at=AT, member=case.person.pk, died_on="2018-06-08", **PROOF)


class TestConsent:
    def test_withdrawal_closes_the_provider_out_and_orders_photos_deleted(self) -> None:
        case, provider = HelpCaseFactory(in_help=True), staff("PR", PROVIDER_B)
        day = moment(AT).date()
        assert roles_on(case, provider, day) == {"PR"}
        do(
            withdraw_consent,
            case,
            at=AT,
            purpose="SHARE_PROVIDER",
            on="2018-06-08",
            by_whom="监护人",
        )
        assert roles_on(case, provider, day) == set()
        assert OutboxMessage.objects.get(kind="delete_photos").payload == {"case": case.pk}

    def test_photos_are_forgotten_once(self) -> None:
        case = HelpCaseFactory(in_help=True)
        baths = [{"item": "D04", "served_on": "2018-06-01", "evidence": ["PHO", "SLP"]}]
        do(record_services, case, at=AT, services=baths)
        assert do(forget_photos, case, at=AT) == {"files": 3}
        assert case.verifications.get().photos_deleted_at == moment(AT)
        assert do(forget_photos, case, at=AT) == {"files": 0}

    def test_nothing_to_withdraw(self) -> None:
        case = HelpCaseFactory(verified=True)
        with pytest.raises(NotLawfulNow):
            do(withdraw_consent, case, at=AT, purpose="PHOTO", on="2018-06-08")

    def test_a_new_consent_opens_the_way_again(self) -> None:
        case = HelpCaseFactory(planned=True)
        do(withdraw_consent, case, purpose="SHARE_PROVIDER", on="2018-05-02")
        start = {"started_on": "2018-05-02", "agreement_no": "1"}
        with pytest.raises(Incomplete):
            do(start_help, case, **start)
        do(record_consent, case, purpose="SHARE_PROVIDER", given_on="2018-05-02")
        do(start_help, case, **start)
