"""A worker that lives and hears nothing ends itself, so that whoever supervises it starts it anew.

After a connection to Redis was lost and found again, a Celery worker may go on living without ever
taking up another message (celery/celery issues 8030, 8091, 8990). No work is lost by its end: what
is due stands in the database.
"""

import os
import signal
import threading
import time
from typing import Any, Final

from celery import bootsteps, signals
from celery.worker import state
from django.conf import settings

# The clock sends something into these every few seconds: silence there means deafness.
LIVELY_QUEUES: Final = frozenset({"acts", "documents"})
# How many times longer a worker may be silent while a job of its own still runs.
BUSY_FACTOR: Final = 10
GRACE_SECONDS: Final = 10
DEAF_STATUS: Final = 75  # EX_TEMPFAIL of sysexits.h: start me again.


class EndWhenDeaf(bootsteps.StartStopStep):
    """Watch from a thread of its own: the worker's loop may be what hangs."""

    def start(self, worker: Any) -> None:
        """Begin with the worker, if the clock speaks to one of its queues at all."""
        limit = settings.WORKER_DEAF_SECONDS
        if limit and LIVELY_QUEUES & set(worker.app.amqp.queues.consume_from):
            threading.Thread(target=_watch, args=(limit,), daemon=True).start()


_heard = time.monotonic()


@signals.task_received.connect
@signals.task_success.connect
def _hear(**_given: Any) -> None:
    global _heard
    _heard = time.monotonic()


def _watch(limit: float) -> None:
    _hear()
    while True:
        time.sleep(min(limit / 4, 5))
        silent = time.monotonic() - _heard
        if silent > limit * (BUSY_FACTOR if tuple(state.active_requests) else 1):
            break
    # Asked first, so that jobs and their processes end too; a loop that hangs does not hear it.
    os.kill(os.getpid(), signal.SIGQUIT)
    time.sleep(GRACE_SECONDS)
    os._exit(DEAF_STATUS)
