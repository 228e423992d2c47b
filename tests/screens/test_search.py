"""Searching: words are found, and never stand in an address."""

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from tests.screens.test_pages import client_of
from tests.walk import Walk
from workflows.searches import MOST_KEPT

pytestmark = pytest.mark.django_db
NAME = "陈试勇"


@pytest.fixture
def walk() -> Walk:
    return Walk.upto("accept")


def searched(client: Client, words: str = NAME, **more: str) -> Any:
    return client.post(reverse("search"), {"list": "case_list", "q": words, **more})


def test_a_name_is_found_and_its_address_does_not_have_it(walk: Walk) -> None:
    client = client_of(walk, "CW")
    answer = searched(client, state="open")
    assert NAME not in answer["Location"]
    assert "%E9%99%88" not in answer["Location"]
    page = client.get(answer["Location"])
    assert walk.case.case_no in page.content.decode()
    assert f'value="{NAME}"' in page.content.decode()
    assert "state=open" in answer["Location"]


def test_what_is_not_there_is_not_found(walk: Walk) -> None:
    client = client_of(walk, "CW")
    page = client.get(searched(client, "李无人")["Location"])
    assert walk.case.case_no not in page.content.decode()


def test_words_in_an_address_are_not_read(walk: Walk) -> None:
    page = client_of(walk, "CW").get(reverse("case_list"), {"q": "李无人"})
    assert walk.case.case_no in page.content.decode()


def test_links_of_the_page_carry_the_token_alone(walk: Walk) -> None:
    client = client_of(walk, "CW")
    page = client.get(searched(client, state="open")["Location"])
    chips = [chip.remove_url for chip in page.context["chips"]]
    assert len(chips) == 2
    assert any("s=" in url for url in chips)
    assert not any(NAME in url or "q=" in url for url in chips)


def test_a_token_of_somebody_else_says_nothing(walk: Walk) -> None:
    address = searched(client_of(walk, "CW"))["Location"]
    page = client_of(walk, "SH").get(address)
    assert NAME not in page.context["filters"]["q"].value()


def test_the_session_keeps_it_sealed_and_not_for_ever(walk: Walk) -> None:
    client = client_of(walk, "CW")
    first = searched(client)["Location"]
    session = Session.objects.get(pk=client.session.session_key)
    assert NAME not in str(session.get_decoded())
    for number in range(MOST_KEPT):
        searched(client, f"第{number}")
    assert client.get(first).context["filters"]["q"].value() == ""


@pytest.mark.parametrize("given", ["", "\0", "x" * 5000, "' OR 1=1 --", "%_\\"])
def test_strange_words_are_answered(walk: Walk, given: str) -> None:
    client = client_of(walk, "CW")
    assert client.post(reverse("search"), {"q": given}, follow=True).status_code == 200


def test_it_leads_to_lists_of_ours_alone(walk: Walk) -> None:
    answer = client_of(walk, "CW").post(reverse("search"), {"list": "https://evil.example/"})
    assert answer["Location"] == reverse("case_list")


@pytest.mark.parametrize(
    "words",
    [
        "试勇",
        "chenshiyong",
        "Chen Shi",
        "csy",
        "110199196908179152",
        "12000000601",
        "120-0000-0601",
        "示例路1号",
        "示例路",
    ],
)
def test_a_household_is_found_by_what_is_known_of_it(walk: Walk, words: str) -> None:
    head = walk.household.head
    assert head is not None
    head.phone = "12000000601"
    head.save(update_fields=["phone"])
    client = client_of(walk, "CW")
    assert walk.case.case_no in client.get(searched(client, words)["Location"]).content.decode()


@pytest.mark.parametrize("words", ["chensan", "sy2", "110199196908179153", "12000000602", "另一路"])
def test_and_by_nothing_else(walk: Walk, words: str) -> None:
    client = client_of(walk, "CW")
    assert walk.case.case_no not in client.get(searched(client, words)["Location"]).content.decode()


@pytest.mark.parametrize("words", ["110199196908179152", "12000000601", "csy", "陈试勇"])
def test_nobody_out_of_scope_is_found_nor_the_city_told(walk: Walk, words: str) -> None:
    for client in (
        client_of(Walk("110101901", id_no="110199197605129013"), "CW"),
        client_of(walk, "CA"),
    ):
        page = client.get(searched(client, words)["Location"]).content.decode()
        assert walk.case.case_no not in page
