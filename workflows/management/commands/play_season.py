import time
from argparse import ArgumentTypeError
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from casework.cases.models import HelpCase
from casework.ledger.journal import seal_journal
from casework.ledger.verify import verify_books
from casework.lib import clock
from workflows.models import JobRun
from workflows.season import export, report
from workflows.season.player import Player, SeasonBroken
from workflows.season.progress import Progress
from workflows.season.season import play_season
from workflows.season.sizes import YEAR
from workflows.season.worker import Worker, WorkerFailed, stuck

JOB = "season"
LEAST_SCALE, MOST_SCALE = 0.005, 1.0


def scale_of(text: str) -> float:
    """A scale as the command line gives it."""
    try:
        scale = float(text)
    except ValueError:
        scale = 0
    if not LEAST_SCALE <= scale <= MOST_SCALE:
        raise ArgumentTypeError(f"a scale lies between {LEAST_SCALE} and {MOST_SCALE:g}")
    return scale


class Command(BaseCommand):
    """Play a fictional season of the whole city through the real engine, once."""

    help = (
        "Play a fictional season (March to October 2018) of the 16 districts through the real "
        "engine, render its papers with a real worker, and export them to var/demo. A season "
        "that was interrupted goes on where it stopped; one that is complete is only shown."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--scale", type=scale_of, default=0.1, help="1 is the whole city (default: 0.1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The season is played in a demonstration only: set DEMO=1.")
        run = self._claim(options["scale"])
        if run.finished_at is None:
            self._play(run)
        elif not export.is_there():
            export.everything()
        self.stdout.write(report.everything(float(run.unit)))

    def _claim(self, scale: float) -> JobRun:
        """The season of this database: begun now, begun before, or complete."""
        known = JobRun.objects.filter(job=JOB, period=str(YEAR)).first()
        if known is None:
            if HelpCase.objects.exists():
                raise CommandError(
                    "This database holds cases of its own; the season plays in an empty one."
                )
            began = clock.now()
            return JobRun.objects.create(
                job=JOB, period=str(YEAR), unit=f"{scale:g}", started_at=began
            )
        if known.unit != f"{scale:g}":
            raise CommandError(
                f"A season of scale {known.unit} is in this database already. Show it with "
                f"--scale {known.unit}, or remove {settings.VAR_DIR} to play another."
            )
        if known.finished_at is None:
            self.stdout.write("Going on with the season that was interrupted.")
        return known

    def _play(self, run: JobRun) -> None:
        progress = Progress(self.stdout)
        log = export.folder() / "worker.log"
        try:
            with Worker(log, export.continuation()) as worker:

                def watch(player: Player, moment: datetime) -> None:
                    progress.watch(player, moment)
                    worker.wake()

                player = play_season(float(run.unit), watch)
                self.stdout.write(f"{player.done:,} acts in {progress.end():.0f} s.")
                self._press(worker)
        except KeyboardInterrupt:
            raise CommandError("Interrupted. The same command goes on where it stopped.") from None
        except SeasonBroken as broken:
            raise CommandError(str(broken)) from broken
        except WorkerFailed as failed:
            raise CommandError(f"The papers are not all made: {failed}. See {log}.") from failed
        self._close(run)

    def _press(self, worker: Worker) -> None:
        progress = Progress(self.stdout)
        worker.finish(progress)
        self.stdout.write(f"The last papers took {progress.end():.0f} s.")
        if number := stuck():
            self.stdout.write(f"{number} messages could not be sent; see the incidents page.")

    def _close(self, run: JobRun) -> None:
        """Export, seal and prove the books; only then is the season complete."""
        began = time.monotonic()
        with clock.at(export.continuation()):
            export.everything()
            seal_journal(clock.now())
        verdict = verify_books()
        if not verdict.holds:
            raise CommandError(f"The books do NOT hold. First bad row: {verdict.first_bad}")
        self.stdout.write(
            f"The books hold: {verdict.entries} journal entries, {verdict.movements} movements "
            f"({time.monotonic() - began:.0f} s with the exports)."
        )
        export.write_clock()
        run.finished_at = clock.now()
        run.save(update_fields=["finished_at"])
