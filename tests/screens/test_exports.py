"""Lists that leave the house: masked, marked, recorded, and long ones only by two people."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.cases.models import HelpCase
from casework.directory.models import Parameter
from casework.ledger.models import ReadEntry
from casework.lib import clock
from casework.lib.sheets import csv_of, workbook_of
from tests.screens.test_pages import client_of
from tests.walk import Walk, at
from workflows.models import ListExport

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk() -> Any:
    with clock.at(at("2018-06-20 09:00")):
        yield Walk.upto("start")


def exported(client: Client, kind: str = "XLSX", query: str = "", **said: str) -> Any:
    return client.post(reverse("case_export") + query, {"reason": "MEETING", "kind": kind, **said})


def limit(code: str, value: int) -> None:
    Parameter.objects.filter(code=code).update(value=value)


def sheet_of(answer: Any) -> Any:
    return openpyxl.load_workbook(BytesIO(answer.content))


def test_a_workbook_holds_the_list_masked_and_says_whose_copy_it_is(walk: Walk) -> None:
    answer = exported(client_of(walk, "CW"))
    book = sheet_of(answer)
    rows = list(book["名单"].values)
    assert rows[1][0] == walk.case.case_no
    assert rows[1][1] == "陈**"
    told = {row[0]: row[1] for row in book["说明"].values if row[0]}
    assert told["用途"] == "会议使用"
    assert walk.person("CW").username in told["导出人"]
    assert walk.person("CW").display_name in book["名单"].oddHeader.center.text
    whole = "".join(str(cell) for row in rows for cell in row)
    for kept_back in ("陈试勇", "110199", "示例路"):
        assert kept_back not in whole


def test_a_csv_opens_as_chinese_and_holds_the_same(walk: Walk) -> None:
    answer = exported(client_of(walk, "CW"), "CSV")
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert rows[1][0] == walk.case.case_no
    assert answer.content.startswith(b"\xef\xbb\xbf")


def test_the_filter_holds_for_the_file(walk: Walk) -> None:
    assert exported(client_of(walk, "CW"), query="?state=IN_HELP").status_code == 200
    assert exported(client_of(walk, "CW"), query="?state=CLOSED").status_code == 422


def test_who_took_what_and_what_for_stands_in_the_read_log(walk: Walk) -> None:
    exported(client_of(walk, "CW"))
    row = ReadEntry.objects.get(what="case_export")
    assert (row.reason, row.rows, bool(row.digest)) == ("MEETING", 1, True)


def test_nothing_without_a_reason(walk: Walk) -> None:
    assert exported(client_of(walk, "CW"), reason="").status_code == 422


def test_the_city_takes_numbers_and_no_names(walk: Walk) -> None:
    rows = list(sheet_of(exported(client_of(walk, "CA")))["名单"].values)
    assert rows[1][:2] == (walk.case.case_no, "")


def test_a_street_takes_no_long_list(walk: Walk) -> None:
    limit("export_rows_street", 0)
    answer = exported(client_of(walk, "SH"))
    assert answer.status_code == 422
    assert "最多导出0行" in answer.content.decode()
    assert not ListExport.objects.exists()


class TestTwoPeople:
    @pytest.fixture(autouse=True)
    def _short(self, walk: Walk) -> None:
        limit("export_rows_alone", 0)

    def asked(self, walk: Walk) -> ListExport:
        answer = exported(client_of(walk, "DS"), "CSV")
        assert answer["Location"] == reverse("export_list")
        return ListExport.objects.get()

    def decide(self, walk: Walk, role: str, row: ListExport, said: str = "approve") -> int:
        client = client_of(walk, role)
        address = reverse("export_decide", args=[row.pk])
        return client.post(address, {"decision": said}).status_code

    def take(self, walk: Walk, row: ListExport, role: str = "DS") -> Any:
        return client_of(walk, role).post(reverse("export_take", args=[row.pk]))

    def test_a_long_list_waits_for_a_second_person_and_is_taken_once(self, walk: Walk) -> None:
        row = self.asked(walk)
        assert self.take(walk, row).status_code == 409
        assert "待您批准" in client_of(walk, "CA").get(reverse("export_list")).content.decode()
        assert self.decide(walk, "CA", row) == 302
        answer = self.take(walk, row)
        assert walk.case.case_no in answer.content.decode("utf-8-sig")
        assert self.take(walk, row).status_code == 409
        assert ReadEntry.objects.get(what="export_take", rows=1).reason == "MEETING"

    def test_nobody_approves_the_own_nor_takes_anothers(self, walk: Walk) -> None:
        row = self.asked(walk)
        assert self.decide(walk, "DS", row) == 403
        assert self.decide(walk, "CW", row) == 404
        assert self.decide(walk, "CA", row) == 302
        assert self.take(walk, row, "CA").status_code == 404

    def test_a_refused_or_stale_one_is_not_taken(self, walk: Walk) -> None:
        row = self.asked(walk)
        assert self.decide(walk, "CA", row, "refuse") == 302
        assert self.take(walk, row).status_code == 409
        assert self.decide(walk, "CA", row) == 409
        ListExport.objects.update(state="APPROVED", decided_at=clock.now() - timedelta(days=3))
        assert self.take(walk, row).status_code == 409

    def test_the_words_of_a_search_lie_sealed(self, walk: Walk) -> None:
        client = client_of(walk, "DS")
        found = client.post(reverse("search"), {"list": "case_list", "q": "陈试勇"})["Location"]
        exported(client, query="?" + found.partition("?")[2])
        with connection.cursor() as cursor:
            cursor.execute("SELECT filters FROM workflows_listexport")
            assert "陈试勇" not in cursor.fetchone()[0]


def test_a_formula_stays_text() -> None:
    row = ("=1+1", "@x", "-2", "+3", "\t=1", "普通")
    text = csv_of(["一"], [row]).decode("utf-8-sig")
    assert "'=1+1" in text
    assert "'@x" in text
    book = openpyxl.load_workbook(
        BytesIO(workbook_of("名单", list("abcdef"), [row], told=[("用途", "=1")], mark="&1"))
    )
    assert [cell.data_type for cell in book["名单"][2]] == ["s"] * 6
    assert book["说明"]["B3"].data_type == "s"


def test_a_list_of_any_length_asks_in_the_same_steps(walk: Walk) -> None:
    client = client_of(walk, "DS")
    exported(client)
    with CaptureQueriesContext(connection) as one:
        exported(client)
    for number in range(20):
        HelpCase.objects.create(
            case_no=f"X{number}", household=walk.household, home_district=walk.district,
            handling_district=walk.district, handling_street=walk.street,
            rule_date=clock.today(), referred_at=clock.now(), state="REFERRED",
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        exported(client)
    assert len(many) == len(one)
