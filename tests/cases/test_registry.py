"""The register kept right: each act works, is refused for its reasons, and keeps what stood."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from casework.cases.models import HelpCase
from casework.cases.operations.ending import record_death
from casework.cases.operations.registry import (
    add_member,
    correct_household,
    correct_member,
    remove_member,
)
from casework.households.models import Consent, Household, Member
from casework.households.models.versions import as_of
from casework.ledger.models import JournalEntry
from casework.lib.errors import Incomplete, NotLawfulNow
from tests.cases.acting import do, last_entry
from tests.factories import HelpCaseFactory, HouseholdFactory, moment, staff
from tests.households.people import CAO, LI, ZHAO

pytestmark = pytest.mark.django_db

AT = "2018-06-08 09:00"
CHILD = {key: value for key, value in CAO.items() if key != "guardian"}


@pytest.fixture
def case() -> HelpCase:
    return HelpCaseFactory(accepted=True, household=HouseholdFactory(members=2))


def second(case: HelpCase) -> Member:
    return case.household.members.order_by("pk")[1]


def fault(operation: Any, case: HelpCase, **facts: Any) -> set[str]:
    with pytest.raises(Incomplete) as refusal:
        do(operation, case, at=AT, **facts)
    return set(refusal.value.fields)


class TestCorrectMember:
    def test_changes_what_differs_and_keeps_what_stood(self, case: HelpCase) -> None:
        clerk = staff("CW", "110112901")
        person = second(case)
        former = person.name
        answer = do(
            correct_member, case, at=AT, by=clerk, member=person.pk, reason="IDENTITY",
            changes={"name": "陈试改", "phone": "12000000009", "sex": person.sex},
        )  # fmt: skip
        assert answer == {"fields": ["name", "phone"]}
        now = Member.objects.get(pk=person.pk)
        assert (now.name, now.phone) == ("陈试改", "12000000009")
        assert as_of(now, moment(AT) - timedelta(seconds=1)).name == former
        assert as_of(now, moment(AT)).name == "陈试改"
        version = now.history.latest()
        assert (version.history_user, version.history_change_reason) == (clerk, "IDENTITY")

    def test_the_journal_names_fields_and_no_words(self, case: HelpCase) -> None:
        person = second(case)
        do(
            correct_member, case, at=AT, member=person.pk, reason="ENTRY_ERROR",
            changes={"phone": "12000000009"},
        )  # fmt: skip
        assert last_entry(case).facts == {"fields": ["phone"], "member": person.pk}
        beside = JournalEntry.objects.get(subject_type="household", act="correct")
        assert beside.facts["member"] == person.pk
        assert "12000000009" not in str(beside.facts)

    def test_a_new_number_tells_birth_and_sex(self, case: HelpCase) -> None:
        person = second(case)
        do(
            correct_member, case, at=AT, member=person.pk, reason="IDENTITY",
            changes={"id_no": LI["id_no"]},
        )  # fmt: skip
        now = Member.objects.get(pk=person.pk)
        assert (now.birth_date.isoformat(), now.sex) == ("1965-03-30", "1")
        assert now.id_hash != person.id_hash

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": "  "}, "name"),
            ({"name": "长" * 61}, "name"),
            ({"id_no": "110199196503309052"}, "id_no"),
            ({"health": "999"}, "health"),
            ({"ability_level": "many"}, "ability_level"),
            ({"phone": "1" * 5000}, "phone"),
            ({"household": 3}, "household"),
            ({"guardian": 3, "reason": "x"}, "guardian"),
            ({"relation_to_head": "02"}, "relation_to_head"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, case: HelpCase, changes: dict[str, Any], field: str
    ) -> None:
        person = second(case)
        facts = {"member": person.pk, "reason": "CHANGED"}
        assert field in fault(correct_member, case, changes=changes, **facts)
        assert not Member.history.exists()

    def test_nothing_to_correct(self, case: HelpCase) -> None:
        with pytest.raises(NotLawfulNow):
            do(
                correct_member, case, member=second(case).pk, reason="CHANGED",
                changes={"sex": "1"},
            )  # fmt: skip

    def test_not_the_number_of_another_of_the_household(self, case: HelpCase) -> None:
        head = case.household.head
        assert fault(
            correct_member, case, member=second(case).pk, reason="IDENTITY",
            changes={"id_no": head.id_no},
        ) == {"id_no"}  # fmt: skip

    def test_a_child_is_not_touched_before_the_guardian_agreed(self, case: HelpCase) -> None:
        child = Member.objects.create(household=case.household, name="曹试宇")
        facts = {"member": child.pk, "reason": "NEW_PROOF", "changes": {"id_no": CAO["id_no"]}}
        assert fault(correct_member, case, **facts) == {"guardian"}
        facts["guardian"] = case.household.head_id
        assert fault(correct_member, case, **facts) == {"guardian_consent_on"}
        do(correct_member, case, at=AT, guardian_consent_on="2018-06-07", **facts)
        assert Consent.objects.get(member=child, purpose="GUARDIAN").given_by_guardian
        # From here on the consent on file is enough.
        facts = {"member": child.pk, "reason": "CHANGED", "changes": {"school": "示例小学"}}
        do(correct_member, case, at=AT, **facts)


class TestAddMember:
    def test_a_child_is_born_into_the_household(self, case: HelpCase) -> None:
        answer = do(
            add_member, case, at=AT, person={**CHILD, "in_school": "PRI"}, joined_on="2018-06-01",
            reason="ADOPTED", guardian=case.household.head_id, guardian_consent_on="2018-06-01",
        )  # fmt: skip
        child = Member.objects.get(pk=answer["member"])
        assert answer["size"] == case.household.size == 3
        assert (child.guardian, child.join_reason) == (case.household.head, "ADOPTED")
        assert child.birth_date.isoformat() == "2007-12-25"
        assert last_entry(case).facts == {"member": child.pk, "size": 3}

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"guardian": None}, "guardian"),
            ({"guardian_consent_on": None}, "guardian_consent_on"),
            ({"guardian_consent_on": "2018-07-01"}, "guardian_consent_on"),
            ({"joined_on": "2018-06-09"}, "joined_on"),
            ({"joined_on": "2007-01-01"}, "joined_on"),
            ({"reason": "SIMPLY"}, "reason"),
            ({"person": "曹试宇"}, "person"),
            ({"person": {**CHILD, "relation_to_head": "02"}}, "relation_to_head"),
        ],
    )
    def test_refused_without_what_the_law_asks(
        self, case: HelpCase, change: dict[str, Any], field: str
    ) -> None:
        facts = {
            "person": CHILD, "joined_on": "2018-06-01", "reason": "BORN",
            "guardian": case.household.head_id, "guardian_consent_on": "2018-06-01",
        }  # fmt: skip
        assert field in fault(add_member, case, **facts | change)
        assert case.household.members.count() == 2

    def test_nobody_stands_in_a_household_twice(self, case: HelpCase) -> None:
        head = case.household.head
        person = {"name": head.name, "id_no": head.id_no, "relation_to_head": "80"}
        facts = {"person": person, "joined_on": "2018-06-01", "reason": "MOVED_IN"}
        assert fault(add_member, case, **facts) == {"id_no"}


class TestRemoveMember:
    def test_counts_no_longer_and_stays_on_file(self, case: HelpCase) -> None:
        person = second(case)
        answer = do(
            remove_member, case, at=AT, member=person.pk, left_on="2018-06-01",
            reason="MARRIED_OUT",
        )  # fmt: skip
        assert answer == {"member": person.pk, "size": 1}
        now = Member.objects.get(pk=person.pk)
        assert (now.left_on.isoformat(), now.shares) == ("2018-06-01", False)
        assert as_of(now, moment("2018-05-01 09:00")).left_on is None
        with pytest.raises(NotLawfulNow):
            do(
                remove_member, case, at=AT, member=person.pk, left_on="2018-06-01",
                reason="DIVORCED",
            )  # fmt: skip

    def test_not_the_person_who_is_helped(self, case: HelpCase) -> None:
        facts = {"member": case.subject_member.pk, "left_on": "2018-06-01", "reason": "DIVORCED"}
        assert fault(remove_member, case, **facts) == {"member"}

    def test_the_head_hands_on(self, case: HelpCase) -> None:
        person, head = second(case), case.household.head
        HelpCase.objects.filter(pk=case.pk).update(person=person)
        facts = {"member": head.pk, "left_on": "2018-06-01", "reason": "DIVORCED"}
        assert fault(remove_member, case, **facts) == {"new_head"}
        assert fault(remove_member, case, new_head=head.pk, **facts) == {"new_head"}
        do(remove_member, case, at=AT, new_head=person.pk, **facts)
        home = Household.objects.get(pk=case.household_id)
        assert (home.head, home.head.relation_to_head) == (person, "02")
        assert as_of(home, moment("2018-05-01 09:00")).head_id == head.pk

    def test_not_before_the_children_have_another_guardian(self, case: HelpCase) -> None:
        person = second(case)
        do(
            add_member, case, at=AT, person=CHILD, joined_on="2018-06-01", reason="ADOPTED",
            guardian=person.pk, guardian_consent_on="2018-06-01",
        )  # fmt: skip
        facts = {"member": person.pk, "left_on": "2018-06-02", "reason": "DIVORCED"}
        assert fault(remove_member, case, **facts) == {"member"}

    def test_not_while_help_for_the_person_runs(self) -> None:
        case = HelpCaseFactory(in_help=True, household=HouseholdFactory(members=2))
        person = second(case)
        case.plans.get().items.update(member=person)
        facts = {"member": person.pk, "left_on": "2018-06-02", "reason": "MOVED_OUT"}
        assert fault(remove_member, case, **facts) == {"member"}


class TestCorrectHousehold:
    def test_changes_and_keeps(self, case: HelpCase) -> None:
        before = case.household.address
        do(
            correct_household, case, at=AT, reason="CHANGED",
            changes={"address": "示例路9号", "floor_area_m2": "43.50", "housing": "PUBLIC_RENT"},
        )  # fmt: skip
        home = Household.objects.get(pk=case.household_id)
        assert (home.address, str(home.floor_area_m2)) == ("示例路9号", "43.50")
        assert as_of(home, moment("2018-05-01 09:00")).address == before

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"address": ""}, "address"),
            ({"residence_division": "110106902"}, "residence_division"),
            ({"residence_division": "110112901999"}, "residence_division"),
            ({"category": "Z"}, "category"),
            ({"floor_area_m2": "1e9"}, "floor_area_m2"),
            ({"head": 1}, "head"),
        ],
    )
    def test_refuses_what_cannot_be(
        self, case: HelpCase, changes: dict[str, Any], field: str
    ) -> None:
        assert field in fault(correct_household, case, reason="CHANGED", changes=changes)
        assert not Household.history.exists()


def test_a_death_keeps_the_state_before_it(case: HelpCase) -> None:
    person = second(case)
    do(record_death, case, at=AT, member=person.pk, died_on="2018-06-02", evidence="死亡证明")
    now = Member.objects.get(pk=person.pk)
    assert as_of(now, moment("2018-06-01 09:00")).death_date is None
    assert as_of(now, moment(AT)).death_date is not None


def test_a_locked_file_is_not_corrected() -> None:
    case = HelpCaseFactory(in_help=True, locked=True)
    with pytest.raises(NotLawfulNow):
        do(correct_household, case, at=AT, reason="CHANGED", changes={"address": "示例路9号"})


def test_former_states_are_sealed_like_the_row_itself(case: HelpCase) -> None:
    person = second(case)
    do(
        correct_member, case, at=AT, member=person.pk, reason="IDENTITY",
        changes={"id_no": ZHAO["id_no"]},
    )  # fmt: skip

    with connection.cursor() as cursor:
        cursor.execute("SELECT id_no FROM households_historicalmember")
        assert all("110199" not in sealed for (sealed,) in cursor.fetchall())
