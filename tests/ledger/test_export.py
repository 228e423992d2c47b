"""Seals leave the machine once each, signed; an outsider reads them with the public key alone."""

import base64
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from casework.ledger import outbox
from casework.ledger.export import FILE, SealsUnreadable, new_key, public_key, read_export
from casework.ledger.journal import seal_journal
from casework.ledger.models import OutboxMessage
from casework.lib import clock
from tests.ledger.test_books import act, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def mount(tmp_path: Path, settings: Any) -> Path:
    settings.SEAL_EXPORT_DIR = str(tmp_path)
    return tmp_path / FILE


def seal_days(days: int) -> None:
    for day in range(days):
        act(day + 1, moment(day))
        seal_journal(moment(day, 20))


def drained() -> None:
    with clock.at(moment(30)):
        outbox.drain()


def test_each_seal_is_written_once_even_when_its_message_comes_twice(mount: Path) -> None:
    seal_days(3)
    drained()
    OutboxMessage.objects.update(state=OutboxMessage.State.PENDING)
    drained()
    assert [line["seal"] for line in read_export(mount, public_key())] == sorted(
        {json.loads(line)["seal"] for line in mount.read_text().splitlines()}
    )
    assert len(mount.read_text().splitlines()) == 3


def test_seals_made_before_the_mount_was_there_follow(mount: Path, settings: Any) -> None:
    settings.SEAL_EXPORT_DIR = ""
    seal_days(2)
    assert not OutboxMessage.objects.exists()
    settings.SEAL_EXPORT_DIR = str(mount.parent)
    act(9, moment(5))
    seal_journal(moment(5, 20))
    drained()
    assert len(read_export(mount, public_key())) == 3


def test_a_mount_that_is_away_is_tried_again(mount: Path, settings: Any) -> None:
    settings.SEAL_EXPORT_DIR = str(mount.parent / "gone")
    seal_days(1)
    drained()
    message = OutboxMessage.objects.get()
    assert (message.state, message.last_error) == ("PENDING", "FileNotFoundError")


@pytest.mark.parametrize(
    "change",
    [
        lambda lines: [lines[0].replace('"count": 1', '"count": 2'), *lines[1:]],
        lambda lines: [lines[0], lines[2]],
        lambda lines: [lines[1], lines[0], lines[2]],
        lambda lines: ["{}", *lines],
        lambda lines: ["not json", *lines],
    ],
)
def test_an_export_that_was_touched_is_refused_by_its_line(mount: Path, change: Any) -> None:
    seal_days(3)
    drained()
    mount.write_text("\n".join(change(mount.read_text().splitlines())) + "\n")
    with pytest.raises(SealsUnreadable, match=r"^line \d"):
        read_export(mount, public_key())


def test_the_command_holds_the_books_against_the_export(mount: Path) -> None:
    seal_days(2)
    drained()
    out = StringIO()
    call_command(
        "verify_books", "--json", f"--seals={mount}", f"--public-key={public_key()}", stdout=out
    )
    assert json.loads(out.getvalue())["holds"]
    _private, other = new_key()
    with pytest.raises(CommandError, match="do not hold: line 1"):
        call_command("verify_books", f"--seals={mount}", f"--public-key={other}")
    with pytest.raises(CommandError, match="public key"):
        call_command("verify_books", f"--seals={mount}")


def test_a_new_key_pair_has_two_halves_of_32_bytes() -> None:
    assert [len(base64.b64decode(half)) for half in new_key()] == [32, 32]
