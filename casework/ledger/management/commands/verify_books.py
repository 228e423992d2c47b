import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.ledger.export import export_faults, read_export
from casework.ledger.verify import Check, verify_books


class Command(BaseCommand):
    """Prove the books, or name the first bad row."""

    help = "Recompute the journal chain, its seals and every balance; name the first bad row."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--seals", type=Path, help="the file of exported seals")
        parser.add_argument("--public-key", default="", help="of the exported seals, in base64")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify_books(self._exported(options["seals"], options["public_key"]))
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

    def _exported(self, seals: Path | None, key: str) -> Check | None:
        if seals is None:
            return None
        if not key:
            raise CommandError("Give the public key of the exported seals with --public-key.")
        try:
            exported = read_export(seals, key)
        except (OSError, ValueError) as fault:
            raise CommandError(f"The exported seals do not hold: {fault}") from fault
        return lambda: export_faults(exported)
