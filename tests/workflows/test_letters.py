"""Letters of the ladder: to whom, once each, read by their own reader only."""

import pytest
from django.test import Client
from django.urls import reverse

from casework.ledger.models import JournalEntry, OutboxMessage
from casework.lib import clock
from tests.walk import Walk, at, deliver
from workflows.letters import unread
from workflows.models import Letter
from workflows.tasks import run_until

pytestmark = pytest.mark.django_db


@pytest.fixture
def late() -> Walk:
    """An order whose items are long overdue, its ladder climbed to the summons."""
    walk = Walk.upto("receive")
    run_until(at("2018-08-15 12:00"))
    with clock.at(at("2018-08-15 12:00")):
        deliver()
    return walk


def test_the_district_hears_first_and_the_bureau_from_the_summons_on(late: Walk) -> None:
    assert set(unread(late.person("DS")).values_list("level", flat=True)) == {1, 2, 3}
    assert set(unread(late.person("CA")).values_list("level", flat=True)) == {3}
    assert not unread(late.person("CW")).exists()


def test_each_letter_goes_once(late: Walk) -> None:
    before = Letter.objects.count()
    OutboxMessage.objects.filter(kind="notify").update(state="PENDING", leased_until=None)
    deliver()
    assert Letter.objects.count() == before


def test_the_reader_marks_it_and_nobody_else(late: Walk) -> None:
    letter = unread(late.person("DS"))[0]
    client = Client()
    client.force_login(late.person("CW"))
    assert client.post(reverse("letter_read", args=[letter.pk])).status_code == 404
    client.force_login(late.person("DS"))
    page = client.get(reverse("home")).content.decode()
    assert reverse("letter_read", args=[letter.pk]) in page
    assert client.get(reverse("letter_read", args=[letter.pk])).status_code == 405
    client.post(reverse("letter_read", args=[letter.pk]))
    letter.refresh_from_db()
    assert letter.read_at is not None


def test_withdrawn_photo_consent_is_carried_out_and_recorded() -> None:
    walk = Walk.upto("start")
    walk.act(
        "withdraw_consent", "CW", "2018-05-20 10:00", purpose="SHARE_PROVIDER", on="2018-05-20"
    )
    with clock.at(at("2018-05-20 11:00")):
        deliver()
    assert not OutboxMessage.objects.exclude(state="DONE").exists()
    assert JournalEntry.objects.filter(act="photos_deleted").count() == 1
