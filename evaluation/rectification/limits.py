"""Until when an item is due, counted from receipt, and how the notice says so."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

from casework.directory.queries import limit, working_days
from casework.ledger.weeks import monday_of, week_of_day
from evaluation.states import LimitUnit

_UNITS = {
    LimitUnit.WORKING_DAYS: "个工作日",
    LimitUnit.CALENDAR_DAYS: "日",
}


class Limited(Protocol):
    """Whatever has a limit of its own."""

    limit_amount: int
    limit_unit: str


def due_on(start: date, amount: int, unit: str) -> date:
    """The last day of a limit that begins with receipt; the day of receipt is not counted."""
    if unit == LimitUnit.WORKING_DAYS:
        return working_days().add(start, amount)
    if unit == LimitUnit.NEXT_WEEK:
        # It has to show in the next weekly table, which is cut on Sunday at midnight.
        return monday_of(week_of_day(start)) + timedelta(days=7 * amount + 6)
    return start + timedelta(days=amount)


def due_count(amount: int, unit: str) -> str:
    """A limit as the notice writes it, without the date."""
    if unit == LimitUnit.NEXT_WEEK:
        return "下周汇总前"
    if unit == LimitUnit.CALENDAR_DAYS and amount == 1:
        return "24小时"
    return f"{amount}{_UNITS[LimitUnit(unit)]}"


def longest(items: Iterable[Limited], start: date) -> Limited:
    """The item whose limit runs longest: the limit of the whole notice."""
    return max(items, key=lambda item: due_on(start, item.limit_amount, item.limit_unit))


def second_limit(item: Limited, on: date) -> tuple[int, str]:
    """A failed item's new limit: the second notice's, or its own where that is shorter."""
    second = limit("second_report", on)
    own = due_on(on, item.limit_amount, item.limit_unit)
    if own < due_on(on, second.amount, second.unit):
        # A hazard that had to go within a day does not get two weeks for having been ignored.
        return item.limit_amount, item.limit_unit
    return second.amount, second.unit
