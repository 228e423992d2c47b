from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone

from casework.ledger.act import Books, open_books
from casework.lib.errors import Incomplete
from casework.referrals.models import Referral
from casework.referrals.operations import receive_referral
from tests.households.people import FENG, QIAN, ZHAO, household

pytestmark = pytest.mark.django_db
MOMENT = timezone.make_aware(datetime(2018, 3, 5, 9))


@pytest.fixture
def books(db: None) -> Any:
    with open_books("refer", by=None, moment=MOMENT) as opened:
        yield opened
        opened._others.clear()


def facts(**more: Any) -> dict[str, Any]:
    return {"source": "COMMITTEE", "reason": "收入下降", **more}


class TestReceiveReferral:
    def test_a_report_is_kept_with_its_source_and_street(self, books: Books) -> None:
        home = household(ZHAO, QIAN, residence_division="110101901001")
        kept = receive_referral(books, household=home, person=home.head, **facts())
        assert (kept.source, kept.division, kept.received_at) == ("COMMITTEE", "110101901", MOMENT)

    def test_it_is_recorded_without_the_reason(self, books: Books) -> None:
        kept = receive_referral(books, household=household(ZHAO), **facts())
        told = str(books._others)
        assert "referral" in told and str(kept.pk) in told
        assert "收入下降" not in told

    def test_two_sources_are_two_reports(self, books: Books) -> None:
        home = household(ZHAO)
        receive_referral(books, household=home, **facts(source="SCHOOL"))
        receive_referral(books, household=home, **facts())
        assert home.referrals.count() == 2

    def test_one_report_of_one_source_is_kept_once(self, books: Books) -> None:
        home = household(ZHAO)
        first = receive_referral(books, household=home, **facts(external_key="12345-1"))
        again = receive_referral(books, household=home, **facts(external_key="12345-1"))
        assert first == again
        with pytest.raises(Incomplete):
            receive_referral(books, household=household(FENG), **facts(external_key="12345-1"))

    def test_what_is_missing_or_unknown_is_told_by_field(self, books: Books) -> None:
        home, other = household(ZHAO), household(FENG)
        with pytest.raises(Incomplete) as refusal:
            receive_referral(
                books,
                household=home,
                source="NEIGHBOUR",
                reason=" ",
                urgency="NOW",
                division="110101",
                person=other.head,
            )
        assert set(refusal.value.fields) == {"source", "reason", "urgency", "division", "person"}
        assert not Referral.objects.exists()
