"""What happens to items between rounds: struck off, or opened again with their history kept."""

from datetime import date

from casework.ledger.act import Books
from evaluation.rectification.models import RectificationItem, RectificationOrder
from evaluation.rectification.states import ItemState
from evaluation.scoring.models import Finding
from evaluation.scoring.states import FindingState

_KEPT = ("measure", "result", "root_cause", "long_term", "evidence", "verdict_reason", "state")


def strike_off_passed(order: RectificationOrder, books: Books) -> list[str]:
    """Write off every item that passed, and its finding with it."""
    passed = order.items.filter(state=ItemState.PASSED)
    refs = list(passed.values_list("ref", flat=True))
    Finding.objects.filter(item__in=list(passed.values_list("pk", flat=True))).update(
        state=FindingState.STRUCK_OFF, struck_off_on=books.on
    )
    passed.update(state=ItemState.STRUCK_OFF, struck_off_on=books.on)
    return refs


def reopen(
    item: RectificationItem,
    number: int,
    *,
    amount: int,
    unit: str,
    due: date | None = None,
) -> None:
    """Open a failed item for another round; what was said in this one stays readable."""
    said = {name: getattr(item, name) for name in _KEPT}
    days = {"due_on": item.due_on, "reported_on": item.reported_on}
    item.earlier_rounds = [
        *item.earlier_rounds,
        {"round": item.round, **said, **{k: v and v.isoformat() for k, v in days.items()}},
    ]
    item.round, item.state, item.due_on, item.reported_on = number, ItemState.OPEN, due, None
    item.limit_amount, item.limit_unit = amount, unit
    item.measure = item.result = item.root_cause = item.long_term = item.verdict_reason = ""
    item.evidence = []
