"""Enrolling elders, planning and recording visits, and what an alarming visit sets off."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from casework.directory.queries import parameter
from casework.households.models import Member
from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow
from casework.visits.alerts import raise_alerts
from casework.visits.models import (
    Contact,
    ElderEnrolment,
    Mode,
    PlannedVisit,
    Risk,
    Sign,
    VisitAlert,
    VisitRecord,
)
from casework.visits.risk import assess_risk

if TYPE_CHECKING:
    from casework.ledger.act import Books

ELDER_AGE: Final = 60
FINDING_VALUES: Final = frozenset({0, 1, 2, 9})
DIMENSIONS: Final = frozenset({"health", "mental", "safety", "hygiene", "environment"})


@transaction.atomic
def enrol_elder(
    member: Member,
    books: "Books",
    *,
    station: int | None = None,
    has_dementia: bool = False,
    lost_only_child: bool = False,
    discharged_on: date | None = None,
) -> ElderEnrolment:
    """Put an elder on the visiting list, in the class the rule gives."""
    # Two enrolments at once queue on the person's row.
    member = Member.objects.select_for_update().get(pk=member.pk)
    if not member.is_alive:
        raise NotLawfulNow(_("The person has died."))
    if (member.age(books.on) or 0) < ELDER_AGE:
        raise Incomplete(_("Visits are for people of 60 and over."), {"member": ""})
    if ElderEnrolment.objects.filter(member=member, ended_on=None).exists():
        raise NotLawfulNow(_("This elder is already on the visiting list."))
    enrolment = ElderEnrolment(
        member=member,
        street=member.household.residence_division[:9],
        station_id=station,
        has_dementia=has_dementia,
        lost_only_child=lost_only_child,
        discharged_on=discharged_on,
        enrolled_on=books.on,
    )
    enrolment.risk, enrolment.risk_reasons = assess_risk(enrolment, books.on)
    enrolment.save()
    books.also(("person", member.pk), "enrol_elder", to_state=enrolment.risk)
    return enrolment


def plan_visits(
    enrolment: ElderEnrolment, books: "Books", *, start: date, until: date
) -> list[PlannedVisit]:
    """Lay out the visits of a span; a day already planned stays as it is."""
    if enrolment.ended_on is not None:
        raise NotLawfulNow(_("This elder is no longer on the visiting list."))
    wanted = [
        PlannedVisit(enrolment=enrolment, mode=mode, first_day=first, last_day=last)
        for mode, (times, days) in parameter("visit_frequency", start)[enrolment.risk].items()
        for first, last in _windows(start, until, times, days)
    ]
    PlannedVisit.objects.bulk_create(wanted, ignore_conflicts=True)
    books.also(("person", enrolment.member_id), "plan_visits", start=start, until=until)
    return list(
        PlannedVisit.objects.filter(enrolment=enrolment, first_day__gte=start, first_day__lte=until)
    )


def _windows(start: date, until: date, times: int, days: int) -> list[tuple[date, date]]:
    """So many visits in so many days, spread evenly and one after the other."""
    windows: list[tuple[date, date]] = []
    position = 0
    while True:
        first = start + timedelta(days=position * days // times)
        last = start + timedelta(days=(position + 1) * days // times - 1)
        if first > until:
            return windows
        windows.append((first, last))
        position += 1


@transaction.atomic
def record_visit(
    enrolment: ElderEnrolment,
    books: "Books",
    *,
    mode: str,
    started_at: datetime,
    contact: str,
    seconds: int = 0,
    findings: Mapping[str, Mapping[str, int]] | None = None,
    signs: Sequence[str] = (),
    need_codes: Sequence[str] = (),
    text: str = "",
) -> dict[str, Any]:
    """Keep a visit as made; raise what it sets off, and the risk class where the rule says so."""
    enrolment = ElderEnrolment.objects.select_for_update().get(pk=enrolment.pk)
    findings = findings or {}
    _check_visit(enrolment, books, mode, started_at, contact, findings, signs)
    record, is_new = VisitRecord.objects.get_or_create(
        enrolment=enrolment,
        mode=mode,
        started_at=started_at,
        defaults={
            "contact": contact,
            "seconds": seconds,
            "findings": {name: dict(items) for name, items in findings.items()},
            "signs": list(signs),
            "need_codes": list(need_codes),
            "text": text,
            "recorded_by": books.by,
            "recorded_at": books.moment,
        },
    )
    if not is_new:
        raise NotLawfulNow(_("This visit is already recorded."))
    _settle(record)
    alerts = raise_alerts(record, at=books.moment)
    _raise_risk(enrolment, books)
    levels = [alert.level for alert in alerts]
    books.also(("visit", record.pk), "record_visit", to_state=contact, mode=mode, alerts=levels)
    return {"visit": record.pk, "counts": record.counts, "alerts": levels, "risk": enrolment.risk}


def _check_visit(
    enrolment: ElderEnrolment,
    books: "Books",
    mode: str,
    started_at: datetime,
    contact: str,
    findings: Mapping[str, Mapping[str, int]],
    signs: Sequence[str],
) -> None:
    if enrolment.ended_on is not None:
        raise NotLawfulNow(_("This elder is no longer on the visiting list."))
    if started_at > books.moment:
        raise Incomplete(_("A visit cannot be recorded before it is made."), {"started_at": ""})
    if mode not in Mode.values or contact not in Contact.values or set(signs) - set(Sign.values):
        raise Incomplete(_("This code is not known."))
    values = {value for items in findings.values() for value in items.values()}
    if set(findings) - DIMENSIONS or values - FINDING_VALUES:
        raise Incomplete(_("A finding is 0, 1, 2 or 9 in one of the five dimensions."))


def _settle(record: VisitRecord) -> None:
    """Judge whether the visit counts, and tick the planned visit it fulfils."""
    day = clock.local_date(record.started_at)
    least = (
        parameter("visit_door_minutes", day) * 60
        if record.mode == Mode.DOOR
        else parameter("visit_phone_seconds", day)
    )
    start = clock.start_of(day)
    counted = VisitRecord.objects.filter(
        enrolment=record.enrolment,
        mode=record.mode,
        counts=True,
        started_at__gte=start,
        started_at__lt=start + timedelta(days=1),
    )
    reached = record.contact in {Contact.SELF, Contact.FAMILY}
    record.counts = reached and record.seconds >= least and not counted.exists()
    if record.counts:
        record.planned = (
            PlannedVisit.objects.open()
            .filter(
                enrolment=record.enrolment, mode=record.mode, first_day__lte=day, last_day__gte=day
            )
            .first()
        )
    record.save(update_fields=["counts", "planned"])
    if record.planned:
        record.planned.state = PlannedVisit.State.DONE
        record.planned.save(update_fields=["state"])


def _raise_risk(enrolment: ElderEnrolment, books: "Books") -> None:
    risk, reasons = assess_risk(enrolment, books.on)
    if risk <= enrolment.risk:
        return
    before, enrolment.risk, enrolment.risk_reasons = enrolment.risk, risk, reasons
    enrolment.save(update_fields=["risk", "risk_reasons"])
    books.also(("person", enrolment.member_id), "raise_risk", before, risk, reasons=reasons)


@transaction.atomic
def lower_risk(enrolment: ElderEnrolment, books: "Books", *, risk: str, reason: str) -> None:
    """A supervisor's decision: the class falls only by a person's judgement."""
    enrolment = ElderEnrolment.objects.select_for_update().get(pk=enrolment.pk)
    if risk not in Risk.values or risk >= enrolment.risk:
        raise Incomplete(_("Choose a lower class."), {"risk": ""})
    if not reason.strip():
        raise Incomplete(_("Say why the class is lowered."), {"reason": ""})
    before, enrolment.risk = enrolment.risk, risk
    enrolment.risk_reasons = []
    enrolment.save(update_fields=["risk", "risk_reasons"])
    books.also(("person", enrolment.member_id), "lower_risk", before, risk)


@transaction.atomic
def handle_alert(alert: VisitAlert, books: "Books", *, outcome: str) -> VisitAlert:
    """Close an alert with what was done about it."""
    alert = VisitAlert.objects.select_for_update().get(pk=alert.pk)
    if not alert.is_open:
        raise NotLawfulNow(_("This alert is already handled."))
    if not outcome.strip():
        raise Incomplete(_("Say what was done."), {"outcome": ""})
    alert.handled_at, alert.handled_by, alert.outcome = books.moment, books.by, outcome.strip()
    alert.save(update_fields=["handled_at", "handled_by", "outcome"])
    books.also(("visit", alert.record_id), "handle_alert", alert.level, "HANDLED")
    return alert


@transaction.atomic
def end_enrolment(enrolment: ElderEnrolment, books: "Books", *, on: date, reason: str) -> int:
    """Take an elder off the list; every visit still to be made from that day on is cancelled."""
    enrolment = ElderEnrolment.objects.select_for_update().get(pk=enrolment.pk)
    if enrolment.ended_on is not None:
        raise NotLawfulNow(_("This elder is no longer on the visiting list."))
    enrolment.ended_on = max(on, enrolment.enrolled_on)
    enrolment.end_reason = reason
    enrolment.save(update_fields=["ended_on", "end_reason"])
    cancelled = (
        PlannedVisit.objects.open()
        .filter(enrolment=enrolment, last_day__gte=on)
        .update(state=PlannedVisit.State.CANCELLED)
    )
    books.also(("person", enrolment.member_id), "end_enrolment", reason=reason, cancelled=cancelled)
    return cancelled


def end_for_death(member: Member, books: "Books", *, died_on: date) -> int:
    """After a death nobody calls again: returns how many visits were cancelled."""
    open_ones = ElderEnrolment.objects.filter(member=member, ended_on=None)
    return sum(end_enrolment(one, books, on=died_on, reason="DEATH") for one in open_ones)


def mark_missed(books: "Books", *, on: date) -> int:
    """Count as missed every visit whose window ended before a day."""
    late = PlannedVisit.objects.late(on)
    missed = {visit.pk: visit.enrolment.member_id for visit in late.select_related("enrolment")}
    PlannedVisit.objects.open().filter(pk__in=missed).update(state=PlannedVisit.State.MISSED)
    for member in sorted(set(missed.values())):
        count = sum(owner == member for owner in missed.values())
        books.also(("person", member), "mark_missed", count=count, on=on)
    return len(missed)
