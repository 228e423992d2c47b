"""Drafts: what was typed and refused is kept for its writer, sealed, and gone once recorded."""

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from casework.lib import clock
from tests.walk import Walk, at
from workflows.models import Draft

pytestmark = pytest.mark.django_db
SAID = "家属称已由其他机构帮扶，电话12000000601"


@pytest.fixture
def walk() -> Walk:
    return Walk.upto("refer")


def client_of(walk: Walk, role: str) -> Client:
    client = Client()
    client.force_login(walk.person(role))
    return client


def page(walk: Walk) -> str:
    return reverse("act_page", args=[walk.case.case_no, "decline_referral"])


def test_a_form_set_aside_can_be_taken_up_again(walk: Walk) -> None:
    with clock.at(at("2018-05-02 10:00")):
        client = client_of(walk, "CW")
        answer = client.post(page(walk), {"reason": SAID, "set_aside": "1", "key": "k"})
        assert answer.status_code == 302
        assert "?draft=1" in client.get(page(walk)).content.decode()
        assert SAID in client.get(page(walk) + "?draft=1").content.decode()


def test_a_refused_form_is_kept(walk: Walk) -> None:
    with clock.at(at("2018-05-02 10:00")):
        client = client_of(walk, "CW")
        answer = client.post(page(walk), {"reason": "", "key": "k"})
        assert answer.status_code == 422
        assert Draft.objects.get().act == "decline_referral"


def test_a_colleague_does_not_see_it(walk: Walk) -> None:
    with clock.at(at("2018-05-02 10:00")):
        client_of(walk, "CW").post(page(walk), {"reason": SAID, "set_aside": "1"})
        other = client_of(walk, "CW2").get(page(walk) + "?draft=1").content.decode()
    assert SAID not in other


def test_it_lies_sealed(walk: Walk) -> None:
    with clock.at(at("2018-05-02 10:00")):
        client_of(walk, "CW").post(page(walk), {"reason": SAID, "set_aside": "1"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM workflows_draft")
        (stored,) = cursor.fetchone()
    assert "12000000601" not in stored


def test_recording_the_act_drops_it(walk: Walk) -> None:
    with clock.at(at("2018-05-02 10:00")):
        client = client_of(walk, "CW")
        client.post(page(walk), {"reason": SAID, "set_aside": "1"})
        answer = client.post(page(walk), {"reason": SAID, "key": "k2"})
    assert answer.status_code == 302
    assert not Draft.objects.exists()
