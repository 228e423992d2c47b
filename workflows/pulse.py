"""Whether the workers live: what each leaves when it has done a job."""

from dataclasses import dataclass
from pathlib import Path

from celery import current_task
from django.conf import settings

from casework.lib import clock
from workflows.models import WorkerBeat

# Beside the project's own processes: a supervisor on the machine asks no database.
BEAT_FILE = "worker.beat"


@dataclass(frozen=True)
class Pulse:
    """Seconds since each worker's last job."""

    workers: dict[str, float]

    @property
    def newest(self) -> float | None:
        """Seconds since any worker did a job; None where none ever did."""
        return min(self.workers.values(), default=None)


def leave_beat() -> None:
    """Note that this worker has come to the end of a job."""
    name = str(getattr(getattr(current_task, "request", None), "hostname", None) or "here")
    WorkerBeat.objects.update_or_create(worker=name, defaults={"beat_at": clock.now()})
    (Path(settings.VAR_DIR) / BEAT_FILE).touch()


def pulse() -> Pulse:
    """How the workers stand at this moment."""
    now = clock.now()
    beats = WorkerBeat.objects.values_list("worker", "beat_at")
    return Pulse({name: (now - at).total_seconds() for name, at in beats})
