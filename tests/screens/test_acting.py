"""Acts through their forms: done once, refused beside the field, typed text kept."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from casework.cases.models import HelpCase
from casework.ledger.models import JournalEntry
from evaluation.scoring.models import ScoreSheet
from tests.walk import Walk

pytestmark = pytest.mark.django_db

Clock = Callable[[str], datetime]


def client_of(walk: Walk, role: str) -> Client:
    client = Client()
    client.force_login(walk.person(role))
    return client


def rows(name: str, *filled: dict[str, object]) -> dict[str, object]:
    """The lines of a list as a browser sends them."""
    sent: dict[str, object] = {
        f"{name}-TOTAL_FORMS": len(filled),
        f"{name}-INITIAL_FORMS": 0,
    }
    for number, row in enumerate(filled):
        sent |= {f"{name}-{number}-{field}": value for field, value in row.items()}
    return sent


class TestWorks:
    def test_a_case_is_walked_by_its_screens(self, clock_at: Clock) -> None:
        walk = Walk.upto("refer")
        clock_at("2018-05-03 09:00")
        cw, sh = client_of(walk, "CW"), client_of(walk, "SH")
        self.post(walk, cw, "accept_referral", {})
        pair = rows("verifiers", *({"user": walk.person(role).pk} for role in ("CW", "CW2")))
        self.post(walk, cw, "arrange_verification", {"visit_on": "2018-05-03", **pair})
        found = {
            "visited_on": "2018-05-03", "photos": 2, "member_signed": "on",
            "verifiers_signed": "on", "place": "家中", "econ_check": "WAIVED",
            "proposal": "VERIFIED",
        }  # fmt: skip
        self.post(walk, cw, "record_verification", found)
        self.post(walk, sh, "confirm_verification", {"outcome": "VERIFIED"})
        item = {
            "code": "D04", "line": "DISABLED", "goal": "助浴4次", "qty": 4,
            "provider": "52110199990000025C",
        }  # fmt: skip
        plan = {
            "assessed_on": "2018-05-03", "lines": ["DISABLED"], "signed_on": "2018-05-03",
            "starts_on": "2018-05-03", "ends_on": "2018-06-29",
            **rows("needs", {"text": "需要助浴"}), **rows("items", item),
        }  # fmt: skip
        self.post(walk, cw, "make_plan", plan)
        self.post(walk, sh, "approve_plan", {"outcome": "APPROVED"})
        start = {"started_on": "2018-05-03", "agreement_no": "示例协议2018-1"}
        self.post(walk, client_of(walk, "PR"), "start_help", start)
        planned = HelpCase.objects.get(pk=walk.case.pk).plan_in_force
        assert planned is not None
        service = {
            "item": planned.items.get().pk, "served_on": "2018-05-03", "quantity": 1,
            "minutes": 60, "at_home": "on", "evidence": ["SLP", "PHO", "REC"],
        }  # fmt: skip
        self.post(walk, client_of(walk, "PR"), "record_services", rows("services", service))
        case = HelpCase.objects.get(pk=walk.case.pk)
        assert case.state == "IN_HELP"
        assert case.services.get().quantity == 1

    def test_a_score_sheet_is_entered_by_its_form(self, clock_at: Clock) -> None:
        walk = Walk.upto("assign")
        clock_at("2018-07-06 10:00")
        client = client_of(walk, "EV")
        page = client.get(reverse("score_sheet", args=[walk.case.case_no]))
        sheet = page.context["form"]
        given = {f"points_{row.code}": row.points for row in sheet.asked}
        self.post(walk, client, "submit_scores", given | rows("findings"))
        assert ScoreSheet.objects.get(case=walk.case).total == 100

    def test_a_referral_is_entered_by_its_form(self, clock_at: Clock) -> None:
        walk = Walk()
        clock_at("2018-05-02 09:00")
        client = client_of(walk, "CO")
        sent = {
            "name": "孙试兰", "id_no": "110199193809019045", "division": walk.street,
            "address": "示例路2号", "category": "B_ELDER", "relief_type": "NONE",
            "source": "COMMITTEE", "urgency": "NORMAL", "reason": "高龄独居", "key": "once",
        }  # fmt: skip
        first = client.post(reverse("refer"), sent)
        again = client.post(reverse("refer"), sent)
        assert first.status_code == again.status_code == 302
        assert first["Location"] == again["Location"]
        assert HelpCase.objects.count() == 1

    def post(self, walk: Walk, client: Client, act: str, facts: dict[str, object]) -> HttpResponse:
        url = reverse("act_page", args=[walk.case.case_no, act])
        page = client.get(url)
        assert page.status_code == 200, (act, page.content.decode()[-600:])
        key = re.search(r'name="key" value="(\w+)"', page.content.decode())
        assert key
        answer = client.post(url, facts | {"key": key[1]})
        faults = answer.context["form"].faults if answer.status_code != 302 else []
        assert answer.status_code == 302, (act, faults)
        return answer


class TestRefused:
    def test_typed_text_is_kept_and_the_fault_stands_beside_the_field(self) -> None:
        walk = Walk.upto("refer")
        url = reverse("act_page", args=[walk.case.case_no, "merge_referral"])
        answer = client_of(walk, "CW").post(url, {"key": "k", "into": "BF-0"})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="BF-0"' in text
        assert 'href="#id_into"' in text
        assert 'id="id_into_error"' in text

    def test_the_law_speaks_on_the_form(self) -> None:
        walk = Walk.upto("accept")
        url = reverse("act_page", args=[walk.case.case_no, "arrange_verification"])
        pair = rows("verifiers", *({"user": walk.person("CW").pk} for _ in range(2)))
        answer = client_of(walk, "CW").post(url, {"key": "k", "visit_on": "2018-05-04", **pair})
        assert answer.status_code == 422
        assert any("rows-verifiers" in fault.anchor for fault in answer.context["form"].faults)

    def test_more_rows_are_given_without_finding_fault(self) -> None:
        walk = Walk.upto("accept")
        url = reverse("act_page", args=[walk.case.case_no, "arrange_verification"])
        sent = {"key": "k", "more": "verifiers", **rows("verifiers", {"name": "示例甲"})}
        answer = client_of(walk, "CW").post(url, sent)
        form = answer.context["form"]
        assert answer.status_code == 200
        assert not form.faults
        assert form.rows("verifiers").formset.total_form_count() == 4
        assert "示例甲" in answer.content.decode()

    def test_an_act_out_of_turn_says_when_it_is_possible(self) -> None:
        walk = Walk.upto("accept")
        url = reverse("act_page", args=[walk.case.case_no, "start_help"])
        answer = client_of(walk, "CW").get(url)
        assert answer.status_code == 409
        assert reverse("case_page", args=[walk.case.case_no]) in answer.content.decode()

    def test_another_role_is_refused(self) -> None:
        walk = Walk.upto("record")
        url = reverse("act_page", args=[walk.case.case_no, "confirm_verification"])
        answer = client_of(walk, "CW").post(url, {"key": "k", "outcome": "VERIFIED"})
        assert answer.status_code == 403


class TestRecorded:
    def test_a_double_press_is_recorded_once(self) -> None:
        walk = Walk.upto("refer")
        client = client_of(walk, "CW")
        url = reverse("act_page", args=[walk.case.case_no, "accept_referral"])
        answers = [client.post(url, {"key": "pressed-twice"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert JournalEntry.objects.filter(act="accept_referral").count() == 1
