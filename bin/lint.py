#!/usr/bin/env python3
"""Every reading of the source that a commit must pass; `bin/lint.py NAME ...` runs some of them."""

import base64
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv" / "bin"
PYTHON = str(TOOLS / "python")
TEMPLATES = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))

CHECKS: dict[str, list[str]] = {
    "ruff": [str(TOOLS / "ruff"), "check", "."],
    "format": [str(TOOLS / "ruff"), "format", "--check", "."],
    "layers": [str(TOOLS / "lint-imports")],
    "types": [str(TOOLS / "mypy")],
    "templates": [str(TOOLS / "djade"), "--check", "--target-version", "5.2", *TEMPLATES],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "deploy": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    "messages": [PYTHON, "bin/check_messages.py"],
    "licences": [PYTHON, "bin/third_party.py", "--check"],
}


def production_environment(scratch: str) -> dict[str, str]:
    """What an operator would set: fresh secrets, named hosts, no demonstration switch."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FIELD_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "BLIND_INDEX_KEY": secrets.token_urlsafe(48),
        "ALLOWED_HOSTS": "casework.example",
        "VAR_DIR": scratch,
        "ENV_FILE": os.devnull,
    }


def run(name: str) -> subprocess.CompletedProcess[str]:
    """One check, in an environment like production and with a scratch folder for its files."""
    with tempfile.TemporaryDirectory(prefix="casework-lint-") as scratch:
        return subprocess.run(
            CHECKS[name],
            cwd=ROOT,
            env=production_environment(scratch),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def main() -> int:
    """Run the checks named, or all; say which failed and why."""
    failed = []
    for name in sys.argv[1:] or CHECKS:
        result = run(name)
        print(f"{'ok  ' if result.returncode == 0 else 'FAIL'} {name}", flush=True)
        if result.returncode != 0:
            failed.append(name)
            print(result.stdout)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
