"""Signs of life of the workers, and what a full disk is answered with."""

import errno
import importlib.util
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import OperationalError
from django.http import HttpRequest
from django.test import RequestFactory

from casework.lib import clock
from workflows import health, tasks
from workflows.middleware import Refusals
from workflows.models import WorkerBeat
from workflows.pulse import BEAT_FILE, pulse
from workflows.views.system import broken, unreadable

SERVE = Path(__file__).resolve().parents[2] / "bin" / "serve.py"


@pytest.mark.django_db
def test_a_worker_that_works_leaves_a_beat(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    assert pulse().newest is None
    assert health.workers_are_awake().holds
    tasks.deliver_outbox()
    tasks.deliver_outbox()
    assert list(pulse().workers) == ["here"]
    assert (tmp_path / BEAT_FILE).is_file()
    assert health.workers_are_awake().holds


@pytest.mark.django_db
def test_a_deaf_worker_is_seen_within_two_minutes(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    tasks.deliver_outbox()
    with clock.at(clock.now() + timedelta(seconds=121)):
        finding = health.workers_are_awake()
    assert not finding.holds
    assert WorkerBeat.objects.count() == 1


def test_the_supervisor_tells_deaf_from_busy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    specification = importlib.util.spec_from_file_location("serve", SERVE)
    assert specification is not None
    assert specification.loader is not None
    serve = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(serve)
    now = serve.time.time()
    assert not serve.is_deaf(now)
    assert serve.is_deaf(now - 121)
    beat = tmp_path / BEAT_FILE
    beat.touch()
    assert not serve.is_deaf(now - 500)
    os.utime(beat, (now - 121, now - 121))
    assert serve.is_deaf(now - 500)
    assert not serve.is_deaf(now)


def _request() -> HttpRequest:
    return RequestFactory().get("/")


def test_a_full_disk_is_a_sentence_and_503() -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    answer = Refusals(lambda _request: broken(_request)).process_exception(_request(), full)
    assert answer is not None
    assert answer.status_code == 503
    assert answer["Retry-After"]


def test_a_session_that_the_database_could_not_keep_is_503_and_not_400() -> None:
    try:
        try:
            raise OperationalError("gone")
        except OperationalError:
            raise SessionInterrupted("the session was deleted")  # noqa: B904  as Django raises it
    except SessionInterrupted as fault:
        assert unreadable(_request(), fault).status_code == 503
    assert unreadable(_request(), SessionInterrupted("deleted")).status_code == 400


def test_other_faults_of_the_system_stay_faults() -> None:
    other = OSError(errno.EIO, "Input/output error")
    assert Refusals(lambda _request: broken(_request)).process_exception(_request(), other) is None
