from collections.abc import Iterator
from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from casework.directory.queries import organisation
from casework.households.models import Consent
from casework.households.operations import record_consent, withdraw_consent
from casework.households.queries import has_consent
from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow
from tests.households.people import CAO, YAN, ZHAO, household

pytestmark = pytest.mark.django_db
GIVEN = date(2018, 5, 2)
LATER = date(2018, 7, 18)
PROVIDER_A, PROVIDER_B = "52110199990000017H", "52110199990000025C"


@pytest.fixture(autouse=True)
def _in_july() -> Iterator[None]:
    with clock.at(timezone.make_aware(datetime(2018, 7, 18, 10))):
        yield


class TestRecordConsent:
    def test_consent_covers_its_purpose_from_its_day(self) -> None:
        home = household(ZHAO)
        record_consent(household=home, purpose="SHARE_PROVIDER", given_on=GIVEN, by=None)
        assert has_consent(home, "SHARE_PROVIDER", GIVEN)
        assert not has_consent(home, "SHARE_PROVIDER", date(2018, 5, 1))
        assert not has_consent(home, "PHOTO", GIVEN)

    def test_consent_to_one_recipient_is_not_to_another(self) -> None:
        home = household(ZHAO)
        a, b = organisation(PROVIDER_A).pk, organisation(PROVIDER_B).pk
        record_consent(
            household=home, purpose="SHARE_PROVIDER", given_on=GIVEN, by=None, recipient=a
        )
        assert has_consent(home, "SHARE_PROVIDER", GIVEN, recipient=a)
        assert not has_consent(home, "SHARE_PROVIDER", GIVEN, recipient=b)

    def test_for_a_child_only_the_guardian_consents(self) -> None:
        child_facts = {**CAO, "guardian_consent_on": GIVEN}
        home = household(YAN, child_facts, on=GIVEN)
        child = home.members.get(name="曹试宇")
        with pytest.raises(Incomplete):
            record_consent(household=home, purpose="PHOTO", given_on=GIVEN, by=None, member=child)
        record_consent(
            household=home,
            purpose="PHOTO",
            given_on=GIVEN,
            by=None,
            member=child,
            given_by_guardian=True,
        )
        assert has_consent(home, "PHOTO", GIVEN, member=child)

    def test_not_in_the_future_nor_for_a_stranger_nor_unknown(self) -> None:
        home, other = household(ZHAO), household(YAN)
        for wrong in (
            {"purpose": "PHOTO", "given_on": date(2018, 7, 19)},
            {"purpose": "PHOTO", "given_on": GIVEN, "member": other.head},
            {"purpose": "ANYTHING", "given_on": GIVEN},
        ):
            with pytest.raises(Incomplete):
                record_consent(household=home, by=None, **wrong)


class TestWithdrawConsent:
    def test_it_ends_the_same_day_and_the_record_stays(self) -> None:
        home = household(ZHAO)
        record_consent(household=home, purpose="SHARE_PROVIDER", given_on=GIVEN, by=None)
        assert withdraw_consent(household=home, purpose="SHARE_PROVIDER", on=LATER) == 1
        assert not has_consent(home, "SHARE_PROVIDER", LATER)
        assert has_consent(home, "SHARE_PROVIDER", date(2018, 7, 17))
        assert Consent.objects.get().withdrawn_on == LATER

    def test_a_statutory_duty_needs_no_consent_and_knows_no_withdrawal(self) -> None:
        home = household(ZHAO)
        duty = record_consent(
            household=home, purpose="ECON_CHECK", given_on=GIVEN, by=None, basis="STATUTORY_DUTY"
        )
        with pytest.raises(NotLawfulNow):
            withdraw_consent(household=home, purpose="ECON_CHECK", on=LATER)
        assert has_consent(home, "ECON_CHECK", LATER)
        duty.withdrawn_on = LATER
        with pytest.raises(IntegrityError), transaction.atomic():
            duty.save()

    def test_what_was_not_given_is_not_withdrawn(self) -> None:
        with pytest.raises(NotLawfulNow):
            withdraw_consent(household=household(ZHAO), purpose="PHOTO", on=LATER)
