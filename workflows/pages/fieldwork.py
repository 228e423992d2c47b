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
from evaluation.scoring.operations.second import differ
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
    "second": gettext_lazy("Blind second scores"),
    "phone": gettext_lazy("Telephone re-visits"),
    "door": gettext_lazy("Door re-visits"),
}
MODES: Final = {"phone": RevisitMode.PHONE, "door": RevisitMode.DOOR}


def _given(purpose: Purpose) -> Exists:
    """An evaluator holds the case for a purpose."""
    return Exists(
        EvaluatorAssignment.objects.filter(case=OuterRef("pk"), purpose=purpose, ended_at=None)
    )


def _sheet(kind: SheetKind) -> Exists:
    """The case has a sheet of a kind."""
    return Exists(ScoreSheet.objects.filter(case=OuterRef("pk"), kind=kind))


def waiting_sheets(user: User, on: date) -> QuerySet[HelpCase]:
    """Drawn cases that no evaluator has been given yet, within the reader's scope."""
    return (
        visible_to(user, on)
        .filter(~_given(Purpose.FIRST), ~_sheet(SheetKind.FIRST), state=CaseState.EVALUATING)
        .select_related("household__head", "person")
        .order_by("handling_district", "pk")
    )


def waiting_seconds(user: User, on: date) -> list[HelpCase]:
    """Cases drawn to be scored twice whose first evaluator is named and whose second is not."""
    rows = (
        visible_to(user, on)
        .filter(state=CaseState.EVALUATING, sampled__chosen=True)
        .filter(_given(Purpose.FIRST), ~_given(Purpose.SECOND), ~_sheet(SheetKind.SECOND))
        .exclude(sheets__confirmed_at__isnull=False)
        .select_related("household__head", "person", "sampled__draw")
        .order_by("handling_district", "pk")
    )
    return [case for case in rows if case.pk in case.sampled.draw.second]


def seconds_of(reach: Reach, user: User) -> QuerySet[EvaluatorAssignment]:
    """The second scores that were given out, of the bodies the reader leads or the own ones."""
    bodies = reach.organisations(Role.LE)
    mine = Q(organisation__in=bodies) if bodies else Q(evaluator=user)
    return (
        EvaluatorAssignment.objects.filter(mine, purpose=Purpose.SECOND)
        .select_related("case__household__head", "case__person", "evaluator")
        .order_by("-assigned_at", "-pk")
    )


def second_under_way(
    row: EvaluatorAssignment, names: Mapping[str, str], reader: User, on: date
) -> dict[str, Any]:
    """One second score: awaited, agreed, to be settled or settled."""
    sheets = {sheet.kind: sheet for sheet in row.case.sheets.all()}
    word, tone = _standing(row, sheets, on)
    act = ""
    if row.ended_at is None and row.evaluator_id == reader.pk:
        act = "submit_second"
    elif tone == "late":
        act = "settle_scores"
    return {
        "case_no": row.case.case_no,
        "person": name_of(row.case) if row.evaluator_id == reader.pk else "",
        "street": names.get(row.case.handling_street, ""),
        "evaluator": str(row.evaluator),
        "tried": _totals(sheets) if row.evaluator_id != reader.pk else "",
        "state": word,
        "tone": tone,
        "due": due_on(row.window_ends_on, on) if row.ended_at is None else None,
        "ended": clock.local_date(row.ended_at) if row.ended_at else None,
        "ask": reverse("act_page", args=[row.case.case_no, act]) if act else "",
        "verb": _("Settle") if act == "settle_scores" else _("Score"),
    }


def _standing(
    row: EvaluatorAssignment, sheets: Mapping[str, ScoreSheet], on: date
) -> tuple[Words, str]:
    first, second = sheets.get(SheetKind.FIRST), sheets.get(SheetKind.SECOND)
    if second is None:
        return (_("Under way"), "info") if row.ended_at is None else (_("Dropped"), "plain")
    if SheetKind.SETTLED in sheets:
        return _("Settled"), "ok"
    if first is None:
        return _("Waits for the first score"), "info"
    if not differ(first, second, on):
        return _("The two agree"), "ok"
    return _("To be settled"), "late"


def _totals(sheets: Mapping[str, ScoreSheet]) -> str:
    """The two totals side by side, once both are there."""
    two = [sheets.get(kind) for kind in (SheetKind.FIRST, SheetKind.SECOND)]
    return " / ".join(f"{sheet.total}" for sheet in two if sheet) if all(two) else ""


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
        return [Piece(case, "assign_evaluator") for case in waiting_sheets(user, on)]
    if kind == "second":
        return [Piece(case, "assign_second") for case in waiting_seconds(user, on)]
    waiting = revisits_of(reach, user, MODES[kind]).filter(state=RevisitState.WAITING)
    return [Piece(row.case, "assign_revisit", row) for row in waiting]


def proposals(pieces: list[Piece], reach: Reach, on: date) -> dict[int, User]:
    """Per case, whom the rotation proposes; a second score is never the first evaluator's."""
    cases = [piece.case for piece in pieces]
    barred: set[tuple[int, int]] = set()
    if any(piece.act == "assign_second" for piece in pieces):
        first = EvaluatorAssignment.objects.filter(case__in=cases, purpose=Purpose.FIRST)
        barred = set(first.values_list("evaluator", "case"))
    return propose(cases, sorted(reach.organisations(Role.LE)), on, barred=barred)


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
        "verb": _("Ask"),
    }


def counts(user: User, reach: Reach, on: date) -> list[tuple[Words, int, str]]:
    """What the first page tells of fieldwork: what it is, how many, and where it is done."""
    address = reverse("fieldwork")
    open_rows = Revisit.objects.exclude(case__locked=True)
    asked = open_rows.filter(evaluator=user, state=RevisitState.ASSIGNED)
    twice = EvaluatorAssignment.objects.filter(
        evaluator=user, purpose=Purpose.SECOND, ended_at=None, window_ends_on__gte=on
    )
    told = [
        (_("Re-visits to make"), asked.count(), f"{address}?kind=phone"),
        (_("Second scores to give"), twice.count(), f"{address}?kind=second"),
    ]
    if reach.has(Role.LE):
        waiting = open_rows.filter(state=RevisitState.WAITING).count()
        told = [(_("Re-visits to be given out"), waiting, f"{address}?kind=phone")]
    return [one for one in told if one[1]]


def windows(rows: list[Revisit], mode: str) -> dict[int, date | None]:
    """Per case, the day on which leave to ask ends."""
    held = EvaluatorAssignment.objects.filter(
        case__in=[row.case_id for row in rows], purpose=mode, ended_at=None
    )
    return dict(held.values_list("case", "window_ends_on"))
