"""Log lines name the request and the fault, never a person."""

import json
import logging
import logging.config
from collections.abc import Iterator
from io import StringIO

import pytest
import structlog
from django.conf import settings
from django.test import Client
from django.urls import reverse

from casework.lib.logs import logging_settings, strike_out

ID_NO = "110199196908179152"
PHONE = "13800000000"


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What the production configuration writes."""
    stream = StringIO()
    chosen = logging_settings("DEBUG", as_json=True)
    chosen["handlers"]["console"]["stream"] = stream
    logging.config.dictConfig(chosen)
    yield stream
    logging.config.dictConfig(settings.LOGGING)


def lines(stream: StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_fault_is_its_class_and_frames_without_its_words(written: StringIO) -> None:
    def register(id_no: str) -> None:
        raise ValueError(f"陈试勇 {id_no}")

    try:
        try:
            register(ID_NO)
        except ValueError as cause:
            raise KeyError("陈试勇") from cause
    except KeyError:
        logging.getLogger("casework").exception("act failed")
        structlog.get_logger("casework").exception("act_failed")
    for line in lines(written):
        assert line["fault"] == "builtins.KeyError < builtins.ValueError"
        assert any("test_logs.py" in frame for frame in line["frames"])  # type: ignore[attr-defined]
    assert "陈试勇" not in written.getvalue()
    assert ID_NO not in written.getvalue()


@pytest.mark.parametrize("secret", [ID_NO, PHONE])
def test_numbers_of_people_are_struck_out_wherever_they_stand(
    written: StringIO, secret: str
) -> None:
    log = logging.getLogger("somewhere")
    log.warning("saved %s", secret)
    log.warning("saved %(who)s", {"who": secret})
    log.info(f"saved {secret}")
    structlog.get_logger("somewhere").info("saved", who=[{"id": secret}], number=int(secret[:11]))
    assert len(lines(written)) == 4
    assert secret not in written.getvalue()


def test_codes_and_case_numbers_stay_readable() -> None:
    for text in ("BF-2018-110101-000001-1", "2018-W35", "52110199990000025C", "row 1234567"):
        assert strike_out(text) == text


@pytest.mark.django_db
def test_the_line_of_a_request_has_its_route_and_not_what_was_typed(written: StringIO) -> None:
    Client().get(reverse("login"), {"next": "/cases/?q=陈试勇"})
    finished = [line for line in lines(written) if line["event"] == "request_finished"]
    assert [line["request"] for line in finished] == ["GET /login/"]
    assert finished[0]["request_id"]
    assert "陈试勇" not in written.getvalue()


def test_statements_with_their_parameters_are_not_logged_even_at_debug(written: StringIO) -> None:
    logging.getLogger("django.db.backends").debug("SELECT %s", "陈试勇")
    assert written.getvalue() == ""
