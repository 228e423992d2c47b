"""The page of samples: drawn once by the lead evaluator, repeatable for whoever reads it."""

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from casework.cases.states import CaseState
from casework.ledger.models import ReadEntry
from casework.lib import clock
from evaluation.scoring.models import SampleDraw
from tests.walk import DISTRICT, Walk, at

pytestmark = pytest.mark.django_db
PAGE = "2018-07-02 10:00"


@pytest.fixture
def walk() -> Walk:
    return Walk.upto("finish")


def client_of(walk: Walk, role: str) -> Client:
    client = Client()
    client.force_login(walk.person(role))
    return client


def test_the_lead_draws_and_the_case_goes_its_way(walk: Walk) -> None:
    with clock.at(at(PAGE)):
        client = client_of(walk, "LE")
        facts = {"month": "2018-06", "district": DISTRICT}
        assert client.post(reverse("sample_list"), facts).status_code == 302
        assert client.post(reverse("sample_list"), facts).status_code == 302
        page = client.get(reverse("sample_list")).content.decode()
    walk.case.refresh_from_db()
    assert walk.case.state == CaseState.EVALUATING
    draw = SampleDraw.objects.get()
    assert str(draw.seed) in page
    assert "结果一致" in page


def test_a_changed_draw_is_seen(walk: Walk) -> None:
    walk.draw()
    SampleDraw.objects.get().cases.update(chosen=False, forced_reasons=[])
    with clock.at(at(PAGE)):
        assert "结果不一致" in client_of(walk, "CA").get(reverse("sample_list")).content.decode()


def test_a_month_that_is_not_over_is_refused(walk: Walk) -> None:
    with clock.at(at(PAGE)):
        answer = client_of(walk, "LE").post(
            reverse("sample_list"), {"month": "2018-07", "district": DISTRICT}
        )
    assert answer.status_code == 422
    assert not SampleDraw.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("CA", 403), ("EV", 403), ("CW", 403)])
def test_nobody_else_draws(walk: Walk, role: str, status: int) -> None:
    with clock.at(at(PAGE)):
        answer = client_of(walk, role).post(
            reverse("sample_list"), {"month": "2018-06", "district": DISTRICT}
        )
    assert answer.status_code == status
    assert not SampleDraw.objects.exists()


def test_the_protocol_is_a_paper_and_its_printing_is_recorded(walk: Walk) -> None:
    walk.draw()
    with clock.at(at(PAGE)):
        address = reverse("sample_protocol", args=[SampleDraw.objects.get().pk])
        paper = client_of(walk, "LE").get(address)
        assert client_of(walk, "EV").get(address).status_code == 403
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper.content)).pages)
    assert str(SampleDraw.objects.get().seed) in text
    assert walk.case.case_no in text
    assert ReadEntry.objects.filter(what="sample_protocol", reason="PRINT draw").count() == 1
