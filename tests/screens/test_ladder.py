"""The ladder on the page of an order, and problems that came back."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from casework.lib import clock
from evaluation.rectification.models import RectificationOrder
from evaluation.scoring.models import Finding
from tests.walk import Walk, at
from workflows.pages.ladder import ladder, repeated
from workflows.tasks import run_until

pytestmark = pytest.mark.django_db


def of(walk: Walk, on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    order = RectificationOrder.objects.get()
    return [
        (
            group["due"].isoformat(),
            [(rung["day"].isoformat(), str(rung["word"])) for rung in group["rungs"]],
        )
        for group in ladder(order, on)
    ]


def test_rungs_stand_with_their_days_and_are_marked_as_they_are_reached() -> None:
    walk = Walk.upto("receive")
    first, second = of(walk, date(2018, 7, 11))
    # Received on 10 July: F08 is due after ten working days, F03 after fifteen.
    assert (first[0], second[0]) == ("2018-07-24", "2018-07-31")
    assert [day for day, _word in first[1]] == [
        "2018-07-25", "2018-07-31", "2018-08-07", "2018-08-21",
    ]  # fmt: skip
    assert {word for _day, word in first[1]} == {"未到"}
    with clock.at(at("2018-08-01 10:00")):
        run_until(at("2018-08-01 10:00"))
    first, second = of(walk, date(2018, 8, 1))
    assert [word for _day, word in first[1]] == [
        "已于2018-07-25发出", "已于2018-07-31发出", "未到", "未到",
    ]  # fmt: skip
    assert [word for _day, word in second[1]][0] == "已于2018-08-01发出"


def test_a_report_stops_the_clock() -> None:
    walk = Walk.upto("receive")
    with clock.at(at("2018-07-25 10:00")):
        run_until(at("2018-07-25 10:00"))
    walk.report()
    first = of(walk, date(2018, 7, 27))[0]
    assert [word for _day, word in first[1]][1:] == ["已报告，不再计时"] * 3


def test_a_problem_put_right_before_is_marked() -> None:
    walk = Walk.upto("receive")
    order = RectificationOrder.objects.get()
    assert repeated(order) == set()
    earlier = RectificationOrder.objects.create(
        number_base="x", district=order.district, street=order.street, provider=order.provider,
        issued_at=at("2018-03-01 09:00"),
    )  # fmt: skip
    item = order.items.get(finding__code__code="F03")
    found = Finding.objects.get(pk=item.finding_id)
    found.pk = None
    found.struck_off_on = date(2018, 4, 2)
    found.save()
    item.pk, item.order, item.finding = None, earlier, found
    item.save()
    assert repeated(order) == {"F03"}
    with clock.at(at("2018-07-11 09:00")):
        client = Client()
        client.force_login(walk.person("DS"))
        page = client.get(reverse("order_page", args=[order.pk])).content.decode()
    assert page.count("一年内重复出现") == 1
    assert "催办" in page
