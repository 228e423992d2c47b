from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.backup import BackupFailed, restore


class Command(BaseCommand):
    """Put a copy of an SQLite installation in an empty place."""

    help = "Restore a copy made by `backup` into an empty VAR_DIR and FILES_DIR (SQLite)."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("copy", type=Path, help="the folder of one copy")

    def handle(self, *args: Any, **options: Any) -> None:
        copy: Path = options["copy"]
        try:
            restore(copy, copy.parent / "files")
        except BackupFailed as failure:
            raise CommandError(str(failure)) from failure
