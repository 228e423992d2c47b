"""Asking again after the help: drawn, given out, attempted, answered, and what contradicts."""

from datetime import date
from typing import Any

import pytest

from casework.cases.models import HelpCase, ServiceAlert
from casework.cases.queries import roles_on, visible_to
from casework.cases.states import CaseState
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from casework.staff.models import Membership
from evaluation.scoring.models import EvaluatorAssignment, Revisit
from evaluation.scoring.operations import (
    assign_evaluator,
    assign_revisit,
    confirm_result,
    draw_sample,
    record_revisit,
    record_revisit_attempt,
    submit_scores,
)
from evaluation.scoring.rotation import propose
from tests.evaluation.conftest import Cast
from tests.evaluation.world import EVALUATOR, GOOD_POINTS, PROVIDER_B, act, body, case_of, on

pytestmark = pytest.mark.django_db
RATINGS = {"attitude": 5, "timeliness": 4, "usefulness": 5, "effect": 4, "overall": 5}
ANSWERS: dict[str, Any] = {
    "identity": ["STREET", "HELPER"], "received": {"D04": "YES"}, "money_asked": False,
    "ratings": RATINGS,
}  # fmt: skip


@pytest.fixture
def case(cast: Cast) -> HelpCase:
    """The one finished case of July: drawn, to be telephoned and visited."""
    made = case_of(1)
    drawn = draw_sample("2018-07", "110112", seed=1)
    type(drawn).objects.update(drawn_at=on("2018-08-01 09:00"))
    HelpCase.objects.filter(pk=made.pk).update(
        state=CaseState.CLOSED, closed_at=on("2018-08-02"), closing_reason="SELF_CHECKED"
    )
    return HelpCase.objects.get(pk=made.pk)


def of(case: HelpCase, mode: str) -> Revisit:
    return Revisit.objects.filter(case=case, mode=mode).latest("pk")


def assign(case: HelpCase, cast: Cast, mode: str, at: str = "2018-08-01") -> Revisit:
    act(assign_revisit, case, by=cast.lead, at=at, revisit=mode, evaluator=cast.first)
    return of(case, mode)


def tried(case: HelpCase, cast: Cast, mode: str, *moments: str, outcome: str = "NO_ANSWER") -> None:
    for moment in moments:
        act(
            record_revisit_attempt, case, by=cast.first, at="2018-08-09", revisit=mode,
            outcome=outcome, made_at=on(moment),
        )  # fmt: skip


class TestAssigned:
    def test_the_draw_makes_one_of_each_mode(self, case: HelpCase) -> None:
        rows = Revisit.objects.values_list("mode", "state").order_by("mode")
        assert list(rows) == [("DOOR", "WAITING"), ("PHONE", "WAITING")]

    def test_whoever_asks_may_read_a_case_that_is_closed(self, case: HelpCase, cast: Cast) -> None:
        assert roles_on(case, cast.first, date(2018, 8, 2)) == set()
        assign(case, cast, "PHONE")
        assert roles_on(case, cast.first, date(2018, 8, 2)) == {"EV"}
        assert case in visible_to(cast.first, date(2018, 8, 2))
        assert roles_on(case, cast.first, date(2018, 8, 16)) == set()
        assert roles_on(case, cast.lead, date(2018, 8, 2)) == {"LE"}
        assert case in visible_to(cast.lead, date(2018, 8, 2))

    def test_closing_the_case_leaves_the_re_visit_open(self, cast: Cast) -> None:
        case = case_of(1)
        draw_sample("2018-07", "110112", seed=1)
        HelpCase.objects.update(state=CaseState.EVALUATING)
        case = HelpCase.objects.get()
        act(assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.second)
        assign(case, cast, "PHONE")
        act(submit_scores, case, by=cast.second, at="2018-08-02", points=GOOD_POINTS)
        act(confirm_result, case, by=cast.supervisor, at="2018-08-03")
        case = HelpCase.objects.get()
        assert case.state == CaseState.CLOSED
        assert roles_on(case, cast.second, date(2018, 8, 3)) == set()
        assert roles_on(case, cast.first, date(2018, 8, 3)) == {"EV"}

    def test_a_tie_is_refused(self, case: HelpCase, cast: Cast) -> None:
        Membership.objects.create(
            user=cast.first, role="PR", organisation=body(PROVIDER_B),
            valid_from=date(2015, 1, 1), valid_to=date(2016, 1, 1),
        )  # fmt: skip
        with pytest.raises(NotYours):
            assign(case, cast, "PHONE")
        assert not EvaluatorAssignment.objects.exists()

    def test_nobody_asks_in_a_house_of_mourning(self, case: HelpCase, cast: Cast) -> None:
        case.locked = True
        case.save()
        with pytest.raises(NotLawfulNow):
            assign(case, cast, "PHONE")


class TestAttempts:
    def test_three_hours_on_two_days_are_unreachable_and_a_door_visit_follows(
        self, case: HelpCase, cast: Cast
    ) -> None:
        row = assign(case, cast, "PHONE")
        Revisit.objects.filter(mode="DOOR").delete()
        tried(case, cast, "PHONE", "2018-08-02 09:10", "2018-08-02 14:00")
        assert of(case, "PHONE").state == "ASSIGNED"
        tried(case, cast, "PHONE", "2018-08-03 18:30")
        assert of(case, "PHONE").state == "UNREACHABLE"
        assert of(case, "DOOR").replaces_id == row.pk
        # The leave to read the case ended with it.
        assert roles_on(case, cast.first, date(2018, 8, 10)) == set()

    @pytest.mark.parametrize(
        "moments",
        [
            ("2018-08-02 09:10", "2018-08-02 14:00", "2018-08-02 18:30"),
            ("2018-08-02 09:10", "2018-08-03 09:40", "2018-08-03 18:30"),
        ],
    )
    def test_one_day_or_the_same_hour_is_not_enough(
        self, case: HelpCase, cast: Cast, moments: tuple[str, ...]
    ) -> None:
        assign(case, cast, "PHONE")
        tried(case, cast, "PHONE", *moments)
        assert of(case, "PHONE").state == "ASSIGNED"

    def test_the_door_visit_drawn_anyway_takes_the_place(self, case: HelpCase, cast: Cast) -> None:
        row = assign(case, cast, "PHONE")
        tried(case, cast, "PHONE", "2018-08-02 09:10", "2018-08-02 14:00", "2018-08-03 18:30")
        assert Revisit.objects.filter(mode="DOOR").count() == 1
        assert of(case, "DOOR").replaces_id == row.pk

    @pytest.mark.parametrize(
        ("outcome", "state"), [("DECLINED", "REFUSED"), ("MOURNING", "DROPPED")]
    )
    def test_a_refusal_or_a_death_ends_it_at_once(
        self, case: HelpCase, cast: Cast, outcome: str, state: str
    ) -> None:
        assign(case, cast, "PHONE")
        tried(case, cast, "PHONE", "2018-08-02 09:10", outcome=outcome)
        assert of(case, "PHONE").state == state

    def test_wrong_ones_are_refused(self, case: HelpCase, cast: Cast) -> None:
        assign(case, cast, "PHONE")
        tried(case, cast, "PHONE", "2018-08-02 09:10")
        for moment, outcome in (
            ("2018-08-02 09:10", "NO_ANSWER"),
            ("2018-07-30 09:10", "NO_ANSWER"),
            ("2018-08-20 09:10", "NO_ANSWER"),
            ("2018-08-03 09:10", "NOBODY_HOME"),
            ("2018-08-03 09:10", "x"),
        ):
            with pytest.raises(Incomplete):
                tried(case, cast, "PHONE", moment, outcome=outcome)
        assert of(case, "PHONE").attempts.count() == 1


class TestAnswers:
    def test_what_was_said_is_kept_and_the_leave_ends(self, case: HelpCase, cast: Cast) -> None:
        assign(case, cast, "PHONE")
        answer, books = act(
            record_revisit, case, by=cast.first, at="2018-08-03", revisit="PHONE", **ANSWERS
        )
        row = of(case, "PHONE")
        assert (row.state, row.ratings, answer["alerts"]) == ("DONE", [5, 4, 5, 4, 5], [])
        assert list(row.received.values()) == ["YES"]
        assert roles_on(case, cast.first, date(2018, 8, 3)) == set()
        assert not ServiceAlert.objects.exists()

    def test_a_household_may_keep_an_answer_to_itself(self, case: HelpCase, cast: Cast) -> None:
        assign(case, cast, "PHONE")
        said = ANSWERS | {"ratings": {"overall": 4}}
        act(record_revisit, case, by=cast.first, at="2018-08-03", revisit="PHONE", **said)
        assert of(case, "PHONE").ratings == [4]

    def test_contradictions_are_told_with_their_codes(self, case: HelpCase, cast: Cast) -> None:
        assign(case, cast, "PHONE")
        said = ANSWERS | {
            "received": {"D04": "NO"}, "money_asked": True, "ratings": RATINGS | {"overall": 2},
        }  # fmt: skip
        act(record_revisit, case, by=cast.first, at="2018-08-03", revisit="PHONE", **said)
        told = list(ServiceAlert.objects.order_by("pk").values_list("code", "detail"))
        number = of(case, "PHONE").pk
        assert told == [
            ("F05", {"item": "D04", "entered": "8", "revisit": number}),
            ("F10", {"money_asked": True, "revisit": number}),
            ("F10", {"overall": 2, "revisit": number}),
        ]

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"identity": ["STREET"]}, "identity"),
            ({"identity": ["STREET", "STREET"]}, "identity"),
            ({"identity": ["STREET", "ID_NUMBER"]}, "identity"),
            ({"received": {}}, "received"),
            ({"received": {"D04": "YES", "D99": "NO"}}, "received"),
            ({"ratings": {"overall": 6}}, "ratings"),
            ({"ratings": {"overall": "x"}}, "ratings"),
        ],
    )
    def test_an_answer_that_does_not_fit_is_refused_by_field(
        self, case: HelpCase, cast: Cast, wrong: dict[str, Any], field: str
    ) -> None:
        assign(case, cast, "PHONE")
        with pytest.raises(Incomplete) as refusal:
            act(
                record_revisit, case, by=cast.first, at="2018-08-03", revisit="PHONE",
                **(ANSWERS | wrong),
            )  # fmt: skip
        assert {name.split(".")[0] for name in refusal.value.fields} == {field}
        assert of(case, "PHONE").state == "ASSIGNED"

    def test_only_the_evaluator_it_was_given_to_or_the_lead_writes(
        self, case: HelpCase, cast: Cast
    ) -> None:
        with pytest.raises(NotLawfulNow):
            act(record_revisit, case, by=cast.first, at="2018-08-03", revisit="PHONE", **ANSWERS)
        assign(case, cast, "PHONE")
        with pytest.raises(NotYours):
            act(record_revisit, case, by=cast.second, at="2018-08-03", revisit="PHONE", **ANSWERS)
        act(record_revisit, case, by=cast.lead, at="2018-08-03", revisit="PHONE", **ANSWERS)
        with pytest.raises(NotLawfulNow):
            act(record_revisit, case, by=cast.first, at="2018-08-04", revisit="PHONE", **ANSWERS)


class TestAtTheDoor:
    def test_two_come_and_the_second_is_of_the_same_body(self, case: HelpCase, cast: Cast) -> None:
        assign(case, cast, "DOOR")
        for second in (None, cast.first, cast.stranger):
            with pytest.raises(Incomplete) as refusal:
                act(
                    record_revisit, case, by=cast.first, at="2018-08-03", revisit="DOOR",
                    companion=second.pk if second else None, **ANSWERS,
                )  # fmt: skip
            assert list(refusal.value.fields) == ["companion"]
        act(
            record_revisit, case, by=cast.first, at="2018-08-03", revisit="DOOR",
            companion=cast.second, device_works=True, **ANSWERS,
        )  # fmt: skip
        assert of(case, "DOOR").companion == cast.second

    def test_a_child_is_asked_in_the_presence_of_a_guardian(
        self, case: HelpCase, cast: Cast
    ) -> None:
        person = case.person
        assert person is not None
        person.birth_date = date(2008, 5, 1)
        person.save()
        assign(case, cast, "DOOR")
        said = ANSWERS | {"companion": cast.second}
        with pytest.raises(Incomplete) as refusal:
            act(record_revisit, case, by=cast.first, at="2018-08-03", revisit="DOOR", **said)
        assert list(refusal.value.fields) == ["guardian_present"]
        act(
            record_revisit, case, by=cast.first, at="2018-08-03", revisit="DOOR",
            guardian_present=True, **said,
        )  # fmt: skip
        assert of(case, "DOOR").guardian_present is True


class TestProposed:
    def test_ties_are_left_out_and_work_is_spread(self, cast: Cast) -> None:
        cases = [case_of(number, state=CaseState.EVALUATING) for number in range(1, 5)]
        found = propose(cases, [body(EVALUATOR).pk], date(2018, 8, 1))
        assert sorted(person.pk for person in found.values()) == sorted(
            [cast.first.pk, cast.second.pk] * 2
        )
        Membership.objects.create(
            user=cast.first, role="PR", organisation=body(PROVIDER_B), valid_from=date(2015, 1, 1)
        )
        again = propose(cases, [body(EVALUATOR).pk], date(2018, 8, 1))
        assert {person.pk for person in again.values()} == {cast.second.pk}

    def test_who_judged_the_district_lately_comes_last(self, cast: Cast) -> None:
        before, case = case_of(1, state=CaseState.EVALUATING), case_of(2)
        EvaluatorAssignment.objects.create(
            case=before, evaluator=cast.first, organisation=body(EVALUATOR), purpose="FIRST",
            assigned_at=on("2018-07-20"), ended_at=on("2018-07-25"),
        )  # fmt: skip
        found = propose([case], [body(EVALUATOR).pk], date(2018, 8, 1))
        assert found[case.pk] == cast.second
