"""Who may see which cases: the rule every list and every act asks."""

from datetime import date

import pytest
from django.db.models import Q

from casework.cases import access
from casework.cases.models import HelpCase
from casework.cases.operations.hold import accept_transfer
from casework.cases.queries import register_role_source, roles_on, visible_to
from casework.directory.models import Organisation
from casework.households.models import Consent
from casework.staff.models import User
from tests.cases.acting import do
from tests.factories import (
    OTHER_STREET,
    PROVIDER_A,
    PROVIDER_B,
    STREET,
    HelpCaseFactory,
    moment,
    staff,
)

pytestmark = pytest.mark.django_db

ON = date(2018, 5, 2)


def sees(user: User, case: HelpCase, on: date = ON) -> set[str]:
    """The roles a person has; the list and the roles must agree on whether there are any."""
    held = roles_on(case, user, on)
    assert visible_to(user, on).filter(pk=case.pk).exists() == bool(held)
    return held


@pytest.mark.parametrize(
    ("role", "unit", "expected"),
    [
        ("CW", STREET, {"CW"}),
        ("SH", STREET, {"SH"}),
        ("DS", "110112", {"DS"}),
        ("CA", "110000", {"CA"}),
        ("PR", PROVIDER_B, {"PR"}),
        ("CW", OTHER_STREET, set()),
        ("CW", "110112902", set()),
        ("DS", "110106", set()),
        ("CO", f"{STREET}001", set()),
        ("PR", PROVIDER_A, set()),
        ("EV", "521101999900000337", set()),
        ("AU", "110000", set()),
        ("SYS", "110000", set()),
        ("SEC", "110000", set()),
    ],
)
def test_by_role_and_unit(role: str, unit: str, expected: set[str]) -> None:
    assert sees(staff(role, unit), HelpCaseFactory(in_help=True)) == expected


def test_a_membership_that_ended_shows_nothing() -> None:
    user, case = staff("CW"), HelpCaseFactory()
    user.memberships.update(valid_to=date(2018, 5, 1))
    assert sees(user, case) == set()


def test_a_community_worker_sees_the_own_referral() -> None:
    user, case = staff("CO", f"{STREET}001"), HelpCaseFactory()
    case.referrals.update(referred_by=user)
    assert sees(user, case) == {"CO"}


class TestProvider:
    def test_only_while_the_item_consent_and_contract_hold(self) -> None:
        user, case = staff("PR", PROVIDER_B), HelpCaseFactory(planned=True)
        assert sees(user, case) == {"PR"}
        Consent.objects.update(withdrawn_on=ON)
        assert sees(user, case) == set()
        Consent.objects.update(withdrawn_on=None)
        Organisation.objects.filter(credit_code=PROVIDER_B).update(suspended_on=ON)
        assert sees(user, case) == set()

    def test_a_consent_for_another_provider_opens_nothing(self) -> None:
        user, case = staff("PR", PROVIDER_B), HelpCaseFactory(in_help=True)
        Consent.objects.update(recipient=Organisation.objects.get(credit_code=PROVIDER_A))
        assert sees(user, case) == set()

    def test_not_once_the_help_is_done(self) -> None:
        assert sees(staff("PR", PROVIDER_B), HelpCaseFactory(help_done=True)) == set()


class TestTransfer:
    def test_both_streets_see_a_case_on_its_way(self) -> None:
        case = HelpCaseFactory(transferring=True)
        assert sees(staff("CW"), case) == {"CW"}
        assert sees(staff("SH", OTHER_STREET), case) == {"SH"}
        assert sees(staff("DS", "110106"), case) == {"DS"}

    def test_the_old_street_reads_for_thirty_days_and_its_provider_no_more(self) -> None:
        case, old, provider = (
            HelpCaseFactory(transferring=True),
            staff("CW"),
            staff("PR", PROVIDER_B),
        )
        receiver = staff("CW", OTHER_STREET)
        do(accept_transfer, case, by=receiver, at="2018-05-28 09:00")
        day = moment("2018-05-28 09:00").date()
        assert sees(receiver, case, day) == {"CW"}
        assert sees(old, case, day) == {access.FORMER}
        assert sees(old, case, date(2018, 6, 27)) == {access.FORMER}
        assert sees(old, case, date(2018, 6, 28)) == set()
        assert sees(provider, case, day) == set()


def test_a_higher_app_can_give_roles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_sources", [])
    case, evaluator = HelpCaseFactory(evaluating=True), staff("EV", "521101999900000337")
    register_role_source(
        lambda found, user, on: {"EV"} if found == case else set(),
        lambda user, on: Q(pk=case.pk),
    )
    assert sees(evaluator, case) == {"EV"}
    assert sees(evaluator, HelpCaseFactory(evaluating=True)) == set()


def test_lists_cost_the_same_at_one_and_at_thirty_rows(
    django_assert_max_num_queries: object,
) -> None:
    user = staff("CW")
    HelpCaseFactory.create_batch(30, belongings=False)
    # What is being transferred, and for how many days its street still reads it, are asked first.
    with django_assert_max_num_queries(4):
        assert len(visible_to(user, ON)) == 30
