"""The register at a past moment, and every correction that was made of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from casework.households.models import Household, Member
from casework.households.models.versions import as_of

# What follows from other columns, or names no fact about people.
_INNER: Final = frozenset({"id", "household", "registered_by", "registered_at", "created_rule_set"})


@dataclass(frozen=True)
class Register:
    """A household and its people as they stood in the register at one moment."""

    household: Household
    people: list[Member]


@dataclass(frozen=True)
class Correction:
    """One column changed: of the household, or of a person of it."""

    moment: datetime
    by: str
    reason: str
    member: Member | None
    column: str
    before: Any
    after: Any


def register_at(household: Household, moment: datetime) -> Register:
    """The household and its people as they stood at a moment; who joined later is not there."""
    people = (as_of(member, moment) for member in household.members.order_by("pk"))
    return Register(
        household=as_of(household, moment) or household,
        people=[person for person in people if person is not None],
    )


def corrections(household: Household) -> list[Correction]:
    """Everything that was changed in the register since it was entered, the newest first."""
    found = [*_of(household, None)]
    for member in household.members.order_by("pk"):
        found += _of(member, member)
    return sorted(found, key=lambda one: one.moment, reverse=True)


def _of(row: Household | Member, member: Member | None) -> Iterator[Correction]:
    versions = row.history.select_related("history_user").order_by("history_date", "history_id")
    former: Any = None
    for version in versions:
        for column in version.tracked_fields if former is not None else ():
            before, after = (getattr(one, column.attname) for one in (former, version))
            if before != after and column.name not in _INNER:
                yield Correction(
                    moment=version.history_date,
                    by=str(version.history_user or ""),
                    reason=version.history_change_reason or "",
                    member=member,
                    column=column.name,
                    before=before,
                    after=after,
                )
        former = version
