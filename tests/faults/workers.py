"""Faults of the workers and of the clock: delivered twice, deaf, two clocks, jumps of time."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from tests.faults.campaign import Outcome
from tests.faults.controls import wait_until
from tests.faults.ground import ROOT, Field, Ground, kill
from tests.faults.servers import Redis, broker
from tests.faults.stack import Stack, stack
from tests.postgres import free_port

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
# Eight weeks with a gap of one and of three, a moment met twice and a clock put back.
FIRST = "2018-05-03"
STAGES = ("2018-05-14", "2018-05-28", "2018-05-28", "2018-05-21", "2018-06-11", "2018-06-26")
WEEKS = 8


def redelivered(ground: Ground, rounds: int) -> Outcome:
    """A broker that delivers what is still being worked on to another worker."""
    made = ground.fresh()
    settings = {"DJANGO_SETTINGS_MODULE": "tests.faults.spoilt", "REDELIVER": "1"}
    made.extra |= settings | {"FAULT_SECONDS": "0.15"}
    made.ask("order_effects", str(rounds * 150))
    with broker(Redis) as wakes, stack(made) as installation:
        made.extra["BROKER_URL"] = wakes.url
        installation.start("worker-1", "worker-2", "worker-3")
        made.ask("wake", str(rounds * 6))
        drained = wait_until(lambda: made.ask("effects")["pending"] == 0, 60 + rounds * 10)
    notes = made.folder / "redelivered"
    again = len(notes.read_text()) if notes.exists() else 0
    found = made.ask("effects")
    return Outcome(
        name="delivered again while being worked on",
        injected=rounds * 6,
        seen=again,
        lost=found["lost"] + found["pending"],
        doubled=found["doubled"],
        goal="each effect once, redeliveries seen",
        remarks="" if drained else "not finished in time",
        figures=f"{again} redeliveries, {found['ordered']} effects",
    )


def two_clocks(ground: Ground, _rounds: int) -> Outcome:
    """Two beats at once, over eight weeks with gaps and jumps: each week sealed once."""
    made = ground.fresh()
    made.ask("move_once", FIRST)
    seen: dict[str, str] = {}
    changed, latest = 0, ""
    with broker(Redis) as wakes:
        made.extra["BROKER_URL"] = wakes.url
        for stage in STAGES:
            before = len(seen)
            found = _stage(made, stage, before, is_new=stage > latest)
            latest = max(latest, stage)
            changed += sum(found["sealed"].get(week) != sha for week, sha in seen.items())
            seen = found["sealed"]
    return Outcome(
        name="two clocks over eight weeks with gaps and jumps",
        injected=len(STAGES) * 2,
        seen=len(STAGES) * 2,
        lost=WEEKS - len(seen),
        doubled=found["compiled"] - len(seen) + found["papers"] - len(seen) + found["doubled"],
        goal=f"exactly {WEEKS} weeks, sealed once, unchanged",
        remarks="; ".join(
            [f"{changed} sealed weeks changed"] * bool(changed)
            + ["the books do not hold"] * (not found["books"])
        ),
        figures=f"{len(seen)} weeks",
    )


def _stage(made: Field, day: str, before: int, *, is_new: bool) -> Any:
    """Some seconds of two beats and a worker on a day; what is sealed then."""
    fake = {"LD_PRELOAD": FAKETIME, "FAKETIME": f"@{day} 09:30:00", "DONT_FAKE_MONOTONIC": "1"}
    installation = Stack(made, fake)
    installation.beat_options = ["--max-interval=1"]
    try:
        installation.start("worker", "beat-1", "beat-2")
        time.sleep(4)
        # The wake-ups of both clocks, and a third nobody asked for.
        made.ask("wake", "2", "workflows.fire_timers")
        # Where the day was met before, nothing may come of it.
        wait_until(lambda: len(made.ask("weeks")["sealed"]) > before, 12 if is_new else 3)
        time.sleep(2)
    finally:
        installation.stop()
    made.ask("drain", "0")
    return made.ask("weeks")


def deaf_worker(ground: Ground, rounds: int) -> Outcome:
    """A worker that lives and does nothing: the supervisor starts it anew."""
    made = ground.fresh()
    restarted, late = 0, 0
    with broker(Redis) as wakes:
        extra = {
            "BROKER_URL": wakes.url,
            "WORKER_DEAF_SECONDS": "20",
            "BIND": f"127.0.0.1:{free_port()}",
        }
        supervisor = made.run([str(Path(ROOT) / ".venv/bin/python"), "bin/serve.py"], extra)
        try:
            beat = made.folder / "worker.beat"
            wait_until(beat.exists, 40)
            for _round in range(min(rounds, 5)):
                worker = _worker_of(supervisor.pid)
                os.killpg(worker, signal.SIGSTOP)
                fell = time.time()
                woke = wait_until(
                    lambda w=worker, f=fell: (
                        beat.stat().st_mtime > f + 1 and _worker_of(supervisor.pid) != w
                    ),
                    90,
                )
                restarted += woke
                late += not woke
        finally:
            supervisor.send_signal(signal.SIGTERM)
            try:
                supervisor.wait(timeout=40)
            except subprocess.TimeoutExpired:
                kill(supervisor)
    return Outcome(
        name="worker alive but deaf",
        injected=min(rounds, 5),
        seen=restarted,
        lost=late,
        doubled=0,
        goal="seen and started anew",
    )


def _worker_of(supervisor: int) -> int:
    """The worker below a supervisor."""
    children = Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
    for child in children:
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        if b"worker" in words:
            return int(child)
    return 0


def worker_hears_nothing(ground: Ground, rounds: int) -> Outcome:
    """A worker to whom nothing comes through any more ends itself, to be started anew."""
    made = ground.fresh()
    rounds = max(rounds // 10, 1)
    ended = 0
    with broker(Redis) as wakes:
        for _round in range(rounds):
            with stack(made, BROKER_URL=wakes.url, WORKER_DEAF_SECONDS="30") as installation:
                installation.start("worker", "beat")
                worker = installation.running["worker"]
                beat = made.folder / "worker.beat"
                beat.unlink(missing_ok=True)
                heard = wait_until(beat.exists, 90)
                lived = worker.poll() is None
                kill(installation.running["beat"])
                ended += heard and lived and wait_until(lambda w=worker: w.poll() is not None, 90)
    return Outcome(
        name="worker alive, nothing comes through",
        injected=rounds,
        seen=ended,
        lost=rounds - ended,
        doubled=0,
        goal="ends itself",
    )


FAULTS = {
    "deaf-ends": worker_hears_nothing,
    "redelivered": redelivered,
    "two-clocks": two_clocks,
    "deaf-worker": deaf_worker,
}
