"""The books: what happened, what counts, what is to be sent."""

from casework.ledger.models.figures import Balance, Movement, Period
from casework.ledger.models.journal import Answer, JournalEntry, Seal, SealLeaf
from casework.ledger.models.outbox import OutboxMessage
from casework.ledger.models.reading import BooksVerdict, ReadEntry
from casework.ledger.models.security import SecurityEvent

__all__ = [
    "Answer",
    "Balance",
    "BooksVerdict",
    "JournalEntry",
    "Movement",
    "OutboxMessage",
    "Period",
    "ReadEntry",
    "Seal",
    "SealLeaf",
    "SecurityEvent",
]
