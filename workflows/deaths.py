"""A death reaches beyond the case: nobody calls at the house again."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from casework.cases.models import HelpCase
from casework.ledger.act import Books
from casework.visits.operations import end_for_death

Operation = Callable[..., dict[str, Any]]


def and_end_visits(operation: Operation) -> Operation:
    """The same act, which also takes the dead of the household off the visiting list."""

    @wraps(operation)
    def act(case: HelpCase, books: Books, **facts: Any) -> dict[str, Any]:
        answer = operation(case, books, **facts)
        for member in case.household.members.all():
            if member.death_date is not None:
                end_for_death(member, books, died_on=member.death_date)
        return answer

    return act
