"""Papers through Celery with one, two and four worker processes, beside the same work without it.

`python -m tests.benchmarks.workers PAPERS`: a real worker, PostgreSQL and the broker of a folder;
as many orders wait in the outbox for each round, and the clock runs until the last is issued.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.faults import driver  # sets Django up

# isort: split
from casework.documents.models import DocumentState
from casework.ledger import outbox
from casework.ledger.models import OutboxMessage
from tests.faults.ground import ROOT
from workflows.tasks import deliver_outbox

PROCESSES = (1, 2, 4)
PATIENCE = 300


def workers(papers: int) -> dict[str, Any]:
    """Papers a second: with one process, and without Celery; the others as details."""
    number = iter(range(10_000))
    _wait_for_papers(number, 2)
    outbox.drain(2)
    _wait_for_papers(number, papers)
    began = time.perf_counter()
    outbox.drain(papers)
    bare = papers / (time.perf_counter() - began)
    rates = {}
    for processes in PROCESSES:
        _wait_for_papers(number, papers)
        rates[processes] = papers / _through_celery(processes)
    return {
        "ours": rates[1],
        "peer": bare,
        "limit": bare,
        "details": {
            f"{processes} processes": f"{rate:.1f} papers/s, {rate / rates[1]:.2f} of one"
            for processes, rate in rates.items()
        }
        | {"cores of this machine": str(os.cpu_count())},
    }


def _wait_for_papers(number: Any, papers: int) -> None:
    """Refusals whose notices wait in the outbox."""
    for _paper in range(papers):
        case = next(number)
        for act in driver.ACTS:
            driver.do(case, act)
    assert _pending() == papers


def _pending() -> int:
    return OutboxMessage.objects.filter(state=OutboxMessage.State.PENDING).count()


def _through_celery(processes: int) -> float:
    """Seconds from the first wake-up until nothing waits; the workers are warm by then."""
    celery = [str(Path(ROOT) / ".venv" / "bin" / "celery"), "--app=casework", "worker"]
    worker = subprocess.Popen(
        [*celery, "--queues=documents", f"--concurrency={processes}", "--pool=prefork"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        time.sleep(12)
        began = time.perf_counter()
        for _process in range(processes):
            deliver_outbox.delay()
        while left := _pending():
            if time.perf_counter() - began > PATIENCE:
                raise RuntimeError(f"{left} papers still wait")
            time.sleep(0.05)
        return time.perf_counter() - began
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


if __name__ == "__main__":
    answer = workers(int(sys.argv[1]))
    assert not driver.Document.objects.exclude(state=DocumentState.ISSUED).exists()
    print(json.dumps(answer))
