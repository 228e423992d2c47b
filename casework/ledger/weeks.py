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


def wait_for_acts_of(week: str) -> None:
    """Wait until no act of this week is in flight; acts of later weeks are not held up."""
    # SQLite has one writer at a time: the transaction itself is the lock.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", week_lock(week))


def week_lock(week: str) -> list[int]:
    """The keys of a week's advisory lock."""
    return [WEEK_LOCKS, int(week[:4]) * 100 + int(week[6:])]
