"""The auditor's pages: the journal, the readings, the seals, the settings, within the reach."""

import csv
from io import StringIO
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.directory.models import Division
from casework.ledger.act import open_books
from casework.ledger.journal import seal_journal
from casework.ledger.models import BooksVerdict, JournalEntry, ReadEntry
from casework.lib import clock
from casework.staff.models import Membership, User
from tests.ledger.tampering import forge
from tests.walk import Walk
from workflows import health
from workflows.tasks import check_books

pytestmark = pytest.mark.django_db
PAGES = ("audit_journal", "audit_reads", "audit_seals", "audit_settings")


@pytest.fixture
def helped() -> Walk:
    return Walk.upto("serve")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def auditor(helped: Walk) -> Client:
    return client_of(helped.people["au"])


def district_auditor(code: str) -> Client:
    user = User.objects.create_user(username=f"au.{code}", password="x")
    Membership.objects.create(
        user=user, role="AU", division=Division.objects.get(code=code), valid_from="2018-01-01"
    )
    return client_of(user)


def text_of(client: Client, name: str, **said: str) -> str:
    answer = client.get(reverse(name), said)
    assert answer.status_code == 200
    return answer.content.decode()


def rows_of(client: Client, name: str, **said: str) -> int:
    answer = client.post(reverse("search"), {"list": name, **said}, follow=True)
    return len(answer.context["table"]["rows"])


@pytest.mark.parametrize("name", PAGES)
def test_only_auditors_open_them(helped: Walk, auditor: Client, name: str) -> None:
    assert auditor.get(reverse(name)).status_code == 200
    for role in ("CO", "CW", "SH", "DS", "CA", "PR", "EV", "LE"):
        assert client_of(helped.person(role)).get(reverse(name)).status_code == 403, role


def test_they_show_nobody_of_the_household(helped: Walk, auditor: Client) -> None:
    client_of(helped.person("CW")).get(reverse("case_page", args=[helped.case.case_no]))
    for name in PAGES:
        text = text_of(auditor, name)
        for secret in ("陈试勇", helped.id_no, "示例路1号"):
            assert secret not in text, name
    assert helped.case.case_no in text_of(auditor, "audit_journal")


def test_who_read_this_file_and_what_a_person_read(helped: Walk, auditor: Client) -> None:
    case_no = helped.case.case_no
    client_of(helped.person("CW")).get(reverse("case_page", args=[case_no]))
    client_of(helped.person("SH")).get(reverse("case_list"))
    assert rows_of(auditor, "audit_reads", q=case_no) == 1
    assert rows_of(auditor, "audit_reads", who=helped.person("SH").username) == 1
    assert rows_of(auditor, "audit_reads", kind="case_page") == 1
    assert rows_of(auditor, "audit_reads", q="BF-0") == 0


def test_the_journal_is_sought_by_case_act_person_and_day(helped: Walk, auditor: Client) -> None:
    about = JournalEntry.objects.filter(subject_type="case", subject_id=helped.case.pk)
    assert rows_of(auditor, "audit_journal", q=helped.case.case_no) == about.count()
    assert rows_of(auditor, "audit_journal", kind="accept_referral") == 1
    mine = JournalEntry.objects.filter(by=helped.person("SH")).count()
    assert rows_of(auditor, "audit_journal", who=helped.person("SH").username) == mine
    assert rows_of(auditor, "audit_journal", until="2000-01-01") == 0


def test_a_district_auditor_sees_the_own_district_only(helped: Walk) -> None:
    client_of(helped.person("CW")).get(reverse("case_page", args=[helped.case.case_no]))
    own, other = district_auditor(helped.district), district_auditor("110101")
    assert rows_of(own, "audit_journal") > 0
    assert rows_of(own, "audit_reads", kind="case_page") == 1
    assert rows_of(other, "audit_journal") == 0
    assert rows_of(other, "audit_reads", kind="case_page") == 0
    assert other.get(reverse("audit_settings")).status_code == 403


def test_they_page_by_key_and_cost_the_same_however_many(helped: Walk, auditor: Client) -> None:
    def read(times: int) -> None:
        ReadEntry.objects.bulk_create(
            ReadEntry(
                moment=clock.now(), by=helped.person("CW"), what="case_page", method="GET",
                subject_type="case", subject_id=helped.case.pk, outcome="SHOWN", status=200,
            )
            for _turn in range(times)
        )  # fmt: skip

    read(1)
    auditor.get(reverse("audit_reads"))
    one = _queries(auditor, "audit_reads")
    read(60)
    assert _queries(auditor, "audit_reads") == one
    first = auditor.get(reverse("audit_reads"), {"kind": "case_page"})
    assert len(first.context["table"]["rows"]) == 50
    older = dict(parse_qsl(first.context["page"].on))
    assert rows_of(auditor, "audit_reads", kind="case_page", **older) == 11


def _queries(client: Client, name: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        client.get(reverse(name))
    return len(seen)


def test_the_nightly_proof_is_kept_and_a_fault_reaches_people(
    helped: Walk, auditor: Client
) -> None:
    seal_journal(clock.now())
    check_books()
    assert BooksVerdict.objects.get().holds
    assert health.books_hold().holds
    assert "账册核验无误" in text_of(auditor, "audit_seals")
    row = JournalEntry.objects.filter(subject_id=helped.case.pk).order_by("pk").first()
    assert row
    forge("UPDATE ledger_journalentry SET act = 'forged' WHERE id = %s", row.pk)
    check_books()
    finding = health.books_hold()
    assert not finding.holds
    assert f"journal entry {row.pk}" in str(finding.seen)
    assert f"journal entry {row.pk}" in text_of(auditor, "audit_seals")


def test_the_journal_is_saved_as_a_file_without_anybody_s_data(
    helped: Walk, auditor: Client
) -> None:
    answer = auditor.get(reverse("audit_journal_csv"))
    told = answer.content.decode("utf-8-sig")
    lines = list(csv.DictReader(StringIO(told)))
    assert len(lines) == JournalEntry.objects.count()
    newest = JournalEntry.objects.latest("pk")
    assert (lines[-1]["act"], lines[-1]["hash"]) == (newest.act, newest.hash)
    assert helped.case.case_no in {line["subject"] for line in lines}
    for secret in ("陈试勇", helped.id_no, "示例路1号"):
        assert secret not in told
    assert auditor.get(reverse("audit_journal_csv"), {"kind": "nothing"}).content.count(b"\n") == 1


def test_a_name_that_looks_like_a_formula_stays_a_name(helped: Walk, auditor: Client) -> None:
    mischief = User.objects.create_user(username="m", display_name="=1+1", password=None)
    with open_books("fault", by=mischief) as books:
        books.close(("week", 1), from_state="", to_state="")
    lines = csv.DictReader(
        StringIO(auditor.get(reverse("audit_journal_csv")).content.decode("utf-8-sig"))
    )
    assert list(lines)[-1]["by"] == "'=1+1"
