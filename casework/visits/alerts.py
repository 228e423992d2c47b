"""What a visit sets off: red at danger to life, amber at a problem, yellow at no contact."""

from datetime import datetime, timedelta
from typing import Final

from casework.directory.queries import parameter, working_days
from casework.lib import clock
from casework.visits.models import Contact, Mode, VisitAlert, VisitRecord

RED, AMBER, YELLOW = VisitAlert.AlertLevel
RED_WITHIN: Final = timedelta(hours=2)
YELLOW_WITHIN: Final = timedelta(days=1)
AMBER_WORKING_DAYS: Final = 3
LOOK_BACK: Final = timedelta(hours=24)


def raise_alerts(record: VisitRecord, *, at: datetime) -> list[VisitAlert]:
    """Raise every alert a record gives; a danger already known is not raised again."""
    if record.contact == Contact.SELF:
        _answered(record, at)
    found = [(RED, sign) for sign in record.signs]
    if record.contact == Contact.NONE:
        found += _no_answer(record)
    values = [value for items in record.findings.values() for value in items.values()]
    if 2 in values:
        found.append((AMBER, "PROBLEM"))
    return [
        VisitAlert.objects.create(
            enrolment=record.enrolment,
            record=record,
            level=level,
            reason=reason,
            raised_at=at,
            act_by=_act_by(level, at),
        )
        for level, reason in found
        if not _is_known(record, level, reason)
    ]


def _no_answer(record: VisitRecord) -> list[tuple[VisitAlert.AlertLevel, str]]:
    """Two calls two hours apart without an answer send somebody to the door at once."""
    gap = timedelta(minutes=parameter("visit_red_gap_minutes", clock.local_date(record.started_at)))
    unanswered = _unanswered_since_last_contact(record)
    calls = [other.started_at for other in unanswered if other.mode != Mode.DOOR]
    if calls and max(calls) - min(calls) >= gap:
        return [(RED, "NO_ANSWER")]
    return [(YELLOW, "NO_CONTACT")]


def _unanswered_since_last_contact(record: VisitRecord) -> list[VisitRecord]:
    recent = VisitRecord.objects.filter(
        enrolment=record.enrolment,
        started_at__gt=record.started_at - LOOK_BACK,
        started_at__lte=record.started_at,
    ).order_by("-started_at")
    unanswered = []
    for other in recent:
        if other.contact != Contact.NONE:
            break
        unanswered.append(other)
    return unanswered


def _answered(record: VisitRecord, at: datetime) -> None:
    """The elder was reached: what was raised only for silence is over."""
    VisitAlert.objects.filter(
        enrolment=record.enrolment,
        reason__in=["NO_ANSWER", "NO_CONTACT"],
        handled_at=None,
        raised_at__lte=at,
    ).update(handled_at=at, handled_by=record.recorded_by, outcome="REACHED")


def _is_known(record: VisitRecord, level: str, reason: str) -> bool:
    return VisitAlert.objects.filter(
        enrolment=record.enrolment, level=level, reason=reason, handled_at=None
    ).exists()


def _act_by(level: str, at: datetime) -> datetime:
    if level == RED:
        return at + RED_WITHIN
    if level == YELLOW:
        return at + YELLOW_WITHIN
    last = working_days().add(clock.local_date(at), AMBER_WORKING_DAYS)
    return clock.start_of(last + timedelta(days=1))
