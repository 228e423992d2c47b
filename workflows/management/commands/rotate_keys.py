import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casework.lib.crypto import active_prefix
from casework.lib.rekeying import BATCH, keys_in_use, reindex, rotate


class Command(BaseCommand):
    """Bring every encrypted column under the first key of FIELD_KEYS."""

    help = "Re-encrypt with the active key, resumable and in use; --check tells what is behind."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--check", action="store_true", help="only tell which keys are in use")
        parser.add_argument(
            "--index", action="store_true", help="make the blind indexes anew instead"
        )
        parser.add_argument("--batch", type=int, default=BATCH, help="rows read at a time")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["index"]:
            self._reindex(options)
            return
        moved = [] if options["check"] else list(rotate(batch=options["batch"]))
        columns = keys_in_use()
        total: Counter[str] = Counter()
        for keys in columns.values():
            total.update(keys)
        active = active_prefix().rstrip(":")
        verdict = {
            "active": active,
            "moved": {each.column: each.as_facts() for each in moved},
            "keys_in_use": dict(total),
            "columns": columns,
            "complete": set(total) <= {active},
        }
        self._say(verdict, options)
        if not verdict["complete"]:
            raise SystemExit(1)

    def _reindex(self, options: dict[str, Any]) -> None:
        """Nothing moved means that the key before may be retired."""
        moved = {each.column: each.as_facts() for each in reindex(batch=options["batch"])}
        self._say({"indexes": moved}, options)

    def _say(self, verdict: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(verdict, ensure_ascii=False))
            return
        for name, seen in verdict.items():
            self.stdout.write(f"{name}: {seen}")
