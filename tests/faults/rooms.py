"""Faults of the room to write in, and of an import that never comes to its end."""

import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.faults.campaign import ACTS, AFTER_LEASE, Outcome
from tests.faults.ground import Field, Ground, kill
from tests.faults.installation import outcome_of, verdict
from tests.faults.stack import HASTY, stack
from tests.postgres import Server

DISK = 400 << 20
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
HEADINGS = "姓名,身份证号,与户主关系,联系电话,居住地代码,地址,转介来源,转介原因"
COUNT = "SELECT count(*) FROM cases_helpcase"


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of its own for a folder, always unmounted; only root can."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    subprocess.run(mount, check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Take all the room that is left."""
    taken = folder / "taken"
    with suppress(OSError), taken.open("wb", buffering=0) as ballast:
        while True:
            ballast.write(b"\0" * 65536)
    return taken


def full_database_disk(_ground: Ground, rounds: int) -> Outcome:
    """The disk of PostgreSQL, log and tables, full under load, and freed again."""
    server = Server(safe=True)
    injected: Counter[str] = Counter({"disk filled": 0})
    died = 0
    with (
        tempfile.TemporaryDirectory(prefix="casework-faults-") as scratch,
        small_disk(server.folder, DISK),
    ):
        try:
            server.create()
            made = Ground(Path(scratch), server)
            made.build(1)
            field = made.fresh()
            with stack(field, **HASTY) as installation:
                installation.start("web", "worker", "beat")
                for _round in range(min(rounds, 10)):
                    installation.send_people(6, 3)
                    time.sleep(2)
                    taken = fill(server.folder)
                    injected["disk filled"] += 1
                    time.sleep(4)
                    taken.unlink()
                    if server.process is not None and server.process.poll() is not None:
                        # Without room for its log it ends; on a server systemd starts it again.
                        died += 1
                        server.start()
                done = installation.finish(180)
                told = installation.acknowledged()
                found = verdict(field, installation)
        finally:
            server.stop_gently()
    refused = Counter(code for note in told for code in note["refused"])  # type: ignore[attr-defined]
    result = outcome_of(
        "disk of the database full",
        injected,
        found,
        done=done,
        figures=f"refused meanwhile: {dict(refused)}; server ended {died} times",
    )
    if not refused or set(refused) - {503, 502}:
        result.remarks += f"; answers while it was full: {dict(refused)}"
    return result


def full_file_disk(ground: Ground, rounds: int) -> Outcome:
    """The disk of the private files full while notices are pressed: they come when it is freed."""
    field = ground.fresh()
    cases = min(rounds * 2, 20)
    field.ask("lead", "0", str(cases), str(ACTS), str(field.folder / "notes"))
    with small_disk(field.folder / "files", 1 << 20) as files:
        taken = fill(files)
        field.ask("drain", "0")
        waiting = field.ask("documents")["pending"]
        taken.unlink()
        field.ask("drain", str(AFTER_LEASE))
        found = field.ask("documents")
    return Outcome(
        name="disk of the files full",
        injected=cases,
        seen=waiting,
        lost=found["cases"] - found["issued"] + found["spoilt"] + found["pending"],
        doubled=found["doubled"],
        goal="each notice issued once, when there is room",
        figures=f"{waiting} notices waited",
    )


def id_number(number: int) -> str:
    """A synthetic ID number with its check digit."""
    body = f"1101991950{1 + number // 999 % 12:02}{1 + number // 11988 % 28:02}{number % 999:03}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[rest]


def killed_import(ground: Ground, rounds: int) -> Outcome:
    """An import killed at each third of its rows, and started again with the same file."""
    field = ground.fresh()
    rows = max(60, min(rounds * 60, 3000))
    lines = [
        f"试导{number},{id_number(number)},户主,12000000601,110101901,示例路{number}号,居委会,试"
        for number in range(rows)
    ]
    path = field.folder / "import.csv"
    path.write_text("\n".join([HEADINGS, *lines]) + "\n", encoding="utf-8")
    killed = 0
    for third in (1, 2, 3):
        running = _import(field, path)
        _wait_for_rows(field, running, third * rows // 3 - 3)
        killed += kill(running)
    for _time in range(2):
        _import(field, path).wait(timeout=600)
    found = field.ask("imported")
    return Outcome(
        name="import killed and started again",
        injected=3,
        seen=killed,
        lost=rows - min(found["distinct"], found["cases"], found["entries"]),
        doubled=found["people"] - found["distinct"] + found["cases"] - rows,
        goal="every row once",
        figures=f"{rows} rows, {found['cases']} cases",
    )


def _import(field: Field, path: Path) -> "subprocess.Popen[str]":
    who = "--by=cw.110101901"
    return field.run([".venv/bin/python", "manage.py", "import_households", str(path), who])


def _wait_for_rows(field: Field, running: "subprocess.Popen[str]", wanted: int) -> None:
    with psycopg.connect(field.url, autocommit=True) as watch:
        while running.poll() is None:
            row = watch.execute(COUNT).fetchone()
            if row and row[0] >= wanted:
                return
            time.sleep(0.005)


FAULTS = {"killed-import": killed_import}
if os.geteuid() == 0:
    # A disk of its own takes the right to mount one.
    FAULTS |= {"full-database-disk": full_database_disk, "full-file-disk": full_file_disk}
