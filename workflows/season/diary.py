"""The days and hours of one case: working days, in order, with a little chance."""

import random
from datetime import date, datetime, time, timedelta

from casework.directory.queries import working_days
from casework.lib import clock

OPENS = time(8, 40)
LAST_HOUR = 20
MINUTES_OF_A_DAY = 480


class Diary:
    """Gives each act of a case its moment; a later act never comes before an earlier one."""

    def __init__(self, dice: random.Random, first_day: date) -> None:
        self.dice = dice
        self.calendar = working_days()
        self.day = self.calendar.roll(first_day)
        self._last: datetime | None = None

    @classmethod
    def since(cls, dice: random.Random, moment: datetime) -> "Diary":
        """A diary that goes on from something that happened at a moment."""
        diary = cls(dice, clock.local_date(moment))
        diary._last = moment
        return diary

    def on(self, day: date) -> datetime:
        """A moment on this working day, or on the first one after it, after every earlier act."""
        wanted = self.calendar.roll(max(day, self.day))
        moment = clock.moment_on(wanted, OPENS) + timedelta(
            minutes=self.dice.randrange(MINUTES_OF_A_DAY)
        )
        return self._keep(moment)

    def now(self) -> datetime:
        """A little later on the same day."""
        return self.on(self.day)

    def after(self, least: int, most: int) -> datetime:
        """A moment some working days later."""
        return self.on(self.calendar.add(self.day, self.dice.randint(least, most)))

    def evening(self, day: date) -> datetime:
        """A moment outside office hours on any day."""
        return self._keep(clock.moment_on(max(day, self.day), time(19, self.dice.randrange(60))))

    def workdays_before(self, day: date, amount: int) -> date:
        """The day some working days before another."""
        return self.calendar.add(day, -amount)

    def _keep(self, moment: datetime) -> datetime:
        last = self._last
        if last is not None and moment <= last:
            moment = last + timedelta(minutes=self.dice.randint(3, 25))
        local = clock.local_date(moment)
        if moment >= clock.moment_on(local, time(LAST_HOUR)):
            local = self.calendar.add(local, 1)
            moment = clock.moment_on(local, OPENS)
        self._last, self.day = moment, local
        return moment


def spread_days(first: date, last: date, number: int) -> list[date]:
    """So many days, evenly from the first to the last; the same day never twice if they fit."""
    span = (last - first).days
    if number == 1:
        return [first + timedelta(days=span // 2)]
    return [first + timedelta(days=span * n // (number - 1)) for n in range(number)]
