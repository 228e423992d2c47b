import json
import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.ledger import figures
from casework.ledger.models import Period
from casework.ledger.weeks import monday_of, week_bounds
from casework.lib import clock
from casework.lib.errors import CaseworkError
from evaluation.reporting.queries import summary_of
from workflows.tasks import ONE_INSTANT, fire_due, run_until, seal_moment, seal_one_week


class Command(BaseCommand):
    """Seal a week, once, and print its district table."""

    help = "Seal a week such as 2018-W35 (and any earlier one still open), and print its table."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("week", help="an ISO week, such as 2018-W35")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        week = options["week"]
        try:
            if not re.fullmatch(r"\d{4}-W\d{2}", week):
                raise ValueError(week)
            monday_of(week)
        except ValueError as misfit:
            raise CommandError(f"“{week}” is not an ISO week; write it as 2018-W35.") from misfit
        try:
            table = self.sealed(week)
        except CaseworkError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(
            json.dumps(table, ensure_ascii=False) if options["json"] else as_text(table)
        )

    def sealed(self, week: str) -> dict[str, Any]:
        """The week's stored table, sealing it first if it is still open."""
        if summary_of(week) is None:
            if week_bounds(week)[1] > clock.now():
                raise CommandError(f"Week {week} is not over yet.")
            in_turn = figures.week_to_seal()
            if in_turn is not None and in_turn <= week:
                run_until(seal_moment(week))
            if summary_of(week) is None:
                fire_due(week_bounds(week)[1] - ONE_INSTANT)
                seal_one_week(week, at=seal_moment(week))
        summary = summary_of(week)
        if summary is None:
            raise CommandError(f"Week {week} could not be sealed.")
        period = Period.objects.get(week=week)
        data = summary.data
        return {
            "week": week,
            "sealed_at": period.sealed_at.isoformat() if period.sealed_at else None,
            "sha256": summary.sha256,
            "columns": data["columns"],
            "rows": data["rows"],
            "total": data["total"],
        }


def as_text(table: dict[str, Any]) -> str:
    """The table with one line a district, for a terminal."""
    heading = "\t".join(["code", "name", *table["columns"]])
    lines = [
        "\t".join(str(row.get(key, "")) for key in ("code", "name", *table["columns"]))
        for row in (*table["rows"], table["total"])
    ]
    return "\n".join([f"{table['week']}  sha256 {table['sha256']}", heading, *lines])
