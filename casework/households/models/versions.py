"""The former states of a household and its people, kept beside the journal.

The journal says who changed which field, when and why; it holds no words about people. The words
lie here, under the same encryption and the same rules of sight as the row itself.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from simple_history.models import HistoricalRecords

if TYPE_CHECKING:
    from casework.households.models.household import Household
    from casework.households.models.member import Member
    from casework.staff.models import User

Row = TypeVar("Row", bound="Household | Member")


class Versions(HistoricalRecords):  # type: ignore[misc]
    """A row entered with its household costs nothing; versions begin with the first change."""

    def post_save(
        self, instance: "Household | Member", created: bool, using: str | None = None, **kwargs: Any
    ) -> None:
        if hasattr(instance, "_history_date"):
            super().post_save(instance, created, using=using, **kwargs)


@contextmanager
def versioned(row: Any, *, by: "User | None", moment: datetime, reason: str) -> Iterator[None]:
    """What is saved of the row within is kept as a version, under a name, a moment, a reason."""
    row._history_user, row._history_date, row._change_reason = by, moment, reason
    try:
        yield
    finally:
        del row._history_user, row._history_date, row._change_reason


def change(
    row: Any,
    values: Mapping[str, Any],
    *,
    by: "User | None",
    moment: datetime,
    reason: str,
    entered_at: datetime,
) -> tuple[str, ...]:
    """Set what differs, and keep what stood there before; the names of the fields that changed."""
    changed = tuple(sorted(name for name, value in values.items() if getattr(row, name) != value))
    if not changed:
        return ()
    if not row.history.exists():
        row.__class__.history.bulk_history_create([row], default_date=entered_at)
    for name in changed:
        setattr(row, name, values[name])
    with versioned(row, by=by, moment=moment, reason=reason):
        row.save(update_fields=changed)
    return changed


def as_of(row: Row, moment: datetime) -> Row | None:
    """The row as the register had it at a moment; None before it was entered."""
    versions = row.history.order_by("history_date", "history_id")
    past = versions.filter(history_date__lte=moment).last()
    if past is not None:
        former: Row = past.instance
        return former
    return None if versions.exists() else row
