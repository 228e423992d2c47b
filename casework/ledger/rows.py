"""Whose entries of the books are whose: those of their subject, and all to an auditor.

Movements and balances carry numbers of districts, and the read log is written outside of any
person's transaction: they have no policy.
"""

from casework.staff.rows import ROW, show, show_with, subject

show(
    "ledger.JournalEntry",
    "(SELECT casework_has('books'))"
    f" OR casework_sees_subject({ROW}.subject_type, {ROW}.subject_id)",
)
show_with("ledger.Answer", "entry_id", "ledger.JournalEntry")
subject("week", "true")
subject("month", "true")
subject("scheme", "true")
subject("draw", "casework_has('city') OR casework_ids('bodies') <> '{}'")
