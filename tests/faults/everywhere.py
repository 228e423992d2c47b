"""Crash points as faults of the campaign: every act, every statement, both databases."""

from pathlib import Path

from tests.faults.campaign import Outcome
from tests.faults.ground import ROOT, Ground

SCENARIOS = ROOT / "tests" / "scenarios"
RARER = ROOT / "tests" / "faults" / "rarer_acts.yaml"
# Together they perform every act there is, with few steps beside.
GATE = (
    "FX06",
    "FX07b",
    "FX05",
    "FX08",
    "FX11",
    "FX03",
    "FX04",
    "FX15",
    "FX10",
    "FX14",
    "T2-declined",
    "P1-forgotten",
    "R1-register",
    "A1-afterwards",
    "A2-asked-twice",
)
# From so many rounds on each act is killed before and after each of its statements; from so many on
# that is done every time an act occurs in any scenario, which takes hours.
WHOLE, LONG = 10, 50
MODULE = "tests.faults.crash"


def crash_points_sqlite(ground: Ground, rounds: int) -> Outcome:
    """Every act killed before and after each statement on SQLite; the gate before each twelfth."""
    return _crash_points(ground.on_sqlite(), "SQLite", rounds, stride=1 if rounds >= WHOLE else 12)


def crash_points_postgres(ground: Ground, rounds: int) -> Outcome:
    """The same on PostgreSQL; the short gate kills at every sixteenth statement."""
    return _crash_points(ground, "PostgreSQL", rounds, stride=1 if rounds >= WHOLE else 16)


def _crash_points(ground: Ground, name: str, rounds: int, *, stride: int) -> Outcome:
    both = ["--both"] if rounds >= WHOLE else []
    every = ["--every"] if rounds >= LONG else []
    paths = _paths(every=bool(every))
    options = [f"--stride={stride}", *both, *every]
    found = ground.fresh().ask(*options, str(RARER), *paths, module=MODULE)
    statements = sum(found["statements"].values())
    missing = _acts() - set(found["acts"])
    return Outcome(
        name=f"killed at {'every' if stride == 1 else f'every {stride}th'} statement ({name})",
        injected=found["kills"],
        seen=found["kills"],
        lost=len(found["faults"]),
        doubled=0,
        goal="all or nothing at every statement",
        remarks="; ".join(
            [*found["faults"][:5], *(f"never met: {act}" for act in sorted(missing))]
        ),
        figures=f"{len(found['acts'])} acts, {statements} statements, "
        f"{found['after_commit']} killed after COMMIT",
    )


def _paths(*, every: bool) -> list[str]:
    if every:
        return [str(SCENARIOS)]
    return [str(SCENARIOS / f"{name}.yaml") for name in GATE]


def _acts() -> set[str]:
    """Every act there is, as the source names them: the harness imports nothing of the project."""
    source = (Path(ROOT) / "workflows" / "acts.py").read_text(encoding="utf-8")
    return {part.split('"')[1] for part in source.split("ActSpec(")[1:] if '"' in part[:40]}


def crash_points_control(ground: Ground, _rounds: int) -> Outcome:
    """Acts that commit halfway: the harness must find halves."""
    path = str(SCENARIOS / "T2-declined.yaml")
    found = ground.on_sqlite().fresh().ask("--control", "--stride=5", path, module=MODULE)
    return Outcome(
        name="control: acts that commit halfway, killed",
        injected=found["kills"],
        seen=found["kills"],
        lost=0,
        doubled=len(found["faults"]),
        goal="halves found, or the harness is blind",
        is_control=True,
    )


FAULTS = {
    "crash-points-control": crash_points_control,
    "crash-points-sqlite": crash_points_sqlite,
    "crash-points-postgres": crash_points_postgres,
}
