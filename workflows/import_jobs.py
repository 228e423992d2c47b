"""Long imports: taken in slices by a worker, with progress; stopped, gone on with, and undone.

The first slice reads and checks the file and stages its households, sealed. Each further one enters
households for about a minute and orders the next in the transaction that tells how far it is. A
worker that is killed loses nothing: a household that is entered is no longer staged.
"""

import base64
import time
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.directory.queries import parameter
from casework.households import imports, staging
from casework.households.imports import ImportReport
from casework.households.models import ImportBatch, ImportRow
from casework.ledger.models import Answer, OutboxMessage
from casework.ledger.outbox import Finish, handles
from casework.lib import clock
from casework.lib.crypto import sha256_hex
from casework.lib.errors import CaseworkError, NotLawfulNow
from casework.staff.models import User
from casework.staff.rows import as_engine
from workflows.intake import key_of, referring
from workflows.perform import perform

# Files up to so many bytes, a few hundred rows, are done while the person waits; a longer one is
# not even read before the worker has it.
INLINE_BYTES: Final = 32 * 1024
SLICE_SECONDS: Final = 60
_AT_ONCE: Final = 25
_State = ImportBatch.State
RUNS: Final = frozenset({_State.QUEUED, _State.RUNNING, _State.UNDOING})
RESTS: Final = frozenset({_State.CHECKED, _State.STOPPED})


def receive(
    content: bytes, *, file_name: str, by: User, mapping: dict[str, str], is_trial: bool = False
) -> ImportBatch:
    """Take in a file that is too long to wait for; a trial stops once it is read and checked."""
    sha = sha256_hex(content)
    with transaction.atomic():
        batch, is_new = ImportBatch.objects.select_for_update().get_or_create(
            sha256=sha, imported_by=by, defaults={"file_name": file_name[:200]}
        )
        if not is_new and batch.state in RUNS and batch.turn:
            raise NotLawfulNow(_("This file is being imported already."))
        batch.state, batch.mapping, batch.is_trial = _State.QUEUED, mapping, is_trial
        batch.content_sealed = base64.b64encode(content).decode()
        batch.households = batch.entered = 0
        batch.finished_at = None
        batch.report = ImportReport().as_facts() | {"before": staging.entered(batch)}
        _order(batch)
    return batch


def _order(batch: ImportBatch) -> None:
    """Order the next slice, each under a key of its own."""
    batch.turn += 1
    batch.save()
    OutboxMessage.objects.create(
        kind="import_slice", key=f"import-{batch.pk}-{batch.turn}", payload={"batch": batch.pk},
        created_at=clock.now(), due_at=clock.now(),
    )  # fmt: skip


@handles("import_slice")
def take_slice(message: OutboxMessage) -> Finish | None:
    """Go on with a file; what is returned keeps the place and orders the next slice."""
    batch = ImportBatch.objects.select_related("imported_by").get(pk=message.payload["batch"])
    if batch.state == _State.UNDOING:
        return _undo_slice(batch)
    if batch.state not in RUNS:
        return None
    ImportBatch.objects.filter(pk=batch.pk, state=_State.QUEUED).update(state=_State.RUNNING)
    if batch.content_sealed:
        return _read(batch)
    _enter(batch)
    return lambda: _keep_place(batch.pk)


def _read(batch: ImportBatch) -> Finish:
    """Read and check the whole file once, and stage its households."""
    content = base64.b64decode(batch.content_sealed)
    try:
        rows = imports.check_rows(imports.read_rows(content, batch.mapping))
    except CaseworkError as refusal:
        words = str(refusal.message)
        return lambda: _fail(batch.pk, words)
    with as_engine():
        households, report = staging.stage_rows(rows, batch)
    facts = report.as_facts()
    return lambda: _after_reading(batch.pk, households, facts)


def _after_reading(number: int, households: int, facts: dict[str, Any]) -> None:
    """The file is not needed any more: what is to be entered lies staged."""
    batch = ImportBatch.objects.select_for_update().get(pk=number)
    batch.content_sealed, batch.households = "", households
    batch.report = batch.report | facts | {"imported": 0}
    if batch.state in RUNS and not batch.is_trial:
        _order(batch)
        return
    if batch.state in RUNS:
        batch.state = _State.CHECKED
    batch.save()


def _enter(batch: ImportBatch) -> None:
    """Enter households for the time of a slice, or until somebody stops it."""
    apply, until = referring(batch.imported_by), time.monotonic() + SLICE_SECONDS
    gone_through = batch.households - staging.waiting(batch)
    with as_engine():
        for place, key in enumerate(staging.staged_keys(batch)):
            if place % _AT_ONCE == 0 and (
                time.monotonic() > until or _is_stopped(batch, gone_through + place)
            ):
                return
            staging.enter(key, batch, apply)


def _is_stopped(batch: ImportBatch, place: int) -> bool:
    """Tell how far it is, and ask whether to go on."""
    ImportBatch.objects.filter(pk=batch.pk).update(entered=place)
    return not ImportBatch.objects.filter(pk=batch.pk, state__in=RUNS).exists()


def _keep_place(number: int) -> None:
    """Count from the rows themselves: a slice that was killed told nobody what it had entered."""
    batch = ImportBatch.objects.select_for_update().get(pk=number)
    left = staging.waiting(batch)
    batch.entered = max(0, batch.households - left)
    of_the_file = [fault for fault in batch.report["errors"] if not fault.get("refused")]
    batch.report = batch.report | {
        "imported": staging.entered(batch) - int(batch.report.get("before", 0)),
        "errors": of_the_file + staging.refused(batch),
    }
    if left and batch.state in RUNS:
        _order(batch)
        return
    if not left and batch.state in RUNS:
        batch.state, batch.finished_at = _State.DONE, clock.now()
    batch.save()


def _fail(number: int, words: str) -> None:
    batch = ImportBatch.objects.get(pk=number)
    batch.state, batch.content_sealed = _State.FAILED, ""
    batch.report = {**batch.report, "errors": [{"row": 0, "column": "", "message": words}]}
    batch.save()


def stop(batch: ImportBatch) -> None:
    """Let the file rest after the household in hand; what is entered stays."""
    held = ImportBatch.objects.filter(pk=batch.pk, state__in=[_State.QUEUED, _State.RUNNING])
    if not held.update(state=_State.STOPPED):
        raise NotLawfulNow(_("This import is not running."))


def may_go_on(batch: ImportBatch) -> bool:
    """Whether a file rests and anything of it is left to be entered."""
    return batch.state in RESTS and bool(batch.content_sealed or staging.waiting(batch))


def go_on(batch: ImportBatch) -> None:
    """Enter what a trial has found, or take a stopped file up where it stands."""
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if not may_go_on(held):
            raise NotLawfulNow(_("This import does not wait for anybody."))
        if held.state == _State.CHECKED:
            held.is_trial = False
        held.state = _State.QUEUED
        _order(held)


def erase(batch: ImportBatch) -> None:
    """Let go of what the file holds and was never entered; what was entered stays."""
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state not in RESTS:
            raise NotLawfulNow(_("Only a file that was checked or stopped can be erased."))
        held.finished_at = clock.now()
        _let_go(held)


def erase_what_lies() -> int:
    """Let go of rows that nobody entered within their time; the page of the file says so before.

    A copy of people's data is kept no longer than it is needed (PIPL, article 19).
    """
    since = clock.now() - timedelta(days=int(parameter("import_rows_days", clock.today())))
    lost = 0
    old = ImportBatch.objects.exclude(state__in=RUNS).filter(started_at__lt=since)
    lying = Q(pk__in=staging.never_entered().values("batch")) | Q(state__in=RESTS)
    for batch in old.filter(lying).order_by("pk"):
        with transaction.atomic():
            held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            if held.state in RUNS:
                continue
            lost += _let_go(held)
    return lost


def _let_go(held: ImportBatch) -> int:
    """Erase what lies beside the register, and say how much; a file that rested has ended."""
    with as_engine():
        gone = staging.erase(held)
    held.content_sealed = ""
    held.report = {**held.report, "erased": held.report.get("erased", 0) + gone}
    if held.state in RESTS:
        held.state = _State.DONE if staging.entered(held) else _State.ERASED
    held.save()
    return gone


def undo(batch: ImportBatch) -> None:
    """Take back what the file entered, wherever nobody has worked on it since."""
    with transaction.atomic():
        held = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if held.state not in {_State.DONE, _State.STOPPED}:
            raise NotLawfulNow(_("Only an import that is finished or stopped is undone."))
        with as_engine():
            staging.erase(held)
        held.state, held.content_sealed = _State.UNDOING, ""
        _order(held)


def untouched(batch: ImportBatch) -> tuple[int, int]:
    """How many households of a file can be taken back, and how many were worked on since."""
    entered = batch.rows.filter(state=ImportRow.State.ENTERED)
    # The keys of `key_of`, made by the database: a file may have a hundred thousand.
    first = Concat(Value("import-"), F("group_key"))
    again = Concat(first, Value("-"), Cast("undone", CharField()))
    keys = Q(key__in=entered.filter(undone=0).values(key=first))
    keys |= Q(key__in=entered.filter(undone__gt=0).values(key=again))
    answers = Answer.objects.filter(keys, entry__act="refer")
    cases = HelpCase.objects.filter(pk__in=answers.values("entry__subject_id"))
    free = cases.filter(state="REFERRED").count()
    return free, cases.count() - free


def _undo_slice(batch: ImportBatch) -> Finish:
    """Take back households for the time of a slice; those worked on since stay."""
    until, more = time.monotonic() + SLICE_SECONDS, False
    entered = batch.rows.filter(state=ImportRow.State.ENTERED, refusal="").order_by("number")
    done: set[str] = set()
    for key, times in entered.values_list("group_key", "undone"):
        if key in done:
            continue
        if time.monotonic() > until:
            more = True
            break
        done.add(key)
        _take_back(batch, key, times)
    return lambda: _after_undoing(batch.pk, more=more)


def _take_back(batch: ImportBatch, group_key: str, times: int) -> None:
    answer = Answer.objects.filter(key=key_of(group_key, times)).select_related("entry").first()
    if answer is None:
        return
    try:
        with as_engine(), transaction.atomic():
            perform(
                "take_back_referral", HelpCase(pk=answer.entry.subject_id), by=batch.imported_by,
                key=f"undo-{answer.entry_id}",
            )  # fmt: skip
            ImportRow.objects.filter(batch=batch, group_key=group_key).update(
                state=ImportRow.State.UNDONE, undone=times + 1
            )
    except CaseworkError:
        # Somebody has worked on it: it stays, and is not asked for again by the next slice.
        ImportRow.objects.filter(batch=batch, group_key=group_key).update(
            refusal=_("Worked on since.")
        )


def _after_undoing(number: int, *, more: bool) -> None:
    batch = ImportBatch.objects.select_for_update().get(pk=number)
    if more:
        _order(batch)
        return
    batch.state = _State.UNDONE
    batch.save()
