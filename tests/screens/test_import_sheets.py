"""Workbooks beside an import: one to fill in, which is read back, and the rows that were wrong."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from casework.households.models import Household, ImportBatch
from casework.lib import clock
from tests.screens.test_pages import client_of
from tests.walk import STREET, Walk, at

pytestmark = pytest.mark.django_db
GOOD = {
    "姓名": "赵试一", "身份证号": "110199197605129013", "居住地代码": STREET, "地址": "示例路8号",
    "转介来源": "居委会", "转介原因": "家庭支出增加",
}  # fmt: skip


@pytest.fixture
def walk() -> Any:
    with clock.at(at("2018-06-20 09:00")):
        yield Walk()


def blank(client: Client) -> Any:
    answer = client.get(reverse("import_template"))
    return openpyxl.load_workbook(BytesIO(answer.content))


def filled(client: Client, *rows: dict[str, str]) -> SimpleUploadedFile:
    book = blank(client)
    sheet = book["名单"]
    headings = [cell.value for cell in sheet[1]]
    for number, row in enumerate(rows, start=2):
        for name, value in row.items():
            assert name in headings, headings
            sheet.cell(number, headings.index(name) + 1, value)
    kept = BytesIO()
    book.save(kept)
    return SimpleUploadedFile("名单.xlsx", kept.getvalue())


def sent(client: Client, upload: SimpleUploadedFile, run: str) -> Any:
    return client.post(reverse("import_page"), {"key": "k", "file": upload, "run": run})


def rows_of(answer: Any) -> list[Any]:
    assert answer["Content-Type"].endswith("sheet"), answer.content[:300]
    return list(openpyxl.load_workbook(BytesIO(answer.content))["名单"].values)


def test_what_is_filled_in_the_blank_workbook_is_imported(walk: Walk) -> None:
    client = client_of(walk, "CW")
    before = Household.objects.count()
    page = sent(client, filled(client, GOOD), "import").content.decode()
    assert Household.objects.count() == before + 1, page


def test_cells_of_the_blank_workbook_are_text_and_tell_what_is_needed(walk: Walk) -> None:
    sheet = blank(client_of(walk, "CW"))["名单"]
    assert sheet.column_dimensions["A"].number_format == "@"
    notes = [cell.comment.text for cell in sheet[1] if cell.comment]
    assert any("必填" in note for note in notes)


def test_errors_come_as_a_workbook_and_nothing_is_kept(walk: Walk) -> None:
    client = client_of(walk, "CW")
    wrong = {**GOOD, "身份证号": "110199197605129010"}
    rows = rows_of(sent(client, filled(client, GOOD, wrong), "errors"))
    assert rows[0] == ("行", "列", "问题")
    assert rows[1][:2] == ("3", "身份证号")
    assert "110199197605129010" not in str(rows)
    assert not ImportBatch.objects.exists()


def test_errors_of_an_earlier_file_for_who_brought_it_alone(walk: Walk) -> None:
    client = client_of(walk, "CW")
    wrong = {**GOOD, "身份证号": "110199197605129010"}
    page = sent(client, filled(client, wrong), "import").content.decode()
    batch = ImportBatch.objects.get()
    assert reverse("import_batch", args=[batch.pk]) in page
    address = reverse("import_errors", args=[batch.pk])
    shown = client.get(reverse("import_batch", args=[batch.pk])).content.decode()
    assert address in shown
    assert rows_of(client.get(address))[1][:2] == ("2", "身份证号")
    assert client_of(walk, "SH").get(address).status_code == 404
