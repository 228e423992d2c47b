"""What runs by itself: timers, the weekly seal, the outbox, the journal's seal. All catch up."""

import logging
from datetime import datetime, time, timedelta

from celery import shared_task
from django.db import IntegrityError, transaction

from casework.cases.models import HelpCase
from casework.cases.states import CaseState
from casework.directory.queries import districts, working_days
from casework.households.duplicates import find_duplicates
from casework.ledger import figures, outbox
from casework.ledger.act import open_books
from casework.ledger.journal import seal_journal
from casework.ledger.models import BooksVerdict
from casework.ledger.verify import verify_books
from casework.ledger.weeks import monday_of, next_week, week_bounds
from casework.lib import clock
from casework.lib.errors import CaseworkError
from casework.lib.replica import long_reading
from evaluation.reporting.models import MonthlyBulletin
from evaluation.reporting.month import is_due
from evaluation.reporting.operations import store_weekly_summary, subject_of
from evaluation.reporting.queries import summary_of
from evaluation.scoring.models import SampleDraw
from workflows import feed, import_jobs
from workflows.bulletins import order_bulletin
from workflows.checks import flow_faults
from workflows.draws import draw_and_distribute
from workflows.models import JobRun, Timer
from workflows.perform import perform
from workflows.pulse import leave_beat
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
    """Seal a week and file its summary, both or neither, once whoever asks."""
    with transaction.atomic():
        figures.seal_week(week, at=at)
        # Read under the week's lock: another worker may have filed it while this one waited.
        if summary_of(week) is not None:
            return
        with open_books("compile_week", by=None, moment=at) as books:
            summary = store_weekly_summary(books, week)
            books.note(week=week, sha256=summary.sha256)
            books.close(subject_of(week), from_state="", to_state="SEALED")


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
    """Carry out waiting messages; having done so is the worker's sign of life."""
    done = outbox.drain(after_each=leave_beat)
    leave_beat()
    return done


@shared_task(name="workflows.draw_samples", queue="acts")
def draw_samples() -> None:
    """From the first working day of a month on, draw each district's sample of the month before."""
    first = clock.today().replace(day=1)
    if clock.today() < working_days().roll(first):
        return
    month = (first - timedelta(days=1)).isoformat()[:7]
    done = HelpCase.objects.filter(state=CaseState.HELP_DONE, help_done_on__lt=first)
    for district in districts().values_list("pk", flat=True):
        waiting = done.filter(handling_district=district)
        drawn = SampleDraw.objects.filter(month=month, district_id=district).exists()
        # A draw that was cut short is taken up again; one that is complete is left alone.
        if waiting.filter(sampled__draw__month=month).exists() or (waiting.exists() and not drawn):
            draw_and_distribute(month, district, by=None)


@shared_task(name="workflows.monthly_bulletin", queue="reports")
def monthly_bulletin() -> None:
    """From its working day on, draft the bulletin of the month before; a month has one."""
    month = (clock.today().replace(day=1) - timedelta(days=1)).isoformat()[:7]
    if is_due(month, clock.today()) and not MonthlyBulletin.objects.filter(month=month).exists():
        order_bulletin("draft_bulletin", month, by=None)


@shared_task(name="workflows.check_books", queue="reports")
def check_books() -> None:
    """Prove the books and the flows every night; a fault names its row to the operator."""
    verdict = verify_books()
    BooksVerdict.objects.create(
        proved_at=clock.now(),
        holds=verdict.holds,
        entries=verdict.entries,
        movements=verdict.movements,
        first_bad=verdict.first_bad or "",
    )
    if not verdict.holds:
        logger.error("the books do not hold: %s", verdict.first_bad)
    # States and journal of one moment: an act committed between the two would read as a fault.
    with long_reading():
        faults = list(flow_faults())
    for fault in faults:
        logger.error("flows: %s", fault)


@shared_task(name="workflows.seal_journal", queue="reports")
def seal_the_journal() -> None:
    """Put a Merkle seal over the journal entries that have none yet."""
    seal_journal(clock.now())


@shared_task(name="workflows.find_duplicates", queue="reports")
def find_the_duplicates() -> None:
    """Compare the entries of the register; what is new lies on the city's desk in the morning."""
    find_duplicates()


@shared_task(name="workflows.erase_import_rows", queue="reports")
def erase_import_rows() -> None:
    """Let go of rows of files that nobody entered within their time."""
    import_jobs.erase_what_lies()


@shared_task(name="workflows.push_changes", queue="reports")
def push_changes() -> None:
    """Order a delivery to every webhook that has something to hear."""
    feed.push()
