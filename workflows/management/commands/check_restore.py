import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.backup import soundness


class Command(BaseCommand):
    """Prove a restored installation: books, flows, and every file that a document names."""

    help = "After a restore: books hold, flows agree, every issued document's file is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = soundness()
        if options["json"]:
            self.stdout.write(json.dumps(verdict, ensure_ascii=False))
        else:
            for name, seen in verdict.items():
                self.stdout.write(f"{name}: {seen}")
        if not verdict["holds"]:
            raise SystemExit(1)
