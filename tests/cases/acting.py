"""One act on a case in its own books, as `perform` does it, without the flow around it."""

from collections.abc import Callable
from typing import Any

from casework.cases.models import HelpCase
from casework.ledger.act import open_books
from casework.ledger.models import JournalEntry, Movement
from casework.staff.models import User
from tests.factories import moment

Figures = list[tuple[str, int, str, str]]


def do(
    operation: Callable[..., Any],
    case: HelpCase,
    *,
    at: str = "2018-05-02 09:00",
    by: User | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """Perform an operation on the case as it lies in the database; the case is read afresh."""
    held = HelpCase.objects.get(pk=case.pk)
    before = held.state
    with open_books(operation.__name__, by=by, moment=moment(at)) as books:
        answer = operation(held, books, **facts)
        books.close(("case", held.pk), from_state=before, to_state=held.state)
    case.refresh_from_db()
    return answer


def figures(case: HelpCase) -> Figures:
    """What the case has counted for, in order: figure, amount, district, line."""
    rows = Movement.objects.filter(case_id=case.pk).order_by("pk")
    return [(row.figure, int(row.amount), row.district, row.line) for row in rows]


def last_entry(case: HelpCase) -> JournalEntry:
    """The newest line of the case's journal."""
    return JournalEntry.objects.filter(subject_type="case", subject_id=case.pk).latest("seq")
