#!/usr/bin/env python3
"""Every text marked for translation in the source has its Chinese in the catalogue."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django
from django.core.management import call_command
from django.test import override_settings

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "casework" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
# The project's own locale folder is left out, or the extraction would write into it.
LEFT_OUT = [".venv/*", "var/*", "tests/*", "bin/*", "casework/locale/*", "casework/static/*"]


def extracted(scratch: Path) -> Path:
    """The texts the source marks, as a template catalogue."""
    with override_settings(LOCALE_PATHS=[str(scratch)]):
        call_command(
            "makemessages",
            locale=["zh_Hans"],
            ignore_patterns=LEFT_OUT,
            extensions=["html", "txt", "py"],
            keep_pot=True,
            no_location=True,
            no_wrap=True,
            verbosity=0,
        )
    return scratch / "django.pot"


def main() -> int:
    """Name the texts without a translation, if any."""
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    sys.path.insert(0, str(ROOT))
    django.setup()
    with tempfile.TemporaryDirectory() as scratch:
        template = extracted(Path(scratch))
        compared = subprocess.run(
            ["msgcmp", "--no-fuzzy-matching", str(CATALOGUE), str(template)],
            text=True,
            capture_output=True,
        )
        if compared.returncode:
            sys.stdout.write("Texts without Chinese in casework/locale/parts:\n")
            sys.stdout.write(texts_at(compared.stderr, template))
    return compared.returncode


def texts_at(complaints: str, template: Path) -> str:
    """The texts msgcmp complains of: it gives only their line numbers in a file that is gone."""
    lines = template.read_text(encoding="utf-8").splitlines()
    texts = []
    for complaint in complaints.splitlines():
        parts = complaint.split(":")
        if len(parts) > 2 and parts[0] == str(template) and parts[1].isdigit():
            # The complaint names the line of the translation; the text stands just above it.
            end = int(parts[1]) - 1
            start = max(n for n in range(end) if lines[n].startswith("msgid "))
            texts.append("\n".join(lines[start:end]))
    return "\n".join(texts) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
