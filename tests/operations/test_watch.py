"""Health, readiness and figures: what holds is said, what fails is named, to whom it may."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.test import Client
from django.urls import reverse

from casework.directory.models import _read_calendar
from casework.ledger.models import OutboxMessage
from casework.lib import clock
from tests.walk import Walk
from workflows import health

pytestmark = pytest.mark.django_db


class Usage(NamedTuple):
    total: int
    used: int
    free: int


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(100, 99, 1))


def order_message(due_seconds_ago: int, state: str = OutboxMessage.State.PENDING) -> None:
    moment = clock.now() - timedelta(seconds=due_seconds_ago)
    OutboxMessage.objects.create(
        kind="letter", key=f"watch-{due_seconds_ago}-{state}", payload={}, created_at=moment,
        due_at=moment, state=state,
    )  # fmt: skip


def names_that_fail() -> set[str]:
    return {finding.name for finding in health.findings() if not finding.holds}


class TestProbes:
    def test_a_living_process_says_so_without_asking_the_database(
        self, django_assert_num_queries: Callable[[int], Any]
    ) -> None:
        with django_assert_num_queries(0):
            answer = Client().get(reverse("health_live"))
        assert (answer.status_code, answer.content) == (200, b"ok")

    def test_a_migrated_database_and_free_disks_are_ready(self) -> None:
        answer = Client().get(reverse("health_ready"))
        assert answer.status_code == 200
        assert answer.json() == {"ready": True, "missing": []}

    def test_a_full_disk_is_not_ready_and_is_named(self, full_disk: None) -> None:
        answer = Client().get(reverse("health_ready"))
        assert answer.status_code == 503
        assert answer.json()["missing"] == ["disk_files", "disk_var"]


class TestFindings:
    def test_work_that_nobody_does_is_seen_within_two_minutes(self) -> None:
        assert "oldest_due" not in names_that_fail()
        order_message(health.LATE_SECONDS - 60)
        assert "oldest_due" not in names_that_fail()
        order_message(health.LATE_SECONDS + 5)
        assert "oldest_due" in names_that_fail()

    def test_a_given_up_message_needs_a_person(self) -> None:
        assert "stuck" not in names_that_fail()
        order_message(1, OutboxMessage.State.STUCK)
        assert "stuck" in names_that_fail()

    def test_a_year_without_working_days_is_seen_in_december(
        self, clock_at: Callable[[str], Any]
    ) -> None:
        # Another test may have entered a year that is gone again.
        _read_calendar.cache_clear()
        clock_at("2018-12-03 09:00")
        assert "calendar" not in names_that_fail()
        clock_at("2026-12-01 09:00")
        assert "calendar" in names_that_fail()


class TestFigures:
    def test_without_their_key_they_do_not_exist(self, settings: Any) -> None:
        settings.METRICS_TOKEN = ""
        assert Client().get(reverse("metrics")).status_code == 404
        settings.METRICS_TOKEN = "k" * 40
        assert Client().get(reverse("metrics")).status_code == 404
        wrong = Client().get(reverse("metrics"), headers={"authorization": "Bearer no"})
        assert wrong.status_code == 404

    def test_with_the_key_every_check_is_a_figure(self, settings: Any) -> None:
        settings.METRICS_TOKEN = "k" * 40
        order_message(600)
        answer = Client().get(
            reverse("metrics"), headers={"authorization": f"Bearer {settings.METRICS_TOKEN}"}
        )
        text = answer.content.decode()
        found = dict(re.findall(r'^casework_holds\{check="(\w+)"\} (\S+)$', text, re.M))
        assert found == {finding.name: str(float(finding.holds)) for finding in health.findings()}
        assert found["oldest_due"] == "0.0"
        assert "django_http_responses_total_by_status" in text


class TestPage:
    def test_the_system_administrator_sees_it_and_a_caseworker_does_not(self) -> None:
        walk = Walk()
        client = Client()
        client.force_login(walk.people["sys"])
        assert "数据库" in client.get(reverse("system_page")).content.decode()
        client.force_login(walk.person("CW"))
        assert client.get(reverse("system_page")).status_code == 403


class TestBroken:
    def test_the_page_names_the_number_that_the_log_has(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        walk = Walk()
        client = Client(raise_request_exception=False)
        client.force_login(walk.person("CW"))
        monkeypatch.setattr("workflows.views.lists.home_page", _break)
        answer = client.get(reverse("home"))
        assert answer.status_code == 500
        number = answer["X-Request-ID"]
        assert number and number in answer.content.decode()
        assert json.dumps("110199") not in answer.content.decode()


def _break(*_given: Any) -> None:
    raise ValueError("110199196908179152")
