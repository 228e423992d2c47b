"""Giving out a batch of evaluation work: each piece through the one door, each told by itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.lib.errors import CaseworkError
from casework.staff.models import User
from evaluation.scoring.models import Revisit
from workflows.perform import perform


@dataclass(frozen=True)
class Piece:
    """One piece of evaluation work that waits for an evaluator."""

    case: HelpCase
    act: str
    revisit: Revisit | None = None

    @property
    def name(self) -> str:
        """What a form posts for it."""
        return f"revisit-{self.revisit.pk}" if self.revisit else f"{self.act}-{self.case.pk}"


@dataclass(frozen=True)
class Given:
    """What became of one piece: whose it is now, or why not."""

    case_no: str
    words: str
    refused: bool = False


def give_out(pieces: Iterable[tuple[Piece, User | None]], *, by: User, key: str) -> list[Given]:
    """Assign pieces to people, one act each; a refusal stops no other.

    `key` names the submission: sent twice, the second hears the first answers.
    """
    return [_give(piece, to, by, f"{key}-{piece.name}"[:64]) for piece, to in pieces]


def _give(piece: Piece, to: User | None, by: User, key: str) -> Given:
    number = piece.case.case_no
    if to is None:
        return Given(number, _("Nobody without a tie is free; choose somebody."), refused=True)
    facts: dict[str, Any] = {"evaluator": to.pk}
    if piece.revisit:
        facts["revisit"] = piece.revisit.pk
    try:
        perform(piece.act, piece.case, by=by, key=key, **facts)
    except CaseworkError as refusal:
        return Given(number, str(refusal.message), refused=True)
    return Given(number, _("given to %(name)s") % {"name": to})
