"""Issuing: the number and the content stand with the act, the PDF follows once."""

import copy
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from casework.documents import operations
from casework.documents.models import Document, DocumentKind, DocumentState
from casework.documents.numbers import next_number
from casework.ledger.act import open_books
from casework.ledger.models import OutboxMessage
from casework.ledger.outbox import drain
from casework.lib import pdf
from casework.lib.errors import Incomplete
from casework.lib.files import read_private
from tests.documents import samples
from tests.ledger.tampering import lifted

NOTICE = DocumentKind.RECTIFICATION_NOTICE
PAGE = "print/rectification_notice.html"


@pytest.fixture(autouse=True)
def private_folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def issue(content: dict[str, Any] | None = None, **changes: Any) -> Document:
    facts: dict[str, Any] = {
        "kind": NOTICE,
        "template": PAGE,
        "title": "个案帮扶整改通知书",
        "data": samples.NOTICE if content is None else content,
        "subject": ("order", 1),
        "year": 2018,
    }
    with open_books("issue_order", by=None) as books:
        document = operations.issue_document(books, **{**facts, **changes})
        books.close(("order", 1), from_state="", to_state="ISSUED")
    return document


@pytest.mark.django_db
class TestIssueDocument:
    def test_number_content_and_order_to_print_stand_with_the_act(self) -> None:
        document = issue()
        assert document.number == "京民救改〔2018〕1号"
        assert document.state == DocumentState.PENDING
        assert document.data["number"] == document.number
        assert document.data["title_lines"] == ["个案帮扶整改通知书"]
        message = OutboxMessage.objects.get(key=f"document-{document.pk}")
        assert message.payload == {"document": document.pk}

    def test_a_given_number_is_kept_and_never_given_twice(self) -> None:
        assert issue(number="京民救改〔2018〕77号").number == "京民救改〔2018〕77号"
        with pytest.raises(IntegrityError), transaction.atomic():
            issue(number="京民救改〔2018〕77号")

    def test_an_act_undone_leaves_no_document(self) -> None:
        with pytest.raises(RuntimeError), open_books("issue_order", by=None) as books:
            operations.issue_document(
                books,
                kind=NOTICE,
                template=PAGE,
                title="通知书",
                data=samples.NOTICE,
                subject=("order", 1),
                year=2018,
            )
            raise RuntimeError
        assert not Document.objects.exists()
        assert not OutboxMessage.objects.exists()

    def test_only_a_print_page_is_accepted(self) -> None:
        with pytest.raises(Incomplete):
            issue(template="admin/base.html")

    def test_the_sample_mark_is_frozen(self, settings: Any) -> None:
        settings.DEMO, settings.ALLOW_TEST_IDS = False, True
        assert issue().data["sample"] is True
        settings.ALLOW_TEST_IDS = False
        assert issue().data["sample"] is False


@pytest.mark.django_db
class TestRenderDocument:
    def test_the_pdf_is_kept_with_its_hash_and_pages(self) -> None:
        document = issue()
        assert drain() == 1
        document.refresh_from_db()
        assert document.state == DocumentState.ISSUED
        assert document.pages == 5
        content = read_private(document.sha256)
        assert content.startswith(b"%PDF")
        assert document.size == len(content)

    def test_a_second_order_to_print_changes_nothing(self, settings: Any) -> None:
        document = issue()
        drain()
        before = Document.objects.values().get(pk=document.pk)
        # Even if the frozen content could be tampered with, the paper is not made again.
        with lifted():
            Document.objects.filter(pk=document.pk).update(data={**document.data, "issuer": "他局"})
        message = OutboxMessage.objects.get()
        assert operations.render_document(message) is None
        after = Document.objects.values().get(pk=document.pk)
        assert {k: v for k, v in after.items() if k != "data"} == {
            k: v for k, v in before.items() if k != "data"
        }

    def test_a_slower_worker_does_not_replace_what_a_faster_one_kept(self) -> None:
        document = issue()
        finish = operations.render_document(OutboxMessage.objects.get())
        drain()
        kept = Document.objects.get(pk=document.pk).printed_at
        assert finish is not None
        finish()
        assert Document.objects.get(pk=document.pk).printed_at == kept

    def test_same_frozen_content_same_bytes(self) -> None:
        document = issue()
        drain()
        document.refresh_from_db()
        pdf.stop_press()
        again = pdf.render_pdf(operations.page_of(document))
        assert again == read_private(document.sha256)

    def test_a_document_that_cannot_be_printed_fails_alone(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pdf, "HTML_LIMIT", 60_000)
        monster = copy.deepcopy(samples.NOTICE)
        monster["consequence"] = "逾" * 60_000
        bad, good = issue(monster), issue()
        assert drain() == 1
        bad.refresh_from_db()
        good.refresh_from_db()
        assert (bad.state, good.state) == (DocumentState.FAILED, DocumentState.ISSUED)
        message = OutboxMessage.objects.get(key=f"document-{bad.pk}")
        assert (message.state, message.last_error) == ("PENDING", "RenderFailed")

    def test_a_failed_document_is_printed_once_it_can_be(self) -> None:
        document = issue()
        Document.objects.update(state=DocumentState.FAILED)
        drain()
        document.refresh_from_db()
        assert document.is_issued


@pytest.mark.django_db
class TestNextNumber:
    def test_each_kind_and_year_counts_for_itself(self) -> None:
        assert next_number(NOTICE, 2018) == "京民救改〔2018〕1号"
        assert next_number(NOTICE, 2018) == "京民救改〔2018〕2号"
        assert next_number(NOTICE, 2019) == "京民救改〔2019〕1号"
        assert next_number(DocumentKind.WEEKLY_SUMMARY, 2018) == "京民救周〔2018〕1号"


@pytest.mark.django_db(transaction=True)
class TestNumbersUnderConcurrency:
    def test_eight_workers_never_draw_the_same_number(self) -> None:
        drawn: list[str] = []

        def work() -> None:
            for _turn in range(5):
                with transaction.atomic():
                    number = next_number(NOTICE, 2018)
                drawn.append(number)
            connection.close()

        workers = [threading.Thread(target=work) for _ in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert sorted(drawn) == sorted(f"京民救改〔2018〕{n}号" for n in range(1, 41))
