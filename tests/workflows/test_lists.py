"""Lists cost the same number of queries however long they are."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import id_number
from tests.walk import Walk

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
