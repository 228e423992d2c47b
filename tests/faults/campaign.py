"""The faults, one function each: how often injected, how often they bit, what was lost or doubled.

A fault that never bit proves nothing: `seen` must be above zero or the round does not hold.
"""

import json
import random
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

import psycopg

from tests.faults.ground import ROOT, Field, Ground, kill

ACTS = 5
CLIENTS = 4
# How much work a round needs so that the fault meets somebody at work.
CASES_PER_ROUND = 10
TAKEN = "SELECT coalesce(sum(attempt), 0) FROM ledger_outboxmessage"
# Seconds, longer than a worker's lease: the next worker may take up what a dead one held.
AFTER_LEASE = 360


@dataclass
class Outcome:
    """What became of one kind of fault."""

    name: str
    injected: int
    seen: int
    lost: int
    doubled: int
    goal: str
    remarks: str = ""
    is_control: bool = False
    figures: str = ""

    @property
    def holds(self) -> bool:
        """Nothing lost, nothing doubled, nothing out of order, and the fault really happened."""
        if self.is_control:
            return self.doubled > 0
        return self.seen > 0 and not (self.lost or self.doubled or self.remarks)

    def row(self) -> dict[str, object]:
        """As the result file has it."""
        return {**asdict(self), "holds": self.holds}


def simultaneous(ground: Ground, rounds: int, same_key: bool) -> Outcome:
    """Twenty submissions of one act at one moment: one counts, the others are told so."""
    field = ground.fresh()
    people, lost, doubled, seen, wrong = 20, 0, 0, 0, set[str]()
    acts = ("accept_referral", "arrange_verification", "record_verification")
    for number in range(rounds):
        field.ask("lead", str(number), str(number + 1), "1", str(field.folder / "open"))
        for act in acts:
            answers = field.ask("submit", str(number), act, str(people), _keys(same_key))
            lost += answers.get("done", 0) == 0
            doubled += max(0, answers.get("done", 0) - 1)
            others = answers.get("repeated" if same_key else "refused", 0)
            seen += others
            wrong |= set(answers) - {"done", "repeated", "refused"}
    account = field.ask("account", str(rounds), "4")
    return Outcome(
        name=f"{people} submissions at once, {'one key' if same_key else 'a key each'}",
        injected=rounds * len(acts) * people,
        seen=seen,
        lost=lost + account["lost"],
        doubled=doubled + account["doubled"],
        goal="one counts, 0 doubled, 0 errors",
        remarks=_remarks(account, wrong),
    )


def _keys(same: bool) -> str:
    return "same" if same else "own"


def _remarks(account: dict[str, object], wrong: set[str] | None = None) -> str:
    parts = [f"answers: {sorted(wrong)}"] if wrong else []
    if account["faults"]:
        parts.append(f"flows: {account['faults']}")
    if not account["books"]:
        parts.append("the books do not hold")
    return "; ".join(parts)


def control(ground: Ground, rounds: int) -> Outcome:
    """The same harness on code without lock or key: it must find what such code doubles."""
    field = ground.fresh()
    answers = [field.ask("naive", "20") for _round in range(rounds)]
    return Outcome(
        name="control: 20 at once without lock or key",
        injected=rounds * 20,
        seen=rounds * 20,
        lost=0,
        doubled=sum(answer["doubled"] for answer in answers),
        goal="doubled > 0, or the harness is blind",
        is_control=True,
    )


def killed_clients(ground: Ground, rounds: int) -> Outcome:
    """Processes killed in the middle of acts; each goes on with the key it had no answer to."""
    field = ground.fresh()
    cases = rounds * CASES_PER_ROUND
    killed = 0
    with _Clients(field, cases) as clients:
        # The first acts come when the processes have started.
        clients.wait_for_first_answer()
        while not clients.finished() and killed < rounds * 2:
            time.sleep(random.uniform(0.2, 0.9))
            killed += clients.kill_one()
        clients.finish()
    account = field.ask("account", str(cases), str(ACTS), *clients.notes)
    return Outcome(
        name="process killed in the middle of an act",
        injected=killed,
        seen=killed,
        lost=account["lost"],
        doubled=account["doubled"],
        goal="0 lost, 0 doubled, state = journal",
        remarks=_remarks(account),
    )


def killed_clients_sqlite(ground: Ground, rounds: int) -> Outcome:
    """The same on SQLite, where one writer at a time takes the place of row locks."""
    outcome = killed_clients(ground.on_sqlite(), rounds)
    return replace(outcome, name=f"{outcome.name} (SQLite)")


class _Clients:
    """Four processes leading cases side by side, restarted whenever they are killed."""

    def __init__(self, field: Field, cases: int) -> None:
        self.field = field
        share = -(-cases // CLIENTS)
        self.shares = [(first, min(first + share, cases)) for first in range(0, cases, share)]
        self.notes = [str(field.folder / f"notes-{first}") for first, _last in self.shares]
        self.running = [self._start(place) for place in range(len(self.shares))]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        """None of them outlives the campaign, whatever ended it."""
        for process in self.running:
            if process.poll() is None:
                kill(process)

    def _start(self, place: int) -> "subprocess.Popen[str]":
        first, last = self.shares[place]
        return self.field.launch("lead", str(first), str(last), str(ACTS), self.notes[place])

    def wait_for_first_answer(self) -> None:
        while not (self.finished() or any(Path(note).exists() for note in self.notes)):
            time.sleep(0.05)

    def finished(self) -> bool:
        return all(process.poll() is not None for process in self.running)

    def kill_one(self) -> int:
        """Kill one that is still at work and start it anew; how many were killed."""
        alive = [place for place, process in enumerate(self.running) if process.poll() is None]
        if not alive:
            return 0
        place = random.choice(alive)
        bitten = kill(self.running[place])
        self.running[place] = self._start(place)
        return int(bitten)

    def finish(self) -> None:
        """Let all of them come to their end."""
        for place, process in enumerate(self.running):
            if process.wait(timeout=600) != 0:
                # Killed last, or beaten by what was injected: it goes on from its notes, in sight.
                first, last = self.shares[place]
                self.field.ask("lead", str(first), str(last), str(ACTS), self.notes[place])


def killed_postgres(ground: Ground, rounds: int) -> Outcome:
    """The whole database server killed under load, and started again."""
    field = ground.fresh()
    assert ground.server is not None
    cases = rounds * CASES_PER_ROUND
    killed = 0
    with _Clients(field, cases) as clients:
        clients.wait_for_first_answer()
        while not clients.finished() and killed < rounds:
            time.sleep(random.uniform(0.3, 1.0))
            working = not clients.finished()
            ground.server.kill()
            ground.server.start()
            killed += working
        clients.finish()
    account = field.ask("account", str(cases), str(ACTS), *clients.notes)
    return Outcome(
        name="PostgreSQL killed under load",
        injected=killed,
        seen=killed,
        lost=account["lost"],
        doubled=account["doubled"],
        goal="every acknowledged act kept once",
        remarks=_remarks(account),
    )


def killed_printer(ground: Ground, rounds: int) -> Outcome:
    """The worker killed between the act's commit and the finished PDF."""
    field = ground.fresh()
    field.ask("lead", "0", str(rounds * 3), str(ACTS), str(field.folder / "notes"))
    later, injected = 0, 0
    for _round in range(rounds):
        worker = field.launch("drain", str(later))
        _wait_until_one_is_held(field, worker)
        time.sleep(random.uniform(0, 0.2))
        injected += kill(worker)
        later += AFTER_LEASE
    field.ask("drain", str(later + AFTER_LEASE))
    found = field.ask("documents")
    return Outcome(
        name="worker killed between commit and PDF",
        injected=injected,
        seen=found["taken_again"],
        lost=found["cases"] - found["issued"] + found["spoilt"] + found["pending"],
        doubled=found["doubled"],
        goal="each notice issued once",
    )


def _wait_until_one_is_held(field: Field, worker: "subprocess.Popen[str]") -> None:
    """Wait until the worker holds a message; a kill before that would prove nothing."""
    with psycopg.connect(field.url, autocommit=True) as watch:
        before = watch.execute(TAKEN).fetchone()
        while worker.poll() is None and watch.execute(TAKEN).fetchone() == before:
            time.sleep(0.005)


def zombie(ground: Ground, rounds: int) -> Outcome:
    """A worker stopped past its lease and woken again after another did its work."""
    field = ground.fresh()
    field.ask("order_effects", str(rounds * 20))
    later = 0
    sleepers = []
    try:
        for _round in range(rounds):
            sleeper = field.launch("drain", str(later))
            _wait_until_one_is_held(field, sleeper)
            if sleeper.poll() is None:
                _signal(sleeper, "STOP")
                sleepers.append(sleeper)
            later += AFTER_LEASE
        field.ask("drain", str(later + AFTER_LEASE))
        for sleeper in sleepers:
            _signal(sleeper, "CONT")
            sleeper.wait(timeout=120)
    finally:
        for sleeper in sleepers:
            kill(sleeper)
    found = field.ask("effects")
    return Outcome(
        name="worker asleep past its lease, then awake",
        injected=len(sleepers),
        seen=found["taken_again"],
        lost=found["lost"] + found["pending"],
        doubled=found["doubled"],
        goal="each effect once, the late worker refused",
    )


def _signal(process: "subprocess.Popen[str]", name: str) -> None:
    subprocess.run(["kill", f"-{name}", "--", f"-{process.pid}"], check=False)


def emptied_broker(ground: Ground, rounds: int) -> Outcome:
    """The broker emptied again and again while Celery works: late, but nothing lost."""
    field = ground.fresh()
    notes = str(field.folder / "notes")
    client = field.launch("lead", "0", str(rounds * CASES_PER_ROUND), str(ACTS), notes)
    celery = [str(Path(ROOT) / ".venv" / "bin" / "celery"), "--app=casework"]
    worker = field.run(
        [*celery, "worker", "--queues=acts,documents,reports,imports", "--concurrency=2"]
    )
    beat = field.run([*celery, "beat", "--pidfile=", f"--schedule={field.folder / 'beat'}"])
    wiped, deadline = 0, time.monotonic() + 180 + rounds * 20
    try:
        for _round in range(rounds):
            # Longer than the beat's shortest interval: at least one wake-up goes missing.
            wiped += _keep_empty(field.folder / "broker" / "queue", seconds=7)
            time.sleep(3)
        while (found := field.ask("documents"))["pending"] or client.poll() is None:
            if time.monotonic() > deadline:
                break
            time.sleep(2)
    finally:
        for process in (beat, worker, client):
            kill(process)
    return Outcome(
        name="broker emptied while messages wait",
        injected=wiped,
        seen=wiped,
        lost=found["cases"] - found["issued"] + found["spoilt"] + found["pending"],
        doubled=found["doubled"],
        goal="each notice issued once",
    )


def _keep_empty(folder: Path, seconds: float) -> int:
    """Throw every waiting message away for a while; how many there were.

    A slow machine may take longer than that to bring worker and beat up: a round in which
    nothing waited is no round, so it goes on, for two minutes at most, until something did.
    """
    began, thrown = time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds or (not thrown and passed < 120):
        for message in list(folder.glob("*")):
            message.unlink(missing_ok=True)
            thrown += 1
        time.sleep(0.1)
    return thrown


def written(outcomes: list[Outcome], target: Path, machine: str) -> None:
    """Write the result file."""
    target.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine, "results": [outcome.row() for outcome in outcomes]}
    target.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


Fault = Callable[[Ground, int], Outcome]
FAULTS: dict[str, Fault] = {
    "one-key": lambda ground, rounds: simultaneous(ground, rounds, same_key=True),
    "own-keys": lambda ground, rounds: simultaneous(ground, rounds, same_key=False),
    "control": control,
    "killed-clients": killed_clients,
    "killed-clients-sqlite": killed_clients_sqlite,
    "killed-postgres": killed_postgres,
    "killed-printer": killed_printer,
    "zombie": zombie,
    "emptied-broker": emptied_broker,
}
