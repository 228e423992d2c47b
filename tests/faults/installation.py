"""Faults of a whole installation: people at browsers, web, worker, beat, database and broker."""

import random
import statistics
import time
from collections import Counter
from collections.abc import Callable

from tests.faults.campaign import Outcome
from tests.faults.ground import Field, Ground
from tests.faults.proxy import Cutter
from tests.faults.servers import Broker, Rabbit, Redis, broker
from tests.faults.stack import HASTY, Stack, stack

CASES, CLIENTS = 6, 3
PATIENCE = 240


def verdict(field: Field, installation: Stack) -> dict[str, object]:
    """What the tables say of all that people were told."""
    found: dict[str, object] = field.ask("judge", *map(str, installation.notes))
    return found


def outcome_of(
    name: str, injected: Counter[str], found: dict[str, object], *, done: bool, figures: str = ""
) -> Outcome:
    """The outcome of a round with an installation."""
    wrong = [f"flows: {found['faults']}"] if found["faults"] else []
    wrong += [f"{found['disagree']} states are not those of the journal"] * bool(found["disagree"])
    wrong += ["the books do not hold"] * (not found["books"])
    wrong += [f"not finished in time: {found['waiting']}"] * (not done)
    never = [fault for fault, times in injected.items() if not times]
    told = ", ".join(f"{fault} {times}" for fault, times in injected.items())
    return Outcome(
        name=name,
        injected=sum(injected.values()),
        seen=0 if never else sum(injected.values()),
        lost=int(str(found["lost"])),
        doubled=int(str(found["doubled"])),
        goal="0 lost, 0 doubled, state = journal",
        remarks="; ".join(wrong),
        figures="; ".join(filter(None, (f"{found['acknowledged']} acts told done", told, figures))),
    )


def whole(kind: type[Broker]) -> Callable[[Ground, int], Outcome]:
    """Everything at once, with one kind of broker."""

    def under_fire(ground: Ground, rounds: int) -> Outcome:
        field = ground.fresh()
        assert ground.server is not None
        server = ground.server
        injected: Counter[str] = Counter()
        with broker(kind) as wakes, stack(field, BROKER_URL=wakes.url, **HASTY) as installation:
            installation.start("web", "worker", "beat")
            faults: dict[str, Callable[[], int]] = {
                "web process killed": lambda: installation.kill_child("web"),
                "all web killed": lambda: installation.kill("web"),
                "pool process killed": lambda: installation.kill_child("worker"),
                "worker killed": lambda: installation.kill("worker"),
                "web asleep": lambda: installation.sleep("web", 1.5),
                "worker asleep": lambda: installation.sleep("worker", 1.5),
                "broker emptied": lambda: _emptied(wakes),
                "broker frozen": lambda: _frozen(wakes, 3),
                "broker killed": lambda: _restarted(wakes),
                "PostgreSQL killed": lambda: _restarted(server),
            }
            injected.update(dict.fromkeys(faults, 0))
            installation.send_people(CASES, CLIENTS)
            while not installation.acknowledged():
                installation.at_work()
                time.sleep(0.2)
            queue: list[str] = []
            while sum(injected.values()) < rounds * len(faults) // 2 or not all(injected.values()):
                if not installation.at_work():
                    installation.send_people(CASES, CLIENTS)
                queue = queue or random.sample(list(faults), len(faults))
                name = queue.pop()
                injected[name] += faults[name]()
                time.sleep(random.uniform(0.3, 1.2))
            done = installation.finish(PATIENCE)
            found = verdict(field, installation)
        figures = f"{installation.revived} started anew by the supervisor"
        return outcome_of(
            f"installation under fire ({kind.name})", injected, found, done=done, figures=figures
        )

    return under_fire


def _emptied(wakes: Broker) -> int:
    wakes.empty()
    return 1


def _frozen(wakes: Broker, seconds: float) -> int:
    wakes.freeze()
    time.sleep(seconds)
    wakes.wake()
    return 1


def _restarted(server: object) -> int:
    server.kill()  # type: ignore[attr-defined]
    server.start()  # type: ignore[attr-defined]
    return 1


def frozen_broker(ground: Ground, rounds: int) -> Outcome:
    """Requests while the broker hangs: they publish nothing, so they do not wait for it."""
    field = ground.fresh()
    with broker(Redis) as wakes, stack(field, BROKER_URL=wakes.url, **HASTY) as installation:
        installation.start("web", "worker", "beat")
        installation.send_people(max(CASES * 2, rounds * 2), 2)
        spans: list[tuple[float, float]] = []
        while installation.at_work():
            time.sleep(1.5)
            began = time.time()
            _frozen(wakes, 1.5)
            spans.append((began, time.time()))
        done = installation.finish(PATIENCE)
        notes = installation.acknowledged()
        found = verdict(field, installation)
    frozen = [n["ms"] for n in notes if any(a <= float(str(n["at"])) <= b for a, b in spans)]
    awake = [n["ms"] for n in notes if not any(a <= float(str(n["at"])) <= b for a, b in spans)]
    figures = f"median of GET and POST: {_middle(frozen)} ms frozen, {_middle(awake)} ms awake"
    injected = Counter({"broker frozen": len(spans) if frozen else 0})
    result = outcome_of("broker frozen under requests", injected, found, done=done, figures=figures)
    slow = max(map(int, map(str, frozen)), default=0)
    if slow > 10_000:
        result.remarks += f"; a request waited {slow} ms"
    return result


def _middle(values: list[object]) -> int:
    return round(statistics.median(int(str(value)) for value in values)) if values else 0


def unknown_commit(ground: Ground, rounds: int) -> Outcome:
    """The line to the database cut when COMMIT was sent and its answer was not heard."""
    field = ground.fresh()
    assert ground.server is not None
    with Cutter(ground.server.port) as cutter, stack(field, **HASTY) as installation:
        cut = field.url.replace(f":{ground.server.port}/", f":{cutter.port}/")
        installation.extra["DATABASE_URL"] = cut
        installation.start("web")
        del installation.extra["DATABASE_URL"]
        installation.start("worker", "beat")
        installation.send_people(max(CASES, rounds), 2)
        while not installation.acknowledged():
            installation.at_work()
            time.sleep(0.1)
        while installation.at_work():
            cutter.arm()
            time.sleep(0.4)
        done = installation.finish(PATIENCE)
        found = verdict(field, installation)
    return outcome_of(
        "answer to COMMIT lost", Counter({"lines cut": cutter.cuts}), found, done=done
    )


FAULTS = {
    "stack-redis": whole(Redis),
    "stack-rabbit": whole(Rabbit),
    "frozen-broker": frozen_broker,
    "unknown-commit": unknown_commit,
}
