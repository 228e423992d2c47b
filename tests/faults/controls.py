"""Negative controls: on the project spoilt on purpose the harness must find what is doubled."""

import time
from collections.abc import Callable

from tests.faults.campaign import Outcome, zombie
from tests.faults.ground import Field, Ground, kill
from tests.faults.servers import Redis, broker
from tests.faults.stack import stack

AT_ONCE = "20"


def _control(name: str, injected: int, doubled: int, goal: str) -> Outcome:
    return Outcome(
        name=f"control: {name}",
        injected=injected,
        seen=injected,
        lost=0,
        doubled=doubled,
        goal=goal,
        is_control=True,
    )


def _spoilt(ground: Ground, what: str) -> Field:
    made = ground.fresh()
    made.extra["SPOILT"] = what
    return made


def no_lock(ground: Ground, _rounds: int) -> Outcome:
    """Without the lock on the subject and without unique rows one act counts many times."""
    made = _spoilt(ground, "no-lock")
    made.ask("spoil", "no-unique")
    made.ask("lead", "0", "1", "1", str(made.folder / "open"))
    made.ask("submit", "0", "accept_referral", AT_ONCE, "own")
    doubled = made.ask("count_doubled")["doubled"]
    return _control("no lock, no unique rows", int(AT_ONCE), doubled, "doubled > 0")


def no_key(ground: Ground, _rounds: int) -> Outcome:
    """Without the unique key one form opens many cases."""
    made = _spoilt(ground, "no-key")
    made.ask("spoil", "no-unique")
    made.ask("submit", "0", "refer", AT_ONCE, "same")
    doubled = made.ask("count_doubled")["doubled"]
    return _control("no unique key", int(AT_ONCE), doubled, "doubled > 0")


def no_fence(ground: Ground, rounds: int) -> Outcome:
    """Without the attempt as a fence a worker that wakes up late does the work again."""
    fresh = ground.fresh

    def spoilt() -> Field:
        made = fresh()
        made.extra["SPOILT"] = "no-fence"
        return made

    ground.fresh = spoilt  # type: ignore[method-assign]
    try:
        found = zombie(ground, max(rounds, 3))
    finally:
        ground.fresh = fresh  # type: ignore[method-assign]
    return _control("no lease fence", found.injected, found.doubled, "doubled > 0")


def early_ack(ground: Ground, _rounds: int) -> Outcome:
    """A task acknowledged before it is done, and no row behind it, dies with its worker."""
    late = _marks(ground, "")
    early = _marks(ground, "early-ack")
    # The one that waits for its acknowledgement comes back; the early one is gone.
    gone = int(late > 0 and early == 0)
    outcome = _control("acknowledged early, no outbox", 2, gone, "the early task is gone")
    outcome.figures = f"marks left: late {late}, early {early}"
    return outcome


def _marks(ground: Ground, what: str) -> int:
    made = ground.fresh()
    made.extra |= {
        "SPOILT": what,
        "DJANGO_SETTINGS_MODULE": "tests.faults.spoilt",
        "REDELIVER": "1",
    }
    made.ask("order_effects", "0")
    with broker(Redis) as wakes, stack(made, BROKER_URL=wakes.url) as installation:
        made.extra["BROKER_URL"] = wakes.url
        installation.start("worker")
        made.ask("wake", "1", "fault.mark")
        wait_until(lambda: len(installation.pids("worker")) > 1, 20)
        time.sleep(4)
        kill(installation.running["worker"])
        installation.start("worker")
        wait_until(lambda: made.ask("effects")["marks"] > 0, 15)
        return int(made.ask("effects")["marks"])


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Look again and again for some seconds; whether it came to hold."""
    deadline = time.monotonic() + seconds
    while not (held := holds()) and time.monotonic() < deadline:
        time.sleep(0.5)
    return held


FAULTS = {
    "control-no-lock": no_lock,
    "control-no-key": no_key,
    "control-no-fence": no_fence,
    "control-early-ack": early_ack,
}
