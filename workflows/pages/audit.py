"""What the auditor reads: the journal, the readings, the seals, the settings; nobody's data."""

import csv
from collections.abc import Iterable
from datetime import datetime
from io import StringIO
from typing import Any

from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.ledger.journal import EXPORT
from casework.ledger.models import (
    BooksVerdict,
    JournalEntry,
    OutboxMessage,
    ReadEntry,
    Seal,
    SecurityEvent,
)
from casework.lib.sheets import harmless
from casework.staff.models import Membership, Role
from casework.staff.scope import Reach, code_prefix
from evaluation.rectification.models import RectificationOrder
from workflows.pages import timeline

Cell = dict[str, Any]
MOST_EXPORTED = 50_000
JOURNAL_COLUMNS = (
    "id",
    "recorded_at",
    "moment",
    "subject_type",
    "subject",
    "seq",
    "act",
    "by",
    "unit",
    "from_state",
    "to_state",
    "reason",
    "prev_hash",
    "hash",
)
_DOOR_TONES = {
    "REFUSED": "warn",
    "LOCKED": "late",
    "FACTOR_REMOVED": "warn",
    "FACTOR_WRONG": "warn",
}
_TONES = {"SHOWN": "plain", "REFUSED": "warn", "FAILED": "late"}


def prefixes(reach: Reach) -> list[str]:
    """The beginnings of the division codes an auditor watches."""
    return [code_prefix(code) for code in sorted(reach.divisions(Role.AU))]


def within(reach: Reach, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows about a subject of the auditor's own district; the city's auditor watches all."""
    if is_city_wide(reach):
        return rows
    cases, orders = Q(pk__in=[]), Q(pk__in=[])
    for prefix in prefixes(reach):
        cases |= Q(handling_district__startswith=prefix)
        orders |= Q(district__code__startswith=prefix)
    return rows.filter(
        Q(subject_type="case", subject_id__in=HelpCase.objects.filter(cases).values("pk"))
        | Q(subject_type="order", subject_id__in=RectificationOrder.objects.filter(orders))
        | (Q(by__in=_staff_of(reach)) if rows.model is ReadEntry else Q(pk__in=[]))
    )


def is_city_wide(reach: Reach) -> bool:
    """The auditor watches the whole city."""
    return any(len(prefix) < len("110112") for prefix in prefixes(reach))


def _staff_of(reach: Reach) -> QuerySet[Any, Any]:
    own = Q(pk__in=[])
    for prefix in prefixes(reach):
        own |= Q(division__code__startswith=prefix)
    return Membership.objects.filter(own).values("user_id")


def named(rows: QuerySet[Any], number: str) -> QuerySet[Any]:
    """Rows about the case or order that bears a number."""
    case = HelpCase.objects.filter(case_no=number).values_list("pk", flat=True).first()
    order = RectificationOrder.objects.filter(number_base=number).values_list("pk", flat=True)
    if case is not None:
        return rows.filter(subject_type="case", subject_id=case)
    return rows.filter(subject_type="order", subject_id__in=list(order))


def numbers_of(rows: Iterable[Any]) -> dict[tuple[str, int], str]:
    """The numbers of the cases and orders that rows are about; two queries however many."""
    rows = list(rows)
    cases = {row.subject_id for row in rows if row.subject_type == "case" and row.subject_id}
    orders = {row.subject_id for row in rows if row.subject_type == "order" and row.subject_id}
    found = {
        ("case", pk): str(number)
        for pk, number in HelpCase.objects.filter(pk__in=cases).values_list("pk", "case_no")
    }
    for pk, number in RectificationOrder.objects.filter(pk__in=orders).values_list(
        "pk", "number_base"
    ):
        found["order", pk] = number
    return found


def journal_table(rows: list[JournalEntry]) -> dict[str, Any]:
    """Journal entries as the auditor sees them: acts, numbers and hashes, no person's data."""
    numbers = numbers_of(rows)
    lines = []
    for row in rows:
        shown = timeline.read(row)
        moved = f"{shown.from_state} → {shown.to_state}" if shown.to_state else ""
        lines.append(
            [
                _text(_moment(row.recorded_at)),
                _text(numbers.get((row.subject_type, row.subject_id), _subject(row))),
                _text(shown.title),
                _text(f"{shown.by} {shown.unit}"),
                _text(moved),
                _text(shown.text),
                _text(row.hash[:12]),
            ]
        )
    heads = (_("Recorded at"), _("Subject"), _("Act"), _("By"), _("State"), _("Reason"), _("Hash"))
    return _table(_("Journal"), heads, lines)


def journal_csv(rows: list[JournalEntry]) -> str:
    """Entries as a table for other programmes: codes, numbers and hashes, nobody's data."""
    numbers = numbers_of(rows)
    written = StringIO()
    # The mark by which spreadsheets know the encoding.
    written.write("\ufeff")
    sheet = csv.writer(written)
    sheet.writerow(JOURNAL_COLUMNS)
    for row in rows:
        subject = numbers.get((row.subject_type, row.subject_id), str(row.subject_id))
        values = (
            row.pk, row.recorded_at.isoformat(), row.moment.isoformat(), row.subject_type, subject,
            row.seq, row.act, row.by_name, row.unit, row.from_state, row.to_state, row.reason,
            row.prev_hash, row.hash,
        )  # fmt: skip
        sheet.writerow([harmless(str(value)) for value in values])
    return written.getvalue()


def security_table(rows: list[SecurityEvent]) -> dict[str, Any]:
    """What happened at the doors: one line an event."""
    lines = [
        [
            _text(_moment(row.moment)),
            _text(row.get_kind_display()) | {"tone": _DOOR_TONES.get(row.kind, "plain")},
            _text(row.account.username if row.account else row.digest[:12]),
            _text(str(row.by or "")),
            _text(row.detail),
            _text(row.address),
            _text(row.request_id[:8]),
        ]
        for row in rows
    ]
    heads = (
        _("Moment"), _("What happened"), _("Account"), _("By"), _("Detail"), _("From where"),
        _("Request"),
    )  # fmt: skip
    return _table(_("Security log"), heads, lines)


def read_table(rows: list[ReadEntry]) -> dict[str, Any]:
    """Who read what: one line an answer."""
    numbers = numbers_of(rows)
    lines = []
    for row in rows:
        about = numbers.get((row.subject_type, row.subject_id or 0), _subject(row))
        if row.rows is not None:
            about = _("list of %(rows)s") % {"rows": row.rows}
        lines.append(
            [
                _text(_moment(row.moment)),
                _text(f"{row.by} {row.roles}"),
                _text(about),
                _text(f"{row.method} {row.what}"),
                _text(row.reason),
                _text(row.get_outcome_display()) | {"tone": _TONES[row.outcome]},
                _text(row.request_id[:8]),
            ]
        )
    heads = (
        _("Moment"),
        _("By"),
        _("Subject"),
        _("Page read"),
        _("Reason"),
        _("Outcome"),
        _("Log line"),
    )
    return _table(_("Read log"), heads, lines)


def seal_table(rows: list[Seal]) -> dict[str, Any]:
    """The seals, and whether each has left the machine."""
    keys = [f"seal-{row.pk}" for row in rows]
    sent = dict(OutboxMessage.objects.filter(kind=EXPORT, key__in=keys).values_list("key", "state"))
    done = OutboxMessage.State.DONE
    lines = []
    for row in rows:
        state = sent.get(f"seal-{row.pk}")
        words = _("exported") if state == done else _("waiting") if state else _("no export set up")
        lines.append(
            [
                _text(str(row.pk)) | {"num": True},
                _text(_moment(row.sealed_at)),
                _text(str(row.count)) | {"num": True},
                _text(f"{row.first_entry}–{row.last_entry}"),
                _text(row.root[:16]),
                _text(words) | {"tone": "ok" if state == done else "warn"},
            ]
        )
    heads = (_("Seal"), _("Sealed at"), _("Entries"), _("From–to"), _("Root"), _("Export"))
    return _table(_("Seals"), heads, lines)


def settings_table(rows: list[LogEntry]) -> dict[str, Any]:
    """Who changed which standard, limit, calendar or membership."""
    lines = [
        [
            _text(_moment(row.action_time)),
            _text(str(row.user)),
            _text(str(row.content_type or "")),
            _text(row.object_repr),
            _text(row.get_change_message() or row.get_action_flag_display()),
        ]
        for row in rows
    ]
    heads = (_("Moment"), _("By"), _("Table"), _("Record changed"), _("Change"))
    return _table(_("Settings history"), heads, lines)


def last_proof() -> BooksVerdict | None:
    """What the newest proof of the books came to."""
    return BooksVerdict.objects.order_by("-pk").first()


def _table(title: str, heads: Iterable[str], rows: list[list[Cell]]) -> dict[str, Any]:
    return {"title": title, "heads": [{"text": head} for head in heads], "rows": rows}


def _text(words: Any) -> Cell:
    return {"text": words}


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def _subject(row: Any) -> str:
    return f"{row.subject_type} {row.subject_id or ''}".strip()
