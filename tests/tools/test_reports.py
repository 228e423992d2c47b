"""One summary speaks for two runs: a failure of the first fails the second."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run(folder: Path, content: str, *options: str) -> subprocess.CompletedProcess[str]:
    """A pytest of its own over one file, without this project's settings."""
    path = folder / "test_sample.py"
    path.write_text(content, encoding="utf-8")
    plain = ["-p", "no:django", "-p", "no:cacheprovider", "-c", "/dev/null", f"--rootdir={folder}"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.reports", "-q", *plain, *options, str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def both(folder: Path, first: str, second: str) -> subprocess.CompletedProcess[str]:
    kept = folder / "kept.jsonl"
    run(folder, first, f"--keep-reports={kept}")
    return run(folder, second, f"--join-reports={kept}")


GOOD = "def test_good(): pass\n"
BAD = "def test_bad(): assert False, 'the reason'\n"


def test_passes_are_counted_together(tmp_path: Path) -> None:
    done = both(tmp_path, GOOD + BAD.replace("assert False", "assert True"), GOOD)
    assert done.returncode == 0
    assert "3 passed" in done.stdout.splitlines()[-1]


def test_failure_of_the_first_run_fails_the_second_and_is_shown(tmp_path: Path) -> None:
    done = both(tmp_path, GOOD + BAD, GOOD)
    assert done.returncode == 1
    assert "1 failed, 2 passed" in done.stdout.splitlines()[-1]
    assert "the reason" in done.stdout
    assert "SQLite: " in done.stdout


def test_a_file_that_cannot_be_read_fails_both(tmp_path: Path) -> None:
    done = both(tmp_path, "import nothing_of_this_name\n", GOOD)
    assert done.returncode == 1
    assert "1 error" in done.stdout.splitlines()[-1]


def test_a_skipped_test_fails_the_run(tmp_path: Path) -> None:
    skipped = "import pytest\n@pytest.mark.skip(reason='later')\ndef test_later(): pass\n"
    assert both(tmp_path, GOOD, skipped).returncode == 1
    assert both(tmp_path, skipped, GOOD).returncode == 1


def test_failure_of_the_second_run_stays_a_failure(tmp_path: Path) -> None:
    assert both(tmp_path, GOOD, BAD).returncode == 1
