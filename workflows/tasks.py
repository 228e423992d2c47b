"""What runs by itself: timers, the weekly seal, the outbox, the journal's seal. All catch up."""

import logging
from datetime import datetime, time, timedelta

from celery import shared_task
from django.db import IntegrityError, transaction

from casework.directory.queries import working_days
from casework.ledger import figures, outbox
from casework.ledger.act import open_books
from casework.ledger.journal import seal_journal
from casework.ledger.weeks import monday_of, next_week, week_bounds
from casework.lib import clock
from casework.lib.errors import CaseworkError
from evaluation.reporting.operations import store_weekly_summary
from workflows.models import JobRun, Timer
from workflows.perform import perform
from workflows.subjects import KINDS

logger = logging.getLogger(__name__)
COMPILES_AT = time(8, 0)
ONE_INSTANT = timedelta(microseconds=1)


def run_until(moment: datetime) -> None:
    """Let everything happen that falls due up to a moment, in the order in which it falls due.

    A week is sealed after all that fell due before its end, however late this runs, so that
    weeks sealed late give the same books as weeks sealed on time.
    """
    while (week := figures.week_to_seal()) and seal_moment(week) <= moment:
        fire_due(week_bounds(week)[1] - ONE_INSTANT)
        seal_one_week(week, at=seal_moment(week))
    fire_due(moment)


def seal_moment(week: str) -> datetime:
    """Monday 08:00 after the week, or 08:00 of the next working day if that is a holiday."""
    return clock.moment_on(working_days().roll(monday_of(next_week(week))), COMPILES_AT)


def seal_one_week(week: str, *, at: datetime) -> None:
    """Seal a week and file its summary, once."""
    figures.seal_week(week, at=at)
    with open_books("compile_week", by=None, moment=at) as books:
        summary = store_weekly_summary(books, week)
        books.note(week=week, sha256=summary.sha256)
        books.close(("week", summary.pk), from_state="", to_state="SEALED")


def fire_due(until: datetime) -> int:
    """Perform the acts whose moment has come, each in the name of the system; the number fired."""
    fired = 0
    while timer := _next_timer(until):
        fired += _fire(timer)
    return fired


def _next_timer(until: datetime) -> Timer | None:
    return (
        Timer.objects.filter(
            due_at__lte=until, fired_at__isnull=True, dropped_at__isnull=True, failed=""
        )
        .order_by("due_at", "pk")
        .first()
    )


def _fire(timer: Timer) -> bool:
    subject = KINDS[timer.subject_type].model.objects.filter(pk=timer.subject_id).first()
    try:
        with transaction.atomic():
            # Taken under lock and marked in the act's own transaction: fired once or not at all.
            waiting = Timer.objects.select_for_update().filter(pk=timer.pk, fired_at=None)
            if not waiting.filter(dropped_at__isnull=True).exists():
                return False
            waiting.update(fired_at=clock.now())
            perform(timer.act, subject, by=None, key=timer.key, moment=timer.due_at, **timer.facts)
    except CaseworkError as refusal:
        # The subject has moved on, or a rule is missing: kept for a person to see, not retried.
        Timer.objects.filter(pk=timer.pk).update(failed=refusal.message[:200])
        logger.warning("timer %s was refused", timer.pk)
        return False
    return True


def once(job: str, period: str, unit: str = "") -> JobRun | None:
    """Claim a scheduled job for a period and unit; None when it was claimed before."""
    try:
        with transaction.atomic():
            return JobRun.objects.create(job=job, period=period, unit=unit, started_at=clock.now())
    except IntegrityError:
        return None


@shared_task(name="workflows.fire_timers", queue="acts")
def fire_timers() -> None:
    """Fire what is due and seal the weeks that are over, catching up after any downtime."""
    run_until(clock.now())


@shared_task(name="workflows.deliver_outbox", queue="documents")
def deliver_outbox() -> int:
    """Carry out waiting messages."""
    return outbox.drain()


@shared_task(name="workflows.seal_journal", queue="reports")
def seal_the_journal() -> None:
    """Put a Merkle seal over the journal entries that have none yet."""
    seal_journal(clock.now())
