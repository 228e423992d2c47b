"""The machine against whatever source this process was started in: `python -m tests.model.live`.

Says `held`, or what was found, and ends with status 1.
"""

import os
import sys

import django

django.setup()

from django.db import transaction  # noqa: E402

from tests.model.machine import World, live_through  # noqa: E402


def main() -> int:
    """Live through some runs; nothing of them remains."""
    with transaction.atomic():
        try:
            live_through(World(), runs=int(os.environ.get("LIFECYCLE_RUNS", "60")))
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
