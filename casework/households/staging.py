"""Households of a file between reading and entering: sealed row by row, each entered once."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.households.imports import (
    HouseholdGroup,
    ImportReport,
    RowError,
    StagedRow,
    check_rows,
    group_rows,
    read_rows,
    tell_rows,
)
from casework.households.models import Household, ImportBatch, ImportRow
from casework.households.sheets import MAX_BYTES
from casework.lib import clock
from casework.lib.crypto import sha256_hex
from casework.lib.errors import CaseworkError, Incomplete

if TYPE_CHECKING:
    from casework.staff.models import User

# What enters a household; told how often its rows were entered before and taken back.
Apply = Callable[[HouseholdGroup, int], object]

_AT_ONCE: Final = 200
_State = ImportRow.State


def stage(groups: Iterable[HouseholdGroup], batch: ImportBatch | None, report: ImportReport) -> int:
    """Keep what is not entered yet, and count what is; how many households are to be entered.

    Without a batch nothing is kept: a trial tells what would be. The same rows staged again, after
    a crash or from another file, stand once.
    """
    staged, left = 0, iter(groups)
    while part := list(islice(left, _AT_ONCE)):
        keys = [key for group in part for row in group.rows for key in row.natural_keys]
        known = {row.natural_key: row for row in ImportRow.objects.filter(natural_key__in=keys)}
        fresh = [group for group in part if _is_new(group, known, report)]
        staged += len(fresh)
        if batch is None:
            report.imported += sum(len(group.rows) for group in fresh)
        else:
            _keep(fresh, batch, known)
    return staged


def stage_rows(rows: list[StagedRow], batch: ImportBatch | None) -> tuple[int, ImportReport]:
    """Group the rows of a file and stage them; households to be entered, and what to tell."""
    report = ImportReport(rows=len(rows))
    households = stage(group_rows(rows), batch, report)
    return households, tell_rows(report, rows)


def _is_new(group: HouseholdGroup, known: dict[str, ImportRow], report: ImportReport) -> bool:
    """Whether nobody of the household is entered; who is missing in one that is, is told."""
    entered = {row.number for row in group.rows if _was(row, known, _State.ENTERED)}
    report.unchanged += len(entered)
    for row in group.rows:
        if entered and row.number not in entered:
            row.wrong("", _("The household is already entered; add the person to its file."))
    return not entered


def _was(row: StagedRow, known: dict[str, ImportRow], state: str) -> bool:
    return any(key in known and known[key].state == state for key in row.natural_keys)


def _keep(
    groups: Sequence[HouseholdGroup], batch: ImportBatch, known: dict[str, ImportRow]
) -> None:
    rows = [
        ImportRow(
            batch=batch,
            number=row.number,
            natural_key=row.natural_key,
            group_key=group.key,
            values_sealed=json.dumps(row.values, ensure_ascii=False),
            state=_State.STAGED,
            undone=max((known[key].undone for key in row.natural_keys if key in known), default=0),
        )
        for group in groups
        for row in group.rows
    ]
    ImportRow.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["natural_key"],
        update_fields=[
            "batch", "number", "group_key", "values_sealed", "state", "refusal", "undone",
        ],
    )  # fmt: skip


def import_file(
    source: Path | bytes,
    *,
    by: "User | None",
    apply: Apply,
    file_name: str = "",
    mapping: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Read a file and hand each new household to `apply`, once and in a transaction of its own.

    A crash between two households loses nothing: the same file, run again, goes on.
    """
    content, file_name = _content(source, file_name)
    rows = check_rows(read_rows(content, mapping))
    if dry_run:
        return stage_rows(rows, None)[1]
    batch, _is_new = ImportBatch.objects.get_or_create(
        sha256=sha256_hex(content), imported_by=by, defaults={"file_name": file_name[:200]}
    )
    before = entered(batch)
    households, report = stage_rows(rows, batch)
    batch.households = batch.entered = households
    for key in staged_keys(batch):
        enter(key, batch, apply)
    report.imported = entered(batch) - before
    report.errors += [RowError(row["row"], "", row["message"]) for row in refused(batch)]
    batch.state, batch.content_sealed = ImportBatch.State.DONE, ""
    batch.finished_at, batch.report = clock.now(), report.as_facts()
    batch.save()
    return report


def _content(source: Path | bytes, file_name: str) -> tuple[bytes, str]:
    if isinstance(source, bytes):
        return source, file_name or "-"
    try:
        with source.open("rb") as opened:
            # One byte more than allowed is enough to know, and all that is ever held.
            return opened.read(MAX_BYTES + 1), file_name or source.name
    except OSError as error:
        raise Incomplete(_("The file cannot be opened.")) from error


def entered(batch: ImportBatch) -> int:
    """How many rows of a file are in the register."""
    return batch.rows.filter(state=_State.ENTERED).count()


def waiting(batch: ImportBatch) -> int:
    """How many households of a file are staged and not yet entered."""
    rows = ImportRow.objects.filter(batch=batch, state=_State.STAGED)
    return rows.values("group_key").distinct().count()


def staged_keys(batch: ImportBatch, at_once: int = _AT_ONCE) -> Iterator[str]:
    """The households of a file that wait, in its order."""
    while True:
        rows = ImportRow.objects.filter(batch=batch, state=_State.STAGED).order_by("number")
        keys = list(dict.fromkeys(rows.values_list("group_key", flat=True)[:at_once]))
        if not keys:
            return
        yield from keys


def enter(group_key: str, batch: ImportBatch, apply: Apply) -> None:
    """Take one staged household into the register, in a transaction of its own, or refuse it.

    Whoever comes second finds nothing staged any more, and does nothing.
    """
    with transaction.atomic():
        rows = list(
            ImportRow.objects.select_for_update()
            .filter(batch=batch, group_key=group_key, state=_State.STAGED)
            .order_by("number")
        )
        if not rows:
            return
        rows.sort(key=lambda row: row.natural_key != group_key)
        group = HouseholdGroup([StagedRow(row.number, row.facts) for row in rows])
        try:
            with transaction.atomic():
                home = apply(group, max(row.undone for row in rows))
        except CaseworkError as refusal:
            ImportRow.objects.filter(pk__in=[row.pk for row in rows]).update(
                state=_State.REFUSED, refusal=str(refusal.message)[:300]
            )
            return
        _mark_entered(rows, home)


def _mark_entered(rows: Sequence[ImportRow], home: object) -> None:
    """Tie each row to the person it became: with the household it is forgotten one day."""
    people = {}
    if isinstance(home, Household):
        people = {one.id_no: one.pk for one in home.members.all() if one.id_no}
    for row in rows:
        row.state, row.member_id = _State.ENTERED, people.get(row.facts["id_no"])
    ImportRow.objects.bulk_update(rows, ["state", "member"])


def refused(batch: ImportBatch) -> list[dict[str, Any]]:
    """What the register refused when it was to be entered, by the row of the head."""
    rows = ImportRow.objects.filter(batch=batch, state=_State.REFUSED).order_by("number")
    heads = rows.values_list("natural_key", "group_key", "number", "refusal")
    return [
        {"row": number, "column": "", "message": why, "refused": True}
        for own, group, number, why in heads
        if own == group
    ]


def never_entered() -> QuerySet[ImportRow]:
    """Copies of rows that lie beside the register."""
    return ImportRow.objects.filter(state__in=[_State.STAGED, _State.REFUSED])


def erase(batch: ImportBatch) -> int:
    """Let go of the copies of rows that were never entered; how many they were."""
    lost, _by_model = never_entered().filter(batch=batch).delete()
    return lost
