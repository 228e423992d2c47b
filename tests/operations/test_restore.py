"""Backup and restore, drilled: writers at work, a moment drawn by chance, nothing missing of it."""

import json
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest

from tests.faults.ground import ROOT, Field, Ground, kill, sqlite_ground
from tests.postgres import Server, as_owner, binaries, postgres

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
CASES, ACTS = 12, 5


def manage(field: Field, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=field.environment, capture_output=True, text=True,
    )  # fmt: skip


def noted(path: Path) -> set[str]:
    """What the client had been told was done."""
    return set(path.read_text().split()) if path.exists() else set()


def wait_for(path: Path, count: int, client: "subprocess.Popen[str]") -> None:
    """Wait until the client has been told so often, or has told all it will."""
    while len(noted(path)) < count and client.poll() is None:
        time.sleep(0.02)
    assert len(noted(path)) >= count, "the client ended before the drill did"


def restored_field(field: Field, folder: Path) -> Field:
    return Field(f"sqlite:///{folder / 'casework.sqlite3'}", folder)


def drilled_sqlite(field: Field, scratch: Path) -> tuple[set[str], Path]:
    """Copy an installation at a moment drawn by chance while a client works and papers print."""
    notes = scratch / "notes"
    client = field.launch("lead", "0", str(CASES), str(ACTS), str(notes))
    try:
        wait_for(notes, random.randint(ACTS + 1, CASES * ACTS // 2), client)
        field.ask("drain", "0")
        before = noted(notes)
        made = manage(field, "backup", str(scratch / "copies"))
    finally:
        kill(client)
    assert made.returncode == 0, made.stderr
    return before, Path(made.stdout.strip())


@pytest.fixture(scope="module")
def prepared() -> Iterator[Ground]:
    with sqlite_ground(cases=CASES) as made:
        yield made


def test_a_copy_of_sqlite_under_load_holds_all_that_was_acknowledged(
    prepared: Ground, tmp_path: Path
) -> None:
    acknowledged, copy = drilled_sqlite(prepared.fresh(), tmp_path)
    place = restored_field(prepared.empty, tmp_path / "restored")
    put = manage(place, "restore_backup", str(copy))
    assert put.returncode == 0, put.stderr
    verdict = json.loads(manage(place, "check_restore", "--json").stdout)
    assert verdict["holds"], verdict
    assert acknowledged <= set(place.ask("keys"))
    # A used place is never written over.
    assert "exists" in manage(place, "restore_backup", str(copy)).stderr


def test_a_restored_copy_without_a_file_is_found_out(prepared: Ground, tmp_path: Path) -> None:
    field = prepared.fresh()
    field.ask("lead", "0", "1", str(ACTS), str(tmp_path / "notes"))
    field.ask("drain", "0")
    copy = Path(manage(field, "backup", str(tmp_path / "copies")).stdout.strip())
    place = restored_field(field, tmp_path / "restored")
    assert manage(place, "restore_backup", str(copy)).returncode == 0
    stored = next((place.folder / "files").glob("??/*"))
    stored.unlink()
    checked = manage(place, "check_restore", "--json")
    assert checked.returncode == 1
    assert stored.name in json.loads(checked.stdout)["files_spoilt"][0]


@pytest.fixture
def archiving(tmp_path: Path) -> Iterator[Server]:
    """A PostgreSQL that archives its write-ahead log, as a site in production does."""
    with postgres(safe=True) as server:
        archive = server.folder / "archive"
        archive.mkdir()
        shutil.chown(archive, "postgres", "postgres")
        server.stop_gently()
        server.settings |= {
            "archive_mode": "on",
            "archive_command": f"test ! -f {archive}/%f && cp %p {archive}/%f",
            "wal_level": "replica",
        }
        server.start()
        yield server


def recover(server: Server, base: Path, moment: datetime) -> None:
    """Take the server back to one moment from its base copy and its archived log."""
    server.kill()
    cluster = server.folder / "cluster"
    shutil.move(cluster, server.folder / "lost")
    subprocess.run(["cp", "-a", str(base), str(cluster)], check=True)
    # What was written but not yet archived lay on the disk of the log, which was not lost.
    for segment in (server.folder / "lost" / "pg_wal").glob("0*"):
        if not (server.folder / "archive" / segment.name).exists():
            subprocess.run(["cp", "-a", str(segment), str(server.folder / "archive")], check=True)
    (cluster / "recovery.signal").touch()
    shutil.chown(cluster / "recovery.signal", "postgres", "postgres")
    server.settings |= {
        "restore_command": f"cp {server.folder}/archive/%f %p",
        "recovery_target_time": moment.isoformat(),
        "recovery_target_action": "promote",
        "archive_mode": "off",
    }
    server.start()


def test_postgres_goes_back_to_a_second_drawn_by_chance(archiving: Server, tmp_path: Path) -> None:
    server = archiving
    place = Ground(tmp_path, server)
    place.build(CASES)
    field = place.fresh()
    base = server.folder / "base"
    subprocess.run(
        as_owner(
            str(binaries() / "pg_basebackup"), "-D", str(base), "-X", "none", "-c", "fast",
            f"--dbname={server.url_of('postgres')}",
        ),
        check=True, cwd="/", capture_output=True,
    )  # fmt: skip
    notes = tmp_path / "notes"
    field.ask("lead", "0", "1", str(ACTS), str(notes))
    field.ask("drain", "0")
    client = field.launch("lead", "0", str(CASES), str(ACTS), str(notes))
    try:
        wait_for(notes, random.randint(ACTS + 1, CASES * ACTS // 2), client)
        with psycopg.connect(field.url, autocommit=True) as watch:
            before = noted(notes)
            (moment,) = watch.execute("SELECT clock_timestamp()").fetchone() or (None,)
        wait_for(notes, len(noted(notes)) + 3, client)
    finally:
        kill(client)
    after = noted(notes)
    # Files are copied after the moment, as every night: what it names is among them.
    copied = manage(field, "backup", str(tmp_path / "copies"))
    assert copied.returncode == 0, copied.stderr
    assert moment is not None
    recover(server, base, moment)
    restored = Field(field.url, tmp_path / "restored")
    shutil.copytree(tmp_path / "copies" / "files", restored.folder / "files")
    kept = set(restored.ask("keys"))
    assert before <= kept
    assert len(kept) < len(after)
    verdict = json.loads(manage(restored, "check_restore", "--json").stdout)
    assert verdict["holds"], verdict
