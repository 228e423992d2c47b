"""The one door of the monthly bulletin: who may do what with it, recorded in the books."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.ledger.act import Books, open_books
from casework.lib.errors import NotFound, NotLawfulNow, NotYours
from casework.staff.models import Role, User
from casework.staff.rows import as_engine
from casework.staff.scope import reach_of
from evaluation.reporting import bulletins
from evaluation.reporting.bulletins import subject_of
from evaluation.reporting.models import BulletinState, MonthlyBulletin

Operation = Callable[..., None]
_State = BulletinState


@dataclass(frozen=True)
class Order:
    """One act on a bulletin: its name on the screen, where it begins, and what it does."""

    title: Promise
    begins: BulletinState
    operation: Operation


def _send_back(_books: Books, bulletin: MonthlyBulletin, why: str) -> None:
    bulletins.send_back(bulletin, why)


def _write(_books: Books, bulletin: MonthlyBulletin, requirements: str) -> None:
    bulletins.write_requirements(bulletin, requirements)


ORDERS: Final[dict[str, Order]] = {
    "compile_anew": Order(gettext_lazy("Compile anew"), _State.DRAFT, bulletins.compile_anew),
    "write_requirements": Order(gettext_lazy("Keep the words"), _State.DRAFT, _write),
    "review_bulletin": Order(gettext_lazy("Reviewed"), _State.DRAFT, bulletins.review_bulletin),
    "send_back": Order(gettext_lazy("Send back"), _State.REVIEWED, _send_back),
    "sign_bulletin": Order(gettext_lazy("Sign"), _State.REVIEWED, bulletins.sign_bulletin),
    "issue_bulletin": Order(gettext_lazy("Issue"), _State.SIGNED, bulletins.issue_bulletin),
    "archive_bulletin": Order(gettext_lazy("Archive"), _State.ISSUED, bulletins.archive_bulletin),
}


@as_engine()
def order_bulletin(
    act: str, month: str, *, by: User | None, moment: datetime | None = None, **facts: Any
) -> MonthlyBulletin:
    """Perform one act on the bulletin of a month, recorded, or refuse it in words.

    The system only drafts; everything else is an act of the city office (ACCESS, reports).
    """
    with open_books(act, by=by, moment=moment) as books:
        if by is not None and not reach_of(by, books.on).has(Role.CA):
            raise NotYours(_("The bulletin is written by the city office."))
        if act == "draft_bulletin":
            return _draft(books, month)
        known = ORDERS.get(act)
        bulletin = MonthlyBulletin.objects.select_for_update(of=("self",)).filter(month=month)
        held = bulletin.first()
        if known is None or held is None:
            raise NotFound(_("There is no such bulletin."))
        if by is None:
            raise NotYours(_("“%(act)s” is an act of a person.") % {"act": known.title})
        before = held.state
        known.operation(books, held, **facts)
        books.note(month=month, sha256=held.sha256)
        books.close(subject_of(month), from_state=before, to_state=held.state)
        return held


def _draft(books: Books, month: str) -> MonthlyBulletin:
    if MonthlyBulletin.objects.filter(month=month).exists():
        raise NotLawfulNow(_("This month has its bulletin already."))
    made = bulletins.draft_bulletin(books, month)
    books.note(month=month)
    books.close(subject_of(month), from_state="", to_state=made.state)
    return made


def orders_for(bulletin: MonthlyBulletin, user: User) -> list[tuple[str, Promise]]:
    """What a person may do with a bulletin now, in the order of its way."""
    if not reach_of(user).has(Role.CA):
        return []
    return [
        (name, order.title)
        for name, order in ORDERS.items()
        if order.begins == bulletin.state
        and not (name == "sign_bulletin" and bulletin.reviewed_by_id == user.pk)
    ]
