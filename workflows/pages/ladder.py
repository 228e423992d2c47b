"""The ladder of an order on its page: which rung was reached when, and when the next one comes."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.directory.queries import parameter, working_days
from evaluation.rectification.models import (
    EscalationRecord,
    RectificationItem,
    RectificationOrder,
)
from evaluation.rectification.queries import due_groups
from evaluation.reporting.units import YEAR
from workflows.letters import RUNGS
from workflows.pages.words import Words


def ladder(order: RectificationOrder, on: date) -> list[dict[str, Any]]:
    """Per due date that still waits or was missed: its rungs, each with its day."""
    fired = {
        (row.due_on, row.level): row.fired_on
        for row in EscalationRecord.objects.filter(order=order)
    }
    waiting = {due for due, _items in due_groups(order) if due is not None}
    days = sorted(waiting | {due for due, _level in fired})
    return [{"due": due, "rungs": _rungs(due, fired, due in waiting, on)} for due in days]


def _rungs(
    due: date, fired: dict[tuple[date, int], date], is_waiting: bool, on: date
) -> list[dict[str, Any]]:
    calendar = working_days()
    told = []
    for level, after in enumerate(parameter("escalation_after", due), start=1):
        day = calendar.add(due, int(after))
        word, tone = _standing(fired.get((due, level)), day, is_waiting, on)
        told.append({"title": RUNGS[level], "day": day, "word": word, "tone": tone})
    return told


def _standing(fired: date | None, day: date, is_waiting: bool, on: date) -> tuple[Words, str]:
    if fired is not None:
        return _("sent on %(day)s") % {"day": fired.isoformat()}, "late"
    if not is_waiting:
        # A report stops the clock, whether it passes or not.
        return _("stopped by the report"), "plain"
    return (_("due now"), "warn") if day <= on else (_("not reached yet"), "plain")


def repeated(order: RectificationOrder) -> set[str]:
    """Codes of problems that this unit had put right within the year before, and has again."""
    earlier = RectificationItem.objects.filter(
        order__street=order.street_id,
        order__provider=order.provider_id,
        order__issued_at__lt=order.issued_at,
        order__issued_at__gte=order.issued_at - YEAR,
        finding__struck_off_on__isnull=False,
        finding__code__code__in=order.items.values("finding__code__code"),
    )
    return set(earlier.exclude(order=order).values_list("finding__code__code", flat=True))
