"""What every act on a case shares: the guards before it and the saving after it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date

from django.utils.translation import gettext as _
from django_fsm import ConcurrentTransition, TransitionNotAllowed

from casework.cases.lawful import RECEIVING_SIDE_ACTS, is_lawful
from casework.cases.models import HelpCase
from casework.cases.queries import offered_transfer
from casework.cases.states import ForcedReason, Hold
from casework.ledger.act import Books, Subject
from casework.lib import writes
from casework.lib.errors import NotLawfulNow, NotYours
from casework.staff.scope import reach_of


def ensure_lawful(case: HelpCase, books: Books, act: str) -> None:
    """Refuse an act that the state, the hold or the lock of the case does not allow."""
    if not is_lawful(act, state=case.state, hold=case.hold, locked=case.locked):
        raise NotLawfulNow(_why_not(case))
    if case.hold == Hold.TRANSFERRING:
        _ensure_own_side(case, books, act)


def _why_not(case: HelpCase) -> str:
    if case.locked:
        return _("The person has died and the file is locked; only the relatives can be told.")
    if case.hold == Hold.SUSPENDED:
        return _("The case is suspended; resume it first.")
    if case.hold == Hold.TRANSFERRING:
        return _("The case is being transferred; wait for the answer of the receiving street.")
    return _("This is not possible for a case that is “%(state)s”; open the case anew.") % {
        "state": case.get_state_display()
    }


def _ensure_own_side(case: HelpCase, books: Books, act: str) -> None:
    """During a transfer the receiving street may answer, and do nothing else."""
    transfer = offered_transfer(case)
    if books.by is None or transfer is None:
        return
    reach = reach_of(books.by, books.on)
    gives = reach.covers(case.handling_street)
    receives = reach.covers(transfer.to_street)
    if act == "accept_transfer" and not receives:
        raise NotYours(_("The receiving street accepts the case, not the one that offers it."))
    if act not in RECEIVING_SIDE_ACTS and receives and not gives:
        raise NotYours(_("Accept the transfer first; until then the other street has the case."))


@contextmanager
def lawful_step(case: HelpCase) -> Iterator[None]:
    """Turn the machine's refusal into a sentence for the person at the screen."""
    try:
        yield
    except TransitionNotAllowed as refusal:
        raise NotLawfulNow(
            _("This is not possible for a case that is “%(state)s”; open the case anew.")
            % {"state": case.get_state_display()}
        ) from refusal


def keep(case: HelpCase, *fields: str) -> None:
    """Save the named fields of a case, unless somebody moved it on meanwhile."""
    try:
        writes.change(case, *fields)
    except ConcurrentTransition as race:
        raise NotLawfulNow(
            _("Somebody has just moved this case on; open it anew and try again.")
        ) from race


def ensure_second_person(books: Books, earlier: Iterable[int | None], message: str) -> None:
    """Nobody confirms, approves or reviews what is their own work."""
    if books.by is not None and books.by.pk in set(earlier):
        raise NotYours(message)


def subject_of(case: HelpCase) -> Subject:
    return Subject("case", case.pk)


def post(
    case: HelpCase,
    books: Books,
    figure: str,
    amount: int,
    *,
    line: str = "",
    occurred_on: date | None = None,
) -> None:
    """Move a figure for the street that handles the case now."""
    books.post(
        figure,
        amount,
        subject=subject_of(case),
        district=case.handling_district,
        street=case.handling_street,
        line=line,
        occurred_on=occurred_on,
    )


def force_into_sample(case: HelpCase, reason: ForcedReason) -> None:
    """This case is evaluated whatever the draw says; saved at once with its reason."""
    if reason in case.forced_reasons:
        return
    case.forced_sample = True
    case.forced_reasons = [*case.forced_reasons, reason.value]
    keep(case, "forced_sample", "forced_reasons")
