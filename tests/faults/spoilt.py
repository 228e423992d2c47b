"""Settings for the campaign: brokers that deliver again, and the product spoilt on purpose.

SPOILT names what is taken away, so that the harness can be seen to find what it leads to. Nothing
of this is part of the product: it is the settings module of campaign processes only.
"""

import os
from pathlib import Path
from typing import Any

from celery.signals import task_prerun

from casework.settings import *  # noqa: F403
from casework.settings import VAR_DIR

if os.environ.get("REDELIVER"):
    # The sweep over unacknowledged messages runs each round, not every hundred seconds.
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "socket_timeout": 2,
        "socket_connect_timeout": 2,
        "visibility_timeout": 2,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
    }
if "early-ack" in os.environ.get("SPOILT", ""):
    CELERY_TASK_ACKS_LATE = False
    CELERY_TASK_REJECT_ON_WORKER_LOST = False


@task_prerun.connect  # type: ignore[untyped-decorator]
def note_redelivery(task: Any, **_rest: Any) -> None:
    """Count what a broker delivered a second time."""
    if (task.request.delivery_info or {}).get("redelivered"):
        with (Path(VAR_DIR) / "redelivered").open("a") as notes:
            notes.write(".")
