"""What a screen answers when things go wrong: never a 500, never a lost word."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from casework.cases.models import HelpCase
from casework.households.models import Household
from casework.ledger.models import JournalEntry, Movement
from evaluation.reporting.models import WeeklySummary
from tests.factories import id_number
from tests.walk import Walk, at, deliver
from workflows.tasks import run_until

pytestmark = pytest.mark.django_db

Clock = Callable[[str], datetime]
OTHER_STREET = "110101901"
# These lead to the list they were worked out from.
WORKED_OUT = {"rate", "mean_score"}
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_role(walk: Walk, role: str) -> Client:
    client = Client()
    client.force_login(walk.person(role))
    return client


def act_url(walk: Walk, act: str) -> str:
    return reverse("act_page", args=[walk.case.case_no, act])


def key_on(client: Client, url: str) -> str:
    """The hidden key of a form as the browser was given it."""
    found = re.search(r'name="key" value="(\w+)"', client.get(url).content.decode())
    assert found
    return found[1]


class TestTwoTabs:
    FOUND = {
        "visited_on": "2018-05-04", "photos": "2", "member_signed": "on", "verifiers_signed": "on",
        "place": "家中", "econ_check": "WAIVED", "proposal": "VERIFIED",
        "findings_text": "家中整洁，老人行动不便",
    }  # fmt: skip

    def test_the_second_hears_who_and_when_and_keeps_the_words(self, clock_at: Clock) -> None:
        walk = Walk.upto("arrange")
        clock_at("2018-05-04 17:00")
        url = act_url(walk, "record_verification")
        first, second = as_role(walk, "CW"), as_role(walk, "CW2")
        keys = key_on(first, url), key_on(second, url)
        assert first.post(url, self.FOUND | {"key": keys[0]}).status_code == 302
        answer = second.post(url, self.FOUND | {"key": keys[1]})
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "示例·个案社工" in text
        assert "2018-05-04 17:00" in text
        assert "家中整洁，老人行动不便" in text

    def test_another_act_of_the_same_step_is_told_too(self, clock_at: Clock) -> None:
        walk = Walk.upto("refer")
        clock_at("2018-05-02 15:00")
        url = act_url(walk, "decline_referral")
        second = as_role(walk, "CW2")
        key = key_on(second, url)
        walk.accept()
        answer = second.post(url, {"key": key, "reason": "不属于本街道"})
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "2018-05-02 14:00" in text
        assert "不属于本街道" in text

    def test_the_same_form_sent_twice_moves_the_case_once(self, clock_at: Clock) -> None:
        walk = Walk.upto("arrange")
        clock_at("2018-05-04 17:00")
        client, url = as_role(walk, "CW"), act_url(walk, "record_verification")
        sent = self.FOUND | {"key": key_on(client, url)}
        answers = [client.post(url, sent) for _press in range(2)]
        page = reverse("case_page", args=[walk.case.case_no])
        assert [answer["Location"] for answer in answers] == [page, page]
        assert JournalEntry.objects.filter(act="record_verification").count() == 1

    def test_the_same_key_with_other_words_is_refused(self, clock_at: Clock) -> None:
        walk = Walk.upto("arrange")
        clock_at("2018-05-04 17:00")
        client, url = as_role(walk, "CW"), act_url(walk, "record_verification")
        sent = self.FOUND | {"key": key_on(client, url)}
        client.post(url, sent)
        answer = client.post(url, sent | {"findings_text": "改写过的文字"})
        assert answer.status_code == 409
        assert "改写过的文字" in answer.content.decode()


class TestRefused:
    def test_out_of_order(self) -> None:
        walk = Walk.upto("accept")
        client = as_role(walk, "SH")
        for answer in (
            client.get(act_url(walk, "confirm_verification")),
            client.post(act_url(walk, "confirm_verification"), {"key": "k", "outcome": "VERIFIED"}),
        ):
            assert answer.status_code == 409
        assert HelpCase.objects.get(pk=walk.case.pk).state == "ACCEPTED"

    def test_of_another_role(self) -> None:
        walk = Walk.upto("refer")
        client = as_role(walk, "DS")
        # Said before a form is filled in for nothing, and again to a form that comes anyway.
        assert client.get(act_url(walk, "accept_referral")).status_code == 403
        answer = client.post(act_url(walk, "accept_referral"), {"key": "k"})
        assert answer.status_code == 403
        assert HelpCase.objects.get(pk=walk.case.pk).state == "REFERRED"

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_another_district_cannot_tell_it_from_nothing(self, method: str) -> None:
        walk = Walk.upto("receive")
        assert walk.order
        strangers = Walk(street=OTHER_STREET, id_no=id_number(1))
        client = as_role(strangers, "CW")
        absent = "BF-2018-110112-999999-0"
        pairs = [
            (act_url(walk, "terminate"), reverse("act_page", args=[absent, "terminate"])),
            (
                reverse("score_sheet", args=[walk.case.case_no]),
                reverse("score_sheet", args=[absent]),
            ),
            (reverse("order_act", args=[walk.order.pk, "report_items"]),
             reverse("order_act", args=[99999, "report_items"])),
        ]  # fmt: skip
        for there, nowhere in pairs:
            answers = [getattr(client, method)(url, {"key": "k"}) for url in (there, nowhere)]
            assert [answer.status_code for answer in answers] == [404, 404], there
            assert answers[0].content == answers[1].content, there

    def test_an_act_nobody_knows(self) -> None:
        walk = Walk.upto("refer")
        client = as_role(walk, "CW")
        for act in ("fly", "enter_sample", "strike_off", "refer"):
            assert client.get(act_url(walk, act)).status_code == 404, act
            assert client.post(act_url(walk, act), {"key": "k"}).status_code == 404, act

    def test_a_wrong_field_leaves_the_others_as_typed(self) -> None:
        walk = Walk.upto("arrange")
        sent = TestTwoTabs.FOUND | {"key": "k", "photos": "两张", "monthly_incomes": "1200\n无"}
        answer = as_role(walk, "CW").post(act_url(walk, "record_verification"), sent)
        text = answer.content.decode()
        assert answer.status_code == 422
        assert {fault.anchor for fault in answer.context["form"].faults} == {
            "id_photos",
            "id_monthly_incomes",
        }
        assert 'id="id_photos_error"' in text
        for words in ("家中整洁，老人行动不便", 'value="两张"', "1200\n无", 'value="2018-05-04"'):
            assert words in text
        assert JournalEntry.objects.filter(act="record_verification").count() == 0

    def test_a_forged_key_is_too_long_not_a_fault_of_ours(self) -> None:
        walk = Walk.upto("refer")
        answer = as_role(walk, "CW").post(act_url(walk, "accept_referral"), {"key": "k" * 500})
        assert answer.status_code == 422


class TestImports:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("名单.xlsx", b""),
            ("名单.xlsx", b"PK\x03\x04 not a workbook"),
            ("名单.xlsx", b"\x00" * 2000),
            ("名单.csv", "姓名,身份证号\n".encode("utf-16")),
            ("名单.csv", b"\xff\xfe\xfa\x00broken"),
            ("名单.txt", "一行文字".encode()),
            ("名单.csv", "姓名,没有这一列\n陈试勇,1\n".encode()),
        ],
    )
    @pytest.mark.parametrize("run", ["import", "trial"])
    def test_a_file_that_cannot_be_read_is_told(self, name: str, content: bytes, run: str) -> None:
        walk = Walk()
        before = Household.objects.count()
        upload = SimpleUploadedFile(name, content, content_type=XLSX)
        page = reverse("import_page")
        answer = as_role(walk, "CW").post(page, {"key": "k", "run": run, "file": upload})
        assert answer.status_code in {200, 422}
        told = answer.context["form"].faults or answer.context["report"]["errors"]
        assert told
        assert Household.objects.count() == before

    def test_a_workbook_with_nothing_in_it_is_told(self) -> None:
        held = BytesIO()
        with ZipFile(held, "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
        upload = SimpleUploadedFile("名单.xlsx", held.getvalue(), content_type=XLSX)
        client = as_role(Walk(), "CW")
        answer = client.post(reverse("import_page"), {"key": "k", "file": upload})
        assert answer.status_code == 422
        assert answer.context["form"].faults


class TestIdNumbers:
    def test_no_page_of_a_case_shows_it_and_no_address_holds_it(self) -> None:
        walk = Walk.upto("refer")
        client = as_role(walk, "CW")
        to_see = [reverse("home"), reverse("work_list"), reverse("case_list")]
        to_see.append(reverse("case_page", args=[walk.case.case_no]))
        to_see.append(act_url(walk, "accept_referral"))
        for page in to_see:
            text = client.get(page).content.decode()
            assert walk.id_no not in text, page
            assert not [url for url in addresses(text) if re.search(r"\d{17}[\dX]", url)], page
        assert walk.household.head.masked_id in client.get(to_see[3]).content.decode()

    def test_a_referral_does_not_lead_to_an_address_with_the_number(self, clock_at: Clock) -> None:
        walk = Walk()
        clock_at("2018-05-02 09:00")
        sent = {
            "key": "once", "name": "孙试兰", "id_no": "110199193809019045",
            "division": walk.street, "address": "示例路2号", "category": "B_ELDER",
            "relief_type": "NONE", "source": "COMMITTEE", "urgency": "NORMAL", "reason": "高龄独居",
        }  # fmt: skip
        answer = as_role(walk, "CW").post(reverse("refer"), sent, follow=True)
        assert answer.redirect_chain
        assert all("110199193809019045" not in url for url, _status in answer.redirect_chain)
        assert "110199193809019045" not in answer.content.decode()


def addresses(text: str) -> Iterator[str]:
    for found in re.finditer(r'(?:href|action|src)="([^"]*)"', text):
        yield unquote(found[1])


@pytest.mark.once
class TestWeeks:
    """The season of three walks, sealed; every number opens to as many things as it says."""

    WEEK = "2018-W32"

    @pytest.fixture
    def season(self, clock_at: Clock) -> Walk:
        walk = Walk.upto("issue")
        Walk.upto("serve", street="110112902", id_no=id_number(1))
        Walk.upto("confirm_result", street=OTHER_STREET, id_no=id_number(2))
        run_until(at("2018-08-15 09:00"))
        clock_at("2018-08-15 09:00")
        return walk

    def test_every_number_opens_its_list(self, season: Walk) -> None:
        client, opened = as_role(season, "CA"), 0
        for week in ("2018-W18", "2018-W20", "2018-W26", "2018-W28", self.WEEK):
            page = client.get(reverse("week_page", args=[week]))
            assert page.context["sealed"], week
            keys = [column["key"] for column in page.context["columns"]]
            tables = [row["cells"] for row in page.context["rows"]]
            for cells in [*tables, page.context["total"]["cells"]]:
                for key, cell in zip(keys, cells, strict=True):
                    if not cell.url or key in WORKED_OUT:
                        continue
                    listed = client.get(cell.url).context
                    shown = len(listed["page"].paginator.object_list) + listed["hidden"]
                    assert shown == listed["value"] == int(cell.text), cell.url
                    opened += shown
        assert opened > 50

    def test_beyond_the_scope_there_is_the_number_and_no_name(self, season: Walk) -> None:
        cell = reverse("week_cell", args=[self.WEEK, "verified", "all"])
        own = as_role(season, "CW").get(cell).context
        # The two that lie in other districts are few enough to be somebody one knows.
        assert (len(own["page"].object_list), own["hidden"], own["value"]) == (1, 0, "<6")
        foreign = reverse("week_cell", args=[self.WEEK, "verified", OTHER_STREET[:6]])
        answer = as_role(season, "CW").get(foreign)
        assert (len(answer.context["page"].object_list), answer.context["value"]) == (0, "<5")
        elsewhere = HelpCase.objects.get(handling_district=OTHER_STREET[:6])
        assert elsewhere.case_no not in answer.content.decode()
        assert "陈试勇" not in answer.content.decode()

    def test_no_such_number_or_week(self, season: Walk) -> None:
        client = as_role(season, "CA")
        for args in (
            [self.WEEK, "wealth", "110112"], [self.WEEK, "district", "110112"],
            ["2018-W60", "verified", "all"], ["2019-W01", "verified", "all"],
            [self.WEEK, "verified", "else"],
        ):  # fmt: skip
            assert client.get(reverse("week_cell", args=args)).status_code == 404, args
        for week in ("2018-W00", "2018-W54", "nonsense", "9999-W01", "0000-W01"):
            assert client.get(reverse("week_page", args=[week])).status_code == 404, week

    def test_a_sealed_week_is_the_same_paper_after_later_acts(
        self, season: Walk, clock_at: Clock
    ) -> None:
        deliver()
        client = as_role(season, "DS")
        summary = WeeklySummary.objects.get(week="2018-W27")
        addresses = [
            reverse("document", args=[summary.document.uuid]),
            reverse("week_xlsx", args=["2018-W27"]),
        ]
        before = [read(client, url) for url in addresses]
        page = reverse("week_page", args=["2018-W27"])
        rows_before = client.get(page).context["rows"]
        season.report()
        Walk.upto("confirm", street="110112902", id_no=id_number(3))
        late = Movement.objects.filter(week="2018-W27").count()
        run_until(at("2018-09-05 09:00"))
        clock_at("2018-09-05 09:00")
        deliver()
        assert [read(client, url) for url in addresses] == before
        assert client.get(page).context["rows"] == rows_before
        assert Movement.objects.filter(week="2018-W27").count() == late


def read(client: Client, url: str) -> bytes:
    """The bytes of a download."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    return b"".join(answer.streaming_content) if answer.streaming else answer.content
