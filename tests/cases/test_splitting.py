"""Households that part and households that join: people move whole, and what was stays on file."""

from typing import Any

import pytest

from casework.cases.models import HelpCase
from casework.cases.operations.registry import merge_household, split_household
from casework.households.duplicates import find_duplicates
from casework.households.models import Consent, Duplicate, Household, Member
from casework.ledger.models import JournalEntry
from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow
from casework.staff.models import User
from tests.cases.acting import do, last_entry
from tests.factories import OTHER_STREET, STREET, HelpCaseFactory, HouseholdFactory, staff
from tests.walk import Walk, at
from workflows.perform import perform

pytestmark = pytest.mark.django_db

AT = "2018-06-08 09:00"
PLACE = {"address": "示例二社区3号楼303", "residence_division": STREET, "left_on": "2018-06-01"}


@pytest.fixture
def case() -> HelpCase:
    return HelpCaseFactory(accepted=True, household=HouseholdFactory(members=3))


def people(case: HelpCase) -> list[Member]:
    return list(case.household.members.order_by("pk"))


def part(case: HelpCase, members: list[Member], head: Member, **facts: Any) -> dict[str, Any]:
    given = {**PLACE, **facts}
    by = given.pop("by", None) or staff("CW", username=f"cw-{User.objects.count()}")
    return do(
        split_household, case, at=AT, by=by, members=[one.pk for one in members], head=head.pk,
        **given,
    )  # fmt: skip


def fault(case: HelpCase, members: list[Member], head: Member, **facts: Any) -> set[str]:
    before = Household.objects.count()
    with pytest.raises(Incomplete) as refusal:
        part(case, members, head, **facts)
    assert Household.objects.count() == before
    return set(refusal.value.fields)


class TestSplit:
    def test_people_move_with_all_that_is_known(self, case: HelpCase) -> None:
        _head, second, third = people(case)
        answer = part(case, [second, third], second)
        home = Household.objects.get(pk=answer["household"])
        moved = home.members.order_by("pk")
        assert [(one.name, one.id_no) for one in moved] == [
            (one.name, one.id_no) for one in (second, third)
        ]
        assert (home.head.name, home.address) == (second.name, PLACE["address"])
        second.refresh_from_db()
        assert (second.left_on.isoformat(), second.leave_reason) == ("2018-06-01", "OWN_HOUSEHOLD")
        assert (answer["moved"], answer["size"], case.household.size) == (2, 1, 1)
        facts = last_entry(case).facts
        assert facts["founded"] == home.pk
        assert PLACE["address"] not in str(list(JournalEntry.objects.values_list("facts")))

    def test_both_entries_are_one_person(self, case: HelpCase) -> None:
        second = people(case)[1]
        answer = part(case, [second], second)
        tie = Duplicate.objects.get()
        assert (tie.left_id, tie.right_id, tie.state) == (second.pk, answer["person"], "SAME")
        assert find_duplicates() == 0

    def test_a_child_keeps_its_guardian_and_the_consent(self, case: HelpCase) -> None:
        _head, mother, child = people(case)
        Member.objects.filter(pk=child.pk).update(guardian=mother, birth_date="2010-01-01")
        Consent.objects.create(
            household=case.household, member=child, purpose="GUARDIAN", given_on="2018-01-05",
            given_by_guardian=True, recorded_at=case.referred_at,
        )  # fmt: skip
        answer = part(case, [mother, child], mother)
        entered = Household.objects.get(pk=answer["household"]).members.get(name=child.name)
        assert entered.guardian_id == answer["person"]
        assert Consent.objects.filter(member=entered, purpose="GUARDIAN").exists()

    def test_a_child_does_not_leave_its_guardian(self, case: HelpCase) -> None:
        head, second, child = people(case)
        Member.objects.filter(pk=child.pk).update(guardian=head, birth_date="2010-01-01")
        assert fault(case, [second, child], second) == {"members"}

    def test_refuses_what_cannot_be(self, case: HelpCase) -> None:
        head, second, third = people(case)
        assert fault(case, [head, second], head) == {"members"}
        assert fault(case, [second], third) == {"head"}
        assert fault(case, [second], second, address=" ") == {"address"}
        assert fault(case, [second], second, residence_division="11") == {"residence_division"}
        assert fault(case, [second], second, left_on="2099-01-01") == {"left_on"}
        Member.objects.filter(pk=second.pk).update(birth_date="2010-01-01")
        assert fault(case, [second], second) == {"head"}

    def test_not_whom_the_case_helps(self, case: HelpCase) -> None:
        second = people(case)[1]
        HelpCase.objects.filter(pk=case.pk).update(person=second)
        assert fault(case, [second], second) == {"members"}

    def test_not_in_a_case_that_has_ended(self) -> None:
        closed = HelpCaseFactory(closed=True, household=HouseholdFactory(members=2))
        second = people(closed)[1]
        with pytest.raises(NotLawfulNow):
            part(closed, [second], second)


class TestJoin:
    def test_all_of_them_join_and_the_other_household_stays_on_file(self, case: HelpCase) -> None:
        other = HelpCaseFactory(declined=True, household=HouseholdFactory(members=2))
        size = case.household.size
        answer = do(
            merge_household, case, at=AT, by=staff("CW"), other=other.case_no,
            joined_on="2018-06-01",
        )  # fmt: skip
        assert (answer["joined"], answer["size"]) == (2, size + 2)
        assert other.household.living_members.count() == 0
        assert other.household.members.count() == 2

    def test_not_while_the_other_has_an_open_case(self, case: HelpCase) -> None:
        other = HelpCaseFactory(in_help=True)
        with pytest.raises(Incomplete) as refusal:
            do(merge_household, case, at=AT, by=staff("CW"), other=other.case_no,
               joined_on="2018-06-01")  # fmt: skip
        assert set(refusal.value.fields) == {"other"}

    def test_a_case_out_of_reach_is_as_one_that_does_not_exist(self, case: HelpCase) -> None:
        far = HelpCaseFactory(
            declined=True, handling_district=OTHER_STREET[:6], handling_street=OTHER_STREET
        )
        clerk, words = staff("CW"), set()
        for number in (far.case_no, "BF-0000"):
            with pytest.raises(Incomplete) as refusal:
                do(merge_household, case, at=AT, by=clerk, other=number, joined_on="2018-06-01")
            words.add(str(refusal.value.message))
        assert len(words) == 1


def test_the_new_household_is_referred_at_once() -> None:
    """Through the one door: the act founds the household and opens its case."""
    with clock.at(at("2018-06-20 09:00")):
        walk = Walk.upto("start")
        case = walk.case
        perform(
            "add_member", case, by=walk.person("CW"), joined_on="2018-06-01", reason="MOVED_IN",
            person={"name": "赵试一", "id_no": "110199197605129013", "relation_to_head": "70"},
        )  # fmt: skip
        joined = case.household.members.get(name="赵试一")
        done = perform(
            "split_household", case, by=walk.person("CW"), members=[joined.pk], head=joined.pk,
            address="示例路9号", residence_division=case.handling_street, left_on="2018-06-19",
        )  # fmt: skip
        opened = HelpCase.objects.get(case_no=done.values["case_no"])
        assert (opened.state, opened.household_id) == ("REFERRED", done.values["household"])
        assert opened.person.name == "赵试一"
