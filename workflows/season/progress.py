"""One line that tells how far the season is, for people who wait."""

import time
from collections import deque
from datetime import datetime

from django.core.management.base import OutputWrapper

from casework.ledger.weeks import week_of
from workflows.season.player import Player

EVERY_SECONDS = 0.5
PLAIN_EVERY_SECONDS = 15
# The time left is judged by the pace of about the last minute.
PACE_SAMPLES = 120


class Progress:
    """Writes one updating line on a terminal, and a plain line now and then elsewhere."""

    def __init__(self, out: OutputWrapper) -> None:
        self.out = out
        self.is_terminal = out.isatty()
        self.started = self._written = time.monotonic()
        self._pace: deque[tuple[float, int]] = deque(maxlen=PACE_SAMPLES)

    def watch(self, player: Player, moment: datetime) -> None:
        """Tell where the season is, if it is time to."""
        total = max(player.expected, player.done)
        self.tell(f"{week_of(moment)}  acts", player.done, total)

    def tell(self, what: str, done: int, total: int) -> None:
        """Write `what done/total` with the time left."""
        moment = time.monotonic()
        if not self._pace or moment - self._pace[-1][0] >= EVERY_SECONDS:
            self._pace.append((moment, done))
        every = EVERY_SECONDS if self.is_terminal else PLAIN_EVERY_SECONDS
        if moment - self._written < every:
            return
        self._written = moment
        line = f"{what} {done:,}/{total:,}  {_percent(done, total)}{self._left(done, total)}"
        if self.is_terminal:
            self.out.write(f"\r\x1b[K{line}", ending="")
        else:
            self.out.write(line)
        self.out.flush()

    def _left(self, done: int, total: int) -> str:
        (since, then), (moment, now) = self._pace[0], self._pace[-1]
        if now == then:
            return ""
        seconds = (moment - since) / (now - then) * (total - done)
        words = f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
        return f"  {words} left"

    def end(self) -> float:
        """Leave the line; the seconds since the beginning."""
        if self.is_terminal:
            self.out.write("\r\x1b[K", ending="")
        return time.monotonic() - self.started


def _percent(done: int, total: int) -> str:
    return f"{100 * done // total if total else 100}%"
