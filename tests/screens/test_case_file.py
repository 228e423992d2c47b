"""The household's file: the index, a past day, the corrections, and one PDF of it all."""

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from casework.ledger.models import JournalEntry, ReadEntry
from casework.lib import clock
from tests.screens.test_pages import client_of
from tests.walk import Walk, at, deliver

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk() -> Any:
    with clock.at(at("2018-06-20 09:00")):
        made = Walk.upto("start")
        made.act(
            "correct_member", "CW", "2018-06-18 10:00", member=made.household.head_id,
            reason="CHANGED", changes={"phone": "12000000077"},
        )  # fmt: skip
        made.act(
            "add_member", "CW", "2018-06-19 10:00", reason="MOVED_IN", joined_on="2018-06-15",
            person={"name": "褚试英", "id_no": "110199197102259166", "relation_to_head": "12"},
        )  # fmt: skip
        yield made


def page(walk: Walk, role: str = "CW", **query: str) -> str:
    answer = client_of(walk, role).get(reverse("case_file", args=[walk.case.case_no]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_file_tells_where_the_case_stands_and_what_was_corrected(walk: Walk) -> None:
    shown = page(walk)
    assert "褚试英" in shown
    assert "在帮扶" in shown
    assert "12000000077" in shown


def test_a_past_day_shows_the_register_and_the_record_of_that_day(walk: Walk) -> None:
    shown = page(walk, on="2018-06-18")
    assert "褚试英" not in shown.split('id="corrections"')[0]
    assert "增加家庭成员" not in shown
    before = page(walk, on="2018-05-02")
    assert "已受理" in before
    assert 'id="plan"' not in before


def test_before_the_referral_there_was_no_case(walk: Walk) -> None:
    assert "该日此个案尚未转介" in page(walk, on="2018-05-01")


def test_what_is_no_date_is_told(walk: Walk) -> None:
    for typed in ("soon", "2018-02-30", "9" * 40):
        answer = client_of(walk, "CW").get(
            reverse("case_file", args=[walk.case.case_no]), {"on": typed}
        )
        assert answer.status_code == 422
        assert "年-月-日" in answer.content.decode()


def test_the_record_is_filtered_by_kind(walk: Walk) -> None:
    shown = page(walk, kind="file").split('id="record"')[1].split("</section>")[0]
    assert "更正成员信息" in shown
    assert "受理转介" not in shown.split("</nav>")[1]


def printed(client: Client, walk: Walk, **said: str) -> Any:
    return client.post(reverse("case_file_pdf", args=[walk.case.case_no]), {"key": "k", **said})


def test_one_pdf_holds_the_index_the_record_and_every_paper_as_issued() -> None:
    with clock.at(at("2018-09-20 09:00")):
        walk = Walk.upto("issue")
        deliver()
        answer = printed(client_of(walk, "DS"), walk, reason="REVIEW")
    assert answer["Content-Type"] == "application/pdf"
    bound = PdfReader(BytesIO(answer.content))
    words = "".join(sheet.extract_text() for sheet in bound.pages[:2]).replace(" ", "")
    assert "卷内文件目录" in words
    assert "整改通知书" in words
    assert "110199196908179152" not in "".join(sheet.extract_text() for sheet in bound.pages)
    assert len(bound.outline) > 1
    papers = [int(str(bound.get_destination_page_number(mark))) for mark in bound.outline]
    assert papers == sorted(papers)
    entry = JournalEntry.objects.get(act="print_file")
    assert (entry.subject_id, entry.reason) == (walk.case.pk, "REVIEW")
    assert ReadEntry.objects.filter(what="case_file_pdf", reason="REVIEW").exists()


def test_nothing_is_printed_without_a_reason(walk: Walk) -> None:
    answer = printed(client_of(walk, "CW"), walk, reason="")
    assert answer.status_code == 422
    assert not JournalEntry.objects.filter(act="print_file").exists()


def test_the_provider_has_no_file_to_look_at(walk: Walk) -> None:
    client = client_of(walk, "PR")
    assert client.get(reverse("case_file", args=[walk.case.case_no])).status_code == 403
    assert printed(client, walk, reason="ARCHIVE").status_code == 403


def test_a_fixed_number_of_queries_whatever_was_corrected(walk: Walk) -> None:
    client = client_of(walk, "CW")
    url = reverse("case_file", args=[walk.case.case_no])

    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(url)
        return len(seen)

    asked()
    few = asked()
    for number in range(5):
        walk.act(
            "correct_member", "CW", f"2018-06-19 1{number}:30", member=walk.household.head_id,
            reason="CHANGED", changes={"phone": f"1200000010{number}"},
        )  # fmt: skip
    assert asked() == few
