"""Seeded bugs, each in a copy of the source: the lifecycle machine finds every one.

Its control is `test_lifecycle`: where there are no bugs, the same machine finds none.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.faults.ground import ROOT, Ground, sqlite_ground

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
SOURCES = ("casework", "evaluation", "workflows", "templates", "tests")


class Bug(NamedTuple):
    """One line that was right, and how it is spoilt."""

    file: str
    right: str
    wrong: str


BUGS = {
    "a key is taken for any contents": Bug(
        "workflows/perform.py", "if answer.fingerprint != fingerprint:", "if False:"
    ),
    "any role may do any act": Bug(
        "workflows/perform.py", "lawful = roles & spec.roles", "lawful = set(roles)"
    ),
    "a role reaches every street": Bug(
        "casework/cases/access.py", "if reach.covers(case.handling_street, role)}",
        "if reach.has(role)}",
    ),
    "one person confirms their own work": Bug(
        "casework/cases/operations/step.py", "books.by.pk in set(earlier)", "books.by.pk in set()"
    ),
    "who leaves help stays counted": Bug(
        "casework/cases/operations/ending.py", "    if was_in_help:\n", "    if False:\n"
    ),
    "a case that moves is not counted where it goes": Bug(
        "casework/cases/operations/hold.py",
        '        post(case, books, "in_help", 1, line=case.counted_line)\n',
        "        pass\n",
    ),
    "the journal keeps the state before": Bug(
        "workflows/perform.py", "        to_state=kind.state_of(held),\n",
        "        to_state=before,\n",
    ),
    "a resting case goes on as if nothing were": Bug(
        "casework/cases/operations/step.py", "state=case.state, hold=case.hold,",
        'state=case.state, hold="",',
    ),
    "a finished step stays open": Bug(
        "workflows/perform.py", "    advance(spec, standing, desk, before, books)\n", ""
    ),
    "a new case has no date": Bug(
        "workflows/perform.py", "        keep_case_deadlines(standing, act, books)\n",
        "        pass\n",
    ),
    "the plan does not grow by the rest": Bug(
        "casework/cases/operations/hold.py", "        plan.ends_on += longer\n", ""
    ),
    "an acceptance counts twice": Bug(
        "casework/cases/operations/referral.py", '    post(case, books, "referred", 1)\n',
        '    post(case, books, "referred", 2)\n',
    ),
}  # fmt: skip


# Found only after a minute of acts each: MUTANTS=all tries them too.
LATE = {
    "a case that moves is not counted where it goes",
    "the plan does not grow by the rest",
}
TRIED = [name for name in BUGS if os.environ.get("MUTANTS") == "all" or name not in LATE]


@pytest.fixture(scope="module")
def prepared() -> Iterator[Ground]:
    with sqlite_ground(cases=0) as made:
        yield made


def live(prepared: Ground, place: Path) -> "subprocess.CompletedProcess[str]":
    """The machine in a copy of the source, with tables of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tests.model.live"],
        cwd=place, env=prepared.fresh().environment, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.parametrize("name", TRIED)
def test_a_seeded_bug_is_found(name: str, prepared: Ground, tmp_path: Path) -> None:
    for source in SOURCES:
        shutil.copytree(
            ROOT / source, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__", "vendor")
        )
    bug = BUGS[name]
    file = tmp_path / bug.file
    text = file.read_text(encoding="utf-8")
    assert text.count(bug.right) >= 1, "the line is gone: seed this bug anew"
    file.write_text(text.replace(bug.right, bug.wrong), encoding="utf-8")
    done = live(prepared, tmp_path)
    assert done.returncode == 1, f"{name}: {done.stdout}{done.stderr[-800:]}"
    assert done.stdout.startswith("found: "), done.stderr[-800:]
