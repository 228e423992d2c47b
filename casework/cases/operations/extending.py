"""More time for an answer: once, before the time is over, and for a reason."""

from datetime import date

from django.utils.translation import gettext as _

from casework.cases.models import Appeal, Petition
from casework.cases.operations import facts
from casework.directory.queries import due_on
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow


def extend_once(
    asked: Appeal | Petition, due: date, books: Books, *, limit: str, rule_date: date, reason: str
) -> date:
    """Move the day of an answer on by a limit; the new day, with the old one in the journal."""
    if asked.extended_on is not None:
        raise NotLawfulNow(_("The time was extended before; it is extended once."))
    if books.on > due:
        raise NotLawfulNow(_("The time is over; answer now."))
    facts.text(reason, "reason", at_most=300)
    books.note(extended_from=due)
    asked.extended_on = books.on
    asked.due_on = later = due_on(limit, due, rule_date=rule_date)
    asked.save(update_fields=["extended_on", "due_on"])
    return later
