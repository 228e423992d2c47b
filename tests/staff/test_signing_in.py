"""Signing in: guessing is stopped without stopping its victim, and no session lasts for ever."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.signals import user_logged_in
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from casework.ledger.models import SecurityEvent
from casework.staff.models import User

pytestmark = pytest.mark.django_db
WORD = "correct horse battery"
LIMIT = 10


@pytest.fixture
def mei() -> Iterator[User]:
    return User.objects.create_user(username="mei", password=WORD)


def sign_in(password: str, username: str = "mei", place: str = "192.0.2.1") -> Any:
    given = {"username": username, "password": password}
    return Client(REMOTE_ADDR=place).post(reverse("login"), given)


class TestGuessing:
    def test_after_ten_wrong_passwords_even_the_right_one_is_refused_from_there(
        self, mei: User
    ) -> None:
        statuses = [sign_in(f"wrong {n}").status_code for n in range(LIMIT)]
        assert set(statuses[:-1]) == {422}
        refused = sign_in(WORD)
        assert refused.status_code == 429
        assert refused["Retry-After"] == "900"
        assert "登录已暂停" in refused.content.decode()

    def test_sixty_guesses_from_six_places_find_nothing_after_their_locks(self, mei: User) -> None:
        for number in range(60):
            sign_in(f"guess {number}", place=f"192.0.2.{number % 6}")
        for place in range(6):
            assert sign_in(WORD, place=f"192.0.2.{place}").status_code == 429

    def test_the_victim_signs_in_from_another_place(self, mei: User) -> None:
        for number in range(LIMIT + 5):
            sign_in(f"wrong {number}")
        assert sign_in(WORD, place="198.51.100.7").status_code == 302

    def test_one_password_tried_on_every_name_stops_the_place(self, mei: User) -> None:
        statuses = [
            sign_in("spring 2018", username=f"name{number}").status_code
            for number in range(settings.ADDRESS_FAILURE_LIMIT)
        ]
        assert set(statuses) == {422}
        assert sign_in(WORD).status_code == 429
        assert sign_in(WORD, place="198.51.100.7").status_code == 302
        told = SecurityEvent.objects.filter(kind=SecurityEvent.Kind.LOCKED)
        assert [event.address for event in told] == ["192.0.2.1"]

    def test_a_forged_origin_does_not_help(self, mei: User) -> None:
        for number in range(LIMIT):
            Client(REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=f"203.0.113.{number}").post(
                reverse("login"), {"username": "mei", "password": "wrong"}
            )
        assert sign_in(WORD).status_code == 429

    def test_an_unknown_account_is_answered_alike(self, mei: User) -> None:
        for number in range(LIMIT + 1):
            known, unknown = sign_in(f"w {number}"), sign_in(f"w {number}", username="nobody")
            assert known.status_code == unknown.status_code
        assert known.content == unknown.content


class TestSession:
    def signed_in(self) -> Client:
        client = Client()
        client.post(reverse("login"), {"username": "mei", "password": WORD})
        assert client.get(reverse("home")).status_code == 200
        return client

    def later(self, client: Client, key: str, seconds: int) -> Any:
        session = client.session
        session[key] = int(time.time()) - seconds
        session.save()
        return client.get(reverse("home"))

    def test_half_an_hour_of_silence_ends_it(self, mei: User) -> None:
        client = self.signed_in()
        assert self.later(client, "seen_at", 29 * 60).status_code == 200
        answer = self.later(client, "seen_at", 31 * 60)
        assert answer["Location"].startswith(reverse("login"))
        assert client.get(reverse("home")).status_code == 302

    def test_eight_hours_end_it_however_busy(self, mei: User) -> None:
        client = self.signed_in()
        assert self.later(client, "began_at", 8 * 3600 + 1).status_code == 302
        assert client.get(reverse("home")).status_code == 302

    def test_its_number_changes_at_signing_in(self, mei: User) -> None:
        client = Client()
        client.get(reverse("login"))
        session = client.session
        session["kept"] = 1
        session.save()
        before = session.session_key
        client.cookies["sessionid"] = before
        client.post(reverse("login"), {"username": "mei", "password": WORD})
        assert client.session.session_key != before

    def test_signing_out_ends_it_on_the_server(self, mei: User) -> None:
        client = self.signed_in()
        stolen = Client()
        stolen.cookies["sessionid"] = client.cookies["sessionid"].value
        assert stolen.get(reverse("home")).status_code == 200
        client.post(reverse("logout"))
        assert stolen.get(reverse("home")).status_code == 302


@pytest.mark.parametrize("poor", ["short 1", "1234567890123", "password1234", "meimei.wang12"])
def test_poor_passwords_are_refused(poor: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(poor, User(username="meimei.wang1"))


def test_a_long_sentence_is_a_password() -> None:
    validate_password("三月里的小雨淅沥沥沥沥沥下个不停", User(username="mei"))


class TestCutOffHalfway:
    def test_the_same_form_signs_in_once_the_database_is_back(self, mei: User) -> None:
        """A sign-in changes the form's token; one that fails after that must not."""
        browser = Client(enforce_csrf_checks=True)
        page = browser.get("/login/")
        token = browser.cookies["csrftoken"].value
        form = {"username": mei.username, "password": WORD, "csrfmiddlewaretoken": token}

        def away(**_given: object) -> None:
            raise OperationalError("the database system is shutting down")

        user_logged_in.connect(away)
        try:
            assert browser.post("/login/", form).status_code == 503
        finally:
            user_logged_in.disconnect(away)
        assert page.status_code == 200
        assert browser.cookies["csrftoken"].value == token
        assert browser.post("/login/", form).status_code == 302
