#!/usr/bin/env python3
"""Write THIRD_PARTY.md from the locked packages; `--check` only says whether it is current."""

import re
import sys
from email.message import Message
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "THIRD_PARTY.md"
HEADING = """# Third-party software

The Python packages of `requirements.lock`, installed beside the project and not part of its source.
Written by `bin/third_party.py`; a check fails when it is out of date.

Two deserve a word:

* **django-viewflow** is AGPL-3.0-or-later (its authors grant an additional linking exception, see
  the LICENSE_EXCEPTION in its repository). It is used unmodified, by subclassing, and is the reason
  why this project is AGPL too.
* **django-fsm-2** (MIT) is the maintained successor of django-fsm and is imported as `django_fsm`.
  The two must never be installed together.

Files served to browsers are listed with version, licence and SHA-256 in
`casework/static/MANIFEST.json`. Debian packages (Pango, HarfBuzz, Noto CJK, PostgreSQL, Redis,
Chromium, poppler-utils, gettext) and the Fandol typefaces are installed from Debian; each states
its terms in `/usr/share/doc/*/copyright`.

| Package | Version | Licence |
| --- | --- | --- |
"""


def locked() -> list[str]:
    """The names in the lock file, as it orders them."""
    return re.findall(
        r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", (ROOT / "requirements.lock").read_text(), re.M
    )


def licence(package: Distribution) -> str:
    """What the package says of itself: an SPDX expression, a classifier or its short text."""
    said = cast("Message", package.metadata)
    if expression := said.get("License-Expression"):
        return str(expression)
    classes = [
        value.rsplit(" :: ", 1)[-1]
        for value in said.get_all("Classifier", [])
        if value.startswith("License ::") and value != "License :: OSI Approved"
    ]
    if classes:
        return ", ".join(classes)
    text = str(said.get("License", "")).strip()
    return text.splitlines()[0] if text else "see the package"


def table() -> str:
    """The whole document."""
    rows = []
    for name in locked():
        package = distribution(name)
        rows.append(f"| {package.metadata['Name']} | {package.version} | {licence(package)} |")
    return HEADING + "\n".join(rows) + "\n"


def main() -> int:
    """Write the document, or with --check compare it."""
    if "--check" in sys.argv:
        current = TARGET.exists() and TARGET.read_text(encoding="utf-8") == table()
        if not current:
            print("THIRD_PARTY.md is out of date; run bin/third_party.py")
        return 0 if current else 1
    TARGET.write_text(table(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
