"""Intake from a file: each good household becomes a referral through the one door."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from casework.households.imports import HouseholdGroup, ImportReport, enter_household
from casework.households.matching import find_by_id, match_household
from casework.households.models import Household, Member
from casework.households.operations import register_household
from casework.households.staging import Apply, import_file
from casework.ledger.models import Answer
from casework.lib import clock
from casework.lib.errors import CaseworkError
from casework.staff.models import User
from casework.staff.rows import as_engine
from workflows.perform import Performed, perform


def import_households(
    source: Path | bytes,
    *,
    by: User | None,
    file_name: str = "",
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Import a workbook or CSV file; the report tells every bad row by number and reason."""

    return import_file(
        source, by=by, apply=referring(by), file_name=file_name, mapping=mapping, dry_run=dry_run
    )


def referring(by: User | None) -> Apply:
    """What takes in one household of a file in a person's name."""

    def refer(group: HouseholdGroup, undone: int) -> Household:
        household = enter_household(group, by=by)
        facts: dict[str, Any] = dict(group.referral)
        perform(
            "refer",
            by=by,
            key=key_of(group.key, undone),
            moment=_received(group),
            household=household,
            person=household.head_id,
            **facts,
        )
        return household

    return refer


def key_of(group_key: str, undone: int) -> str:
    """The submission of a household of a file; another one after it was taken back."""
    return f"import-{group_key}-{undone}" if undone else f"import-{group_key}"


def _received(group: HouseholdGroup) -> datetime:
    """The day named in the file, if it names one; else the moment of the import."""
    named = group.rows[0].values.get("received_on")
    return clock.start_of(date.fromisoformat(named)) if named else clock.now()


@as_engine()
def refer_household(
    *,
    by: User,
    key: str,
    household: Mapping[str, Any],
    person: int,
    **facts: Any,
) -> Performed:
    """Refer one of a household's people: entered anew, or as the street has the household already.

    `household` holds the facts of `register_household`, `person` the place among its `members`.
    The same key hears the first answer, and enters nobody twice.
    """
    if (earlier := _answered(key, by)) is not None:
        return earlier
    try:
        with transaction.atomic():
            home, member = _household(by, household, person, street=str(facts["division"]))
            return perform("refer", by=by, key=key, household=home, person=member.pk, **facts)
    except CaseworkError:
        # Of two presses at one moment the later finds the key taken, and its household taken back.
        if (earlier := _answered(key, by)) is not None:
            return earlier
        raise


def _answered(key: str, by: User) -> Performed | None:
    """What a key was answered, whoever's facts come with it now: the first entry stands."""
    answer = Answer.objects.select_related("entry").filter(key=key, entry__by=by).first()
    if answer is None:
        return None
    entry = answer.entry
    subject = (entry.subject_type, entry.subject_id)
    return Performed(entry.act, subject, answer.values, entry.pk, repeated=True)


def _household(
    by: User, facts: Mapping[str, Any], person: int, *, street: str
) -> tuple[Household, Member]:
    """The household in which the person is already entered in this street, or a new one."""
    number = str(facts["members"][person].get("id_no") or "")
    known = match_household([number], street=street) if number else None
    if known is not None:
        entered = find_by_id(number).filter(household=known).first()
        if entered is not None:
            return known, entered
    home = register_household(by=by, on=clock.today(), **facts)
    return home, home.members.order_by("pk")[person]
