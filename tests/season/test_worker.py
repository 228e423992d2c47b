"""The season's papers are pressed by a real worker behind a real broker, or the season says so."""

import os
from pathlib import Path

import pytest
from django.core.management.base import OutputWrapper
from django.db import connection

from casework.documents.models import Document, DocumentState
from casework.documents.operations import issue_document
from casework.ledger.act import open_books
from casework.ledger.models import OutboxMessage
from casework.lib import clock
from tests.documents import samples
from workflows.season import export
from workflows.season.progress import Progress
from workflows.season.worker import Worker, WorkerFailed, waiting

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def order_a_paper() -> Document:
    """A refusal notice issued on the last day of the season."""
    moment = export.continuation()
    with clock.at(moment), open_books("refuse", by=None, moment=moment) as books:
        document = issue_document(
            books,
            kind="REFUSAL_NOTICE",
            template="print/refusal_notice.html",
            title="个案帮扶不予通过通知书",
            data=samples.REFUSAL,
            subject=("case", 1),
            year=2018,
        )
        books.close(("case", 1), from_state="", to_state="")
    return document


@pytest.fixture
def progress() -> Progress:
    with Path(os.devnull).open("w") as nowhere:
        return Progress(OutputWrapper(nowhere))


@pytest.fixture
def same_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker is another process: it has to be told of the database of the tests."""
    known = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{known['NAME']}"
    else:
        url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**known)
    monkeypatch.setenv("DATABASE_URL", url)


@pytest.mark.usefixtures("same_database")
def test_a_worker_presses_what_waits_on_the_clock_of_the_season(
    tmp_path: Path, progress: Progress
) -> None:
    document = order_a_paper()
    with Worker(tmp_path / "log", export.continuation()) as worker:
        worker.finish(progress)
    document.refresh_from_db()
    assert waiting() == 0
    assert document.state == DocumentState.ISSUED
    assert document.printed_at is not None
    assert clock.local_date(document.printed_at) == clock.local_date(export.continuation())


def test_a_worker_that_is_gone_is_not_replaced_in_silence(
    tmp_path: Path, progress: Progress
) -> None:
    order_a_paper()
    with Worker(tmp_path / "log", export.continuation()) as worker:
        worker.process.kill()
        worker.process.wait()
        with pytest.raises(WorkerFailed, match="ended"):
            worker.finish(progress)
    assert OutboxMessage.objects.get().state == OutboxMessage.State.PENDING
