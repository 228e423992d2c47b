"""The blocks of the case page: household, verification, plan, evaluation, papers."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casework.cases.models import HelpCase, HelpPlan, PlanItem, Verification
from casework.cases.states import Finding, FundSource, Line, PlanState
from casework.documents.models import Document, DocumentState
from casework.documents.queries import documents_of, readable
from casework.lib import clock
from casework.staff.models import User
from evaluation.rectification.models import Notice, RectificationOrder
from evaluation.rectification.queries import roles_on_order
from evaluation.scoring.models import EvaluatorAssignment
from evaluation.scoring.states import FindingState, Purpose
from workflows.pages.sight import Sight
from workflows.pages.words import (
    GRADE_TONES,
    LINE_TONES,
    ORDER_TONES,
    PLAN_ITEM_TONES,
    Words,
    due_of,
    earliest_deadlines,
)

SERVICES_SHOWN = 12
PAPER_TONES: dict[str, str] = {
    DocumentState.PENDING: "info",
    DocumentState.ISSUED: "ok",
    DocumentState.FAILED: "late",
}


def verifications(case: HelpCase, *, whole: bool) -> list[dict[str, Any]]:
    """The rounds of home verification, the latest first."""
    rows = case.verifications.prefetch_related("verifiers", "attempts").order_by("-round")
    return [_verification(row, whole=whole) for row in rows]


def _verification(row: Verification, *, whole: bool) -> dict[str, Any]:
    facts: list[tuple[Words, Words]] = [
        (_("Verifiers"), "、".join(verifier.name for verifier in row.verifiers.all())),
        (_("Visit planned for"), _iso(row.visit_on)),
        (_("Visited on"), _iso(row.visited_on)),
        (_("Attempts"), str(row.attempts.count() or "")),
        (_("Proposal"), row.get_proposal_display()),
        (_("Refusal delivered on"), _iso(row.refusal_delivered_on)),
    ]
    if whole:
        facts += [
            (_("Place"), row.place),
            (_("Delivered by"), row.refusal_method),
            (_("What was found"), row.findings_text),
            (_("Neighbours asked"), str(row.neighbours_asked or "")),
            (_("What the neighbours said"), row.neighbours_words),
        ]
    outcome = row.get_outcome_display()
    if row.outcome_reason:
        outcome = f"{outcome}：{row.get_outcome_reason_display()}"
    return {
        "title": _("Round %(round)s") % {"round": row.round},
        "outcome": outcome,
        "tone": {Finding.VERIFIED.value: "ok", Finding.REJECTED.value: "late"}.get(row.outcome),
        "facts": [(label, value) for label, value in facts if value],
        "steps": (row.assessment or {}).get("steps", []) if whole else [],
    }


def publicity(case: HelpCase, today: date) -> list[dict[str, Any]]:
    """Notices posted, and the objections they met."""
    found = []
    for row in case.publicities.prefetch_related("objections"):
        on_board = row.removed_on is None
        lines = [_("%(place)s, objections until %(day)s") % {
            "place": row.place, "day": row.last_day.isoformat()
        }]  # fmt: skip
        for objection in row.objections.all():
            words = objection.get_outcome_display() if objection.outcome else _("open")
            lines.append(
                _("Objection of %(day)s: %(words)s")
                % {"day": objection.raised_on.isoformat(), "words": words}
            )
        found.append(
            {
                "title": _("Publicity from %(day)s") % {"day": row.posted_on.isoformat()},
                "state": _("on the board") if on_board else _("removed"),
                "tone": "info" if on_board else "plain",
                "lines": lines,
            }
        )
    return found


def appeals(case: HelpCase) -> list[dict[str, Any]]:
    """Appeals against a refusal, and their answers."""
    found = []
    for row in case.appeals.all():
        state: Words = row.get_outcome_display() if row.outcome else _("open")
        text = _("Filed on %(filed)s; last day %(last)s.") % {
            "filed": row.filed_on.isoformat(),
            "last": row.last_day.isoformat(),
        }
        if not row.in_time:
            state = _("out of time")
            text += _(" The way left is a petition.")
        found.append(
            {
                "route": row.get_route_display(),
                "state": state,
                "tone": "info" if row.in_time else "warn",
                "text": text,
            }
        )
    return found


def plan(case: HelpCase, sight: Sight) -> dict[str, Any] | None:
    """The plan in force, or the one that waits for approval, with what is done of each item."""
    row = case.plan_in_force or case.plans.order_by("-version").first()
    if row is None:
        return None
    items = sight.of_items(
        list(row.items.select_related("service", "provider", "member").order_by("pk"))
    )
    return {
        "title": _("Help plan, version %(version)s") % {"version": row.version},
        "words": _plan_words(row),
        "lines": [
            {
                "words": f"{line.get_line_display()}：{line.get_state_display()}",
                "tone": LINE_TONES.get(line.state, "plain"),
            }
            for line in case.lines.all()
        ],
        "items": [_item(item) for item in items],
        "budget": budget(items),
        "services": _services(case, {item.pk for item in items}),
    }


def budget(items: Iterable[PlanItem]) -> list[dict[str, Any]]:
    """What the items cost as planned and as given, by who pays; items without a price left out."""
    planned: dict[str, Decimal] = defaultdict(Decimal)
    given: dict[str, Decimal] = defaultdict(Decimal)
    for item in items:
        if item.unit_price is not None:
            planned[item.fund_source] += item.unit_price * item.qty_planned
            given[item.fund_source] += item.unit_price * item.qty_done
    return [
        {
            "fund": FundSource(fund).label,
            "planned": planned[fund],
            "given": given[fund],
            "share": f"{given[fund] * 100 / planned[fund]:.0f}%" if planned[fund] else "",
        }
        for fund in sorted(planned)
    ]


def frame_words(row: HelpPlan) -> Words:
    """From when to when a plan runs, and when it was signed."""
    return _("%(starts)s to %(ends)s, signed on %(signed)s") % {
        "starts": row.starts_on.isoformat(),
        "ends": row.ends_on.isoformat(),
        "signed": row.signed_on.isoformat(),
    }


def _plan_words(row: HelpPlan) -> Words:
    words = frame_words(row)
    return words if row.state == PlanState.APPROVED else f"{words} · {row.get_state_display()}"


def _item(item: PlanItem) -> dict[str, Any]:
    late = not (item.is_settled or item.is_delivered) and item.ends_on < clock.today()
    words = [
        str(Line(item.line).label),
        item.member.name if item.member else "",
        str(item.provider or ""),
        item.freq,
        item.goal,
    ]
    return {
        "code": item.service_id,
        "name": item.service.name,
        "words": " · ".join(filter(None, words)),
        "state": _("overdue") if late else item.get_status_display(),
        "tone": "late" if late else PLAN_ITEM_TONES.get(item.status, "plain"),
        "done": item.qty_done,
        "planned": item.qty_planned,
        "progress": f"{item.qty_done} / {item.qty_planned} {item.unit}",
    }


def _services(case: HelpCase, items: Iterable[int]) -> list[dict[str, Any]]:
    rows = (
        case.services.filter(item_id__in=list(items))
        .select_related("item__service")
        .order_by("-served_on", "-pk")[:SERVICES_SHOWN]
    )
    return [
        {
            "served_on": row.served_on,
            "words": f"{row.item.service.name} × {row.quantity} · "
            + (_("at home") if row.at_home else _("elsewhere"))
            + " · "
            + ngettext("%(count)d minute", "%(count)d minutes", row.minutes)
            % {"count": row.minutes},
        }
        for row in rows
    ]


def evaluation(case: HelpCase, *, blind: bool) -> dict[str, Any] | None:
    """Who evaluates until when, the sheets and the findings; nothing of it to who scores blind."""
    if blind:
        return None
    given = (
        EvaluatorAssignment.objects.filter(case=case, purpose__in=(Purpose.FIRST, Purpose.RECHECK))
        .select_related("evaluator", "organisation")
        .order_by("-assigned_at")
        .first()
    )
    sheets = list(case.sheets.order_by("-submitted_at"))
    findings = case.findings.select_related("code").order_by("pk")
    if given is None and not sheets and not case.forced_sample:
        return None
    return {
        "words": " · ".join(map(str, _assignment_words(case, given))),
        "sheets": [
            {
                "title": f"{row.get_kind_display()} {row.total}",
                "grade": row.get_grade_display(),
                "tone": GRADE_TONES.get(row.grade, "plain"),
                "words": f"{row.number} · {clock.local_date(row.submitted_at).isoformat()} · "
                + (_("confirmed") if row.is_confirmed else _("waiting for confirmation")),
            }
            for row in sheets
        ],
        "findings": [
            {
                "code": row.code.code,
                "title": row.code.title,
                "text": row.description,
                "state": row.get_state_display(),
                "tone": "ok" if row.state == FindingState.STRUCK_OFF else "warn",
            }
            for row in findings
        ],
    }


def _assignment_words(case: HelpCase, given: EvaluatorAssignment | None) -> list[Words]:
    words: list[Words] = []
    if given:
        words.append(f"{given.organisation} · {given.evaluator}")
    if given and given.window_ends_on:
        words.append(_("window until %(day)s") % {"day": given.window_ends_on.isoformat()})
    if case.forced_sample:
        words.append(_("always evaluated"))
    return words


def orders(case: HelpCase, reader: User, today: date) -> list[dict[str, Any]]:
    """The rectification orders that cover this case."""
    rows = RectificationOrder.objects.filter(items__case=case).distinct().order_by("-issued_at")
    due = earliest_deadlines("order", [row.pk for row in rows])
    return [
        {
            "url": reverse("order_page", args=[row.pk])
            if roles_on_order(row, reader, today)
            else "",
            "number": row.number_base,
            "state": row.get_state_display(),
            "tone": ORDER_TONES.get(row.state, "info"),
            "words": _("round %(round)s") % {"round": row.round},
            "due": due_of(due.get(row.pk), today),
        }
        for row in rows
    ]


def papers_about(case: HelpCase) -> list[Document]:
    """Documents issued about the case, then those of its notices."""
    notices = Notice.objects.filter(order__items__case=case).values("document")
    return [
        *documents_of("case", case.pk),
        *Document.objects.filter(pk__in=notices).order_by("pk"),
    ]


def papers(case: HelpCase, reader: User) -> list[dict[str, Any]]:
    """Documents issued about the case, with those of its notices."""
    found = papers_about(case)
    opened = readable(reader, (row for row in found if row.is_issued))
    return [
        {
            "url": reverse("document", args=[row.uuid]) if row.pk in opened else "",
            "title": row.title,
            "number": row.number,
            "issued_at": row.issued_at,
            "state": row.get_state_display(),
            "tone": PAPER_TONES.get(row.state, "plain"),
        }
        for row in found
    ]


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
