"""One household, followed everywhere: where may what be found, and where never.

Every table of the database is read whole, every page of every role is crawled by its links, every
paper is opened. What may stand somewhere is listed here with its reason; all else is a leak.
"""

import logging
import logging.config
import re
from collections.abc import Iterator
from io import BytesIO, StringIO
from typing import Final, NamedTuple
from urllib.parse import quote, unquote

import openpyxl
import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from casework.documents.models import Document
from casework.households.models import Member
from casework.lib import clock
from casework.lib.files import read_private
from casework.lib.logs import logging_settings
from casework.staff.models import User
from evaluation.reporting.models import WeeklySummary
from tests.walk import Walk, at, deliver
from workflows.tasks import run_until

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
NAME: Final = "陈试勇"
ID_NO: Final = "110199196908179152"
PHONE: Final = "12086754321"
CERTIFICATE: Final = "CANARY11019919690817915244"
ADDRESS: Final = "示例路1号"
ROLES = ("CO", "CW", "SH", "DS", "CA", "PR", "EV", "EV2", "LE")
OFFICES = ("au", "sec", "sys")
MOST_PAGES = 40
# Where a name or an address stands in the clear, and why.
IN_CLEAR: Final = {
    ("households_member", "name"): "searched by name within scope; masked where it is not needed",
    ("households_household", "address"): "the visit goes there; within scope only",
    ("documents_document", "data"): "the paper as issued, whose fingerprint stands in the books",
}
# The certificate is for those who work the case; the telephone also for who must come or ring.
FILE_ROLES: Final = frozenset({"CW", "SH", "DS", "CA"})
CALLERS: Final = frozenset({"PR", "EV", "EV2", "LE"})


class Seen(NamedTuple):
    """One answer of the crawl."""

    who: str
    address: str
    answer: HttpResponse


@pytest.fixture
def said() -> Iterator[StringIO]:
    """Everything that an installation's log gets to hear, down to the last detail."""
    heard = StringIO()
    chosen = logging_settings("DEBUG", as_json=True)
    chosen["handlers"]["console"]["stream"] = heard
    logging.config.dictConfig(chosen)
    yield heard
    logging.config.dictConfig(settings.LOGGING)


@pytest.fixture
def walk(said: StringIO) -> Iterator[Walk]:
    """A case with an order on it, its papers printed and its weeks sealed."""
    with clock.at(at("2018-07-17 09:00")):
        made = Walk.upto("receive", id_no=ID_NO)
        # Through the model: the columns seal themselves.
        for member in Member.objects.filter(household=made.household):
            member.phone, member.disability_cert_no = PHONE, CERTIFICATE
            member.save()
        run_until(clock.now())
        deliver()
        yield made


def clients(walk: Walk) -> Iterator[tuple[str, Client]]:
    people = {role: walk.person(role) for role in ROLES}
    people |= {office: User.objects.get(username=office) for office in OFFICES}
    for who, user in people.items():
        client = Client()
        client.force_login(user)
        yield who, client


def crawl(walk: Walk) -> Iterator[Seen]:
    """Every page that the links of a person's own pages lead to."""
    for who, client in clients(walk):
        waiting, known = ["/", f"/cases/{walk.case.case_no}/"], set[str]()
        while waiting and len(known) < MOST_PAGES:
            address = waiting.pop(0)
            if address in known:
                continue
            known.add(address)
            answer = client.get(address)
            yield Seen(who, address, answer)  # type: ignore[arg-type]
            if answer.status_code == 302:
                waiting.append(answer["Location"])
            elif "text/html" in answer.get("Content-Type", ""):
                waiting += links(answer.content.decode())


def links(page: str) -> list[str]:
    found = (link.replace("&amp;", "&") for link in re.findall(r'href="(/[^"]*)"', page))
    return [link for link in found if not link.startswith(("/static/", "/admin/", "/logout"))]


def rows_of_every_table() -> Iterator[tuple[str, str, str]]:
    """Table, column and text of every value in the database."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    yield table, name, str(value)


def spelled(text: str) -> set[str]:
    """The ways in which text may stand: as it is, escaped in JSON, quoted in an address."""
    return {text, quote(text), text.encode("unicode_escape").decode()}


def holds(place: str, canary: str) -> bool:
    return any(way in place for way in spelled(canary))


def test_the_database_keeps_numbers_sealed_and_names_in_few_places(walk: Walk) -> None:
    for _seen in crawl(walk):
        pass
    leaks, met = set(), set()
    for table, column, value in rows_of_every_table():
        for canary in (ID_NO, PHONE, CERTIFICATE):
            if holds(value, canary):
                leaks.add((table, column, canary))
        for canary in (NAME, ADDRESS):
            if holds(value, canary):
                met.add((table, column))
    assert leaks == set()
    assert met - set(IN_CLEAR) == set()
    assert ("households_member", "name") in met, "the reader of tables reads"


def test_sessions_keep_nobody_s_name(walk: Walk) -> None:
    who, client = next(clients(walk))
    for words in (NAME, ID_NO, PHONE):
        client.post(reverse("search"), {"list": "case_list", "q": words}, follow=True)
    client.post(reverse("refer"), {"name": NAME, "id_no": ID_NO, "phone": PHONE}, follow=True)
    for session in Session.objects.all():
        told = str(session.get_decoded())
        assert not any(holds(told, canary) for canary in (NAME, ID_NO, PHONE)), who


def test_pages_show_no_whole_number_and_addresses_nobody(walk: Walk) -> None:
    count, leaks, named = 0, [], set()
    for seen in crawl(walk):
        count += 1
        assert seen.answer.status_code < 500, seen.address
        body = seen.answer.content.decode(errors="replace")
        named |= {seen.who} if NAME in body else set()
        told = [str(value) for pair in seen.answer.items() for value in pair]
        places = {
            "page": (body, [ID_NO]),
            "headers": (" ".join(told), [ID_NO, NAME, PHONE, CERTIFICATE]),
            "address": (unquote(seen.address), [ID_NO, NAME, PHONE, CERTIFICATE]),
            "links": (unquote(" ".join(links(body))), [ID_NO, NAME, PHONE, CERTIFICATE]),
        }
        if seen.who not in FILE_ROLES:
            hidden = [ID_NO, CERTIFICATE] + [PHONE] * (seen.who not in CALLERS)
            places["page"] = (body, hidden)
        if seen.who in OFFICES:
            places["page"] = (body, [ID_NO, PHONE, CERTIFICATE, NAME, ADDRESS])
        leaks += [
            (seen.who, seen.address, where, canary)
            for where, (text, canaries) in places.items()
            for canary in canaries
            if holds(text, canary)
        ]
    assert leaks == []
    assert count > 150, "the crawl crawls"
    assert {"CW", "SH", "DS"} <= named


def test_papers_and_spreadsheets_carry_what_they_must_alone(walk: Walk) -> None:
    papers = list(Document.objects.filter(state="ISSUED"))
    assert {paper.kind for paper in papers} >= {"RECTIFICATION_NOTICE", "WEEKLY_SUMMARY"}
    for paper in papers:
        reader = PdfReader(BytesIO(read_private(paper.sha256)))
        text = "".join(page.extract_text() for page in reader.pages)
        about = f"{reader.metadata} {paper.file_name} {paper.number}"
        assert not any(holds(text, canary) for canary in (ID_NO, PHONE, CERTIFICATE)), paper
        assert not any(holds(about, canary) for canary in (ID_NO, NAME, PHONE)), paper
        if paper.kind == "WEEKLY_SUMMARY":
            assert NAME not in text
    for summary in WeeklySummary.objects.all():
        book = openpyxl.load_workbook(BytesIO(read_private(summary.xlsx)))
        cells = str([[c.value for c in row] for sheet in book for row in sheet.iter_rows()])
        told = f"{cells} {book.properties}"
        assert not any(holds(told, canary) for canary in (ID_NO, NAME, PHONE, ADDRESS)), summary


def test_no_logger_says_anybody(walk: Walk, said: StringIO) -> None:
    for _seen in crawl(walk):
        pass
    who, client = next(clients(walk))
    client.post(reverse("refer"), {"name": NAME, "id_no": ID_NO, "phone": PHONE})
    client.get(f"/cases/{ID_NO}/")
    told = said.getvalue()
    assert told, who
    assert [c for c in (ID_NO, NAME, PHONE, CERTIFICATE, ADDRESS) if holds(told, c)] == []


def test_the_reader_of_tables_finds_what_is_put_there(walk: Walk) -> None:
    """Without this a reader that reads nothing would prove everything."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE workflows_timer SET failed = %s"
            " WHERE id = (SELECT min(id) FROM workflows_timer)",
            [ID_NO],
        )
        assert cursor.rowcount == 1
    found = {(t, c) for t, c, value in rows_of_every_table() if ID_NO in value}
    assert found == {("workflows_timer", "failed")}
