"""The fault campaign: `python -m tests.faults.run --rounds 50`; the results in var/faults.json."""

import argparse
import os
import platform
import sys
import time
from pathlib import Path

from tests.faults.campaign import CASES_PER_ROUND, Outcome, written
from tests.faults.catalogue import FAULTS
from tests.faults.ground import ROOT, ground

TARGET = ROOT / "var" / "faults.json"


def machine() -> str:
    """Where it was measured."""
    return f"{os.cpu_count()} cores, {platform.platform()}, Python {platform.python_version()}"


def main() -> int:
    """Run the faults named, or all; say of each whether it holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("faults", nargs="*", choices=[[], *FAULTS], help="default: all")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--output", type=Path, default=TARGET)
    arguments = parser.parse_args()
    outcomes: list[Outcome] = []
    with ground(cases=arguments.rounds * CASES_PER_ROUND) as prepared:
        for name in arguments.faults or FAULTS:
            started = time.monotonic()
            outcome = FAULTS[name](prepared, arguments.rounds)
            outcomes.append(outcome)
            print(
                f"{'holds' if outcome.holds else 'FAILS'}  {outcome.name}: "
                f"{outcome.injected} injected, {outcome.seen} seen, {outcome.lost} lost, "
                f"{outcome.doubled} doubled ({time.monotonic() - started:.0f} s) "
                f"{outcome.figures} {outcome.remarks}",
                flush=True,
            )
            written(outcomes, arguments.output, machine())
    return 0 if all(outcome.holds for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
