"""Steps of a case that its evaluation and rectification decide; called by their acts."""

from typing import Any

from casework.cases.models import HelpCase
from casework.cases.operations.step import ensure_lawful, keep, lawful_step
from casework.cases.states import ClosingReason, LineState
from casework.ledger.act import Books


def enter_sample(
    case: HelpCase,
    books: Books,
    *,
    draw: int | None = None,
    stratum: str = "",
    forced_reason: str = "",
) -> dict[str, Any]:
    """The case is drawn for evaluation by the third party."""
    ensure_lawful(case, books, "enter_sample")
    with lawful_step(case):
        case.draw()
    keep(case, "state")
    return {"draw": draw, "stratum": stratum}


def leave_to_self_check(
    case: HelpCase, books: Books, *, draw: int | None = None, stratum: str = ""
) -> dict[str, Any]:
    """The case is not drawn; its district checks the file itself."""
    ensure_lawful(case, books, "leave_to_self_check")
    with lawful_step(case):
        case.pass_over()
    keep(case, "state")
    return {"draw": draw}


def close_self_checked(case: HelpCase, books: Books) -> dict[str, Any]:
    """The district has checked the file; the case closes."""
    ensure_lawful(case, books, "close_self_checked")
    return _close(case, books)


def close_evaluated(case: HelpCase, books: Books) -> dict[str, Any]:
    """The evaluation is good or excellent; the case closes."""
    ensure_lawful(case, books, "close_evaluated")
    return _close(case, books)


def begin_rectification(case: HelpCase, books: Books) -> dict[str, Any]:
    """A rectification notice is issued on this case."""
    ensure_lawful(case, books, "begin_rectification")
    with lawful_step(case):
        case.order_rectification()
    keep(case, "state")
    return {}


def report_rectification(case: HelpCase, books: Books) -> dict[str, Any]:
    """Every item of the order is reported on."""
    ensure_lawful(case, books, "report_rectification")
    with lawful_step(case):
        case.submit_rectification()
    keep(case, "state")
    return {}


def return_to_rectification(case: HelpCase, books: Books) -> dict[str, Any]:
    """The recheck failed; the unit must put the rest right."""
    ensure_lawful(case, books, "return_to_rectification")
    with lawful_step(case):
        case.fail_recheck()
    keep(case, "state")
    return {}


def close_rectified(case: HelpCase, books: Books) -> dict[str, Any]:
    """Every item is struck off and scored again; the case closes."""
    ensure_lawful(case, books, "close_rectified")
    return _close(case, books)


def _close(case: HelpCase, books: Books) -> dict[str, Any]:
    is_done = case.lines.filter(state=LineState.DONE).exists()
    reason = ClosingReason.COMPLETED if is_done else ClosingReason.ENDED_EARLY
    with lawful_step(case):
        case.close(at=books.moment, reason=reason)
    keep(case, "state", "closed_at", "closing_reason")
    books.note(closing_reason=reason)
    return {"closing_reason": reason.value}
