"""What an answer shows of whom: noted by the view that shows it, written when it is answered."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from casework.staff.rows import as_engine

_NOTED = "_noted_reading"


@dataclass
class Noted:
    """What a view said about its answer so far."""

    subject_type: str = ""
    subject_id: int | None = None
    rows: int | None = None
    digest: str = ""
    reason: str = ""


def noted(request: HttpRequest) -> Noted:
    """The note of this request; empty until a view writes into it."""
    note: Noted = request.__dict__.setdefault(_NOTED, Noted())
    return note


def note_read(request: HttpRequest, subject_type: str, subject_id: int, reason: str = "") -> None:
    """One subject is about to be shown, or to be refused; called before the decision falls."""
    note = noted(request)
    note.subject_type, note.subject_id = subject_type, subject_id
    note.reason = reason or note.reason


def note_sought(request: HttpRequest, subject_type: str, rows: QuerySet[Any]) -> None:
    """Note what somebody reached for, also where nothing of it may be shown."""
    with as_engine(to_read=True):
        sought = rows.values_list("pk", flat=True).first()
    if sought is not None:
        note_read(request, subject_type, sought)


def note_list(request: HttpRequest, subject_type: str, names: Iterable[int | str]) -> None:
    """A list of subjects is about to be shown: how many, and a digest of their numbers."""
    ids = sorted({str(name) for name in names})
    note = noted(request)
    note.subject_type, note.rows = subject_type, len(ids)
    note.digest = hashlib.sha256(",".join(ids).encode()).hexdigest()
