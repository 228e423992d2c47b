"""Speeds side by side with their limits and peers: a table, and var/bench.json."""

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.ground import ROOT, Ground, ground
from tests.faults.run import machine

TARGET = ROOT / "var" / "bench.json"
MODULE = "tests.benchmarks.measures"
CASES = 1200


@dataclass(frozen=True)
class Bench:
    """One measure: what it is called, its unit, and what we want of it."""

    name: str
    unit: str
    arguments: tuple[str, ...]
    goal: str
    floor_vs_peer: float
    more_is_better: bool = True
    module: str = MODULE

    def result(self, answer: dict[str, Any]) -> dict[str, Any]:
        """The row of the result file; a ratio above 1 is always in our favour."""
        ours, peer, limit = answer["ours"], answer["peer"], answer["limit"]
        vs_peer = ours / peer if self.more_is_better else peer / ours
        vs_limit = ours / limit if self.more_is_better else limit / ours
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": round(ours, 2),
            "peer": round(peer, 2),
            "limit": round(limit, 2),
            "vs_peer": _short(vs_peer),
            "vs_limit": _short(vs_limit),
            "goal": self.goal,
            "holds": vs_peer >= self.floor_vs_peer,
            "details": answer.get("details", {}),
        }


def _short(ratio: float) -> float:
    """Two figures that say something, however small the ratio is."""
    return round(ratio, 2) if ratio >= 0.1 else float(f"{ratio:.2g}")


BENCHES = (
    *(
        Bench(
            name=f"one human step, {clients} at once, all that it keeps (peer: the engine bare)",
            unit="steps/s",
            arguments=(str(clients), str(steps)),
            goal="1.5 of the bare engine; below 0.15 something broke",
            floor_vs_peer=0.15,
            module="tests.benchmarks.steps",
        )
        for clients, steps in ((1, 60), (8, 15))
    ),
    Bench(
        name="weekly table after one year (peer: counting every movement)",
        unit="ms",
        arguments=("weekly_table", "1"),
        goal="not slower than counting",
        floor_vs_peer=1,
        more_is_better=False,
    ),
    Bench(
        name="weekly table after ten years (peer: counting every movement)",
        unit="ms",
        arguments=("weekly_table", "10"),
        goal="at least 5 times faster than counting",
        floor_vs_peer=5,
        more_is_better=False,
    ),
    *(
        Bench(
            name=f"weekly table among {cases:,} cases (peer: GROUP BY over events and cases)",
            unit="ms",
            arguments=(str(cases),),
            goal="a tenth of the GROUP BY at a million cases",
            floor_vs_peer=floor,
            more_is_better=False,
            module="tests.benchmarks.weeks",
        )
        for cases, floor in ((200_000, 1), (1_000_000, 10), (5_000_000, 10))
    ),
    Bench(
        name="one act on 10,000 cases (peer: one by one; limit: one statement, same writes)",
        unit="cases/s",
        arguments=("10000",),
        goal="half of the one statement; below 5 times the loop something broke",
        floor_vs_peer=5,
        module="tests.benchmarks.together",
    ),
    Bench(
        name="1,000,000 households compared with a new line (peer: one UPDATE, a third of a pace)",
        unit="households/s",
        arguments=("1000000",),
        goal="at most three times the one UPDATE",
        floor_vs_peer=1,
        module="tests.benchmarks.recalculation",
    ),
    Bench(
        name="slowest list page among 1,000,000 tasks and cases, p95 (peer: three floors)",
        unit="ms",
        arguments=("1000000",),
        goal="at most three times the floor; below 0.02 something broke",
        floor_vs_peer=0.02,
        more_is_better=False,
        module="tests.benchmarks.lists",
    ),
    Bench(
        name="a refusal notice as PDF, isolated and stored (peer: headless Chromium)",
        unit="ms",
        arguments=("notices",),
        goal="faster than Chromium",
        floor_vs_peer=1,
        more_is_better=False,
    ),
    Bench(
        name="notices pressed, one after another, on one core (peer: WeasyPrint as it comes)",
        unit="notices/s",
        arguments=("notices_beside_stock",),
        goal="3 times the peer at 45,000 bytes each; below 1.5 something broke",
        floor_vs_peer=1.5,
    ),
    Bench(
        name="papers through one worker process, with what two and four do (peer: no Celery)",
        unit="papers/s",
        arguments=("40",),
        goal="0.7 of the work without Celery; below 0.3 something broke",
        floor_vs_peer=0.3,
        module="tests.benchmarks.workers",
    ),
    Bench(
        name="300 households of three from a workbook, referred (peer: bulk_create; limit: COPY)",
        unit="households/s",
        arguments=("300",),
        goal="above bulk_create of the bare rows; below 0.002 something broke",
        floor_vs_peer=0.002,
        module="tests.benchmarks.imports",
    ),
    Bench(
        name="workbook of 5,000 rows read and checked (peer: openpyxl, cells only)",
        unit="rows/s",
        arguments=("import_rows",),
        goal="with all checks at least 0.3 of openpyxl without any",
        floor_vs_peer=0.3,
    ),
)


def measure(bench: Bench, prepared: Ground) -> dict[str, Any]:
    """Run one measure in a project of its own."""
    return bench.result(prepared.fresh().ask(*bench.arguments, module=bench.module))


def main() -> int:
    """Measure everything, show a table, keep the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=TARGET)
    parser.add_argument("--only", default="", help="measures whose name contains this")
    arguments = parser.parse_args()
    results = []
    print(f"{'ours':>10} {'peer':>10} {'limit':>10} {'vs peer':>8} {'vs limit':>8}")
    with ground(cases=CASES) as prepared:
        for bench in (one for one in BENCHES if arguments.only in one.name):
            row = measure(bench, prepared)
            results.append(row)
            print(
                f"{row['ours']:>10} {row['peer']:>10} {row['limit']:>10} {row['vs_peer']:>8} "
                f"{row['vs_limit']:>8}  {row['unit']}  {'' if row['holds'] else 'BELOW GOAL: '}"
                f"{row['name']}",
                flush=True,
            )
            for name, figures in row["details"].items():
                print(f"{'':>48}  {name}: {figures}")
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    content = {"machine": machine(), "results": results}
    text = json.dumps(content, ensure_ascii=False, indent=2)
    arguments.output.write_text(text + "\n", encoding="utf-8")
    return 0 if all(row["holds"] for row in results) else 1


if __name__ == "__main__":
    sys.exit(main())
