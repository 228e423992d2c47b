"""A household that parts from another is referred in the same breath: nobody is lost sight of."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from casework.cases.models import HelpCase
from casework.households.models import Household
from casework.ledger.act import Books

Operation = Callable[..., dict[str, Any]]


def and_refer(operation: Operation) -> Operation:
    """The same act, which also refers the household it founded, by the source of the old one."""

    @wraps(operation)
    def act(case: HelpCase, books: Books, **facts: Any) -> dict[str, Any]:
        from workflows.perform import perform  # the door knows every act, this one included

        answer = operation(case, books, **facts)
        home = Household.objects.get(pk=answer["household"])
        first = case.referral_links.select_related("referral").order_by("linked_at").first()
        done = perform(
            "refer",
            by=books.by,
            key=f"parted-{home.pk}",
            moment=books.moment,
            household=home,
            person=home.head_id,
            source=first.referral.source if first else "COMMITTEE",
            reason=f"分户：{case.case_no}",
            division=home.residence_division[:9],
        )
        return answer | {"case_no": done.values["case_no"]}

    return act
