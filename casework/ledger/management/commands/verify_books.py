import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework.ledger.verify import verify_books


class Command(BaseCommand):
    """Prove the books, or name the first bad row."""

    help = "Recompute the journal chain, its seals and every balance; name the first bad row."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify_books()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(verdict), ensure_ascii=False))
        elif verdict.holds:
            self.stdout.write(
                f"The books hold: {verdict.entries} journal entries, {verdict.movements} movements."
            )
        else:
            self.stdout.write(f"The books do NOT hold. First bad row: {verdict.first_bad}")
        if not verdict.holds:
            raise SystemExit(1)
