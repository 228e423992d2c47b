"""The whole installation as a city runs it: web, worker and beat processes, to be killed."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from tests.faults.ground import ROOT, Field, kill
from tests.postgres import free_port

TOOLS = Path(ROOT) / ".venv" / "bin"
CELERY = [str(TOOLS / "celery"), "--app=casework"]
QUEUES = "acts,documents,reports,imports"
STARTING_SECONDS = 60
# Seconds, longer than a worker's lease.
AFTER_LEASE = 360
WAITING = """SELECT count(*) FROM ledger_outboxmessage WHERE state = 'PENDING' AND due_at <= now()
    AND (leased_until IS NULL OR leased_until < now())"""
CLIENT = "tests.faults.client"
# A deaf worker ends itself sooner than in a city, so that a round does not wait for it.
HASTY = {"WORKER_DEAF_SECONDS": "30"}


class Stack:
    """Processes of one project on one field; each leads a group of its own."""

    def __init__(self, field: Field, extra: Mapping[str, str], *, web_workers: int = 2) -> None:
        self.field, self.extra = field, dict(extra)
        self.address = f"127.0.0.1:{free_port()}"
        self.web_workers = web_workers
        self.running: dict[str, subprocess.Popen[str]] = {}
        self.clients: list[subprocess.Popen[str]] = []
        self.notes: list[Path] = []
        self.cases = 0
        self.beat_options: list[str] = []
        # How often the supervisor started something anew that had ended by itself.
        self.revived = 0

    def commands(self) -> dict[str, list[str]]:
        """How each process is started."""
        return {
            "web": [
                str(TOOLS / "gunicorn"), "casework.wsgi", f"--bind={self.address}",
                f"--workers={self.web_workers}", "--threads=2", "--log-level=critical",
            ],
            "worker": [
                *CELERY, "worker", f"--queues={QUEUES}", "--concurrency=2", "--loglevel=CRITICAL",
                "--without-mingle", "--without-gossip", "--include=tests.faults.driver",
                f"--hostname=w{random.random()}@here",
            ],
            "beat": [
                *CELERY, "beat", "--pidfile=", f"--schedule={self.field.folder / 'beat'}",
                "--loglevel=CRITICAL", *self.beat_options,
            ],
        }  # fmt: skip

    def start(self, *names: str) -> None:
        """Start the processes named and wait until the site answers."""
        for name in names:
            command = self.commands()[name.partition("-")[0]]
            if name.startswith("beat"):
                command[4] = f"--schedule={self.field.folder / name}"
            self.running[name] = self.field.run(command, self.extra)
        if "web" in names:
            self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + STARTING_SECONDS
        probe = ["curl", "--silent", "--max-time", "5", f"http://{self.address}/health/live"]
        while subprocess.run(probe, capture_output=True).returncode:
            if self.running["web"].poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the web process does not start")
            time.sleep(0.2)

    def pids(self, name: str) -> list[int]:
        """The processes below one of ours."""
        above = self.running[name].pid
        with suppress(OSError):
            return [
                int(pid) for pid in Path(f"/proc/{above}/task/{above}/children").read_text().split()
            ]
        return []

    def kill_child(self, name: str) -> int:
        """Kill one process below one of ours, as the kernel does when memory runs out."""
        below = self.pids(name)
        if not below:
            return 0
        with suppress(ProcessLookupError):
            os.kill(random.choice(below), signal.SIGKILL)
            return 1
        return 0

    def kill(self, name: str) -> int:
        """Kill a process with all below it, and start it again."""
        bitten = kill(self.running[name])
        self.start(name)
        return int(bitten)

    def sleep(self, name: str, seconds: float) -> int:
        """Stop a process with all below it for a while, then let it go on."""
        group = self.running[name].pid
        os.killpg(group, signal.SIGSTOP)
        time.sleep(seconds)
        os.killpg(group, signal.SIGCONT)
        return 1

    def send_people(self, cases: int, clients: int) -> None:
        """Let people lead further cases over HTTP, each a share."""
        share, began = -(-cases // clients), self.cases
        self.cases += cases
        for first in range(began, self.cases, share):
            notes = self.field.folder / f"people-{first}"
            last = min(first + share, self.cases)
            command = [sys.executable, "-m", CLIENT, f"http://{self.address}"]
            self.notes.append(notes)
            self.clients.append(self.field.run([*command, str(first), str(last), str(notes)]))

    def acknowledged(self) -> list[dict[str, object]]:
        """What people have been told so far."""
        lines = (line for note in self.notes if note.exists() for line in note.open())
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def revive(self) -> None:
        """Start anew what ended by itself, as any supervisor of a server does."""
        for name, process in list(self.running.items()):
            if process.poll() is not None:
                self.revived += 1
                self.start(name)

    def at_work(self) -> bool:
        """Whether anybody still is; a person who met what nobody may meet ends the round."""
        self.revive()
        for client in self.clients:
            if client.poll() not in (None, 0):
                words = (self.field.folder / "said").read_text(errors="replace")
                raise RuntimeError(f"a person was turned away: {words[-3000:]}")
        return any(client.poll() is None for client in self.clients)

    def finish(self, seconds: float) -> bool:
        """Wait for the people, then for the workers; whether both came to an end.

        What a killed worker held is its own until its lease ends: that time is not waited for.
        """
        deadline = time.monotonic() + seconds
        while self.at_work() or self.waiting():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.5)
        self.field.ask("drain", str(AFTER_LEASE))
        return True

    def waiting(self) -> int:
        """Messages that are due and that no worker holds."""
        with suppress(psycopg.OperationalError), psycopg.connect(self.field.url) as watch:
            row = watch.execute(WAITING).fetchone()
            return int(row[0]) if row else 0
        return 1

    def stop(self) -> None:
        """Kill everything that is left."""
        for process in (*self.clients, *self.running.values()):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGCONT)
            kill(process)


@contextmanager
def stack(field: Field, **extra: str) -> Iterator[Stack]:
    """An installation, always stopped."""
    made = Stack(field, extra)
    try:
        yield made
    finally:
        made.stop()
