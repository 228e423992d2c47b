from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from casework.directory.models import Organisation
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from casework.staff.demo import EVALUATOR, PROVIDER_A, create_demo_accounts
from casework.staff.models import Membership, Role, User, excludes
from casework.staff.operations import end_membership, grant_membership
from casework.staff.scope import Grant, Reach, reach_of

pytestmark = pytest.mark.django_db
SINCE = date(2018, 1, 1)


@pytest.fixture
def person() -> User:
    return User.objects.create_user("somebody", display_name="示例·某人")


@pytest.fixture
def security() -> User:
    user = User.objects.create_user("security")
    grant_membership(user=user, role="SEC", by=None, division="110000", valid_from=SINCE)
    return user


def body(code: str) -> int:
    return Organisation.objects.get(credit_code=code).pk


class TestGrantMembership:
    def test_a_role_reaches_its_unit_and_what_lies_in_it(
        self, person: User, security: User
    ) -> None:
        grant_membership(user=person, role="DS", by=security, division="110101", valid_from=SINCE)
        reach = reach_of(person)
        assert reach.has("DS") and not reach.has("CW")
        assert reach.covers("110101901", "DS")
        assert not reach.covers("110102901")
        assert not reach.covers("110101901", "CW")
        assert reach.divisions("DS") == {"110101"}

    def test_the_grant_says_who_gave_it(self, person: User, security: User) -> None:
        given = grant_membership(user=person, role="AU", by=security, division="110000")
        assert (given.granted_by, given.granted_at is not None) == (security, True)

    @pytest.mark.parametrize(
        ("role", "division"), [("CW", "110101"), ("DS", "110101901"), ("CO", "110101901")]
    )
    def test_a_role_is_held_at_its_own_level(self, person: User, role: str, division: str) -> None:
        with pytest.raises(Incomplete) as refusal:
            grant_membership(user=person, role=role, by=None, division=division)
        assert "division" in refusal.value.fields

    def test_a_provider_worker_belongs_to_a_provider(self, person: User) -> None:
        with pytest.raises(Incomplete):
            grant_membership(user=person, role="PR", by=None, organisation=body(EVALUATOR))
        with pytest.raises(Incomplete):
            grant_membership(user=person, role="PR", by=None, division="110101")
        grant_membership(user=person, role="PR", by=None, organisation=body(PROVIDER_A))
        assert reach_of(person).organisations("PR") == {body(PROVIDER_A)}
        assert not reach_of(person).covers("110101901")

    def test_an_unknown_unit_or_role_is_refused(self, person: User) -> None:
        with pytest.raises(Incomplete):
            grant_membership(user=person, role="CW", by=None, division="110199901")
        with pytest.raises(Incomplete):
            grant_membership(user=person, role="XX", by=None, division="110101")

    def test_an_evaluator_holds_no_evaluated_role(self, person: User) -> None:
        grant_membership(user=person, role="CW", by=None, division="110101901")
        with pytest.raises(Incomplete) as refusal:
            grant_membership(user=person, role="EV", by=None, organisation=body(EVALUATOR))
        assert "role" in refusal.value.fields

    def test_excluded_roles_may_follow_one_another(self, person: User) -> None:
        grant_membership(
            user=person,
            role="CW",
            by=None,
            division="110101901",
            valid_from=SINCE,
            valid_to=date(2018, 6, 30),
        )
        grant_membership(
            user=person,
            role="EV",
            by=None,
            organisation=body(EVALUATOR),
            valid_from=date(2018, 7, 1),
        )
        assert reach_of(person, date(2018, 6, 30)).roles == {"CW"}
        assert reach_of(person, date(2018, 7, 1)).roles == {"EV"}

    def test_only_security_gives_roles_and_never_to_itself(
        self, person: User, security: User
    ) -> None:
        with pytest.raises(NotYours):
            grant_membership(user=security, role="CW", by=person, division="110101901")
        with pytest.raises(NotYours):
            grant_membership(user=security, role="CA", by=security, division="110000")


class TestExclusions:
    def test_the_table_of_the_access_rules(self) -> None:
        watchers, evaluators = {"SYS", "SEC", "AU"}, {"EV", "LE"}
        evaluated = {"CO", "CW", "SH", "DS", "PR"}
        for one in Role.values:
            for other in Role.values:
                both = {one, other}
                wanted = one != other and (
                    both <= watchers or bool(both & evaluators and both & evaluated)
                )
                assert excludes(one, other) == wanted, both


class TestEndMembership:
    def test_a_role_ended_now_ends_now_and_stays_on_file(
        self, person: User, security: User
    ) -> None:
        given = grant_membership(user=person, role="CW", by=security, division="110101901")
        end_membership(given, by=security, reason="调离")
        person = User.objects.get(pk=person.pk)
        assert reach_of(person).grants == ()
        kept = Membership.objects.get(pk=given.pk)
        assert (kept.ended_by, kept.end_reason) == (security, "调离")

    def test_the_past_keeps_its_reach(self, person: User, security: User) -> None:
        given = grant_membership(
            user=person, role="CW", by=security, division="110101901", valid_from=SINCE
        )
        end_membership(given, by=security, reason="调离")
        assert reach_of(person, date(2018, 5, 1)).has("CW")

    def test_it_is_not_ended_twice_nor_without_a_reason(self, person: User, security: User) -> None:
        given = grant_membership(user=person, role="CW", by=security, division="110101901")
        with pytest.raises(Incomplete):
            end_membership(given, by=security, reason=" ")
        end_membership(given, by=security, reason="调离")
        with pytest.raises(NotLawfulNow):
            end_membership(given, by=security, reason="调离")


class TestReach:
    def test_the_city_covers_every_code(self) -> None:
        reach = Reach(1, (Grant("CA", "110000", None),))
        assert reach.covers("110119903001", "CA")

    def test_a_grant_without_a_division_covers_none(self) -> None:
        reach = Reach(1, (Grant("EV", "", 3),))
        assert not reach.covers("110101901")
        assert reach.roles_covering("110101901") == set()

    def test_a_disabled_account_reaches_nothing(self, person: User) -> None:
        grant_membership(user=person, role="CA", by=None, division="110000")
        person.is_active = False
        assert reach_of(person, date(2030, 1, 1)).grants == ()

    def test_it_is_read_once_for_a_day(
        self, person: User, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with django_assert_num_queries(1):
            reach_of(person, SINCE)
            reach_of(person, SINCE)


class TestDemoAccounts:
    def test_one_account_for_every_role(self) -> None:
        made = create_demo_accounts(password="demo-password", streets=["110101901", "110108901"])
        roles = set(Membership.objects.values_list("role", flat=True))
        assert roles == set(Role.values)
        assert made["cw.110108901"].check_password("demo-password")
        assert Membership.objects.filter(role="EV").count() >= 2
        assert str(made["cw.110101901"]) == "示例·个案社工"

    def test_making_them_twice_makes_them_once(self) -> None:
        first = create_demo_accounts(password="demo-password")
        again = create_demo_accounts(password="other-password")
        assert first == again
        assert Membership.objects.count() == len(first)

    def test_production_has_none(self, settings: Settings) -> None:
        settings.DEMO = settings.DEBUG = False
        with pytest.raises(NotLawfulNow):
            create_demo_accounts(password="demo-password")
