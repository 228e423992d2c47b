"""Weekly periods: ISO weeks, Monday 00:00 to Sunday 24:00 in the city's time zone."""

from datetime import date, datetime, timedelta

from django.db import connection

from casework.lib import clock

# First key of the advisory locks by which a seal waits for the acts in flight of its week.
WEEK_LOCKS = 7201


def week_of(moment: datetime) -> str:
    """The ISO week of a moment, as in '2018-W35'."""
    return week_of_day(clock.local_date(moment))


def week_of_day(day: date) -> str:
    """The ISO week of a day, as in '2018-W35'."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def monday_of(week: str) -> date:
    """The first day of a week; ValueError if there is no such week."""
    return date.fromisoformat(f"{week}-1")


def week_bounds(week: str) -> tuple[datetime, datetime]:
    """First moment of the week and first moment after it."""
    monday = monday_of(week)
    return clock.start_of(monday), clock.start_of(monday + timedelta(days=7))


def next_week(week: str) -> str:
    return week_of_day(monday_of(week) + timedelta(days=7))


def previous_week(week: str) -> str:
    return week_of_day(monday_of(week) - timedelta(days=7))


def hold_week_open(week: str) -> None:
    """Let the seal of this week wait until the present transaction ends."""
    _advisory("pg_advisory_xact_lock_shared", week)


def wait_for_acts_of(week: str) -> None:
    """Wait until no act of this week is in flight; acts of later weeks are not held up."""
    _advisory("pg_advisory_xact_lock", week)


def _advisory(function: str, week: str) -> None:
    # SQLite has one writer at a time: the transaction itself is the lock.
    if connection.vendor != "postgresql":
        return
    number = int(week[:4]) * 100 + int(week[6:])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [WEEK_LOCKS, number])  # noqa: S608
