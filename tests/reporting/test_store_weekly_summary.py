"""Publishing a week: only sealed, only once, the same bytes for ever."""

from io import BytesIO

import openpyxl
import pytest

from casework.documents.models import Document
from casework.ledger.act import open_books
from casework.ledger.canonical import digest
from casework.ledger.figures import seal_week
from casework.ledger.models import OutboxMessage
from casework.lib import clock
from casework.lib.errors import NotLawfulNow
from casework.lib.files import read_private
from evaluation.reporting.columns import COLUMNS
from evaluation.reporting.models import WeeklySummary
from evaluation.reporting.operations import store_weekly_summary
from evaluation.reporting.queries import readable_summaries
from evaluation.reporting.weekly import compile_rows
from evaluation.reporting.xlsx import workbook_of
from tests.evaluation.conftest import Cast
from tests.evaluation.world import on
from tests.reporting.books import AFTER, FIXTURE, WEEK, lay_down_fixture, post

pytestmark = pytest.mark.django_db


def store(week: str = WEEK) -> WeeklySummary:
    with clock.at(on(AFTER)), open_books("compile_week", by=None, moment=on(AFTER)) as books:
        summary = store_weekly_summary(books, week)
        books.close(("week", summary.pk), from_state="", to_state="SEALED")
    return summary


def sealed() -> WeeklySummary:
    lay_down_fixture()
    seal_week(WEEK, at=on(AFTER))
    return store()


class TestStoreWeeklySummary:
    def test_table_fingerprint_document_and_spreadsheet_are_kept(self) -> None:
        summary = sealed()
        assert summary.sha256 == digest(summary.data)
        assert summary.data["total"]["completed"] == 2700
        document = Document.objects.get()
        assert summary.document == document
        assert (document.kind, document.subject_id) == ("WEEKLY_SUMMARY", 201844)
        assert document.number == "京民救周〔2018〕1号"
        assert OutboxMessage.objects.filter(key=f"document-{document.pk}").exists()
        assert read_private(summary.xlsx)[:2] == b"PK"

    def test_a_second_call_answers_the_first_table(self) -> None:
        first = sealed()
        assert store() == first
        assert Document.objects.count() == WeeklySummary.objects.count() == 1

    def test_what_is_posted_later_changes_nothing_published(self) -> None:
        first = sealed()
        post("2018-11-07", "completed", 3, "110101")
        again = compile_rows(WEEK)
        assert digest(again) == first.sha256

    def test_an_open_week_is_not_published(self) -> None:
        lay_down_fixture()
        with pytest.raises(NotLawfulNow):
            store()
        assert not WeeklySummary.objects.exists()

    def test_who_may_read_it(self, cast: Cast) -> None:
        document = sealed().document
        readers = {
            user.display_name
            for user in (cast.supervisor, cast.city, cast.provider, cast.caseworker, cast.first)
            if readable_summaries(user, [document])
        }
        assert readers == {"区管", "市管"}


class TestSpreadsheet:
    def test_all_columns_with_a_heading_of_two_rows(self) -> None:
        book = openpyxl.load_workbook(BytesIO(read_private(sealed().xlsx)))
        sheet = book[WEEK]
        assert sheet.max_column == len(COLUMNS) == 21
        assert sheet.max_row == 1 + 2 + len(FIXTURE) + 1
        assert sheet["H2"].value == "在帮扶"
        assert [sheet.cell(3, column).value for column in (8, 9, 10, 11)] == [
            "助残", "助老", "助学", "综合",
        ]  # fmt: skip
        assert "H2:K2" in {str(merged) for merged in sheet.merged_cells.ranges}
        assert sheet["N4"].value == 125
        assert sheet["B20"].value == "合计"

    def test_the_same_table_gives_the_same_bytes(self) -> None:
        table = sealed().data
        assert workbook_of(table, "题") == workbook_of(table, "题")

    def test_text_is_never_a_formula(self) -> None:
        table = sealed().data
        table["rows"][0]["district"] = "=1+1"
        table["rows"][1]["district"] = "https://example.invalid"
        sheet = openpyxl.load_workbook(BytesIO(workbook_of(table, "=2+2")))[WEEK]
        assert [cell.data_type for cell in (sheet["A1"], sheet["B4"], sheet["B5"])] == ["s"] * 3
        assert sheet["B5"].hyperlink is None
