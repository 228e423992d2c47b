import json
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.households.imports import ImportReport
from casework.lib.errors import CaseworkError
from casework.staff.models import User
from workflows.intake import import_households


class Command(BaseCommand):
    """Read households from a workbook or CSV file and refer each of them."""

    help = (
        "Import .xlsx or .csv with Chinese headings. Every bad row is reported by number and "
        "reason; the good ones become referrals. The same file twice changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--map", type=Path, help="YAML or JSON: heading in the file -> field")
        parser.add_argument("--dry-run", action="store_true", help="report, import nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--by", help="username of the person who refers")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_households(
                options["file"],
                by=_person(options["by"]),
                mapping=_mapping(options["map"]),
                dry_run=options["dry_run"],
            )
        except CaseworkError as refusal:
            raise CommandError(refusal.message) from refusal
        facts = report.as_facts()
        self.stdout.write(
            json.dumps(facts, ensure_ascii=False) if options["json"] else _as_text(report)
        )


def _person(username: str | None) -> User | None:
    if not username:
        return None
    person = User.objects.filter(username=username, is_active=True).first()
    if person is None:
        raise CommandError(f"There is no account “{username}”.")
    return person


def _mapping(path: Path | None) -> dict[str, str] | None:
    if path is None:
        return None
    try:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise CommandError(f"The map {path.name} cannot be read as YAML or JSON.") from fault
    if not isinstance(read, dict):
        raise CommandError(f"The map {path.name} must give a field for each heading.")
    return {str(heading): str(field) for heading, field in read.items()}


def _as_text(report: ImportReport) -> str:
    lines = [
        f"rows {report.rows}, imported {report.imported}, unchanged {report.unchanged}, "
        f"duplicates {report.duplicates}, errors {len(report.errors)}"
    ]
    lines += [f"row {error.row}  {error.column}  {error.message}" for error in report.errors]
    return "\n".join(lines)
