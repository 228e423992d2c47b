"""Whether the installation is fit to serve, and what needs a person; nothing about anybody."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.directory.queries import working_days
from casework.ledger import figures
from casework.ledger.models import BooksVerdict, JournalEntry, OutboxMessage
from casework.ledger.weeks import week_bounds
from casework.lib import clock
from casework.staff.row_policies import stands
from workflows.models import Timer
from workflows.pulse import pulse

Words = str | Promise
# Seconds after which something due that nobody has done means that the workers do not work.
LATE_SECONDS: Final = 120
# A proof runs every night; one may fail to run before a person is told.
PROOF_AGE: Final = timedelta(hours=36)
# From this month on the next year's working days should stand in the calendar.
CALENDAR_MONTH: Final = 12


@dataclass(frozen=True)
class Finding:
    """One thing looked at: does it hold, what was seen, and must it hold to serve at all."""

    name: str
    title: Words
    holds: bool
    seen: Words = ""
    vital: bool = False


def findings() -> list[Finding]:
    """Everything that is looked at; without a database only that."""
    if not (base := database()).holds:
        return [base, *disks()]
    return [base, *disks(), migrations(), *(look() for look in _LOOKS)]


def is_ready() -> list[Finding]:
    """What is vital and does not hold; nothing when the process may be given requests."""
    vital = [database(), *disks()]
    if vital[0].holds:
        vital.append(migrations())
    return [finding for finding in vital if not finding.holds]


def database() -> Finding:
    """The database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Finding("database", _("Database"), False, _("does not answer"), vital=True)
    return Finding("database", _("Database"), True, connection.vendor, vital=True)


_migrated = False


def migrations() -> Finding:
    """The tables are those of this version; once seen, it stays so while the process lives."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    seen = "" if _migrated else _("run migrate")
    return Finding("migrations", _("Tables of this version"), _migrated, seen, vital=True)


def disks() -> Iterator[Finding]:
    """There is room to write: a full disk is said before it is met."""
    for name, title, folder in (
        ("disk_files", _("Disk of private files"), Path(settings.MEDIA_ROOT)),
        ("disk_var", _("Disk of the working folder"), Path(settings.VAR_DIR)),
    ):
        free = shutil.disk_usage(_existing(folder)).free
        seen = f"{free >> 20} MiB"
        yield Finding(name, title, free >= settings.LEAST_FREE_BYTES, seen, vital=True)


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else _existing(folder.parent)


def oldest_due_seconds(now: datetime | None = None) -> dict[str, float]:
    """How long the oldest message and the oldest timer have been due, in seconds; 0 if none is."""
    moment = now or clock.now()
    pending = OutboxMessage.objects.filter(
        state=OutboxMessage.State.PENDING, due_at__lte=moment
    ).aggregate(at=Min("due_at"))["at"]
    timers = Timer.objects.filter(
        due_at__lte=moment, fired_at__isnull=True, dropped_at__isnull=True, failed=""
    ).aggregate(at=Min("due_at"))["at"]
    return {
        name: (moment - at).total_seconds() if at else 0.0
        for name, at in (("outbox", pending), ("timers", timers))
    }


def work_is_done() -> Finding:
    """What is due gets done: a worker that lives but no longer works is seen here."""
    oldest = max(oldest_due_seconds().values())
    seen = _("%(seconds)s seconds overdue") % {"seconds": int(oldest)}
    return Finding("oldest_due", _("Oldest work of the system"), oldest <= LATE_SECONDS, seen)


def workers_are_awake() -> Finding:
    """A worker has done a job of late: one that lives but hears nothing is seen here."""
    title, newest = _("Workers"), pulse().newest
    if newest is None:
        return Finding("workers", title, True, _("none has worked yet"))
    seen = _("last job %(seconds)s seconds ago") % {"seconds": int(newest)}
    return Finding("workers", title, newest <= LATE_SECONDS, seen)


def nothing_is_stuck() -> Finding:
    """No message has been given up, no timer was refused."""
    stuck = OutboxMessage.objects.filter(state=OutboxMessage.State.STUCK).count()
    failed = Timer.objects.exclude(failed="").filter(dropped_at__isnull=True).count()
    seen = _("%(stuck)s messages, %(failed)s timers") % {"stuck": stuck, "failed": failed}
    return Finding("stuck", _("Work that needs a person"), not (stuck or failed), seen)


def weeks_are_sealed() -> Finding:
    """The week before last is sealed: the last one may still wait for its working day."""
    week = figures.week_to_seal()
    late = week is not None and week_bounds(week)[1] < clock.now() - timedelta(days=12)
    return Finding("weeks", _("Weekly seals"), not late, week or "")


def calendar_is_known() -> Finding:
    """The working days of this year, and late in the year of the next, have been entered."""
    today, calendar = clock.today(), working_days()
    years = [today.year] + ([today.year + 1] if today.month >= CALENDAR_MONTH else [])
    missing = [year for year in years if not calendar.knows(year)]
    seen = ", ".join(map(str, missing))
    return Finding("calendar", _("Working days entered"), not missing, seen)


def rows_are_guarded() -> Finding:
    """Row-level security is in force; SQLite, a trial's database, has none and says so."""
    seen = _("this database has none") if connection.vendor == "sqlite" else ""
    return Finding("rows", _("Row-level security"), stands(connection), seen)


def books_hold() -> Finding:
    """The last proof of the books held, and it is not older than the nights between allow."""
    title, last = _("Proof of the books"), BooksVerdict.objects.order_by("-pk").first()
    oldest = clock.now() - PROOF_AGE
    if last is None:
        waits = JournalEntry.objects.filter(recorded_at__lt=oldest).exists()
        return Finding("books", title, not waits, _("not proved yet"))
    if not last.holds:
        return Finding("books", title, False, last.first_bad)
    return Finding(
        "books", title, last.proved_at >= oldest, last.proved_at.isoformat("T", "minutes")
    )


_LOOKS: tuple[Callable[[], Finding], ...] = (
    work_is_done,
    workers_are_awake,
    nothing_is_stuck,
    weeks_are_sealed,
    calendar_is_known,
    rows_are_guarded,
    books_hold,
)
