"""Duplicates: found with their grounds, told to the city alone, decided with a reason, undone."""

from typing import Any

import pytest
from django.urls import reverse

from casework.cases.queries import cases_of_same_person
from casework.households.duplicates import find_duplicates, linked_to, score_of
from casework.households.models import Duplicate, Household, Member
from casework.ledger.models import JournalEntry
from casework.lib import clock
from tests.factories import HouseholdFactory, MemberFactory
from tests.screens.test_pages import client_of
from tests.walk import Walk, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk() -> Any:
    with clock.at(at("2018-06-20 09:00")):
        yield Walk.upto("accept")


def other_home(**facts: Any) -> Member:
    home: Household = HouseholdFactory(street="110101901")
    member: Member = home.head
    for name, value in facts.items():
        setattr(member, name, value)
    member.save()
    return member


def pair_of(*members: Member) -> Duplicate:
    left, right = sorted(members, key=lambda one: one.pk)
    return Duplicate.objects.get(left=left, right=right)


class TestFinding:
    def test_the_same_number_in_another_district_is_certain(self, walk: Walk) -> None:
        twin = other_home(name="另名", id_no=walk.id_no)
        assert find_duplicates() == 1
        pair = pair_of(twin, walk.household.head)
        assert pair.grounds[0] == "ID"
        assert pair.score == 100

    def test_name_and_birth_make_it_likely_and_say_why(self, walk: Walk) -> None:
        head = walk.household.head
        twin = other_home(name=head.name, id_no="", birth_date=head.birth_date)
        find_duplicates()
        assert pair_of(twin, head).grounds == ["NAME", "BIRTH"]
        assert score_of(["NAME", "BIRTH"]) == 65

    def test_two_whole_numbers_that_differ_are_two_people(self, walk: Walk) -> None:
        head = walk.household.head
        other_home(name=head.name, id_no="110199197605129013", birth_date=head.birth_date)
        assert find_duplicates() == 0

    @pytest.mark.parametrize("shared", [{"name": "陈试勇"}, {"phone": "12000000001"}])
    def test_one_weak_fact_is_not_enough(self, walk: Walk, shared: dict[str, str]) -> None:
        head = walk.household.head
        head.phone = "12000000001"
        head.save()
        other_home(**{"id_no": "", "birth_date": None, "name": "别人", **shared})
        assert find_duplicates() == 0

    def test_not_within_one_household_nor_who_left(self, walk: Walk) -> None:
        MemberFactory(household=walk.household, id_no=walk.id_no)
        gone = other_home(id_no=walk.id_no)
        gone.left_on, gone.leave_reason = clock.today(), "MOVED_OUT"
        gone.save()
        assert find_duplicates() == 0

    def test_a_pair_is_found_once_whatever_was_decided(self, walk: Walk) -> None:
        other_home(id_no=walk.id_no)
        assert (find_duplicates(), find_duplicates()) == (1, 0)
        Duplicate.objects.update(state="DIFFERENT", reason="PAPERS", decided_by=walk.person("CA"))
        assert find_duplicates() == 0


class TestDesk:
    @pytest.fixture
    def pair(self, walk: Walk) -> Duplicate:
        head = walk.household.head
        other_home(name=head.name, id_no="", birth_date=head.birth_date)
        find_duplicates()
        return Duplicate.objects.get()

    def decide(self, walk: Walk, pair: Duplicate, state: str, reason: str = "PAPERS") -> int:
        address = reverse("duplicate_decide", args=[pair.pk])
        answer = client_of(walk, "CA").post(address, {"state": state, "reason": reason})
        return answer.status_code

    def test_it_shows_what_agrees_and_no_names(self, walk: Walk, pair: Duplicate) -> None:
        page = client_of(walk, "CA").get(reverse("duplicate_list")).content.decode()
        assert "姓名相同" in page
        assert walk.case.case_no in page
        assert "陈试勇" not in page
        assert "110199" not in page

    def test_nobody_else_comes_to_it(self, walk: Walk, pair: Duplicate) -> None:
        for role in ("CW", "SH", "DS", "PR", "LE"):
            assert client_of(walk, role).get(reverse("duplicate_list")).status_code == 403

    def test_one_person_joins_the_cases_and_the_journals_keep_it(
        self, walk: Walk, pair: Duplicate
    ) -> None:
        assert self.decide(walk, pair, "SAME") == 302
        twin = pair.left if pair.right.household_id == walk.household.pk else pair.right
        assert list(Member.objects.filter(linked_to(twin))) == [walk.household.head]
        acts = JournalEntry.objects.filter(act="join_duplicate")
        assert {row.subject_id for row in acts} == {twin.household_id, walk.household.pk}
        assert JournalEntry.objects.get(act="decide_duplicate").reason == "PAPERS"
        other = Walk("110101901", id_no="110199197605129013")
        other.refer()
        other.case.person = twin
        other.case.household = twin.household
        other.case.save()
        assert walk.case in cases_of_same_person(other.case)

    def test_a_decision_is_taken_back_with_a_reason(self, walk: Walk, pair: Duplicate) -> None:
        self.decide(walk, pair, "SAME")
        assert self.decide(walk, pair, "DIFFERENT") == 409
        assert self.decide(walk, pair, "OPEN", "MISTAKE") == 302
        assert not Member.objects.filter(linked_to(pair.left)).exists()
        assert JournalEntry.objects.filter(act="part_duplicate").count() == 2
        assert self.decide(walk, pair, "DIFFERENT") == 302

    @pytest.mark.parametrize(
        ("state", "reason", "status"),
        [("SAME", "", 422), ("SAME", "GUESS", 422), ("", "PAPERS", 422), ("OPEN", "PAPERS", 409)],
    )
    def test_not_without_a_reason_nor_twice(
        self, walk: Walk, pair: Duplicate, state: str, reason: str, status: int
    ) -> None:
        assert self.decide(walk, pair, state, reason) == status
        assert Duplicate.objects.get().state == "OPEN"

    def test_compare_now(self, walk: Walk) -> None:
        other_home(id_no=walk.id_no)
        answer = client_of(walk, "CA").post(reverse("duplicate_find"), follow=True)
        assert "新发现1对" in answer.content.decode()
