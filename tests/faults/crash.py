"""Every crash point: each act is killed before and after each of its statements.

`python -m tests.faults.crash [--stride N] [--every] SCENARIO...` plays scenarios twice on the
database DATABASE_URL names: once undisturbed, once with every act killed at every statement in a
child process before it is tried again under the same key. It answers in JSON.
"""

import argparse
import gc
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402

from casework.ledger import act as ledger_act  # noqa: E402
from casework.ledger.journal import append  # noqa: E402
from casework.ledger.models import JournalEntry, Movement  # noqa: E402
from casework.ledger.verify import verify_books  # noqa: E402
from casework.lib.errors import CaseworkError  # noqa: E402
from workflows import draws, tasks  # noqa: E402
from workflows.checks import flow_faults  # noqa: E402
from workflows.perform import Performed, perform  # noqa: E402
from workflows.replay import player  # noqa: E402
from workflows.replay.background import with_background  # noqa: E402
from workflows.replay.format import load_all  # noqa: E402
from workflows.together import perform_together  # noqa: E402

Call = Callable[[], Any]
Digest = tuple[tuple[str, int, str], ...]


class Killer:
    """Ends this process at one of its statements; a COMMIT counts as one."""

    def __init__(self, place: int, *, after: bool) -> None:
        self.place, self.after, self.count = place, after, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        return self.pass_by(lambda: execute(sql, params, many, context))

    def pass_by(self, do: Call) -> Any:
        """Do one statement, if this process lives to do it."""
        self.count += 1
        met = self.count == self.place
        if met and not self.after:
            os.kill(os.getpid(), signal.SIGKILL)
        done = do()
        if met:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    def watch(self, call: Call) -> Any:
        """Call something with every statement passing by here."""
        commit = connection._commit
        connection._commit = lambda: self.pass_by(commit)
        try:
            with connection.execute_wrapper(self):
                return call()
        finally:
            connection._commit = commit


@dataclass
class Tally:
    """What was killed, and what did not come out as all or nothing."""

    acts: Counter[str] = field(default_factory=Counter)
    statements: Counter[str] = field(default_factory=Counter)
    kills: int = 0
    after_commit: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class Unit:
    """One act as the undisturbed run met it."""

    name: str
    statements: int
    raised: bool
    shape: str


class Course:
    """The acts of one scenario in order, watched in the first run and killed in the second."""

    def __init__(self, tally: Tally, *, stride: int, every: bool, both: bool) -> None:
        self.tally, self.stride, self.every = tally, stride, every
        self.sides = (False, True) if both else (False,)
        self.units: list[Unit] = []
        self.place: int | None = None
        # The tables that the acts of this scenario write; the others are compared once an act.
        self.living: tuple[str, ...] | None = None

    def meet(self, name: str, call: Call) -> Any:
        """Watch an act, or kill it at each of its statements before it is done."""
        if self.place is None:
            return self._watch(name, call)
        unit = self.units[self.place]
        self.place += 1
        if unit.raised or (not self.every and self.tally.acts[unit.name]):
            return call()
        if unit.name != name:
            self.tally.faults.append(f"{name}: the undisturbed run did {unit.name} here")
        return self._kill_everywhere(unit, call)

    def has_something_new(self) -> bool:
        """Whether the second run would kill anything that was not killed before."""
        return self.every or any(
            not unit.raised and not self.tally.acts[unit.name] for unit in self.units
        )

    def _watch(self, name: str, call: Call) -> Any:
        counter = Killer(0, after=False)
        unit = Unit(name, 0, raised=True, shape="")
        self.units.append(unit)
        done = counter.watch(call)
        unit.raised, unit.statements, unit.shape = False, counter.count, shape()
        return done

    def _kill_everywhere(self, unit: Unit, call: Call) -> Any:
        tally, whole, before = self.tally, digest(), digest(self.living)
        tally.acts[unit.name] += 1
        for place, after in self._places():
            outcome = in_child(call, place, after=after)
            if outcome == 0 or digest(self.living) != before:
                tally.statements[unit.name] += place if outcome else place - 1
                return self._complete(unit, place, call, whole)
            tally.kills += 1
            if outcome != -signal.SIGKILL:
                tally.faults.append(f"{unit.name}: statement {place} ended with {outcome}")
                break
        return call()

    def _places(self) -> Iterator[tuple[int, bool]]:
        """Where to kill: before each statement, and after it where both sides are asked for."""
        for place in count(1, self.stride):
            for after in self.sides:
                yield place, after

    def _complete(self, unit: Unit, place: int, call: Call, before: Digest) -> Any:
        """The killed process had committed: the act must be there whole, and only once."""
        self.tally.after_commit += 1
        kept = digest()
        changed = {row[0] for row in set(kept) ^ set(before)}
        if not changed or changed - set(self.living or changed):
            self.tally.faults.append(f"{unit.name}: changed {sorted(changed)}")
        if shape() != unit.shape:
            self.tally.faults.append(f"{unit.name}: half an act after statement {place}")
        done = call()
        if isinstance(done, Performed) and not done.repeated:
            self.tally.faults.append(f"{unit.name}: done again after statement {place}")
        if again := {row[0] for row in set(digest()) ^ set(kept)}:
            self.tally.faults.append(f"{unit.name}: the second try changed {sorted(again)}")
        return done


def in_child(call: Call, place: int, *, after: bool) -> int:
    """Call something in a child that dies at a statement; its exit status, negative for signals."""
    parked = _park()
    # A collection in the child would copy the parent's whole memory for nothing.
    gc.freeze()
    child = os.fork()
    if child == 0:
        gc.disable()
        try:
            Killer(place, after=after).watch(call)
            os._exit(0)
        # A child must never return into its parent's work.
        except BaseException as failure:  # noqa: BLE001
            os.write(2, f"{type(failure).__name__}: {failure}\n".encode())
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    if parked is not None:
        connection.connection = parked
    return os.waitstatus_to_exitcode(status)


def _park() -> Any:
    """Put the connection out of the child's reach: an SQLite file must not cross a fork open."""
    if connection.vendor == "sqlite":
        connection.close()
        return None
    connection.ensure_connection()
    parked, connection.connection = connection.connection, None
    return parked


def tables() -> list[str]:
    """Every table of the project."""
    return sorted(connection.introspection.table_names())


def digest(names: tuple[str, ...] | None = None) -> Digest:
    """Every row of every table, or of those named: nothing may differ after a killed act."""
    names = tuple(tables()) if names is None else names
    if connection.vendor == "sqlite":
        return _digest_of_rows(names)
    parts = " UNION ALL ".join(
        f"SELECT '{name}', count(*), coalesce(sum(hashtextextended(t::text, 0))::text, '') "
        f'FROM "{name}" t'
        for name in names
    )
    with connection.cursor() as cursor:
        cursor.execute(parts)
        # The server promises no order of a union's parts.
        return tuple(sorted(cursor.fetchall()))


def _digest_of_rows(names: tuple[str, ...]) -> Digest:
    found = []
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f'SELECT * FROM "{name}"')
            rows = cursor.fetchall()
            found.append((name, len(rows), str(hash(tuple(rows)))))
    return tuple(found)


def shape() -> str:
    """What happened, without numbers that a rolled back transaction may skip."""
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in tables())
        )
        counts = dict(cursor.fetchall())
    journal = JournalEntry.objects.order_by("pk").values_list(
        "subject_type", "seq", "act", "from_state", "to_state", "moment"
    )
    moved = Movement.objects.order_by("pk").values_list("week", "figure", "district", "amount")
    return repr((counts, list(journal), list(moved)))


def play(scenario: Any, tally: Tally, renew: Call, options: argparse.Namespace) -> None:
    """Play a scenario undisturbed, then again on a fresh copy with every act killed."""
    course = Course(tally, stride=options.stride, every=options.every, both=options.both)
    _between_doors(course)
    texts: list[list[str]] = []
    for place in (None, 0):
        if place == 0 and not course.has_something_new():
            return
        renew()
        course.place, empty = place, digest()
        report = player.Player(with_background(scenario), prints=False).play()
        course.living = tuple(sorted({row[0] for row in set(empty) ^ set(digest())}))
        # Papers are not pressed here: what a scenario says of them is missed in both runs.
        texts.append(report.texts)
    if texts[0] != texts[1]:
        tally.faults.append(f"{scenario.id}: ended otherwise: {'; '.join(texts[1])}")
    if not verify_books().holds:
        tally.faults.append(f"{scenario.id}: the books do not hold")
    tally.faults += [f"{scenario.id}: {fault}" for fault in flow_faults()]


def _between_doors(course: Course) -> None:
    """Stand where acts come in: steps, timers, draws and the weekly seal."""
    fire, seal = tasks._fire, tasks.seal_one_week
    fire = getattr(fire, "unkilled", fire)
    seal = getattr(seal, "unkilled", seal)

    def act(name: str, subject: Any = None, *, key: str | None = None, **rest: Any) -> Any:
        place = len(course.units) if course.place is None else course.place
        return course.meet(
            name, lambda: perform(name, subject, key=key or f"crash-{place}", **rest)
        )

    def many(name: str, numbers: list[int], **rest: Any) -> Any:
        if numbers:
            course.meet(name, lambda: perform_together(name, numbers, **rest))

    def fired(timer: Any) -> Any:
        return course.meet(timer.act, lambda: fire(timer))

    def sealed(week: str, **rest: Any) -> Any:
        return course.meet("compile_week", lambda: seal(week, **rest))

    fired.unkilled, sealed.unkilled = fire, seal  # type: ignore[attr-defined]
    player.perform = act  # type: ignore[assignment]
    draws.perform_together = many  # type: ignore[assignment]
    tasks._fire, tasks.seal_one_week = fired, sealed


def renewing() -> Call:
    """How to put the database back to the empty project it was."""
    if connection.vendor == "sqlite":
        return _renew_file(Path(str(connection.settings_dict["NAME"])))
    return _renew_database(str(connection.settings_dict["NAME"]))


def _renew_file(database: Path) -> Call:
    connection.close()
    original = database.read_bytes()

    def renew() -> None:
        connection.close()
        for end in ("-wal", "-shm"):
            database.with_name(database.name + end).unlink(missing_ok=True)
        database.write_bytes(original)

    return renew


def _renew_database(original: str) -> Call:
    import psycopg

    number = iter(range(1_000_000))

    def renew() -> None:
        parameters = connection.get_connection_params()
        connection.close()
        name = f"{original}_{next(number)}"
        wanted = {key: parameters[key] for key in ("user", "password", "host", "port")}
        with psycopg.connect(dbname="postgres", autocommit=True, **wanted) as server:
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')  # type: ignore[call-overload]
        connection.settings_dict["NAME"] = name

    return renew


def _append_too_early(entry: JournalEntry, head: Any = None) -> JournalEntry:
    """What a careless operation would do: the entry is kept whatever becomes of the act."""
    kept = append(entry, head)
    connection.connection.commit()
    return kept


def main() -> int:
    """Play the scenarios named; what was killed, and every fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("scenarios", nargs="+", type=Path)
    parser.add_argument("--stride", type=int, default=1, help="kill at every n-th statement")
    parser.add_argument("--every", action="store_true", help="each act each time, not only once")
    parser.add_argument("--both", action="store_true", help="after each statement as before it")
    parser.add_argument("--control", action="store_true", help="commit amid the act")
    arguments = parser.parse_args()
    tally, renew = Tally(), renewing()
    if arguments.control:
        ledger_act.journal = SimpleNamespace(append=_append_too_early)  # type: ignore[assignment]
    for path in arguments.scenarios:
        for scenario in load_all(path):
            try:
                play(scenario, tally, renew, arguments)
            except CaseworkError as refusal:
                tally.faults.append(f"{scenario.id}: {refusal.message}")
    print(json.dumps(vars(tally), ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
