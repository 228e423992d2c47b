#!/usr/bin/env python3
"""Join the translation fragments of every room into one catalogue, refusing contradictions."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PARTS = ROOT / "casework" / "locale" / "parts"
HEADER = """msgid ""
msgstr ""
"Project-Id-Version: casework\\n"
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
# msgcat joins two different translations of one text with these marks.
CONTRADICTION = "#-#-#-#-#"


def headed(fragment: str) -> str:
    """A fragment as gettext wants it: with the header that says how it is encoded."""
    if fragment.lstrip().startswith('msgid ""\nmsgstr ""\n"'):
        return fragment
    return HEADER + fragment


def joined(folder: Path) -> str:
    """All fragments as one catalogue, sorted by source text."""
    parts = sorted(folder.glob("*.po"))
    with tempfile.TemporaryDirectory() as scratch:
        copies = []
        for part in parts:
            copy = Path(scratch) / part.name
            copy.write_text(headed(part.read_text(encoding="utf-8")), encoding="utf-8")
            copies.append(copy.name)
        merged = subprocess.run(
            ["msgcat", "--no-location", "--no-wrap", "--sort-output", *copies],
            cwd=scratch,
            check=True,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
    return merged.stdout


def contradictions(catalogue: str) -> list[str]:
    """The entries that two rooms translate differently, as the reader will look for them."""
    entries = catalogue.split("\n\n")[1:]
    return [entry for entry in entries if CONTRADICTION in entry]


def main() -> int:
    """Write the catalogue to the path given, or explain why it cannot be."""
    target = Path(sys.argv[1])
    catalogue = joined(PARTS)
    faults = contradictions(catalogue)
    if faults:
        sys.stderr.write("\n\n".join(["Different translations of one text:", *faults, ""]))
        return 1
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(catalogue, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
