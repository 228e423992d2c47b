"""The way of a bulletin: drafted, reviewed by one, signed by another, issued, archived; locked."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from casework.documents.models import Document, DocumentState
from casework.ledger.models import JournalEntry
from casework.lib import clock
from casework.lib.errors import Incomplete, NotFound, NotLawfulNow, NotYours
from casework.staff.models import User
from evaluation.reporting.models import MonthlyBulletin
from evaluation.reporting.month import behind, is_due
from tests.evaluation.world import on, person
from tests.reporting.books import lay_down_fixture, post
from workflows.bulletins import order_bulletin
from workflows.tasks import monthly_bulletin

pytestmark = pytest.mark.django_db
MONTH = "2018-10"
AT = "2018-11-07 10:00"


@pytest.fixture
def reviewer() -> User:
    return person("CA", "110000", "核一")


@pytest.fixture
def signer() -> User:
    return person("CA", "110000", "签二")


@pytest.fixture(autouse=True)
def _books() -> None:
    lay_down_fixture()


def order(act: str, by: User | None, **facts: Any) -> MonthlyBulletin:
    with clock.at(on(AT)):
        return order_bulletin(act, MONTH, by=by, moment=on(AT), **facts)


def drafted() -> MonthlyBulletin:
    return order("draft_bulletin", None)


def signed(reviewer: User, signer: User) -> MonthlyBulletin:
    drafted()
    order("review_bulletin", reviewer)
    return order("sign_bulletin", signer)


def acts() -> list[str]:
    entries = JournalEntry.objects.filter(subject_type="month", subject_id=201810)
    return list(entries.order_by("pk").values_list("act", flat=True))


class TestTheWay:
    def test_to_the_archive_each_step_recorded(self, reviewer: User, signer: User) -> None:
        signed(reviewer, signer)
        bulletin = order("issue_bulletin", reviewer)
        assert bulletin.document is not None
        assert bulletin.document.number == "京民救通〔2018〕1号"
        assert bulletin.document.title == "关于2018年10月全市个案帮扶工作情况的通报"
        with pytest.raises(NotLawfulNow):
            order("archive_bulletin", reviewer)
        Document.objects.update(
            state=DocumentState.ISSUED, sha256="0" * 64, pages=3, size=9, printed_at=on(AT)
        )
        assert order("archive_bulletin", reviewer).state == "ARCHIVED"
        assert acts() == [
            "draft_bulletin", "review_bulletin", "sign_bulletin", "issue_bulletin",
            "archive_bulletin",
        ]  # fmt: skip

    def test_a_month_has_one(self) -> None:
        drafted()
        with pytest.raises(NotLawfulNow):
            drafted()
        assert MonthlyBulletin.objects.count() == 1

    def test_not_before_the_month_is_over(self) -> None:
        with pytest.raises(NotLawfulNow):
            order_bulletin("draft_bulletin", "2018-11", by=None, moment=on(AT))

    @pytest.mark.parametrize("act", ["sign_bulletin", "issue_bulletin", "archive_bulletin"])
    def test_no_step_is_left_out(self, act: str, signer: User) -> None:
        drafted()
        with pytest.raises(NotLawfulNow):
            order(act, signer)
        assert acts() == ["draft_bulletin"]

    def test_not_signed_by_whoever_reviewed_it(self, reviewer: User) -> None:
        drafted()
        order("review_bulletin", reviewer)
        with pytest.raises(NotYours):
            order("sign_bulletin", reviewer)

    def test_sent_back_with_a_word_and_drafted_again(self, reviewer: User, signer: User) -> None:
        drafted()
        order("review_bulletin", reviewer)
        with pytest.raises(Incomplete):
            order("send_back", signer, why="  ")
        bulletin = order("send_back", signer, why="第六部分过于笼统")
        assert (bulletin.state, bulletin.reviewed_by) == ("DRAFT", None)
        assert "笼统" not in str(JournalEntry.objects.latest("pk").facts)
        order("review_bulletin", signer)
        assert order("sign_bulletin", reviewer).state == "SIGNED"

    def test_only_the_city_office(self, reviewer: User) -> None:
        drafted()
        for role, unit in (("DS", "110112"), ("AU", "110000")):
            with pytest.raises(NotYours):
                order("review_bulletin", person(role, unit, "旁"))
        with pytest.raises(NotYours):
            order("review_bulletin", None)

    def test_what_does_not_exist(self, reviewer: User) -> None:
        with pytest.raises(NotFound):
            order("review_bulletin", reviewer)
        drafted()
        with pytest.raises(NotFound):
            order("burn", reviewer)


class TestLocked:
    def test_the_draft_follows_the_books_and_what_is_signed_does_not(
        self, reviewer: User, signer: User
    ) -> None:
        drafted()
        post("2018-10-31", "completed", 5, "110101")
        assert drafted_total() == 2700
        order("compile_anew", reviewer)
        assert drafted_total() == 2705
        order("review_bulletin", reviewer)
        order("sign_bulletin", signer)
        post("2018-10-31", "completed", 7, "110101")
        with pytest.raises(NotLawfulNow):
            order("compile_anew", reviewer)
        assert drafted_total() == 2705
        document = order("issue_bulletin", reviewer).document
        assert document is not None
        assert "累计完成2705户" in document.data["sections"][0]["paragraphs"][0]

    def test_the_database_itself_refuses(self, reviewer: User, signer: User) -> None:
        bulletin = signed(reviewer, signer)
        for change in ({"sealed": {}}, {"sha256": "1" * 64}, {"signed_at": on("2018-12-01")}):
            with pytest.raises(DatabaseError), transaction.atomic():
                MonthlyBulletin.objects.filter(pk=bulletin.pk).update(**change)
        with pytest.raises(DatabaseError), transaction.atomic():
            MonthlyBulletin.objects.filter(pk=bulletin.pk).delete()

    def test_words_are_written_in_a_draft_only(self, reviewer: User, signer: User) -> None:
        drafted()
        for words in ("", "长" * 3001):
            with pytest.raises(Incomplete):
                order("write_requirements", reviewer, requirements=words)
        order("write_requirements", reviewer, requirements="一、抓进度\n二、抓整改")
        order("review_bulletin", reviewer)
        with pytest.raises(NotLawfulNow):
            order("write_requirements", reviewer, requirements="另写")
        bulletin = order("sign_bulletin", signer)
        assert bulletin.figures["requirements"] == "一、抓进度\n二、抓整改"


def drafted_total() -> int:
    total: int = MonthlyBulletin.objects.get().figures["progress"]["total"]["completed"]
    return total


def test_due_on_the_fifth_working_day() -> None:
    """October 2018 begins with the holiday week: its fifth working day is the 12th."""
    assert not is_due("2018-09", date(2018, 10, 11))
    assert is_due("2018-09", date(2018, 10, 12))


def test_the_system_drafts_once_however_often_it_wakes() -> None:
    for moment in ("2018-11-06 09:00", "2018-11-07 09:00", "2018-11-08 09:00"):
        with clock.at(on(moment)):
            monthly_bulletin()
    assert MonthlyBulletin.objects.get().month == MONTH
    assert acts() == ["draft_bulletin"]


class TestOpened:
    """Every number that counts cases opens to them, as far as the reader may know."""

    def test_each_number_is_that_of_its_list(self) -> None:
        made = drafted()
        figures = made.figures
        opened = 0
        for name, keys in (
            ("progress", ("completed_month", "completed")), ("evaluation", ("scored",)),
        ):  # fmt: skip
            for row in [*figures[name]["rows"], figures[name]["total"]]:
                for key in keys:
                    _figure, found = behind(MONTH, key, row.get("code") or None)
                    assert sum(net for _kind, _pk, net in found) == row[key], (row, key)
                    opened += row[key]
        assert opened > 0

    def test_a_page_leads_to_the_list(self, reviewer: User) -> None:
        drafted()
        client = Client()
        with clock.at(on(AT)):
            client.force_login(reviewer)
            page = client.get(f"/bulletins/{MONTH}/").content.decode()
            addresses = set(re.findall(rf'href="(/bulletins/{MONTH}/completed/[a-z0-9]+/)"', page))
            assert f"/bulletins/{MONTH}/completed/all/" in addresses
            for address in addresses:
                assert client.get(address).status_code == 200
            assert client.get(f"/bulletins/{MONTH}/orders_issued/all/").status_code == 404
            assert client.get(f"/bulletins/{MONTH}/nothing/all/").status_code == 404
