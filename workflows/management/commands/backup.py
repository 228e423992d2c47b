from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.backup import BackupFailed, back_up


class Command(BaseCommand):
    """Copy the database at one moment and every private file it names."""

    help = "Copy database and private files below DEST while the system is in use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("destination", type=Path, metavar="DEST")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.stdout.write(str(back_up(options["destination"])))
        except BackupFailed as failure:
            raise CommandError(str(failure)) from failure
