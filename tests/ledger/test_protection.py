"""The database itself refuses to change the books, whoever asks."""

from datetime import datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from casework.documents.models import Document
from casework.ledger import figures
from casework.ledger.journal import seal_journal
from casework.ledger.models import (
    Answer,
    Balance,
    BooksVerdict,
    JournalEntry,
    Period,
    ReadEntry,
    SecurityEvent,
)
from casework.ledger.models.append_only import AppendOnly, Protection
from casework.ledger.protection import append_only_models, protect, protected_models
from casework.ledger.security import note_security
from casework.staff.models import User
from evaluation.reporting.models import WeeklySummary
from tests.ledger.test_books import act, moment

pytestmark = pytest.mark.django_db


@pytest.fixture
def books() -> None:
    """One row at least in every table of the books."""
    entry = act(1, moment(0), ("referred", 1, "110101")).entry
    assert entry
    Answer.objects.create(key="k", fingerprint="f", entry=entry)
    seal_journal(moment(1))
    figures.seal_week("2018-W35", at=moment(7))
    ReadEntry.objects.create(
        moment=moment(7), by=User.objects.create(username="r"), what="case_page", method="GET",
        outcome="SHOWN", status=200,
    )  # fmt: skip
    BooksVerdict.objects.create(proved_at=moment(7), holds=True, entries=1, movements=1)
    note_security(SecurityEvent.Kind.LOCKED, None, name="r")
    paper = Document.objects.create(
        kind="REFUSAL_NOTICE", number="样例1", title="样例", template="print/refusal_notice.html",
        data={"a": 1}, issued_at=moment(7), subject_type="case", subject_id=1,
    )  # fmt: skip
    WeeklySummary.objects.create(
        week="2018-W35", data={}, sha256="s", document=paper, xlsx="x", stored_at=moment(7)
    )


def refused(sql: str, *values: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except IntegrityError as refusal:
        return "only ever added to" in str(refusal)
    return False


def a_column(model: type[models.Model]) -> str:
    """Any column but the key."""
    return next(str(field.column) for field in model._meta.concrete_fields if not field.primary_key)


def test_every_append_only_row_is_refused_change_and_deletion(books: None) -> None:
    tables = list(append_only_models())
    assert {JournalEntry, Answer, Balance, WeeklySummary} <= set(tables)
    for model in tables:
        table, column = model._meta.db_table, a_column(model)
        assert model._default_manager.exists(), f"{table}: a row is needed to prove it"
        assert refused(f"UPDATE {table} SET {column} = {column}"), table
        assert refused(f"DELETE FROM {table}"), table


def test_every_model_that_inherits_the_promise_is_under_protection() -> None:
    inheriting = {model for model in apps.get_models() if issubclass(model, AppendOnly)}
    assert inheriting <= set(append_only_models())
    assert inheriting < set(protected_models())


def test_a_sealed_week_cannot_be_sealed_again(books: None) -> None:
    assert refused("UPDATE ledger_period SET sealed_at = %s", moment(8))
    assert refused("UPDATE ledger_period SET sha256 = %s", "0" * 64)
    assert refused("UPDATE ledger_period SET sealed_at = NULL")
    assert refused("DELETE FROM ledger_period")
    assert Period.objects.get().sealed_at == moment(7)


def test_an_issued_paper_keeps_content_and_bytes(books: None) -> None:
    assert refused("UPDATE documents_document SET number = 'other'")
    assert refused("UPDATE documents_document SET data = %s", '{"a": 2}')
    paper = Document.objects.get()
    filled = {"state": "ISSUED", "sha256": "a" * 64, "size": 1, "pages": 1}
    Document.objects.filter(pk=paper.pk).update(printed_at=moment(8), **filled)
    assert refused("UPDATE documents_document SET sha256 = %s", "b" * 64)
    assert refused("UPDATE documents_document SET printed_at = %s", _naive(moment(9)))
    assert refused("DELETE FROM documents_document")


def _naive(at: datetime) -> datetime:
    return at if connection.vendor == "postgresql" else timezone.make_naive(at)


def test_the_protection_can_be_renewed(books: None) -> None:
    protect(connection)
    protect(connection)
    assert refused("DELETE FROM ledger_journalentry")


def test_nothing_at_once_means_everything() -> None:
    assert Protection().is_whole
    assert not Protection(once=("sealed_at",)).is_whole


@pytest.mark.postgres
def test_no_table_of_the_books_can_be_emptied_at_once() -> None:
    for model in protected_models():
        assert refused(f"TRUNCATE {model._meta.db_table} CASCADE"), model
