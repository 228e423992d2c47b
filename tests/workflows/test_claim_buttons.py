"""Buttons by which work is taken up, given back and handed out: works, refused, recorded."""

import pytest
from django.test import Client
from django.urls import reverse

from casework.ledger.models import JournalEntry
from casework.staff.models import User
from tests.walk import Walk
from workflows.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk() -> Walk:
    return Walk.upto("refer")


def item_of(walk: Walk) -> WorkItem:
    return WorkItem.objects.get(subject_id=walk.case.pk, done_at=None, dropped_at=None)


def as_person(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def button(client: Client, page: str, name: str, pk: int) -> bool:
    """The page shows the button of that name for a piece of work."""
    return reverse(name, args=[pk]) in client.get(page).content.decode()


@pytest.mark.parametrize("page", ["list", "case"])
def test_take_up_and_give_back_from_either_page(walk: Walk, page: str) -> None:
    item = item_of(walk)
    here = (
        reverse("work_list") if page == "list" else reverse("case_page", args=[walk.case.case_no])
    )
    client = as_person(walk.person("CW"))
    assert button(client, here, "work_claim", item.pk)
    assert not button(client, here, "work_release", item.pk)
    answer = client.post(reverse("work_claim", args=[item.pk]), {"next": here}, follow=True)
    assert answer.redirect_chain == [(here, 302)]
    assert "这项工作现在由您办理" in answer.content.decode()
    assert item_of(walk).owner == walk.person("CW")
    assert not button(client, here, "work_claim", item.pk)
    assert button(client, here, "work_release", item.pk)
    answer = client.post(reverse("work_release", args=[item.pk]), {"next": here}, follow=True)
    assert "已放回" in answer.content.decode()
    assert item_of(walk).owner is None
    acts = JournalEntry.objects.filter(subject_type="case", subject_id=walk.case.pk)
    assert list(acts.order_by("seq").values_list("act", flat=True))[-2:] == ["claim", "release"]


def test_the_second_is_told_who_was_first(walk: Walk) -> None:
    item = item_of(walk)
    as_person(walk.person("CW")).post(reverse("work_claim", args=[item.pk]))
    answer = as_person(walk.person("CW2")).post(reverse("work_claim", args=[item.pk]), follow=True)
    assert "示例·个案社工已经认领" in answer.content.decode().replace(" ", "")
    assert item_of(walk).owner == walk.person("CW")


def test_another_street_cannot_tell_it_from_nothing(walk: Walk) -> None:
    other = Walk(street="110101901", id_no="110199194707279326").person("CW")
    client = as_person(other)
    for name in ("work_claim", "work_release", "work_assign"):
        foreign = client.post(reverse(name, args=[item_of(walk).pk]))
        absent = client.post(reverse(name, args=[999999]))
        assert foreign.status_code == absent.status_code == 404
        assert foreign.content == absent.content


def test_a_link_cannot_take_up_work(walk: Walk) -> None:
    answer = as_person(walk.person("CW")).get(reverse("work_claim", args=[item_of(walk).pk]))
    assert answer.status_code == 405


def test_the_way_back_stays_on_this_site(walk: Walk) -> None:
    answer = as_person(walk.person("CW")).post(
        reverse("work_claim", args=[item_of(walk).pk]), {"next": "https://example.org/"}
    )
    assert answer["Location"] == reverse("work_list")


def test_the_head_hands_out_work_with_a_reason(walk: Walk) -> None:
    item, client = item_of(walk), as_person(walk.person("SH"))
    case_page = reverse("case_page", args=[walk.case.case_no])
    assert button(client, case_page, "work_assign", item.pk)
    url = reverse("work_assign", args=[item.pk])
    offered = client.get(url).content.decode()
    assert "示例·个案社工二" in offered
    assert "示例·评估员" not in offered
    key = {"key": "a" * 32}
    unexplained = client.post(url, {"to": walk.person("CW2").pk, **key})
    assert unexplained.status_code == 422
    answer = client.post(url, {"to": walk.person("CW2").pk, "reason": "LOAD", **key}, follow=True)
    assert answer.redirect_chain == [(case_page, 302)]
    assert item_of(walk).owner == walk.person("CW2")
    entry = JournalEntry.objects.get(act="assign")
    assert (entry.by, entry.reason) == (walk.person("SH"), "LOAD")
    shown = answer.content.decode()
    assert "分派工作" in shown
    assert "工作量" in shown


def test_only_the_head_hands_out(walk: Walk) -> None:
    client, url = as_person(walk.person("CW")), reverse("work_assign", args=[item_of(walk).pk])
    assert client.get(url).status_code == 403
    assert not button(client, reverse("work_list"), "work_assign", item_of(walk).pk)


def test_done_work_is_not_handed_out(walk: Walk) -> None:
    url = reverse("work_assign", args=[item_of(walk).pk])
    walk.accept()
    assert as_person(walk.person("SH")).get(url).status_code == 409
