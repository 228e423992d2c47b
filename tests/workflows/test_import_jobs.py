"""Long imports: in slices, stopped and gone on with, undone where nobody has worked on them."""

import time
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from casework.cases.models import HelpCase
from casework.households.forgetting import forget
from casework.households.models import ImportBatch, ImportMapping, ImportRow
from casework.ledger import outbox
from casework.ledger.models import OutboxMessage
from casework.lib import clock
from casework.lib.errors import NotLawfulNow
from tests.factories import id_number
from tests.screens.test_pages import client_of
from tests.walk import STREET, Walk, at
from workflows import import_jobs
from workflows.perform import perform

pytestmark = pytest.mark.django_db
HEADINGS = ["姓名", "身份证号", "居住地代码", "地址", "转介来源", "转介原因"]
HOUSEHOLDS = 6


@pytest.fixture
def walk(monkeypatch: pytest.MonkeyPatch) -> Any:
    # Files of this size are long, and every household is a moment to stop at.
    monkeypatch.setattr(import_jobs, "INLINE_BYTES", 2)
    monkeypatch.setattr(import_jobs, "_AT_ONCE", 1)
    with clock.at(at("2018-06-20 09:00")):
        yield Walk()


@pytest.fixture
def client(walk: Walk) -> Client:
    return client_of(walk, "CW")


def workbook(headings: list[str] = HEADINGS, count: int = HOUSEHOLDS) -> bytes:
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, headings)
        for n in range(count):
            row = [f"试户{n}", id_number(n), STREET, f"示例路{n}号", "居委会", "家庭支出增加"]
            sheet.write_row(n + 1, 0, row)
    return kept.getvalue()


def brought(client: Client, content: bytes, **more: str) -> Any:
    upload = SimpleUploadedFile("名单.xlsx", content)
    given = {"key": "k", "file": upload, "run": "import", **more}
    return client.post(reverse("import_page"), given)


def order(client: Client, what: str) -> Any:
    pk = ImportBatch.objects.get().pk
    return client.post(reverse("import_order", args=[pk, what]))


def work(limit: int = 50) -> None:
    outbox.drain(limit)


def held(household: int) -> ImportRow:
    """The row of one household of the file, by its place there."""
    return ImportRow.objects.get(number=household + 2)


def refused_after(households: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a slice end once so many households are through."""
    seen = {"times": 0}

    def now() -> float:
        seen["times"] += 1
        # The first call sets the end of the slice.
        return 0.0 if seen["times"] <= households + 1 else 1e9

    monkeypatch.setattr(time, "monotonic", now)


class TestSlices:
    def test_a_long_file_is_done_by_the_worker(self, client: Client) -> None:
        answer = brought(client, workbook())
        batch = ImportBatch.objects.get()
        assert answer["Location"] == reverse("import_batch", args=[batch.pk])
        assert (batch.state, HelpCase.objects.count()) == ("QUEUED", 0)
        work()
        batch.refresh_from_db()
        assert (batch.state, batch.entered, batch.content_sealed) == ("DONE", HOUSEHOLDS, "")
        assert HelpCase.objects.count() == HOUSEHOLDS
        assert batch.report["imported"] == HOUSEHOLDS

    def test_the_order_holds_a_number_and_nothing_of_the_file(self, client: Client) -> None:
        brought(client, workbook())
        payload = OutboxMessage.objects.get(kind="import_slice").payload
        assert payload == {"batch": ImportBatch.objects.get().pk}

    def test_a_slice_orders_the_next(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        brought(client, workbook())
        work(1)
        batch = ImportBatch.objects.get()
        assert (batch.content_sealed, batch.households) == ("", HOUSEHOLDS)
        assert ImportRow.objects.filter(state="STAGED").count() == HOUSEHOLDS
        with monkeypatch.context() as patch:
            refused_after(2, patch)
            work(1)
        batch.refresh_from_db()
        assert (batch.state, batch.entered, HelpCase.objects.count()) == ("RUNNING", 2, 2)
        work()
        batch.refresh_from_db()
        assert (batch.state, HelpCase.objects.count()) == ("DONE", HOUSEHOLDS)
        assert batch.report["imported"] == HOUSEHOLDS

    def test_a_slice_done_twice_enters_nobody_twice(self, client: Client) -> None:
        brought(client, workbook())
        message = OutboxMessage.objects.get(kind="import_slice")
        # Killed while it read, once more after reading and before it could say so, then taken.
        import_jobs.take_slice(message)
        work(1)
        import_jobs.take_slice(message)
        assert HelpCase.objects.count() == HOUSEHOLDS
        finish = import_jobs.take_slice(message)
        assert finish is not None
        finish()
        assert HelpCase.objects.count() == HOUSEHOLDS
        assert ImportBatch.objects.get().state == "DONE"

    def test_a_killed_slice_leaves_the_count_right(self, client: Client) -> None:
        brought(client, workbook())
        work(1)
        message = OutboxMessage.objects.filter(kind="import_slice").latest("pk")
        # Killed after its households and before it could say so.
        import_jobs.take_slice(message)
        assert HelpCase.objects.count() == HOUSEHOLDS
        finish = import_jobs.take_slice(message)
        assert finish is not None
        finish()
        report = ImportBatch.objects.get().report
        assert (report["imported"], report["unchanged"]) == (HOUSEHOLDS, 0)

    def test_the_same_file_again_is_unchanged(self, client: Client) -> None:
        content = workbook()
        for _turn in range(2):
            brought(client, content)
            work()
        report = ImportBatch.objects.get().report
        assert (report["imported"], report["unchanged"]) == (0, HOUSEHOLDS)
        assert HelpCase.objects.count() == HOUSEHOLDS

    def test_the_same_file_while_it_runs(self, client: Client) -> None:
        content = workbook()
        brought(client, content)
        assert brought(client, content).status_code == 409

    def test_a_bad_row_is_told_and_the_rest_entered(self, client: Client) -> None:
        kept = BytesIO()
        with xlsxwriter.Workbook(kept, {"in_memory": True}) as made:
            sheet = made.add_worksheet()
            sheet.write_row(0, 0, HEADINGS)
            for n in range(4):
                number = id_number(n) if n != 2 else "123"
                row = [f"试户{n}", number, STREET, f"示例路{n}号", "居委会", "家庭支出增加"]
                sheet.write_row(n + 1, 0, row)
        brought(client, kept.getvalue())
        work()
        batch = ImportBatch.objects.get()
        assert [fault["row"] for fault in batch.report["errors"]] == [4]
        assert batch.report["imported"] == 3


class TestOrders:
    def test_stopped_and_gone_on_with(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        brought(client, workbook())
        work(1)
        with monkeypatch.context() as patch:
            refused_after(2, patch)
            work(1)
        order(client, "stop")
        work()
        assert (ImportBatch.objects.get().state, HelpCase.objects.count()) == ("STOPPED", 2)
        order(client, "go-on")
        work()
        assert (ImportBatch.objects.get().state, HelpCase.objects.count()) == ("DONE", HOUSEHOLDS)

    def test_undone_but_for_what_was_worked_on(self, walk: Walk, client: Client) -> None:
        brought(client, workbook())
        work()
        worked_on = HelpCase.objects.order_by("pk").first()
        perform("accept_referral", worked_on, by=walk.person("CW"))
        page = client.get(reverse("import_batch", args=[ImportBatch.objects.get().pk]))
        assert "5户可以撤回" in page.content.decode()
        order(client, "undo")
        work()
        assert ImportBatch.objects.get().state == "UNDONE"
        states = list(HelpCase.objects.order_by("pk").values_list("state", flat=True))
        assert states == ["ACCEPTED"] + ["DECLINED"] * 5
        assert ImportRow.objects.filter(state="ENTERED").count() == 1

    def test_what_was_undone_can_be_brought_again(self, client: Client) -> None:
        content = workbook()
        for _turn in range(2):
            brought(client, content)
            work()
            if _turn == 0:
                order(client, "undo")
                work()
        assert HelpCase.objects.filter(state="REFERRED").count() == HOUSEHOLDS
        assert HelpCase.objects.filter(state="DECLINED").count() == HOUSEHOLDS
        assert ImportBatch.objects.get().state == "DONE"

    @pytest.mark.parametrize("what", ["go-on", "undo"])
    def test_not_while_it_waits(self, client: Client, what: str) -> None:
        brought(client, workbook())
        assert order(client, what).status_code == 409

    def test_not_stopped_once_done(self, client: Client) -> None:
        brought(client, workbook())
        work()
        with pytest.raises(NotLawfulNow):
            import_jobs.stop(ImportBatch.objects.get())

    def test_nobody_elses_file(self, walk: Walk, client: Client) -> None:
        brought(client, workbook())
        other = client_of(walk, "SH")
        pk = ImportBatch.objects.get().pk
        assert other.get(reverse("import_batch", args=[pk])).status_code == 404
        assert other.post(reverse("import_order", args=[pk, "stop"])).status_code == 404


class TestTrial:
    """A long trial is read by the worker and stops there until a person decides."""

    @pytest.fixture
    def page(self, client: Client) -> str:
        brought(client, workbook(), run="trial")
        work()
        address = reverse("import_batch", args=[ImportBatch.objects.get().pk])
        return client.get(address).content.decode()

    def test_it_tells_and_enters_nothing(self, page: str) -> None:
        assert ImportBatch.objects.get().state == "CHECKED"
        assert f"共有{HOUSEHOLDS}户可以导入" in page and "导入这些户" in page
        assert not HelpCase.objects.exists()

    def test_then_entered(self, page: str, client: Client) -> None:
        order(client, "go-on")
        work()
        assert (ImportBatch.objects.get().state, HelpCase.objects.count()) == ("DONE", HOUSEHOLDS)

    def test_or_erased(self, page: str, client: Client) -> None:
        order(client, "erase")
        assert ImportBatch.objects.get().state == "ERASED"
        assert not ImportRow.objects.exists()
        assert order(client, "go-on").status_code == 409
        assert order(client, "erase").status_code == 409

    def test_another_file_takes_the_same_report_and_it_is_entered_once(
        self, page: str, client: Client
    ) -> None:
        first = ImportBatch.objects.get()
        brought(client, workbook(count=2))
        work()
        assert HelpCase.objects.count() == 2
        assert client.post(reverse("import_order", args=[first.pk, "go-on"])).status_code == 302
        work()
        assert HelpCase.objects.count() == HOUSEHOLDS

    def test_the_same_file_of_two_people_is_told_to_each(
        self, page: str, walk: Walk, client: Client
    ) -> None:
        other = client_of(walk, "SH")
        address = brought(other, workbook(), run="trial")["Location"]
        assert other.get(address).status_code == 200
        assert client.get(address).status_code == 404


class TestLeftLying:
    """Rows that nobody entered go after their time; what was entered, and what waits, stays."""

    def later(self, days: int) -> int:
        with clock.at(at("2018-06-20 09:00") + timedelta(days=days)):
            return import_jobs.erase_what_lies()

    def test_a_trial_that_nobody_decided(self, client: Client) -> None:
        brought(client, workbook(), run="trial")
        work()
        assert self.later(30) == 0
        assert self.later(31) == HOUSEHOLDS
        batch = ImportBatch.objects.get()
        assert (batch.state, batch.report["erased"]) == ("ERASED", HOUSEHOLDS)
        assert not ImportRow.objects.exists()

    def test_not_what_was_entered_nor_what_runs(self, client: Client) -> None:
        brought(client, workbook())
        work(1)
        assert self.later(31) == 0
        work()
        assert self.later(31) == 0
        assert ImportRow.objects.filter(state="ENTERED").count() == HOUSEHOLDS

    def test_refused_rows_of_a_finished_file(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_group: Any, _undone: int) -> None:
            raise NotLawfulNow("先归并。")

        with monkeypatch.context() as patch:
            patch.setattr(import_jobs, "referring", lambda _by: refuse)
            brought(client, workbook())
            work()
        assert self.later(31) == HOUSEHOLDS
        assert ImportBatch.objects.get().state == "DONE"


class TestRows:
    def test_a_row_is_tied_to_whom_it_became(self, client: Client) -> None:
        brought(client, workbook())
        work()
        row = held(0)
        assert row.member is not None
        assert row.member.name == row.facts["name"] == "试户0"

    def test_it_is_forgotten_with_the_household(self, client: Client) -> None:
        brought(client, workbook())
        work()
        home = held(0).member.household  # type: ignore[union-attr]
        forget(home)
        row = held(0)
        assert (row.values_sealed, held(1).facts["name"]) == ("", "试户1")

    def test_one_refused_is_told_by_its_row_and_can_be_brought_again(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        content = workbook()

        def refuse(_group: Any, _undone: int) -> None:
            raise NotLawfulNow("先归并。")

        with monkeypatch.context() as patch:
            patch.setattr(import_jobs, "referring", lambda _by: refuse)
            brought(client, content)
            work()
        batch = ImportBatch.objects.get()
        assert [fault["row"] for fault in batch.report["errors"]] == [2, 3, 4, 5, 6, 7]
        assert (batch.report["imported"], batch.state) == (0, "DONE")
        brought(client, content)
        work()
        batch.refresh_from_db()
        assert (batch.report["imported"], batch.report["errors"]) == (HOUSEHOLDS, [])


class TestHeadings:
    OWN = ["申请人", "证件", "网格", "门牌", "渠道", "说明"]

    def test_kept_for_a_source_and_used(self, client: Client) -> None:
        kept = {
            "key": "k", "name": "残联台账", "column-name": "申请人", "column-id_no": "证件",
            "column-division": "网格", "column-address": "门牌", "column-source": "渠道",
            "column-reason": "说明",
        }  # fmt: skip
        client.post(reverse("import_headings"), kept)
        source = ImportMapping.objects.get()
        brought(client, workbook(self.OWN))
        work()
        failed = ImportBatch.objects.get()
        assert (failed.state, failed.content_sealed) == ("FAILED", "")
        page = client.get(reverse("import_batch", args=[failed.pk])).content.decode()
        assert "没有找到表头行" in page
        brought(client, workbook(self.OWN), source=str(source.pk))
        work()
        assert HelpCase.objects.count() == HOUSEHOLDS

    @pytest.mark.parametrize(
        "columns", [{}, {"column-name": "甲", "column-id_no": "甲"}, {"column-name": "长" * 61}]
    )
    def test_refused(self, client: Client, columns: dict[str, str]) -> None:
        answer = client.post(reverse("import_headings"), {"key": "k", "name": "甲", **columns})
        assert answer.status_code == 422
        assert not ImportMapping.objects.exists()

    def test_only_the_own_sources(self, walk: Walk, client: Client) -> None:
        ImportMapping.objects.create(
            name="他处", headings={"甲": "姓名"}, kept_by=walk.person("SH")
        )
        assert "他处" not in client.get(reverse("import_page")).content.decode()
