"""The real worker, beside the season: it presses the papers that the acts have ordered."""

import os
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from django.conf import settings
from kombu.exceptions import OperationalError

from casework.ledger.models import OutboxMessage
from casework.lib import clock
from workflows.season.progress import Progress
from workflows.tasks import deliver_outbox

COMMAND = (
    "-m", "celery", "--app=casework", "worker", "--queues=documents", "--concurrency=2",
    "--loglevel=WARNING", "--without-mingle", "--without-gossip",
)  # fmt: skip
WAKES_EVERY_SECONDS = 3
# A wake-up that comes late is dropped: the next one finds the same rows.
WAKE_EXPIRES_SECONDS = 10
PATIENCE_SECONDS = 300
ENDS_WITHIN_SECONDS = 20


class WorkerFailed(Exception):
    """The worker ended, cannot be reached, or gets nowhere."""


class Worker:
    """A Celery worker of our own, on the season's clock, for as long as the block lasts."""

    def __init__(self, log: Path, clock_at: datetime) -> None:
        self.log = log
        self.clock_at = clock_at
        self._woken = 0.0

    def __enter__(self) -> Self:
        self._out: IO[bytes] = self.log.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, *COMMAND],
            cwd=settings.BASE_DIR,
            env=self._environment(),
            stdout=self._out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=ENDS_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._out.close()

    def _environment(self) -> dict[str, str]:
        environment = {
            **os.environ,
            "CLOCK_SHIFT_SECONDS": str(shift_to(self.clock_at)),
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "casework.settings"),
        }
        if os.geteuid() == 0:
            # Celery refuses root unless told so; a container's only user is often root.
            environment["C_FORCE_ROOT"] = "1"
        return environment

    def wake(self) -> None:
        """Tell the worker through the broker that something may wait; not too often."""
        if time.monotonic() - self._woken < WAKES_EVERY_SECONDS:
            return
        self._woken = time.monotonic()
        try:
            deliver_outbox.apply_async(expires=WAKE_EXPIRES_SECONDS)
        except (OperationalError, OSError) as failure:
            raise WorkerFailed(f"the broker cannot be reached: {failure}") from failure

    def finish(self, progress: Progress) -> None:
        """Wait until nothing is left to send; WorkerFailed when it ends or gets nowhere."""
        total = waiting()
        left, since = total, time.monotonic()
        while left:
            if self.process.poll() is not None:
                raise WorkerFailed(f"the worker ended with status {self.process.returncode}")
            self.wake()
            time.sleep(0.5)
            before, left = left, waiting()
            since = time.monotonic() if left < before else since
            if time.monotonic() - since > PATIENCE_SECONDS:
                raise WorkerFailed(f"{left} messages wait and none was sent for a long time")
            progress.tell("papers", total - left, total)


def waiting() -> int:
    """How many messages are still to be sent."""
    return OutboxMessage.objects.filter(state=OutboxMessage.State.PENDING).count()


def stuck() -> int:
    """How many messages a person has to look at."""
    return OutboxMessage.objects.filter(state=OutboxMessage.State.STUCK).count()


def shift_to(moment: datetime) -> int:
    """The seconds by which a clock is off that shows this moment now."""
    present = clock.now() - settings.CLOCK_SHIFT
    return round((moment - present).total_seconds())
