"""Whoever sees something of a household, or is refused it, leaves a row; no address escapes."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from casework.ledger.models import ReadEntry
from tests.walk import Walk
from workflows import readlog

pytestmark = pytest.mark.django_db


def client_of(walk: Walk, role: str) -> Client:
    client = Client()
    client.force_login(walk.person(role))
    return client


@pytest.fixture
def helped() -> Walk:
    return Walk.upto("serve")


def addresses(
    resolver: URLResolver | None = None, space: str = ""
) -> Iterator[tuple[str, URLPattern]]:
    """Every address of the site under the name by which the log knows it."""
    for part in (resolver or get_resolver()).url_patterns:
        if isinstance(part, URLResolver):
            inner = f"{space}{part.namespace}:" if part.namespace else space
            yield from addresses(part, inner)
        else:
            yield (f"{space}{part.name}" if part.name else "", part)


class TestEveryAddress:
    def test_is_recorded_or_known_to_show_no_household(self) -> None:
        tables = set(readlog.ADMIN_SUBJECTS) | readlog.ADMIN_PLAIN
        listed = readlog.RECORDED | readlog.SHOWS_NO_HOUSEHOLD
        unknown = {
            name
            for name, _part in addresses()
            if name and name not in listed and readlog.admin_table(name) not in tables
        }
        assert not unknown, f"list them in workflows/readlog.py: {sorted(unknown)}"

    def test_no_address_is_in_both_lists(self) -> None:
        assert not readlog.RECORDED & readlog.SHOWS_NO_HOUSEHOLD
        assert not set(readlog.ADMIN_SUBJECTS) & readlog.ADMIN_PLAIN

    def test_an_address_without_a_name_leads_on_or_is_absent(self) -> None:
        nameless = [str(part.pattern) for name, part in addresses() if not name]
        assert set(nameless) <= {"<path:object_id>/", "(?P<url>.*)$", "^v1/"}

    def test_every_table_of_the_administration_is_listed(self) -> None:
        tables = {
            f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry
        }
        assert tables <= set(readlog.ADMIN_SUBJECTS) | readlog.ADMIN_PLAIN

    def test_one_that_nobody_listed_is_recorded(self) -> None:
        assert readlog.is_recorded("something_new")
        assert not readlog.is_recorded("admin:staff_user_change")
        assert readlog.is_recorded("admin:cases_helpcase_change")


class TestReading:
    def test_a_crawl_leaves_one_row_for_each_page(self, helped: Walk) -> None:
        client = client_of(helped, "CW")
        case = helped.case
        places = [
            reverse(name)
            for name in ("home", "work_list", "case_list", "order_list", "document_list")
        ]
        places += [
            reverse("case_page", args=[case.case_no]),
            reverse("case_reveal", args=[case.case_no]),
            reverse("act_page", args=[case.case_no, "record_services"]),
        ]
        for place in places:
            assert client.get(place).status_code in {200, 409}, place
        rows = list(ReadEntry.objects.order_by("pk"))
        assert len(rows) == len(places)
        for row in rows:
            assert row.by_id == helped.person("CW").pk
            assert (row.subject_id is None) != (row.rows is None), row
        assert {row.subject_id for row in rows if row.rows is None} == {case.pk}

    def test_a_refusal_leaves_its_row_whether_the_case_exists_or_not(self, helped: Walk) -> None:
        other = Walk(street="110101901", id_no="110199197605129013")
        client = client_of(other, "CW")
        client.get(reverse("case_page", args=[helped.case.case_no]))
        client.get(reverse("case_page", args=["BF-2018-110101-999999-0"]))
        known, absent = ReadEntry.objects.order_by("pk")
        assert known.outcome == absent.outcome == "REFUSED"
        assert (known.subject_id, absent.subject_id) == (helped.case.pk, None)

    def test_a_list_keeps_how_many_and_which(self, helped: Walk) -> None:
        client = client_of(helped, "CW")
        client.get(reverse("case_list"))
        client.post(reverse("search"), {"list": "case_list", "q": "nobody"}, follow=True)
        full, empty = ReadEntry.objects.order_by("pk")
        assert (full.rows, empty.rows) == (1, 0)
        assert full.digest != empty.digest

    def test_the_reason_stands_with_the_reading(self, helped: Walk) -> None:
        client = client_of(helped, "CA")
        page = client.get(reverse("case_reason", args=[helped.case.case_no]))
        key = page.context["form"]["key"].value()
        client.post(
            reverse("case_reason", args=[helped.case.case_no]), {"key": key, "reason": "APPEAL"}
        )
        assert ReadEntry.objects.filter(reason="APPEAL", subject_id=helped.case.pk).count() == 1

    def test_no_personal_data_stands_in_it(self, helped: Walk) -> None:
        client = client_of(helped, "CW")
        client.post(reverse("search"), {"list": "case_list", "q": "陈试勇"}, follow=True)
        client.get(reverse("case_page", args=[helped.id_no]))
        for values in ReadEntry.objects.values():
            assert "陈试勇" not in str(values)
            assert helped.id_no not in str(values)

    def test_it_costs_one_insert(self, helped: Walk) -> None:
        client = client_of(helped, "CW")
        with CaptureQueriesContext(connection) as seen:
            client.get(reverse("case_page", args=[helped.case.case_no]))
        touching = [row["sql"] for row in seen.captured_queries if "ledger_readentry" in row["sql"]]
        assert len(touching) == 1

    def test_pages_of_figures_leave_none(self, helped: Walk) -> None:
        client_of(helped, "DS").get(reverse("week_list"))
        assert not ReadEntry.objects.exists()

    def test_a_read_entry_that_cannot_be_written_shows_nothing(self, helped: Walk) -> None:
        client = client_of(helped, "CW")
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE ledger_readentry RENAME TO read_away")
        client.raise_request_exception = False
        answer = client.get(reverse("case_page", args=[helped.case.case_no]))
        assert answer.status_code == 503
        assert helped.case.case_no not in answer.content.decode()
