"""The books: what happened, what counts, what is to be sent."""

from casework.ledger.models.figures import Balance, Movement, Period
from casework.ledger.models.journal import Answer, JournalEntry, Seal, SealLeaf
from casework.ledger.models.outbox import OutboxMessage

__all__ = [
    "Answer",
    "Balance",
    "JournalEntry",
    "Movement",
    "OutboxMessage",
    "Period",
    "Seal",
    "SealLeaf",
]
