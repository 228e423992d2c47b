"""Intake from a file: each good household becomes a referral through the one door."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from casework.households.imports import HouseholdGroup, ImportReport, enter_household, import_file
from casework.lib import clock
from casework.staff.models import User
from workflows.perform import perform


def import_households(
    source: Path | bytes,
    *,
    by: User | None,
    file_name: str = "",
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import a workbook or CSV file; the report tells every bad row by number and reason."""

    def refer(group: HouseholdGroup) -> None:
        household = enter_household(group, by=by)
        facts: dict[str, Any] = dict(group.referral)
        perform(
            "refer",
            by=by,
            key=f"import-{group.key}",
            moment=_received(group),
            household=household,
            person=household.head_id,
            **facts,
        )

    return import_file(
        source, by=by, apply=refer, file_name=file_name, mapping=mapping, dry_run=dry_run
    )


def _received(group: HouseholdGroup) -> datetime:
    """The day named in the file, if it names one; else the moment of the import."""
    named = group.rows[0].values.get("received_on")
    return clock.start_of(date.fromisoformat(named)) if named else clock.now()
