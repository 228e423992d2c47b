"""Evaluation work in batches: given out by rotation, asked, told; orders issued unit by unit."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.ledger.models import ReadEntry
from casework.lib import clock
from evaluation.rectification.models import RectificationOrder
from evaluation.scoring.models import EvaluatorAssignment, Revisit
from tests.walk import Walk, at

pytestmark = pytest.mark.django_db
PAGE = "2018-07-02 15:00"


def client_of(walk: Walk, role: str) -> Client:
    client = Client()
    client.force_login(walk.person(role))
    return client


def opened(walk: Walk, role: str, kind: str, **posted: Any) -> Any:
    with clock.at(at(PAGE)):
        client, address = client_of(walk, role), f"{reverse('fieldwork')}?kind={kind}"
        return client.post(address, posted) if posted else client.get(address)


class TestGivenOut:
    @pytest.fixture
    def walk(self) -> Walk:
        return Walk.upto("draw")

    def test_each_as_proposed_and_once(self, walk: Walk) -> None:
        pick = f"assign_evaluator-{walk.case.pk}"
        assert f'value="{pick}"' in opened(walk, "LE", "sheets").content.decode()
        for _turn in range(2):
            opened(walk, "LE", "sheets", pick=[pick], key="k1", evaluator="")
        assert EvaluatorAssignment.objects.filter(purpose="FIRST").count() == 1
        assert f'value="{pick}"' not in opened(walk, "LE", "sheets").content.decode()

    def test_to_one_person(self, walk: Walk) -> None:
        row = Revisit.objects.get(mode="PHONE")
        second = walk.person("EV2")
        opened(walk, "LE", "phone", pick=[f"revisit-{row.pk}"], key="k", evaluator=second.pk)
        row.refresh_from_db()
        assert (row.state, row.evaluator) == ("ASSIGNED", second)

    def test_a_refusal_is_told_by_its_case(self, walk: Walk) -> None:
        row = Revisit.objects.get(mode="PHONE")
        pr = walk.person("PR").memberships.get()
        walk.person("EV2").memberships.create(
            role="PR", organisation=pr.organisation, valid_from="2015-01-01", valid_to="2016-01-01"
        )
        answer = opened(
            walk, "LE", "phone", pick=[f"revisit-{row.pk}"], key="k",
            evaluator=walk.person("EV2").pk,
        )  # fmt: skip
        assert f"{walk.case.case_no}：" in answer.content.decode().replace(": ", "：")
        assert not EvaluatorAssignment.objects.exists()

    def test_nothing_ticked_or_a_stranger_is_refused(self, walk: Walk) -> None:
        row = Revisit.objects.get(mode="PHONE")
        assert opened(walk, "LE", "phone", key="k", evaluator="").status_code == 422
        stranger = walk.person("CW").pk
        posted = {"pick": [f"revisit-{row.pk}"], "key": "k", "evaluator": stranger}
        assert opened(walk, "LE", "phone", **posted).status_code == 422
        assert opened(walk, "EV", "phone", **posted).status_code == 403

    def test_the_second_score_is_proposed_to_another(self, walk: Walk) -> None:
        walk.assign()
        opened(walk, "LE", "second", pick=[f"assign_second-{walk.case.pk}"], key="k", evaluator="")
        given = EvaluatorAssignment.objects.get(purpose="SECOND")
        assert given.evaluator != walk.person("EV")
        page = opened(walk, "EV2", "second").content.decode()
        assert reverse("act_page", args=[walk.case.case_no, "submit_second"]) in page


class TestAsked:
    @pytest.fixture
    def walk(self) -> Walk:
        walk = Walk.upto("draw")
        row = Revisit.objects.get(mode="PHONE")
        opened(walk, "LE", "phone", pick=[f"revisit-{row.pk}"], key="k",
               evaluator=walk.person("EV").pk)  # fmt: skip
        return walk

    def test_the_script_shows_whom_to_call_and_records_the_answers(self, walk: Walk) -> None:
        page = opened(walk, "EV", "phone").content.decode()
        row = Revisit.objects.get(mode="PHONE")
        address = reverse("act_page", args=[walk.case.case_no, "record_revisit"])
        assert f"{address}?revisit={row.pk}" in page
        member = walk.household.head
        assert member is not None
        type(member).objects.update(phone="12012345678")
        item = walk.case.plan_in_force.items.get()
        with clock.at(at(PAGE)):
            client = client_of(walk, "EV")
            assert "tel:12012345678" in client.get(address).content.decode()
            said = {
                "key": "k", "revisit": row.pk, "identity": ["STREET", "KIND"],
                f"received_{item.pk}": "PARTLY", "money_asked": "no", "rating_overall": "4",
                "wish": "多来",
            }  # fmt: skip
            wrong = client.post(address, {**said, "identity": ["STREET"]})
            assert wrong.status_code == 422
            assert client.post(address, said)["Location"] == reverse("fieldwork")
        row.refresh_from_db()
        assert (row.state, row.overall, row.attitude, row.money_asked) == ("DONE", 4, None, False)
        assert ReadEntry.objects.filter(by=walk.person("EV")).exists()

    @pytest.mark.parametrize(("role", "hears"), [("DS", True), ("CW", False), ("SH", False)])
    def test_whoever_helped_does_not_hear_what_was_said(
        self, walk: Walk, role: str, hears: bool
    ) -> None:
        item = walk.case.plan_in_force.items.get()
        walk.act(
            "record_revisit", "EV", PAGE, revisit="PHONE", identity=["STREET", "KIND"],
            received={str(item.pk): "NO"}, money_asked=True, ratings={"overall": 1}, wish="换人",
        )  # fmt: skip
        with clock.at(at(PAGE)):
            address = reverse("case_page", args=[walk.case.case_no])
            page = client_of(walk, role).get(address).content.decode()
        assert ("换人" in page, "被索要钱款" in page, "（F05）" in page) == (hears,) * 3


def test_the_first_page_tells_what_is_to_be_asked_and_given_out() -> None:
    walk = Walk.upto("draw")
    with clock.at(at(PAGE)):
        lead = client_of(walk, "LE").get("/").content.decode()
        assert "待分派回访" in lead
        walk.act("assign_revisit", "LE", PAGE, revisit="PHONE", evaluator=walk.person("EV").pk)
        assert "待回访" in client_of(walk, "EV").get("/").content.decode()
        assert "待回访" not in client_of(walk, "EV2").get("/").content.decode()


@pytest.mark.parametrize(("role", "hears"), [("DS", True), ("SH", False)])
def test_a_copy_for_the_household_leaks_no_answer_to_the_street(role: str, hears: bool) -> None:
    walk = Walk.upto("draw")
    walk.act("assign_revisit", "LE", PAGE, revisit="PHONE", evaluator=walk.person("EV").pk)
    item = walk.case.plan_in_force.items.get()
    walk.act(
        "record_revisit", "EV", PAGE, revisit="PHONE", identity=["STREET", "KIND"], wish="换人",
        received={str(item.pk): "YES"}, money_asked=False, ratings={},
    )  # fmt: skip
    walk.act("record_request", "CW", PAGE, kind="COPY", received_on=at(PAGE).date())
    with clock.at(at("2018-07-03 10:00")):
        answer = client_of(walk, role).get(reverse("case_copy", args=[walk.case.case_no]))
    assert answer.status_code == 200
    assert ("换人" in answer.content.decode()) == hears


class TestBlind:
    def test_the_second_evaluator_reads_no_score_before_the_own(self) -> None:
        walk = Walk.upto("score")
        walk.act("assign_second", "LE", "2018-07-06 11:00", evaluator=walk.person("EV2").pk)
        address = reverse("case_page", args=[walk.case.case_no])
        first = walk.case.sheets.get().number

        def page() -> str:
            with clock.at(at("2018-07-06 15:00")):
                return client_of(walk, "EV2").get(address).content.decode()

        assert first not in page()
        assert "方案雷同" not in page()
        paper = reverse("case_paper", args=[walk.case.case_no, "evaluation_sheet"])
        with clock.at(at("2018-07-06 15:00")):
            assert client_of(walk, "EV2").get(paper).status_code in (403, 404, 409)


class TestOrders:
    def test_the_cases_of_a_unit_become_one_order(self) -> None:
        walk = Walk.upto("confirm_result")
        address = reverse("order_batch")
        with clock.at(at("2018-07-10 09:00")):
            client = client_of(walk, "DS")
            page = client.get(address).content.decode()
            assert walk.case.case_no in page
            assert client.post(address, {"key": "k"}).status_code == 422
            for _turn in range(2):
                client.post(address, {"key": "k", "pick": [walk.case.pk]})
            assert walk.case.case_no not in client.get(address).content.decode()
            assert client_of(walk, "CW").get(address).status_code == 403
        order = RectificationOrder.objects.get()
        assert {item.case_id for item in order.items.all()} == {walk.case.pk}
        assert walk.person("EV") in order.first_evaluators.all()
