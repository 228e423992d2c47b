"""Plans begun from a template, and what they cost as planned and as given."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from casework.cases.states import Line
from casework.directory.models import PlanTemplate
from casework.directory.queries import plan_templates
from tests.factories import SINCE
from tests.screens.test_pages import client_of
from tests.walk import Walk
from workflows.pages.case_blocks import budget

pytestmark = pytest.mark.django_db


def template(**facts: object) -> PlanTemplate:
    given = {"name": "试模板", "days": 30, "source": "试", "effective_from": SINCE}
    return PlanTemplate(**{**given, **facts})


@pytest.mark.parametrize(
    "items",
    [
        [],
        "D01",
        ["D01"],
        [{"code": "X99", "line": "DISABLED", "qty": 1}],
        [{"code": "D01", "line": "ELDERLY", "qty": 1}],
        [{"code": "D01", "line": "DISABLED", "qty": 0}],
        [{"code": "D01", "line": "DISABLED", "qty": "viele"}],
        [{"code": "C01", "line": "ANY", "qty": 1}],
    ],
)
def test_a_template_no_plan_could_take_is_refused(items: object) -> None:
    with pytest.raises(ValidationError) as refusal:
        template(items=items).clean()
    assert set(refusal.value.message_dict) == {"items"}


def test_what_is_delivered_passes_its_own_check() -> None:
    delivered = list(plan_templates(SINCE))
    assert {row["line"] for one in delivered for row in one.items} == set(Line.values)
    for one in delivered:
        one.clean()


class TestForm:
    def test_filled_in_but_for_the_goals(self) -> None:
        walk = Walk.upto("confirm")
        page = reverse("act_page", args=[walk.case.case_no, "make_plan"])
        client = client_of(walk, "CW")
        chosen = plan_templates(SINCE).get(name="居家残疾人照护")
        first = client.get(page)
        assert f"template={chosen.pk}" in first.content.decode()
        form = client.get(f"{page}?template={chosen.pk}").context["form"]
        rows = form.rows("items").formset.forms
        filled = [row.initial for row in rows if row.initial]
        assert [(row["code"], row["qty"], row.get("goal")) for row in filled] == [
            ("D01", 12, None), ("D04", 16, None), ("D06", 2, None),
        ]  # fmt: skip
        assert filled[0]["unit"] == "次(60分钟)"
        assert form["lines"].initial == ["DISABLED"]

    @pytest.mark.parametrize("asked", ["0", "999999", "x", "", "-1"])
    def test_an_unknown_template_is_an_empty_form(self, asked: str) -> None:
        walk = Walk.upto("confirm")
        page = reverse("act_page", args=[walk.case.case_no, "make_plan"])
        answer = client_of(walk, "CW").get(page, {"template": asked})
        assert answer.status_code == 200


def test_budget_against_what_is_given_by_fund() -> None:
    items = list(Walk.upto("serve").case.plan_in_force.items.all())
    first = items[0]
    first.unit_price, first.qty_planned, first.qty_done = Decimal("80.50"), 10, 4
    first.fund_source = "PURCHASE"
    rest = items[1:]
    for item in rest:
        item.unit_price = None
    assert budget([first, *rest]) == [
        {"fund": "政府购买", "planned": Decimal("805.00"), "given": Decimal("322.00"),
         "share": "40%"},
    ]  # fmt: skip
