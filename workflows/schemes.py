"""The one door of evaluation schemes: who may draw up, keep, withdraw and publish them."""

from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.ledger.act import Books, open_books
from casework.lib.errors import NotFound, NotYours
from casework.staff.models import Role, User
from casework.staff.rows import as_engine
from casework.staff.scope import reach_of
from evaluation import schemes
from evaluation.models import IndicatorScheme, SchemeDraft

AUTHORS: Final = frozenset({Role.LE, Role.CA})
TITLES: Final[dict[str, Promise]] = {
    "draw_up_scheme": gettext_lazy("Draw up a scheme"),
    "keep_scheme": gettext_lazy("Keep the draft"),
    "withdraw_scheme": gettext_lazy("Withdraw the draft"),
    "publish_scheme": gettext_lazy("Publish the scheme"),
}


@as_engine()
def draw_up_scheme(
    base: IndicatorScheme, *, by: User, code: str, title: str, moment: datetime | None = None
) -> SchemeDraft:
    """Begin a draft from a published scheme."""
    with open_books("draw_up_scheme", by=by, moment=moment) as books:
        _ensure_author(books, by)
        draft = schemes.draw_up(books, base, code, title)
        books.note(code=draft.code)
        books.close(("scheme", draft.pk), from_state="", to_state="DRAFT")
        return draft


@as_engine()
def order_scheme(
    act: str, pk: int, *, by: User, moment: datetime | None = None, **facts: Any
) -> SchemeDraft:
    """Keep, withdraw or publish a draft, recorded, or refuse it in words."""
    with open_books(act, by=by, moment=moment) as books:
        _ensure_author(books, by)
        held = SchemeDraft.objects.select_for_update(of=("self",)).filter(pk=pk).first()
        if act not in TITLES or held is None:
            raise NotFound(_("There is no such scheme."))
        if act == "publish_scheme":
            if not reach_of(by, books.on).has(Role.CA):
                raise NotYours(_("The city office publishes schemes."))
            schemes.publish(books, held)
        elif act == "withdraw_scheme":
            schemes.withdraw(books, held)
        else:
            schemes.keep(books, held, **facts)
        books.note(code=held.code)
        books.close(("scheme", held.pk), from_state="DRAFT", to_state=_state(held))
        return held


def _ensure_author(books: Books, by: User) -> None:
    if not reach_of(by, books.on).has(*AUTHORS):
        raise NotYours(_("Schemes are drawn up by the lead evaluator or the city office."))


def _state(draft: SchemeDraft) -> str:
    if draft.published_id is not None:
        return "PUBLISHED"
    return "DRAFT" if draft.is_open else "WITHDRAWN"
