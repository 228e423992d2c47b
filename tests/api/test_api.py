"""The interface: the same scope, the same acts, answers that name the field."""

import hashlib
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from casework.cases.models import HelpCase
from casework.households.models import Household
from casework.ledger.models import JournalEntry, ReadEntry, SecurityEvent
from casework.lib import clock
from casework.lib.errors import Incomplete
from casework.staff.clients import client_of, issue, revoke
from casework.staff.models import ApiClient, ClientScope, User
from tests.access.world import publish_weeks, token_of
from tests.walk import STREET, Walk, at, deliver
from workflows.acts import ACTS
from workflows.api.doors import PerClient
from workflows.api.facts import schema_of
from workflows.forms import FORMS

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk() -> Any:
    with clock.at(at("2018-06-20 09:00")):
        yield Walk.upto("start")


class Program:
    """A program with a token of somebody's account."""

    def __init__(self, user: User, *scopes: str) -> None:
        self.token = token_of(user, *scopes)
        self.client = Client(HTTP_AUTHORIZATION=f"Bearer {self.token}")

    def get(self, name: str, *args: Any, **query: Any) -> Any:
        headers = query.pop("headers", None)
        return self.client.get(reverse(name, args=args), query, headers=headers)

    def post(self, name: str, *args: Any, body: Any = None, key: str = "k1", **more: Any) -> Any:
        return self.client.post(
            reverse(name, args=args),
            body if isinstance(body, str) else json.dumps(body or {}),
            content_type=more.pop("content_type", "application/json"),
            headers={"Idempotency-Key": key} if key else {},
        )


def program(walk: Walk, role: str, *scopes: str) -> Program:
    return Program(walk.person(role), *scopes)


class TestToken:
    def test_nothing_without_one_and_nothing_by_a_session(self, walk: Walk) -> None:
        browser = Client()
        browser.force_login(walk.person("CW"))
        for client in (Client(), browser, Client(HTTP_AUTHORIZATION="Bearer cw_x_y")):
            answer = client.get(reverse("api_cases"))
            assert answer.status_code == 401
            assert answer["Content-Type"] == "application/problem+json"
            assert answer["WWW-Authenticate"].startswith("Bearer")

    def test_a_digest_alone_is_kept(self, walk: Walk) -> None:
        token = program(walk, "CW").token
        secret = token.split("_", 2)[2]
        row = ApiClient.objects.get()
        assert secret not in str(row.__dict__)
        assert client_of(token) == row
        assert client_of(token[:-1] + ("a" if token[-1] != "a" else "b")) is None

    def test_it_ends_when_revoked_run_out_or_its_account_stops(self, walk: Walk) -> None:
        one = program(walk, "CW")
        assert one.get("api_cases").status_code == 200
        with clock.at(clock.now() + timedelta(days=31)):
            assert one.get("api_cases").status_code == 401
        revoke(ApiClient.objects.get(), by=walk.person("CA"))
        assert one.get("api_cases").status_code == 401
        two = program(walk, "SH")
        User.objects.filter(pk=walk.person("SH").pk).update(is_active=False)
        assert two.get("api_cases").status_code == 401

    def test_issuing_and_revoking_stand_in_the_security_log(self, walk: Walk) -> None:
        program(walk, "CW")
        revoke(ApiClient.objects.get(), by=walk.person("CA"))
        kinds = SecurityEvent.objects.filter(kind__startswith="TOKEN").order_by("pk")
        assert list(kinds.values_list("kind", flat=True)) == ["TOKEN_ISSUED", "TOKEN_REVOKED"]

    def test_only_for_service_accounts_and_at_most_a_year(self, walk: Walk) -> None:
        person = walk.person("CW")
        soon = clock.today() + timedelta(days=9)
        facts = {"name": "x", "by": person}
        with pytest.raises(Incomplete):
            issue(person, scopes=["cases"], expires_on=soon, **facts)
        person.is_system = True
        for scopes, until in (
            (["cases"], date(2030, 1, 1)),
            ([], soon),
            (["all"], soon),
            (["cases"], clock.today()),
        ):
            with pytest.raises(Incomplete):
                issue(person, scopes=scopes, expires_on=until, **facts)

    @pytest.mark.parametrize(
        ("name", "scope"),
        [("api_cases", "cases"), ("api_documents", "documents"), ("api_changes", "changes")],
    )
    def test_it_opens_what_it_was_issued_for(self, walk: Walk, name: str, scope: str) -> None:
        assert program(walk, "CW", scope).get(name).status_code == 200
        others = [code for code in ClientScope.values if code != scope]
        refused = program(walk, "CW", *others).get(name)
        assert refused.status_code == 403
        assert refused.json()["detail"]

    def test_a_second_factor_is_not_asked_of_a_program(self, walk: Walk, settings: Any) -> None:
        settings.REQUIRE_MFA = True
        assert program(walk, "CW").get("api_cases").status_code == 200


class TestReading:
    def test_the_list_holds_the_own_street_and_pages_by_key(self, walk: Walk) -> None:
        found = program(walk, "CW").get("api_cases").json()
        assert [row["case_no"] for row in found["results"]] == [walk.case.case_no]
        assert found["results"][0]["person"] == "陈试勇"
        assert found["next"] is None
        other = Walk("110101901", id_no="110199197605129013")
        assert program(other, "CW").get("api_cases").json()["results"] == []

    def test_names_only_with_the_registry_and_never_to_the_city(self, walk: Walk) -> None:
        for asked in (program(walk, "CW", "cases"), program(walk, "CA")):
            rows = asked.get("api_cases").json()["results"]
            assert [row["person"] for row in rows] == [None]

    def test_the_file_holds_no_whole_number(self, walk: Walk) -> None:
        answer = program(walk, "CW").get("api_case", walk.case.case_no)
        told = answer.json()
        assert told["household"]["members"][0]["id_no_masked"] == "110199********9152"
        assert "110199196908179152" not in answer.content.decode()
        assert "record_services" in told["acts"]
        assert told["plan"][0]["planned"] > 0
        assert (
            program(walk, "CW", "cases").get("api_case", walk.case.case_no).json()["household"]
            is None
        )

    def test_the_provider_sees_its_items_and_no_household(self, walk: Walk) -> None:
        told = program(walk, "PR").get("api_case", walk.case.case_no).json()
        assert told["household"] is None
        assert told["plan"]

    def test_the_city_states_its_reason_and_the_journal_keeps_it(self, walk: Walk) -> None:
        city = program(walk, "CA")
        assert city.get("api_case", walk.case.case_no).status_code == 403
        answer = city.get("api_case", walk.case.case_no, headers={"X-Reason": "APPEAL"})
        assert answer.status_code == 200
        assert JournalEntry.objects.get(act="read_case").reason == "APPEAL"

    def test_every_answer_about_a_household_is_in_the_read_log(self, walk: Walk) -> None:
        program(walk, "CW").get("api_case", walk.case.case_no)
        row = ReadEntry.objects.get(what="api_case")
        assert (row.subject_id, row.by_id) == (walk.case.pk, walk.person("CW").pk)

    def test_a_sealed_week_is_told_as_published(self, walk: Walk) -> None:
        publish_weeks()
        told = program(walk, "DS").get("api_week", "2018-W20").json()
        assert told["sealed_at"]
        assert told["total"]["referred_week"] is not None
        assert program(walk, "CW").get("api_week", "2018-W20").status_code == 403
        assert program(walk, "DS").get("api_week", "2018-W99").status_code == 404

    def test_a_paper_comes_byte_for_byte(self) -> None:
        with clock.at(at("2018-09-20 09:00")):
            walk = Walk.upto("issue")
            deliver()
            city = program(walk, "DS")
            row = city.get("api_documents").json()["results"][0]
            paper = city.client.get(row["url"])
        assert paper["Content-Type"] == "application/pdf"
        assert hashlib.sha256(paper.content).hexdigest() == row["sha256"]


class TestActing:
    facts = {"reason": "HOSPITAL", "from_on": "2018-06-19"}

    def test_an_act_goes_through_the_one_door(self, walk: Walk) -> None:
        answer = program(walk, "CW").post(
            "api_case_act", walk.case.case_no, "suspend", body=self.facts
        )
        assert answer.status_code == 200
        told = answer.json()
        entry = JournalEntry.objects.get(pk=told["entry"])
        assert (entry.act, entry.by, told["repeated"]) == ("suspend", walk.person("CW"), False)
        assert HelpCase.objects.get(pk=walk.case.pk).hold == "SUSPENDED"

    def test_the_same_key_hears_the_first_answer(self, walk: Walk) -> None:
        one = program(walk, "CW")
        path = ("api_case_act", walk.case.case_no, "suspend")
        first = one.post(*path, body=self.facts).json()
        again = one.post(*path, body=self.facts).json()
        assert again == first | {"repeated": True}
        assert JournalEntry.objects.filter(act="suspend").count() == 1
        other = one.post(*path, body={**self.facts, "reason": "AWAY"})
        assert (other.status_code, other.json()["status"]) == (409, 409)
        # Another program's key of the same name is another key.
        assert program(walk, "SH").post(*path, body=self.facts).status_code == 409

    def test_a_refusal_names_the_field(self, walk: Walk) -> None:
        one = program(walk, "CW")
        for body, field in (
            ({}, "reason"),
            ({**self.facts, "reason": 5}, "reason"),
            ({**self.facts, "reason": "NAP"}, "reason"),
            ({**self.facts, "from_on": "2018-02-30"}, "from_on"),
            ({**self.facts, "more": 1}, "more"),
            ({**self.facts, "reason": "a\0b"}, "reason"),
        ):
            answer = one.post("api_case_act", walk.case.case_no, "suspend", body=body, key="f")
            assert answer.status_code == 422, body
            assert field in answer.json()["fields"], body
        assert not JournalEntry.objects.filter(act="suspend").exists()

    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            ("{", "application/json", 400),
            ("[]", "application/json", 422),
            ("1e999", "application/json", 422),
            ("NaN", "application/json", 400),
            ("<a/>", "application/xml", 415),
        ],
    )
    def test_what_is_no_facts_is_told(self, walk: Walk, body: str, kind: str, status: int) -> None:
        answer = program(walk, "CW").post(
            "api_case_act", walk.case.case_no, "suspend", body=body, content_type=kind
        )
        assert answer.status_code == status
        assert answer["Content-Type"] == "application/problem+json"

    def test_role_state_scope_and_key(self, walk: Walk) -> None:
        no = walk.case.case_no
        assert program(walk, "CW").post("api_case_act", no, "suspend", key="").status_code == 422
        late = program(walk, "PR").post("api_case_act", no, "suspend", body=self.facts)
        assert late.status_code == 403
        wrong = program(walk, "CW").post("api_case_act", no, "accept_referral", key="w")
        assert wrong.status_code == 409
        for act in ("refer", "enter_sample", "nothing", "confirm_receipt"):
            assert program(walk, "CW").post("api_case_act", no, act).status_code == 404
        other = Walk("110101901", id_no="110199197605129013")
        out = program(other, "CW").post("api_case_act", no, "suspend", body=self.facts)
        assert out.status_code == 404

    def test_every_act_tells_the_shape_of_its_facts(self, walk: Walk) -> None:
        told = {row["name"]: row for row in program(walk, "CW").get("api_acts").json()}
        assert set(told) == set(FORMS)
        assert told["suspend"]["facts"]["required"] == ["reason", "from_on"]
        for spec in ACTS.values():
            assert schema_of(spec)["additionalProperties"] is False


class TestReferral:
    body: Any = {
        "household": {
            "address": "示例路8号",
            "residence_division": STREET,
            "category": "F_OTHER",
            "members": [
                {"name": "赵试一", "id_no": "110199197605129013", "relation_to_head": "02"},
                {"name": "曹试宇", "id_no": "110199200712259432", "relation_to_head": "20",
                 "guardian": 0, "guardian_consent_on": "2018-06-01"},
            ],
        },
        "source": "HOTLINE_12345",
        "reason": "热线求助",
    }  # fmt: skip

    def test_a_household_is_entered_and_referred_once(self, walk: Walk) -> None:
        one = program(walk, "CO", "acts")
        first = one.post("api_referrals", body=self.body)
        assert first.status_code == 201
        case = HelpCase.objects.get(case_no=first.json()["subject"])
        assert case.household.members.count() == 2
        again = one.post("api_referrals", body=self.body)
        assert again.json()["repeated"] is True
        assert Household.objects.filter(address="示例路8号").count() == 1

    def test_it_is_matched_to_the_entry_of_the_street(self, walk: Walk) -> None:
        body = json.loads(json.dumps(self.body))
        body["household"]["members"] = [{"name": "陈试勇", "id_no": walk.id_no}]
        answer = program(walk, "CW").post("api_referrals", body=body)
        case = HelpCase.objects.get(case_no=answer.json()["subject"])
        assert case.household == walk.household

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            (lambda b: b.pop("reason"), "reason"),
            (lambda b: b.update(person=7), "person"),
            (lambda b: b["household"].update(members=[]), "household.members"),
            (lambda b: b["household"].update(category="Z"), "household.category"),
            (lambda b: b["household"].update(residence_division="110112"), "residence_division"),
            (lambda b: b["household"]["members"][0].update(id_no="1"), "members.0.id_no"),
            (lambda b: b["household"]["members"][1].pop("guardian_consent_on"),
             "members.1.guardian_consent_on"),
            (lambda b: b["household"]["members"][1].update(name="\0"), "household.members.1.name"),
        ],
    )  # fmt: skip
    def test_a_refusal_names_the_field(self, walk: Walk, change: Any, field: str) -> None:
        body = json.loads(json.dumps(self.body))
        change(body)
        before = Household.objects.count()
        answer = program(walk, "CW").post("api_referrals", body=body)
        assert answer.status_code == 422
        assert field in answer.json()["fields"]
        assert Household.objects.count() == before


def test_too_many_requests_are_told_when_to_come_again(walk: Walk, monkeypatch: Any) -> None:
    monkeypatch.setattr(PerClient, "THROTTLE_RATES", {"client": "2/min"})
    one = program(walk, "CW")
    answers = [one.get("api_acts") for _turn in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0
