"""The readings of bin/lint.py, each as a test, so that one summary speaks for everything."""

import runpy
from pathlib import Path

import pytest

LINT = runpy.run_path(str(Path(__file__).resolve().parents[2] / "bin" / "lint.py"))


@pytest.mark.lint
@pytest.mark.parametrize("name", LINT["CHECKS"])
def test_source_passes(name: str) -> None:
    """Fails with the tool's own words."""
    result = LINT["run"](name)
    assert result.returncode == 0, f"{name}:\n{result.stdout}"
