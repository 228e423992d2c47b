"""The only source of the present moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time

from django.conf import settings
from django.utils import timezone

_frozen: ContextVar[datetime | None] = ContextVar("frozen_moment", default=None)


def now() -> datetime:
    """The present moment in the city's time zone, or the moment set by `at`.

    A demonstration may run on a shifted clock; production may not.
    """
    return _frozen.get() or timezone.localtime(timezone.now() + settings.CLOCK_SHIFT)


def today() -> date:
    """The present day in the city's time zone."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The calendar day on which a moment falls in the city's time zone."""
    return timezone.localtime(moment).date()


def start_of(day: date) -> datetime:
    """The first moment of a day in the city's time zone."""
    return moment_on(day, time.min)


def moment_on(day: date, at_time: time) -> datetime:
    """A wall-clock time of a day in the city's time zone."""
    return timezone.make_aware(datetime.combine(day, at_time))


def local_text(moment: datetime) -> str:
    """A moment as people write it, to the minute, in the city's time zone."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M")


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Hold the clock still at a moment: for replay, for timers caught up late, and for tests."""
    token = _frozen.set(timezone.localtime(moment))
    try:
        yield
    finally:
        _frozen.reset(token)
