"""Working days, reckoned from the State Council's notices as data."""

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from django.utils.translation import gettext as _

from casework.lib.errors import Incomplete

MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days the offices work: Monday to Friday, less the holidays, plus make-up days."""

    off: frozenset[date] = field(repr=False)
    makeup: frozenset[date] = field(repr=False)
    years: frozenset[int]

    @cached_property
    def _closed(self) -> list[date]:
        """Weekdays on which offices are closed, in order."""
        return sorted(day for day in self.off - self.makeup if day.weekday() < _SATURDAY)

    @cached_property
    def _made_up(self) -> list[date]:
        """Days of a weekend on which offices are open, in order."""
        return sorted(day for day in self.makeup if day.weekday() >= _SATURDAY)

    def is_working(self, day: date) -> bool:
        """Offices are open on this day."""
        if day in self.makeup:
            return True
        return day.weekday() < _SATURDAY and day not in self.off

    def add(self, day: date, amount: int) -> date:
        """The last day of a period of working days; the day of the event is not counted."""
        step = _ONE_DAY if amount >= 0 else -_ONE_DAY
        left = abs(amount)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def count(self, after: date, until: date) -> int:
        """Working days after the first date up to and including the second."""
        if until < after:
            return -self.count(until, after)
        weekdays = _weekdays_through(until) - _weekdays_through(after)
        return (
            weekdays - _between(self._closed, after, until) + _between(self._made_up, after, until)
        )

    def roll(self, day: date) -> date:
        """The day itself, or the next working day when offices are closed."""
        while not self.is_working(day):
            day += _ONE_DAY
        return day

    def knows(self, year: int) -> bool:
        """The year's holiday notice has been entered; otherwise its holidays are unknown."""
        return year in self.years


def _weekdays_through(day: date) -> int:
    """Mondays to Fridays since the calendar began, up to and including a day."""
    # The first day of the first year is a Monday.
    weeks, rest = divmod(day.toordinal(), 7)
    return weeks * _SATURDAY + min(rest, _SATURDAY)


def _between(days: list[date], after: date, until: date) -> int:
    """How many of the days lie after the first date, up to and including the second."""
    return bisect_right(days, until) - bisect_right(days, after)


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of a month written as 2018-09."""
    if not MONTH.fullmatch(month):
        raise Incomplete(_("Give the month as year-month."), {"month": _("As in 2018-07.")})
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=32)).replace(day=1) - _ONE_DAY
