"""Forgetting a household reaches beyond the case: orders and visits are asked, drafts cleared."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.ledger.act import Books
from casework.lib.errors import NotLawfulNow
from casework.visits.models import ElderEnrolment
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.states import OrderState
from workflows.models import Draft

Operation = Callable[..., dict[str, Any]]


def with_what_lies_beyond(operation: Operation) -> Operation:
    """The same act, refused while an order or a visiting list needs the household."""

    @wraps(operation)
    def act(case: HelpCase, books: Books, **facts: Any) -> dict[str, Any]:
        cases = HelpCase.objects.filter(household=case.household_id).values("pk")
        orders = RectificationOrder.objects.filter(items__case__in=cases)
        if orders.exclude(state=OrderState.CLOSED).exists():
            raise NotLawfulNow(_("A rectification order on the household is open."))
        if ElderEnrolment.objects.filter(
            member__household=case.household_id, ended_on=None
        ).exists():
            raise NotLawfulNow(_("A person of the household is on the visiting list."))
        answer = operation(case, books, **facts)
        Draft.objects.filter(subject_type="case", subject_id__in=cases).delete()
        return answer

    return act
