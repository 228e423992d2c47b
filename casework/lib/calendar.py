"""Working days, reckoned from the State Council's notices as data."""

from dataclasses import dataclass, field
from datetime import date, timedelta

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days the offices work: Monday to Friday, less the holidays, plus make-up days."""

    off: frozenset[date] = field(repr=False)
    makeup: frozenset[date] = field(repr=False)
    years: frozenset[int]

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
        span = (until - after).days
        return sum(self.is_working(after + timedelta(days=n)) for n in range(1, span + 1))

    def roll(self, day: date) -> date:
        """The day itself, or the next working day when offices are closed."""
        while not self.is_working(day):
            day += _ONE_DAY
        return day

    def knows(self, year: int) -> bool:
        """The year's holiday notice has been entered; otherwise its holidays are unknown."""
        return year in self.years
