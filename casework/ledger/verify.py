"""Proof of the books: every hash recomputed, every balance folded again from its movements."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby

from casework.ledger.canonical import GENESIS, merkle_root
from casework.ledger.figures import (
    ACCOUNT_FIELDS,
    Account,
    balance_rows,
    moved_in,
    period_hash,
    posted_digest,
)
from casework.ledger.journal import entry_hash, seal_hash
from casework.ledger.models import Balance, JournalEntry, Movement, Period, Seal, SealLeaf
from casework.lib.replica import long_reading

# A check of another room against the books: yields a sentence for each fault it finds.
Check = Callable[[], Iterator[str]]
_checks: list[Check] = []


def register_check(check: Check) -> Check:
    """Let a room above hold its own state against the journal whenever the books are verified."""
    if check not in _checks:
        _checks.append(check)
    return check


@dataclass(frozen=True)
class Verdict:
    """Whether the books hold; if not, the first bad row by name."""

    holds: bool
    entries: int
    movements: int
    first_bad: str | None


def verify_books(exported: Check | None = None) -> Verdict:
    """Recompute the journal's chains and seals and every balance; name the first bad row.

    `exported` holds the books against the seals that left the machine. Reads row by row: memory
    does not grow with the books; all as it stood at one moment, while people go on working.
    """
    # Cursors of a proof that stopped at a fault end before the snapshot does.
    with long_reading(), closing(_faults(exported)) as faults:
        first_bad = next(faults, None)
        return Verdict(
            holds=first_bad is None,
            entries=JournalEntry.objects.count(),
            movements=Movement.objects.count(),
            first_bad=first_bad,
        )


def _faults(exported: Check | None) -> Generator[str, None, None]:
    if exported is not None:
        yield from exported()
    yield from _journal_faults()
    yield from _seal_faults()
    yield from _movement_faults()
    yield from _balance_faults()
    for check in _checks:
        yield from check()


def _journal_faults() -> Iterator[str]:
    subject, seq, prev_hash = ("", 0), 0, GENESIS
    ordered = JournalEntry.objects.order_by("subject_type", "subject_id", "seq")
    for entry in ordered.iterator(chunk_size=2000):
        if subject != (entry.subject_type, entry.subject_id):
            subject, seq, prev_hash = (entry.subject_type, entry.subject_id), 0, GENESIS
        name = f"journal entry {entry.pk} ({entry})"
        if entry.seq != seq + 1:
            yield f"{name}: entry #{seq + 1} of its subject is missing"
        if entry.prev_hash != prev_hash:
            yield f"{name}: does not follow the entry before it"
        if entry.hash != entry_hash(entry):
            yield f"{name}: was changed"
        seq, prev_hash = entry.seq, entry.hash


def _seal_faults() -> Iterator[str]:
    prev_hash = GENESIS
    for seal in Seal.objects.order_by("pk"):
        name = f"seal {seal.pk}"
        if seal.prev_hash != prev_hash:
            yield f"{name}: does not follow the seal before it"
        if seal.hash != seal_hash(seal):
            yield f"{name}: was changed"
        leaves = list(
            SealLeaf.objects.filter(seal=seal)
            .order_by("entry_number")
            .values_list("entry_number", "entry_hash")
        )
        if len(leaves) != seal.count or seal.root != merkle_root([f"{n}:{h}" for n, h in leaves]):
            yield f"{name}: its leaves were changed"
        yield from _leaf_faults(leaves)
        prev_hash = seal.hash


def _leaf_faults(leaves: list[tuple[int, str]]) -> Iterator[str]:
    for start in range(0, len(leaves), 500):
        part = leaves[start : start + 500]
        found = dict(
            JournalEntry.objects.filter(pk__in=[number for number, _hash in part]).values_list(
                "pk", "hash"
            )
        )
        for number, sealed_hash in part:
            if number not in found:
                yield f"journal entry {number}: sealed, and now missing"
            elif found[number] != sealed_hash:
                yield f"journal entry {number}: differs from what was sealed"


def _movement_faults() -> Iterator[str]:
    """Movements that differ from what the journal entry of their act vouches for."""
    vouched = _vouched()
    number, posted = next(vouched, _END)
    rows = Movement.objects.order_by("entry_id", "pk").iterator(chunk_size=2000)
    for entry_id, group in groupby(rows, key=lambda movement: movement.entry_id):
        movements = list(group)
        name = f"movement {movements[0].pk} ({movements[0]})"
        while number < entry_id:
            yield f"journal entry {number}: what it posted is missing"
            number, posted = next(vouched, _END)
        if number != entry_id:
            yield f"{name}: no journal entry vouches for it"
            continue
        if posted != posted_digest(movements):
            yield f"{name}: differs from what journal entry {entry_id} posted"
        number, posted = next(vouched, _END)
    while number != _END[0]:
        yield f"journal entry {number}: what it posted is missing"
        number, posted = next(vouched, _END)


# Above every number a row can have.
_END = (2**63, "")


def _vouched() -> Iterator[tuple[int, str]]:
    """Each entry that posted something, in order, with the digest of what it posted."""
    entries = JournalEntry.objects.filter(facts__has_key="posted").order_by("pk")
    yield from entries.values_list("pk", "facts__posted").iterator(chunk_size=2000)


def _balance_faults() -> Iterator[str]:
    closing: dict[Account, object] = {}
    prev_sha256 = GENESIS
    for period in Period.objects.filter(sealed_at__isnull=False).order_by("week"):
        rows = balance_rows(period.week, closing, moved_in(period.week))  # type: ignore[arg-type]
        yield from _row_faults(period, {_account(row): row for row in rows})
        if period.prev_sha256 != prev_sha256:
            yield f"week {period.week}: does not follow the week before it"
        if period.movements != Movement.objects.filter(week=period.week).count():
            yield f"week {period.week}: movements were added or removed after it was sealed"
        if period.sha256 != period_hash(period, rows):
            yield f"week {period.week}: its hash does not match its balances"
        closing.update({_account(row): row.closing for row in rows})
        prev_sha256 = period.sha256


def _account(row: Balance) -> Account:
    return Account(*(getattr(row, name) for name in ACCOUNT_FIELDS))


def _row_faults(period: Period, expected: dict[Account, Balance]) -> Iterator[str]:
    stored = {_account(row): row for row in Balance.objects.filter(week=period.week)}
    for account, row in stored.items():
        want = expected.pop(account, None)
        got = (row.opening, row.moved, row.closing)
        if want is None or got != (want.opening, want.moved, want.closing):
            yield f"balance {row.pk} ({row}): differs from its movements"
    for missing in expected.values():
        yield f"balance of {missing}: is missing"
