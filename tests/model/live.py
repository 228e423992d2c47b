"""The machine against whatever source this process was started in: `python -m tests.model.live`.

Says `held`, or what was found, and ends with status 1.
"""

import os
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402
from hypothesis import HealthCheck, Phase, settings  # noqa: E402
from hypothesis.stateful import run_state_machine_as_test  # noqa: E402

from tests.model.machine import Lifecycle, World  # noqa: E402


def main() -> int:
    """Live through some runs; nothing of them remains."""
    with transaction.atomic():
        Lifecycle.world = World()
        try:
            run_state_machine_as_test(
                Lifecycle,
                settings=settings(
                    max_examples=int(os.environ.get("LIFECYCLE_RUNS", "60")),
                    stateful_step_count=40,
                    deadline=None,
                    derandomize=True,
                    phases=(Phase.explicit, Phase.generate),
                    report_multiple_bugs=False,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        # Whatever the machine trips over is what was looked for.
        except Exception as found:  # noqa: BLE001
            print(f"found: {type(found).__name__}: {str(found)[:200]}")
            return 1
        finally:
            transaction.set_rollback(True)
    print("held")
    return 0


if __name__ == "__main__":
    sys.exit(main())
