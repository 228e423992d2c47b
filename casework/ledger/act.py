"""One lawful act: what it did, what counts and what is to be sent are written together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction

from casework.ledger import journal
from casework.ledger.canonical import plain
from casework.ledger.figures import FIGURES, hold_week_open, posted_digest
from casework.ledger.models import JournalEntry, Movement, OutboxMessage
from casework.ledger.weeks import next_week, week_of
from casework.lib import clock, writes
from casework.staff.models import User


class Subject(NamedTuple):
    """What an act is about: a kind of thing and its number. The books know no more of it."""

    type: str
    id: int


@dataclass
class Books:
    """The open books of one act; rows are written when it closes, or not at all."""

    act: str
    by: User | None
    moment: datetime
    week: str
    unit: str = ""
    on_behalf_of: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    _movements: list[Movement] = field(default_factory=list)
    _messages: list[OutboxMessage] = field(default_factory=list)
    _others: list[dict[str, Any]] = field(default_factory=list)
    entry: JournalEntry | None = None
    # The subject's last entry, where it was read beforehand.
    head: journal.Head | None = None

    def page(self, head: journal.Head | None) -> "Books":
        """Books of the same act on another subject, in the same transaction."""
        return Books(self.act, self.by, self.moment, self.week, head=head)

    @property
    def on(self) -> date:
        """The local day of the act."""
        return clock.local_date(self.moment)

    def post(
        self,
        figure: str,
        amount: int | Decimal,
        *,
        subject: tuple[str, int],
        district: str,
        street: str = "",
        line: str = "",
        case_id: int | None = None,
        occurred_on: date | None = None,
        note: str = "",
    ) -> None:
        """Move one figure by an amount, in the week of this act."""
        if figure not in FIGURES:
            raise KeyError(f"no such figure: {figure}")
        kind, number = subject
        self._movements.append(
            Movement(
                week=self.week,
                year=self._year(),
                figure=figure,
                district=district,
                street=street,
                line=line,
                subject_type=kind,
                subject_id=number,
                case_id=number if kind == "case" else case_id,
                amount=Decimal(amount),
                occurred_on=occurred_on or self.on,
                moment=self.moment,
                note=note,
            )
        )

    def _year(self) -> int:
        """The calendar year of the posting: of the act, or of the open week it had to go into."""
        return self.on.year if week_of(self.moment) == self.week else int(self.week[:4])

    def send(
        self, kind: str, key: str, payload: dict[str, Any], not_before: datetime | None = None
    ) -> None:
        """Order an outside effect once, under a key of its own; the payload holds ids only."""
        self._messages.append(
            OutboxMessage(
                kind=kind,
                key=key,
                payload=plain(payload),
                created_at=self.moment,
                due_at=not_before or self.moment,
            )
        )

    def note(self, **facts: Any) -> None:
        """Add facts to the journal entry of this act: codes, ids and dates only."""
        self.facts.update(facts)

    def also(
        self,
        subject: tuple[str, int],
        act: str,
        from_state: str = "",
        to_state: str = "",
        reason: str = "",
        **facts: Any,
    ) -> None:
        """Record what the same act did to another subject."""
        self._others.append(
            {
                "subject": subject,
                "act": act,
                "from_state": from_state,
                "to_state": to_state,
                "reason": reason,
                "facts": facts,
            }
        )

    def close(
        self, subject: tuple[str, int], *, from_state: str, to_state: str, reason: str = ""
    ) -> JournalEntry:
        """Write the entry, the movements and the messages of this act."""
        if self._movements:
            # The chained entry vouches for its movements, long before their week is sealed.
            self.facts["posted"] = posted_digest(self._movements)
        self.entry = self._write(subject, self.act, from_state, to_state, reason, self.facts)
        for other in self._others:
            self._write(
                other["subject"],
                other["act"],
                other["from_state"],
                other["to_state"],
                other["reason"],
                {**other["facts"], "with_entry": self.entry.pk},
            )
        for movement in self._movements:
            movement.entry = self.entry
        writes.add_all(self._movements)
        writes.add_all(self._messages)
        return self.entry

    def _write(
        self,
        subject: tuple[str, int],
        act: str,
        from_state: str,
        to_state: str,
        reason: str,
        facts: dict[str, Any],
    ) -> JournalEntry:
        return journal.append(
            JournalEntry(
                subject_type=subject[0],
                subject_id=subject[1],
                act=act,
                by=self.by,
                by_name=str(self.by) if self.by else "",
                on_behalf_of=self.on_behalf_of,
                unit=self.unit,
                moment=self.moment,
                recorded_at=clock.now(),
                from_state=from_state,
                to_state=to_state,
                reason=reason,
                facts=plain(facts),
            ),
            self.head,
        )


@contextmanager
def open_books(
    act: str, *, by: User | None, moment: datetime | None = None, unit: str = ""
) -> Iterator[Books]:
    """Open the books of one act in one transaction.

    The posting week is the week of the moment, or the first open week where that one is
    already sealed: a sealed week never changes.
    """
    with transaction.atomic():
        moment = moment or clock.now()
        yield Books(act=act, by=by, moment=moment, week=_open_week(week_of(moment)), unit=unit)


def _open_week(week: str) -> str:
    """This week, held open until the transaction ends, or the first one not yet sealed."""
    while True:
        sealed = hold_week_open(week)
        if sealed is None or week > sealed:
            return week
        week = next_week(sealed)
