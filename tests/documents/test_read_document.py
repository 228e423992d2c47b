"""Reading: by those who may see the subject; for all others there is no such document."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from casework.documents import queries
from casework.documents.models import Document, DocumentKind, DocumentState
from casework.lib.files import save_private
from casework.staff import rows
from casework.staff.models import User
from casework.staff.row_policies import secure
from tests.ledger.tampering import lifted

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.documents.urls")]
PDF = b"%PDF-1.7 paper"


@pytest.fixture
def document(settings: Any, tmp_path: Path) -> Document:
    settings.MEDIA_ROOT = tmp_path / "files"
    now = datetime(2018, 8, 6, tzinfo=UTC)
    return Document.objects.create(
        kind=DocumentKind.RECTIFICATION_NOTICE,
        number="京民救改〔2018〕9号",
        title="个案帮扶整改通知书",
        template="print/rectification_notice.html",
        data={},
        state=DocumentState.ISSUED,
        issued_at=now,
        printed_at=now,
        sha256=save_private(PDF),
        size=len(PDF),
        pages=1,
        subject_type="testorder",
        subject_id=7,
    )


@pytest.fixture
def mei() -> Iterator[User]:
    queries.register_reader(
        "testorder",
        lambda user, papers: {row.pk for row in papers} if user.username == "mei" else set(),
    )
    # A kind of subject of this test alone: the database's own layer lets it pass.
    rows.subject("testorder", "true")
    secure(connection, ())
    yield User.objects.create(username="mei")
    queries._readers.pop("testorder")
    rows._subjects.pop("testorder")


def reading(user: User | None, address: uuid.UUID, *, query: str = "") -> Any:
    client = Client()
    if user:
        client.force_login(user)
    return client.get(reverse("document", args=[address]) + query)


class TestReadDocument:
    def test_who_may_see_the_subject_gets_the_paper(self, document: Document, mei: User) -> None:
        answer = reading(mei, document.uuid)
        assert answer.status_code == 200
        assert answer.content == PDF
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"

    def test_it_may_be_shown_in_the_window(self, document: Document, mei: User) -> None:
        answer = reading(mei, document.uuid, query="?inline=1")
        assert answer["Content-Disposition"].startswith("inline")

    def test_out_of_scope_and_absent_read_alike(self, document: Document, mei: User) -> None:
        stranger = User.objects.create(username="lin")
        refused, absent = reading(stranger, document.uuid), reading(mei, uuid.uuid4())
        assert refused.status_code == absent.status_code == 404

    def test_a_subject_nobody_speaks_for_is_closed(self, document: Document) -> None:
        boss = User.objects.create(username="boss", is_superuser=True, is_staff=True)
        assert reading(boss, document.uuid).status_code == 404

    def test_a_visitor_is_asked_to_log_in(self, document: Document) -> None:
        answer = reading(None, document.uuid)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/login/")

    def test_paper_still_to_come_is_said_plainly(self, document: Document, mei: User) -> None:
        with lifted():
            Document.objects.update(state=DocumentState.PENDING, sha256="", pages=0)
        answer = reading(mei, document.uuid)
        assert answer.status_code == 503
        assert answer["Retry-After"] == "60"
        assert answer["Cache-Control"] == "private, no-store"
