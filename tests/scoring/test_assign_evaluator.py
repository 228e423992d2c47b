"""Assigning an evaluator: without ties, for a window, and no longer."""

from datetime import date

import pytest

from casework.cases.models import Verification, Verifier
from casework.cases.queries import roles_on, visible_to
from casework.cases.states import CaseState
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from casework.staff.models import Membership
from evaluation.scoring.models import EvaluatorAssignment
from evaluation.scoring.operations import assign_evaluator
from tests.evaluation.conftest import Cast
from tests.evaluation.world import PROVIDER_B, STREET, act, body, case_of

pytestmark = pytest.mark.django_db


class TestAssignEvaluator:
    def test_the_window_is_ten_working_days_and_gives_the_role(self, cast: Cast) -> None:
        case = case_of(1, state=CaseState.EVALUATING)
        answer, _books = act(
            assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.first.pk
        )
        assert answer["window_ends_on"] == date(2018, 8, 15)
        assert roles_on(case, cast.first, date(2018, 8, 15)) == {"EV"}
        assert roles_on(case, cast.first, date(2018, 8, 16)) == set()
        assert roles_on(case, cast.second, date(2018, 8, 2)) == set()
        assert roles_on(case, cast.lead, date(2018, 8, 2)) == {"LE"}
        assert case in visible_to(cast.first, date(2018, 8, 15))
        assert case not in visible_to(cast.first, date(2018, 8, 16))
        assert case not in visible_to(cast.second, date(2018, 8, 2))

    def test_another_evaluator_replaces_the_first_at_once(self, cast: Cast) -> None:
        case = case_of(1, state=CaseState.EVALUATING)
        act(assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.first)
        act(assign_evaluator, case, by=cast.lead, at="2018-08-02", evaluator=cast.second)
        assert roles_on(case, cast.first, date(2018, 8, 2)) == set()
        assert roles_on(case, cast.second, date(2018, 8, 2)) == {"EV"}
        assert EvaluatorAssignment.objects.count() == 2

    @pytest.mark.parametrize("tie", ["provider", "street", "community", "district", "verifier"])
    def test_a_tie_to_the_case_is_refused(self, cast: Cast, tie: str) -> None:
        case = case_of(1, state=CaseState.EVALUATING)
        past = {"user": cast.first, "valid_from": date(2015, 1, 1), "valid_to": date(2016, 1, 1)}
        if tie == "provider":
            Membership.objects.create(role="PR", organisation=body(PROVIDER_B), **past)
        elif tie == "verifier":
            round1 = Verification.objects.create(case=case, round=1)
            Verifier.objects.create(
                verification=round1, user=cast.first, name="评一", unit="STREET"
            )
        else:
            code = {"street": STREET, "community": f"{STREET}001", "district": STREET[:6]}[tie]
            Membership.objects.create(role="CW", division_id=code, **past)
        with pytest.raises(NotYours):
            act(assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.first)
        assert not EvaluatorAssignment.objects.exists()

    def test_a_membership_elsewhere_is_no_tie(self, cast: Cast) -> None:
        case = case_of(1, state=CaseState.EVALUATING)
        Membership.objects.create(
            user=cast.first, role="CW", division_id="110112902", valid_from=date(2015, 1, 1),
            valid_to=date(2016, 1, 1),
        )  # fmt: skip
        act(assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.first)
        assert EvaluatorAssignment.objects.count() == 1

    def test_someone_who_does_not_evaluate_is_refused(self, cast: Cast) -> None:
        case = case_of(1, state=CaseState.EVALUATING)
        with pytest.raises(Incomplete) as refusal:
            act(assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.stranger)
        assert list(refusal.value.fields) == ["evaluator"]

    def test_a_case_that_was_not_drawn_is_refused(self, cast: Cast) -> None:
        case = case_of(1)
        with pytest.raises(NotLawfulNow):
            act(assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.first)

    def test_a_closed_case_is_nobodys_to_read(self, cast: Cast) -> None:
        case = case_of(1, state=CaseState.EVALUATING)
        act(assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.first)
        EvaluatorAssignment.objects.update(ended_at="2018-08-02T00:00:00+08:00")
        assert roles_on(case, cast.first, date(2018, 8, 3)) == set()
