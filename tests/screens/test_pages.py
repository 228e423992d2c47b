"""Every page opens for those whose role reaches it, and for nobody else."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.ledger.models import JournalEntry
from evaluation.reporting.columns import KEYS
from tests.walk import Walk
from workflows.pages.week import bound_of

pytestmark = pytest.mark.django_db

PLACES = ["home", "work_list", "case_list", "order_list", "week_list", "document_list"]


def client_of(walk: Walk, role: str) -> Client:
    client = Client()
    client.force_login(walk.person(role))
    return client


@pytest.fixture
def helped() -> Walk:
    return Walk.upto("serve")


class TestReach:
    def test_pages_open_for_workers(self, helped: Walk) -> None:
        for role in ("CW", "SH", "DS", "CA", "PR", "EV", "LE"):
            client = client_of(helped, role)
            for name in PLACES:
                is_closed = name == "week_list" and role in {"PR", "EV", "LE"}
                answer = client.get(reverse(name))
                assert answer.status_code == (403 if is_closed else 200), (role, name)

    @pytest.mark.parametrize("name", [*PLACES, "refer", "import_page"])
    def test_a_stranger_is_asked_to_sign_in(self, name: str) -> None:
        answer = Client().get(reverse(name))
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))

    def test_a_case_of_another_district_does_not_exist(self, helped: Walk) -> None:
        other = Walk(street="110101901", id_no="110199197605129013")
        page = reverse("case_page", args=[helped.case.case_no])
        absent = reverse("case_page", args=["BF-2018-110101-999999-0"])
        client = client_of(other, "CW")
        assert client.get(page).status_code == client.get(absent).status_code == 404
        assert client.get(page).content == client.get(absent).content

    def test_the_community_worker_sees_the_status_of_an_own_referral_only(
        self, helped: Walk
    ) -> None:
        page = client_of(helped, "CO").get(reverse("case_page", args=[helped.case.case_no]))
        text = page.content.decode()
        assert page.status_code == 200
        assert "示例路1号" not in text
        assert helped.household.head.masked_id not in text

    def test_the_provider_sees_its_items_and_no_income(self, helped: Walk) -> None:
        page = client_of(helped, "PR").get(reverse("case_page", args=[helped.case.case_no]))
        text = page.content.decode()
        assert "D04" in text
        assert helped.household.head.masked_id not in text


class TestReasons:
    def test_the_city_gives_a_reason_before_a_file_opens(self, helped: Walk) -> None:
        client = client_of(helped, "CA")
        page = reverse("case_page", args=[helped.case.case_no])
        asked = client.get(page)
        assert asked.status_code == 302
        form = client.get(asked["Location"])
        key = re.search(r'name="key" value="(\w+)"', form.content.decode())
        assert key
        client.post(asked["Location"], {"key": key[1], "reason": "APPEAL"})
        assert client.get(page).status_code == 200
        read = JournalEntry.objects.get(act="read_case")
        assert (read.by, read.reason) == (helped.person("CA"), "APPEAL")

    def test_the_whole_id_number_is_shown_once_and_recorded(self, helped: Walk) -> None:
        client = client_of(helped, "CW")
        page = reverse("case_page", args=[helped.case.case_no])
        assert helped.id_no not in client.get(page).content.decode()
        reveal = reverse("case_reveal", args=[helped.case.case_no])
        shown = client.post(reveal, {"key": "k", "reason": "IDENTITY"})
        assert "no-store" in shown["Cache-Control"]
        # Neither a cookie nor the session carries it on.
        assert helped.id_no not in f"{client.cookies}{dict(client.session)}"
        assert helped.id_no in shown.content.decode()
        assert helped.id_no not in client.get(page).content.decode()
        assert JournalEntry.objects.filter(act="reveal_id").count() == 1

    def test_the_city_list_has_no_names(self, helped: Walk) -> None:
        listed = client_of(helped, "CA").get(reverse("case_list")).content.decode()
        assert helped.case.case_no in listed
        assert "陈试勇" not in listed


class TestAnswers:
    def test_pages_are_private_and_load_nothing_from_elsewhere(self, helped: Walk) -> None:
        answer = client_of(helped, "CW").get(reverse("home"))
        assert answer["Cache-Control"] == "private, no-store"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert not re.search(r'(?:src|href)="(?:https?:)?//', answer.content.decode())

    def test_the_language_is_kept_with_the_account(self, helped: Walk) -> None:
        client = client_of(helped, "CW")
        assert '<html lang="zh-hans">' in client.get(reverse("home")).content.decode()
        client.post(reverse("set_language"), {"language": "en", "next": "/"})
        assert '<html lang="en">' in client.get(reverse("home")).content.decode()
        helped.person("CW").refresh_from_db()
        assert helped.person("CW").language == "en"

    def test_a_number_of_the_week_opens_its_list(self, helped: Walk) -> None:
        client = client_of(helped, "DS")
        cell = reverse("week_cell", args=["2018-W20", "help_disabled", helped.district])
        assert helped.case.case_no in client.get(cell).content.decode()

    def test_beyond_the_own_district_only_the_number_is_seen(self, helped: Walk) -> None:
        other = Walk(street="110101901", id_no="110199197605129013")
        cell = reverse("week_cell", args=["2018-W20", "help_disabled", helped.district])
        page = client_of(other, "DS").get(cell)
        assert (page.context["value"], page.context["hidden"]) == ("<5", 0)
        assert helped.case.case_no not in page.content.decode()
        assert client_of(helped, "CA").get(cell).context["value"] == 1

    def test_a_total_does_not_tell_of_the_few_next_door(self, helped: Walk) -> None:
        other = Walk(street="110101901", id_no="110199197605129013")
        url = reverse("week_page", args=["2018-W20"])

        def total(walk: Walk, role: str) -> dict[str, str]:
            cells = client_of(walk, role).get(url).context["total"]["cells"]
            return {key: cell.text for key, cell in zip(KEYS, cells, strict=True)}

        assert total(other, "DS")["help_disabled"] == "<5"
        assert total(helped, "DS")["help_disabled"] == "1"
        assert total(helped, "CA")["help_disabled"] == "1"
        assert total(other, "DS")["help_elderly"] == total(helped, "CA")["help_elderly"]

    def test_a_bound_is_given_only_for_few(self) -> None:
        assert [bound_of(3, beyond) for beyond in (0, 1, 4, 5)] == ["", "<8", "<8", ""]


class TestQueries:
    def test_the_work_list_costs_the_same_for_one_row_and_for_many(self, helped: Walk) -> None:
        client = client_of(helped, "CW")
        one = _queries(client, reverse("work_list"))
        for number in ("110199193809019045", "110199196503309051", "110199197212099060"):
            Walk.upto("accept", id_no=number)
        assert _queries(client, reverse("work_list")) == one

    def test_the_case_list_costs_the_same_for_one_row_and_for_many(self, helped: Walk) -> None:
        client = client_of(helped, "CW")
        one = _queries(client, reverse("case_list"))
        for number in ("110199193809019045", "110199196503309051", "110199197212099060"):
            Walk.upto("accept", id_no=number)
        assert _queries(client, reverse("case_list")) == one


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)
