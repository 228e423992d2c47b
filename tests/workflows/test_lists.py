"""Lists cost the same number of queries however long they are."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casework.households.models import Member
from casework.lib.keyset import SIZE, key_page
from tests.factories import id_number
from tests.walk import Walk
from workflows.lists import (
    ORDER,
    URGENCIES,
    groups_of,
    of_urgency,
    placed,
    reachable_by,
    rows,
)

pytestmark = pytest.mark.django_db
MANY = 30


def queries_of(client: Client, url: str, *, holding: int) -> int:
    """Queries of one page, which must hold so many rows."""
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(url)
    assert answer.status_code == 200
    assert answer.content.decode().count("data-row") == holding
    return len(captured)


@pytest.fixture
def walk() -> Walk:
    return Walk.upto("refer")


def refer_more(walk: Walk) -> None:
    for _another in range(MANY - 1):
        walk.household = walk.new_household()
        walk.refer()


@pytest.mark.parametrize("page", ["work_list", "case_list"])
def test_thirty_rows_cost_what_one_costs(walk: Walk, client: Client, page: str) -> None:
    client.force_login(walk.person("CW"))
    url = reverse(page)
    one = queries_of(client, url, holding=1)
    refer_more(walk)
    assert queries_of(client, url, holding=MANY) == one


def test_the_home_page_costs_the_same_with_more_waiting(walk: Walk, client: Client) -> None:
    client.force_login(walk.person("CW"))
    shown = 6
    one = queries_of(client, reverse("home"), holding=1)
    refer_more(walk)
    assert queries_of(client, reverse("home"), holding=shown) == one


def test_the_city_reads_a_long_list_as_cheaply(walk: Walk, client: Client) -> None:
    client.force_login(walk.person("CA"))
    one = queries_of(client, reverse("case_list"), holding=1)
    refer_more(walk)
    assert queries_of(client, reverse("case_list"), holding=MANY) == one


def test_the_board_of_orders_costs_the_same_with_three(client: Client) -> None:
    first = Walk.upto("receive")
    client.force_login(first.person("CA"))
    url = reverse("order_list")

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(url)
        assert answer.status_code == 200
        return len(captured)

    one = queries()
    for serial, street in enumerate(("110101901", "110102901")):
        Walk.upto("receive", street=street, id_no=id_number(serial))
    assert queries() == one


def test_groups_of_urgency_are_the_same_in_the_database_and_on_the_page(walk: Walk) -> None:
    refer_more(walk)
    worker, today = walk.person("CW"), walk.case.referred_at.date()
    # Around every edge: six working days back to five ahead, without a date, on hold.
    days = [today + timedelta(days=n) for n in range(-14, 13)]
    for item, due_on in zip(list(reachable_by(worker, today)), [*days, None], strict=False):
        item.due_on = due_on
        item.save()
    on_hold = reachable_by(worker, today).last()
    assert on_hold
    on_hold.on_hold = True
    on_hold.save()
    everything = {row.item.pk: row.urgency for row in rows(reachable_by(worker, today), today)}
    assert set(everything.values()) == set(URGENCIES)
    for urgency in URGENCIES:
        wanted = {urgency, "very_late"} if urgency == "late" else {urgency}
        found = of_urgency(reachable_by(worker, today), urgency, today)
        assert {item.pk for item in found} == {
            pk for pk, group in everything.items() if group in wanted
        }
    page = key_page({}, placed(reachable_by(worker, today)), ORDER, size=10)
    counts = groups_of(page, reachable_by(worker, today), today)
    assert {code: amount.number for code, amount in counts.items()} == Counter(everything.values())


def test_the_work_list_pages_and_says_how_many_wait_in_all(walk: Walk, client: Client) -> None:
    for _another in range(2):
        refer_more(walk)
    client.force_login(walk.person("CW"))
    first = client.get(reverse("work_list"))
    assert first.content.decode().count("data-row") == SIZE
    assert str(first.context["total"]) == str(2 * MANY - 1)
    assert [str(group["count"]) for group in first.context["groups"]] == [str(2 * MANY - 1)]
    second = client.get(reverse("work_list") + "?" + first.context["page"].on)
    assert second.content.decode().count("data-row") == 2 * MANY - 1 - SIZE
    assert not second.context["page"].on
    back = client.get(reverse("work_list") + "?" + second.context["page"].back)
    assert [task.case_no for task in back.context["groups"][0]["tasks"]] == [
        task.case_no for task in first.context["groups"][0]["tasks"]
    ]


def test_the_city_finds_by_number_and_not_by_name(walk: Walk, client: Client) -> None:
    name = walk.case.household.head.name
    Member.objects.create(household=walk.case.household, name="样试妹")
    for person, words, found in (
        ("CW", name, 1), ("CW", "试妹", 1), ("CA", "试妹", 0),
        ("CW", walk.case.case_no[-4:], 1), ("CW", walk.case.case_no.lower(), 1),
        ("CA", name, 0), ("CA", walk.case.case_no, 1),
    ):  # fmt: skip
        client.force_login(walk.person(person))
        for listed in ("case_list", "work_list"):
            posted = client.post(reverse("search"), {"list": listed, "q": words})
            shown = client.get(posted["Location"])
            # The city has no part in accepting a referral.
            expected = found if (person, listed) != ("CA", "work_list") else 0
            assert shown.content.decode().count("data-row") == expected, (person, words, listed)
