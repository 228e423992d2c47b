"""Evaluation work in batches: what waits for whom, and what an evaluator has to ask."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to
from casework.cases.states import CaseState
from casework.lib import clock
from casework.staff.models import Role, User
from casework.staff.scope import Reach
from evaluation.scoring.models import EvaluatorAssignment, Revisit, ScoreSheet
from evaluation.scoring.rotation import propose
from evaluation.scoring.states import (
    OPEN_REVISITS,
    Purpose,
    RevisitMode,
    RevisitState,
    SheetKind,
)
from workflows.fieldwork import Piece
from workflows.pages.revisits import TONES
from workflows.pages.tasks import name_of
from workflows.pages.words import Words, due_on

KINDS: Final[dict[str, Words]] = {
    "sheets": gettext_lazy("Score sheets"),
    "phone": gettext_lazy("Telephone re-visits"),
    "door": gettext_lazy("Door re-visits"),
}
MODES: Final = {"phone": RevisitMode.PHONE, "door": RevisitMode.DOOR}


def waiting_sheets(user: User, on: date) -> QuerySet[HelpCase]:
    """Drawn cases that no evaluator has been given yet, within the reader's scope."""
    given = EvaluatorAssignment.objects.filter(
        case=OuterRef("pk"), purpose=Purpose.FIRST, ended_at=None
    )
    scored = ScoreSheet.objects.filter(case=OuterRef("pk"), kind=SheetKind.FIRST)
    return (
        visible_to(user, on)
        .filter(~Exists(given), ~Exists(scored), state=CaseState.EVALUATING)
        .select_related("household__head", "person")
        .order_by("handling_district", "pk")
    )


def revisits_of(reach: Reach, user: User, mode: str) -> QuerySet[Revisit]:
    """The re-visits of a mode that the reader gives out or makes, open ones first."""
    bodies = reach.organisations(Role.LE)
    mine = Q(evaluator=user)
    if bodies:
        mine |= Q(organisation=None) | Q(organisation__in=bodies)
    return (
        Revisit.objects.filter(mine, mode=mode)
        .exclude(Q(case__locked=True) & Q(state__in=sorted(OPEN_REVISITS)))
        .select_related("case__household__head", "case__person", "evaluator", "draw")
        .annotate(tried=Count("attempts"), opened=Q(state__in=sorted(OPEN_REVISITS)))
        .order_by("-opened", F("evaluator").asc(nulls_first=True), "draw", "case")
    )


def pieces_of(kind: str, user: User, reach: Reach, on: date) -> list[Piece]:
    """What the reader may give out now, of a kind."""
    if kind == "sheets":
        return [Piece(case) for case in waiting_sheets(user, on)]
    waiting = revisits_of(reach, user, MODES[kind]).filter(state=RevisitState.WAITING)
    return [Piece(row.case, row) for row in waiting]


def proposals(pieces: list[Piece], reach: Reach, on: date) -> dict[int, User]:
    """Per case, whom the rotation proposes."""
    return propose([piece.case for piece in pieces], sorted(reach.organisations(Role.LE)), on)


def to_give(piece: Piece, proposed: User | None, names: Mapping[str, str]) -> dict[str, Any]:
    """One piece that waits, as the page shows it."""
    case = piece.case
    return {
        "name": piece.name,
        "url": reverse("case_page", args=[case.case_no]),
        "case_no": case.case_no,
        "street": names.get(case.handling_street, ""),
        "instead": bool(piece.revisit and piece.revisit.replaces_id),
        "proposed": str(proposed) if proposed else _("nobody without a tie"),
    }


def under_way(
    row: Revisit,
    ends: Mapping[int, date | None],
    names: Mapping[str, str],
    reader: User,
    on: date,
) -> dict[str, Any]:
    """One re-visit that was given out, with the way to the script; who asks reads the name."""
    act = reverse("act_page", args=[row.case.case_no, "record_revisit"])
    end = ends.get(row.case_id)
    return {
        "case_no": row.case.case_no,
        "person": name_of(row.case) if row.evaluator_id == reader.pk else "",
        "street": names.get(row.case.handling_street, ""),
        "evaluator": str(row.evaluator or ""),
        "tried": row.tried,  # type: ignore[attr-defined]
        "state": row.get_state_display(),
        "tone": TONES.get(row.state, "plain"),
        "due": due_on(end, on) if end and row.state == RevisitState.ASSIGNED else None,
        "ended": clock.local_date(row.ended_at) if row.ended_at else None,
        "ask": f"{act}?revisit={row.pk}" if row.state == RevisitState.ASSIGNED else "",
        "rating": row.overall,
    }


def windows(rows: list[Revisit], mode: str) -> dict[int, date | None]:
    """Per case, the day on which leave to ask ends."""
    held = EvaluatorAssignment.objects.filter(
        case__in=[row.case_id for row in rows], purpose=mode, ended_at=None
    )
    return dict(held.values_list("case", "window_ends_on"))
