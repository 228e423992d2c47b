"""A referral opens a case and is accepted, declined or merged."""

import pytest

from casework.cases.models import HelpCase
from casework.cases.operations.referral import (
    accept_referral,
    decline_referral,
    merge_referral,
    open_case,
)
from casework.cases.states import CaseState
from casework.ledger.act import open_books
from casework.lib.errors import Incomplete, NotLawfulNow
from casework.lib.identity import is_case_number
from tests.cases.acting import do, figures, last_entry
from tests.factories import (
    OTHER_STREET,
    STREET,
    HelpCaseFactory,
    HouseholdFactory,
    MemberFactory,
    moment,
    staff,
)

pytestmark = pytest.mark.django_db


def refer(household: object, **facts: object) -> HelpCase:
    given = {"source": "SCHOOL", "reason": "需要辅导", "division": STREET, **facts}
    with open_books("refer", by=None, moment=moment("2018-09-04 09:00")) as books:
        answer = open_case(None, books, household=household, **given)
        opened = answer.pop("subject")
        books.close(("case", opened.pk), from_state="", to_state=opened.state)
    return HelpCase.objects.get(pk=answer["case"])


class TestRefer:
    def test_opens_a_numbered_case_with_the_rules_of_its_day(self) -> None:
        first, second = refer(HouseholdFactory()), refer(HouseholdFactory(), urgency="SUDDEN")
        assert first.case_no.startswith("BF-2018-110112-000001-")
        assert second.case_no.startswith("BF-2018-110112-000002-")
        assert is_case_number(first.case_no)
        assert first.rule_date.isoformat() == "2018-09-04"
        assert (first.sudden, second.sudden) == (False, True)

    def test_names_the_earlier_case_of_the_same_person(self) -> None:
        before = HelpCaseFactory(rejected=True)
        household = HouseholdFactory()
        twin = household.head
        twin.id_no = before.person.id_no
        twin.save()
        assert refer(household).previous_case == before

    def test_the_same_report_twice_is_one_case(self) -> None:
        household = HouseholdFactory()
        assert refer(household, external_key="k") == refer(household, external_key="k")

    def test_a_stranger_cannot_be_the_helped_person(self) -> None:
        with pytest.raises(Incomplete) as refusal:
            refer(HouseholdFactory(), person=MemberFactory().pk)
        assert "person" in refusal.value.fields
        assert not HelpCase.objects.exists()


class TestAccept:
    def test_counts_for_the_district_and_names_the_caseworker(self) -> None:
        case, worker = HelpCaseFactory(), staff("CW")
        do(accept_referral, case, by=worker, at="2018-04-03 09:00")
        assert case.state == CaseState.ACCEPTED
        assert case.caseworker == worker
        assert figures(case) == [("referred", 1, "110112", "")]
        assert last_entry(case).to_state == "ACCEPTED"

    def test_refused_while_the_same_person_has_an_open_case_anywhere(self) -> None:
        other = HelpCaseFactory(street=OTHER_STREET, in_help=True)
        case = HelpCaseFactory()
        case.person.id_no = other.person.id_no
        case.person.save()
        with pytest.raises(Incomplete) as refusal:
            do(accept_referral, case)
        assert other.case_no not in refusal.value.message
        assert case.state == CaseState.REFERRED

    def test_refused_outside_the_household_district(self) -> None:
        case = HelpCaseFactory(household=HouseholdFactory(residence_division=OTHER_STREET))
        with pytest.raises(Incomplete):
            do(accept_referral, case)

    def test_refused_with_a_caseworker_of_another_street(self) -> None:
        case = HelpCaseFactory()
        with pytest.raises(Incomplete) as refusal:
            do(accept_referral, case, caseworker=staff("CW", OTHER_STREET).pk)
        assert "caseworker" in refusal.value.fields

    def test_refused_once_accepted(self) -> None:
        with pytest.raises(NotLawfulNow):
            do(accept_referral, HelpCaseFactory(accepted=True))


class TestDeclineAndMerge:
    def test_declining_keeps_its_reason(self) -> None:
        case = HelpCaseFactory()
        do(decline_referral, case, reason="不属于服务对象")
        assert (case.state, case.declined_reason) == (CaseState.DECLINED, "不属于服务对象")

    def test_declining_needs_a_reason(self) -> None:
        with pytest.raises(Incomplete):
            do(decline_referral, HelpCaseFactory(), reason=" ")

    def test_merging_keeps_both_sources(self) -> None:
        first = HelpCaseFactory(accepted=True)
        second = HelpCaseFactory(household=first.household)
        do(merge_referral, second, into=first.case_no)
        assert (second.state, second.merged_into) == (CaseState.MERGED, first)
        assert first.referral_links.count() == 2
        assert last_entry(first).act == "receive_merged"
        assert figures(second) == []

    def test_merging_into_somebody_else_is_refused(self) -> None:
        with pytest.raises(Incomplete) as refusal:
            do(merge_referral, HelpCaseFactory(), into=HelpCaseFactory(accepted=True))
        assert "into" in refusal.value.fields
