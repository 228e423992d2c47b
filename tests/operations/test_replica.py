"""The proof of the books: of one moment while people work, and from a replica alone."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections

from casework.ledger.models import JournalEntry
from casework.ledger.verify import verify_books
from casework.lib.replica import long_reading
from tests.factories import id_number
from tests.faults.ground import ROOT, ground
from tests.postgres import USER, Server, as_owner, binaries
from tests.walk import Walk

pytestmark = pytest.mark.postgres
PROOF = [sys.executable, "manage.py", "verify_books"]


@pytest.mark.django_db(transaction=True)
def test_what_is_committed_in_the_midst_of_the_proof_is_no_fault() -> None:
    walk, entries = Walk.upto("accept"), []

    def act_elsewhere() -> None:
        other = Walk(id_no=id_number(3))
        other.refer()
        other.accept()
        entries.append(JournalEntry.objects.count())
        connections.close_all()

    def in_the_midst(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        # Between the journal's entries and the movements that they vouch for.
        if not entries and 'FROM "ledger_movement"' in sql:
            entries.append(0)
            somebody = threading.Thread(target=act_elsewhere)
            somebody.start()
            somebody.join(timeout=60)
        return execute(sql, params, many, context)

    before = JournalEntry.objects.count()
    with connection.execute_wrapper(in_the_midst):
        verdict = verify_books()
    assert entries[-1] > before, "somebody acted meanwhile"
    assert (verdict.holds, verdict.first_bad) == (True, None)
    assert verdict.entries == before
    walk.case.refresh_from_db()
    assert verify_books().entries == entries[-1]


@pytest.mark.django_db(transaction=True)
def test_long_reading_writes_nothing() -> None:
    Walk.upto("refer")
    with long_reading(), pytest.raises(Exception, match="read-only"), connection.cursor() as cursor:
        cursor.execute("UPDATE staff_user SET email = ''")


@contextmanager
def standby_of(primary: Server) -> Iterator[Server]:
    """A streaming replica of a running server."""
    made = Server()
    try:
        made.password = primary.password
        if os.geteuid() == 0:
            subprocess.run(["chown", "postgres:postgres", str(made.folder)], check=True)
        target = str(made.folder / "cluster")
        source = f"host=127.0.0.1 port={primary.port} user={USER} password={primary.password}"
        copying = [
            str(binaries() / "pg_basebackup"),
            "--checkpoint=fast",
            "-D",
            target,
            "-R",
            "-d",
            source,
        ]
        subprocess.run(as_owner(*copying), check=True, cwd="/", capture_output=True)
        made.start()
        yield made
    finally:
        made.stop()


def test_the_books_are_proved_from_a_replica_when_the_primary_is_gone(tmp_path: Path) -> None:
    with ground(cases=2) as prepared:
        field = prepared.fresh()
        field.ask("lead", "0", "1", "2", str(tmp_path / "notes"))
        assert prepared.server is not None
        with standby_of(prepared.server) as replica:
            field.ask("lead", "1", "2", "1", str(tmp_path / "notes"))
            url = field.url.replace(f":{prepared.server.port}/", f":{replica.port}/")
            told = _wait_for(url, field.url)
            prepared.server.stop_gently()
            there = subprocess.run(
                PROOF, cwd=ROOT, env={**field.environment, "REPLICA_URL": url},
                capture_output=True, text=True,
            )  # fmt: skip
            alone = subprocess.run(
                PROOF, cwd=ROOT, env=field.environment, capture_output=True, text=True
            )
    assert there.returncode == 0, there.stderr
    assert f"{told} journal entries" in there.stdout
    assert alone.returncode != 0, "without the replica there is nothing to read from"


def _wait_for(replica: str, primary: str) -> int:
    """Until the replica has heard of every entry of the primary; how many there are."""
    wanted = _entries(primary)
    deadline = time.monotonic() + 60
    while _entries(replica) < wanted:
        assert time.monotonic() < deadline, "the replica does not follow"
        time.sleep(0.1)
    return wanted


def _entries(url: str) -> int:
    with psycopg.connect(url.replace("postgres://", "postgresql://")) as watch:
        row = watch.execute("SELECT count(*) FROM ledger_journalentry").fetchone()
    return int(row[0]) if row else 0
