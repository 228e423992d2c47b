"""The books: an act is written whole, weeks close once, and every change afterwards is seen."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from casework.ledger import figures
from casework.ledger.act import Books, Subject, open_books
from casework.ledger.journal import seal_journal
from casework.ledger.models import Balance, JournalEntry, Movement, Seal
from casework.ledger.verify import verify_books
from casework.ledger.weeks import monday_of, next_week, previous_week, week_bounds, week_of
from casework.lib import clock
from casework.lib.errors import NotLawfulNow
from tests.ledger.tampering import forge

pytestmark = pytest.mark.django_db

MONDAY = monday_of("2018-W35")


def moment(day: int, hour: int = 9) -> datetime:
    """A moment in the weeks from 27 August 2018 on, by days after that Monday."""
    return clock.start_of(MONDAY + timedelta(days=day)) + timedelta(hours=hour)


def act(
    number: int,
    at: datetime,
    *postings: tuple[str, int | Decimal, str],
    name: str = "accept",
    facts: dict[str, str] | None = None,
) -> Books:
    with open_books(name, by=None, moment=at) as books:
        for figure, amount, district in postings:
            books.post(figure, amount, subject=Subject("case", number), district=district)
        books.note(**(facts or {}))
        books.close(("case", number), from_state="A", to_state="B")
    return books


def test_weeks_run_from_monday_midnight_in_the_citys_time_zone() -> None:
    starts, ends = week_bounds("2018-W35")
    assert starts.isoformat() == "2018-08-27T00:00:00+08:00"
    assert week_of(ends) == "2018-W36"
    assert week_of(ends - timedelta(microseconds=1)) == "2018-W35"
    assert next_week("2018-W52") == "2019-W01"
    assert previous_week("2019-W01") == "2018-W52"


def test_an_act_that_fails_leaves_nothing() -> None:
    with pytest.raises(RuntimeError), open_books("accept", by=None, moment=moment(0)) as books:
        books.post("referred", 1, subject=Subject("case", 1), district="110101")
        books.close(("case", 1), from_state="", to_state="")
        raise RuntimeError
    assert not JournalEntry.objects.exists()
    assert not Movement.objects.exists()


def test_entries_of_a_subject_are_chained() -> None:
    first = act(1, moment(0)).entry
    second = act(1, moment(1)).entry
    other = act(2, moment(1)).entry
    assert first and second and other
    assert (first.seq, second.seq, other.seq) == (1, 2, 1)
    assert second.prev_hash == first.hash
    assert verify_books().holds


def test_tenths_add_up_to_a_closing_balance() -> None:
    # As floating numbers 60.1 + 60.7 is not 120.8.
    for week, score in enumerate(("60.1", "60.7")):
        act(week, moment(7 * week), ("score_sum", Decimal(score), "110101"))
        figures.seal_week(week_of(moment(7 * week)), at=moment(7 * week + 7))
    assert figures.balance("score_sum", week="2018-W36") == Decimal("120.8")
    assert verify_books().holds


def test_the_books_refuse_to_change_or_forget() -> None:
    entry = act(1, moment(0), ("referred", 1, "110101")).entry
    assert entry
    for attempt in (
        lambda: entry.save(),
        lambda: entry.delete(),
        lambda: JournalEntry.objects.all().update(act="other"),
        lambda: Movement.objects.all().delete(),
    ):
        with pytest.raises(NotLawfulNow):
            attempt()


def test_a_sealed_week_reads_the_same_after_later_acts() -> None:
    act(1, moment(0), ("referred", 1, "110101"), ("in_help", 1, "110101"))
    figures.seal_week("2018-W35", at=moment(7))
    before = figures.cells("2018-W35")
    sha = figures.Period.objects.get(week="2018-W35").sha256
    act(2, moment(8), ("referred", 1, "110101"), ("in_help", -1, "110101"))
    assert figures.cells("2018-W35") == before
    assert figures.Period.objects.get(week="2018-W35").sha256 == sha
    assert figures.seal_week("2018-W35", at=moment(9)).sha256 == sha
    assert figures.cells("2018-W36")[("referred", "110101", "")] == (1, 2)
    assert figures.cells("2018-W36")[("in_help", "110101", "")] == (-1, 0)


def test_a_late_act_goes_into_the_first_open_week() -> None:
    figures.seal_week("2018-W35", at=moment(7))
    books = act(1, moment(3), ("referred", 1, "110101"))
    assert books.week == "2018-W36"
    assert Movement.objects.get().week == "2018-W36"


def test_weeks_seal_in_order_and_not_before_their_end() -> None:
    with pytest.raises(NotLawfulNow):
        figures.seal_week("2018-W35", at=moment(6))
    figures.seal_week("2018-W35", at=moment(7))
    with pytest.raises(NotLawfulNow, match="2018-W36"):
        figures.seal_week("2018-W37", at=moment(28))


def test_counts_start_anew_each_year_and_stocks_run_on() -> None:
    new_year = datetime.fromisoformat("2019-01-03T10:00:00+08:00")
    act(1, moment(0), ("completed", 1, "110101"), ("in_help", 3, "110101"))
    act(2, new_year, ("completed", 1, "110101"), ("in_help", -1, "110101"))
    assert figures.balance("completed", week="2019-W01", district="110101") == 1
    assert figures.balance("completed", week="2019-W01", year=2018) == 1
    assert figures.balance("in_help", week="2019-W01", district="110101") == 2


def test_a_figure_opens_to_exactly_the_subjects_behind_it() -> None:
    act(1, moment(0), ("in_help", 1, "110101"))
    act(2, moment(1), ("in_help", 1, "110101"))
    act(1, moment(2), ("in_help", -1, "110101"), ("in_help", 1, "110106"))
    assert figures.subjects("in_help", week="2018-W35", district="110101") == [
        ("case", 2, Decimal(1))
    ]
    assert len(figures.subjects("in_help", week="2018-W35")) == figures.balance(
        "in_help", week="2018-W35"
    )


def test_a_figure_can_be_read_as_of_a_day() -> None:
    act(1, moment(0), ("completed", 1, "110101"))
    figures.seal_week("2018-W35", at=moment(7))
    act(2, moment(8), ("completed", 1, "110101"))
    act(3, moment(10), ("completed", 1, "110101"))
    assert figures.cells_as_of(moment(9))[("completed", "110101", "")] == (1, 2)
    figures.seal_week("2018-W36", at=moment(14))
    assert figures.cells_as_of(moment(9))[("completed", "110101", "")] == (1, 2)
    assert figures.cells_as_of(moment(1))[("completed", "110101", "")] == (1, 1)


def test_a_changed_entry_is_named() -> None:
    entry = act(1, moment(0), facts={"reason": "A"}).entry
    assert entry
    forge("UPDATE ledger_journalentry SET act = 'forged' WHERE id = %s", entry.pk)
    verdict = verify_books()
    assert not verdict.holds
    assert verdict.first_bad
    assert f"journal entry {entry.pk}" in verdict.first_bad


def test_a_rewritten_chain_is_found_by_the_seal() -> None:
    entry = act(1, moment(0)).entry
    assert entry
    seal_journal(moment(1))
    forge("UPDATE ledger_journalentry SET hash = %s WHERE id = %s", "f" * 64, entry.pk)
    assert not verify_books().holds


def test_a_deleted_last_entry_is_found_by_the_seal() -> None:
    act(1, moment(0))
    last = act(1, moment(1)).entry
    assert last
    seal_journal(moment(2))
    assert verify_books().holds
    forge("DELETE FROM ledger_journalentry WHERE id = %s", last.pk)
    verdict = verify_books()
    assert verdict.first_bad == f"journal entry {last.pk}: sealed, and now missing"


def test_a_changed_balance_is_named() -> None:
    act(1, moment(0), ("referred", 1, "110101"))
    figures.seal_week("2018-W35", at=moment(7))
    row = Balance.objects.get()
    forge("UPDATE ledger_balance SET moved = 2, closing = 2 WHERE id = %s", row.pk)
    verdict = verify_books()
    assert verdict.first_bad
    assert f"balance {row.pk}" in verdict.first_bad


def test_a_movement_slipped_into_a_sealed_week_is_found() -> None:
    act(1, moment(0), ("referred", 1, "110101"))
    figures.seal_week("2018-W35", at=moment(7))
    movement = Movement.objects.get()
    movement.pk = None
    movement._state.adding = True
    movement.save()
    assert not verify_books().holds


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE ledger_movement SET amount = 2",
        "UPDATE ledger_movement SET district = '110102'",
        "DELETE FROM ledger_movement",
    ],
)
def test_a_movement_changed_before_its_week_is_sealed_is_found(tampering: str) -> None:
    act(1, moment(0), ("referred", 1, "110101"))
    assert verify_books().holds
    forge(tampering)
    assert not verify_books().holds


def test_seals_are_chained_and_take_stragglers() -> None:
    act(1, moment(0))
    first = seal_journal(moment(1))
    assert seal_journal(moment(1)) is None
    act(2, moment(2))
    second = seal_journal(moment(3))
    assert first and second
    assert second.prev_hash == first.hash
    assert (first.count, second.count) == (1, 1)
    forge("UPDATE ledger_seal SET count = 5 WHERE id = %s", second.pk)
    assert verify_books().first_bad == f"seal {second.pk}: was changed"
    assert Seal.objects.count() == 2
