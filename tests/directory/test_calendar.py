from datetime import date, timedelta

import pytest

from casework.directory.models import CalendarDay, CalendarYear
from casework.directory.queries import working_days

pytestmark = pytest.mark.django_db

OFF_2018 = (
    "01-01 02-15 02-16 02-17 02-18 02-19 02-20 02-21 04-05 04-06 04-07 04-29 04-30 05-01 06-18"
    " 09-24 10-01 10-02 10-03 10-04 10-05 10-06 10-07 12-30 12-31"
)
MAKEUP_2018 = "02-11 02-24 04-08 04-28 09-29 09-30 12-29"


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2018-02-12", 15, "2018-03-09"),
        ("2018-04-03", 3, "2018-04-09"),
        ("2018-08-06", 15, "2018-08-27"),
        ("2018-09-03", 15, "2018-09-25"),
        ("2018-09-10", 15, "2018-09-30"),
        ("2018-09-20", 15, "2018-10-17"),
        ("2018-09-28", 15, "2018-10-24"),
        ("2018-12-28", 3, "2019-01-03"),
        ("2018-03-01", 1, "2018-03-02"),
    ],
)
def test_published_vectors(start: str, amount: int, end: str) -> None:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    calendar = working_days()
    assert calendar.add(first, amount) == last
    assert calendar.count(first, last) == amount
    assert calendar.add(last, 0) == last


def test_2018_is_the_notice_of_the_state_council() -> None:
    rows = CalendarDay.objects.filter(date__year=2018)
    by_kind = {
        kind: {f"{row.date:%m-%d}" for row in rows if row.is_working is kind}
        for kind in (True, False)
    }
    assert by_kind[False] == set(OFF_2018.split())
    assert by_kind[True] == set(MAKEUP_2018.split())


def test_the_start_of_2019_is_the_notice_of_the_state_council() -> None:
    rows = CalendarDay.objects.filter(date__range=(date(2019, 1, 1), date(2019, 2, 28)))
    off = {f"{row.date:%m-%d}" for row in rows if not row.is_working}
    assert off == {"01-01", *(f"02-{day:02d}" for day in range(4, 11))}
    assert {row.date for row in rows if row.is_working} == {date(2019, 2, 2), date(2019, 2, 3)}


def test_every_year_from_2004_to_2026_is_known_and_the_next_is_not() -> None:
    calendar = working_days()
    assert all(calendar.knows(year) for year in range(2004, 2027))
    assert not calendar.knows(2027)


def test_days_count_backwards_and_roll_forwards() -> None:
    calendar = working_days()
    assert calendar.add(date(2018, 8, 27), -3) == date(2018, 8, 22)
    assert calendar.roll(date(2018, 10, 1)) == date(2018, 10, 8)
    assert calendar.roll(date(2018, 9, 30)) == date(2018, 9, 30)
    assert calendar.count(date(2018, 8, 27), date(2018, 8, 22)) == -3


def test_counting_is_going_day_by_day() -> None:
    calendar, first = working_days(), date(2017, 9, 1)
    for span in range(0, 800, 7):
        until = first + timedelta(days=span)
        walked = sum(calendar.is_working(first + timedelta(days=n)) for n in range(1, span + 1))
        assert calendar.count(first, until) == walked
        assert calendar.count(until, first) == -walked


def test_a_holiday_entered_now_counts_now() -> None:
    day = date(2027, 1, 4)
    assert working_days().is_working(day)
    CalendarYear.objects.create(year=2027, source="示例")
    entered = CalendarDay.objects.create(date=day, is_working=False, source="示例")
    assert not working_days().is_working(day)
    assert working_days().knows(2027)
    entered.delete()
    assert working_days().is_working(day)
    assert working_days().add(day - timedelta(days=1), 1) == day
