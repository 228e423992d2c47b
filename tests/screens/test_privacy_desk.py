"""The privacy desk, and the copy that is handed out."""

import json
from typing import Any

import pytest
from django.urls import reverse

from casework.ledger.models import ReadEntry
from casework.lib import clock
from tests.screens.test_pages import client_of
from tests.walk import Walk, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk() -> Any:
    with clock.at(at("2018-06-20 09:00")):
        made = Walk.upto("accept")
        yield made


def ask(walk: Walk, kind: str = "COPY") -> None:
    walk.act(
        "record_request",
        "CW",
        "2018-06-20 09:00",
        kind=kind,
        received_on="2018-06-20",
        words="想要",
    )


def copy_for(walk: Walk, role: str) -> Any:
    return client_of(walk, role).get(reverse("case_copy", args=[walk.case.case_no]))


def test_an_open_request_waits_on_the_desk_of_the_street(walk: Walk) -> None:
    ask(walk)
    page = client_of(walk, "SH").get(reverse("privacy_desk")).content.decode()
    assert "陈试勇" in page
    assert "2018-07-11" in page


def test_the_city_sees_numbers_and_no_names(walk: Walk) -> None:
    ask(walk)
    page = client_of(walk, "CA").get(reverse("privacy_desk")).content.decode()
    assert walk.case.case_no in page
    assert "陈试勇" not in page


def test_other_streets_see_nothing_of_it(walk: Walk) -> None:
    ask(walk)
    other = Walk(street="110101901", id_no="110199197605129013")
    page = client_of(other, "SH").get(reverse("privacy_desk")).content.decode()
    assert walk.case.case_no not in page


def test_the_city_is_shown_what_is_old_enough(walk: Walk) -> None:
    walk.act(
        "terminate", "SH", "2018-06-20 10:00", reason="MOVED_OUT_OF_CITY", evidence="样例",
        occurred_on="2018-06-19",
    )  # fmt: skip
    for moment, shown in (("2030-01-01 09:00", False), ("2048-06-21 09:00", True)):
        with clock.at(at(moment)):
            page = client_of(walk, "CA").get(reverse("privacy_desk"))
            offered = [row["act_url"] for row in page.context["old"] if row["act_url"]]
            assert bool(offered) is shown


def test_a_copy_is_made_while_somebody_asks_for_it(walk: Walk) -> None:
    assert copy_for(walk, "SH").status_code == 409
    ask(walk, kind="DELETE")
    assert copy_for(walk, "SH").status_code == 409
    ask(walk)
    answer = copy_for(walk, "SH")
    assert answer.status_code == 200
    told = json.loads(answer.content)
    assert told["case_no"] == walk.case.case_no
    assert walk.id_no in answer.content.decode()
    assert "陈试勇" in answer.content.decode()
    assert "id_hash" not in answer.content.decode()
    assert ReadEntry.objects.filter(reason="COPY", subject_id=walk.case.pk).count() == 1


def test_who_may_not_hand_it_out(walk: Walk) -> None:
    ask(walk)
    assert copy_for(walk, "CW").status_code == 403
    assert copy_for(walk, "CO").status_code == 403
    assert copy_for(walk, "EV").status_code == 404
