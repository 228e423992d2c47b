"""Back to an earlier step: each way works, is refused elsewhere, and keeps what was done."""

import pytest

from casework.cases.models import HelpCase, StepReturn
from casework.cases.operations.returning import return_step
from casework.cases.operations.service import finish_help
from casework.cases.states import CaseState, ItemStatus, LineState, PlanState
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from tests.cases.acting import do, figures, last_entry
from tests.factories import HelpCaseFactory, staff

pytestmark = pytest.mark.django_db

WHY = {"reason": "INCOMPLETE", "words": "请补充"}


def back(case: HelpCase, to: str, **facts: object) -> dict[str, object]:
    return do(return_step, case, back_to=to, **WHY, **facts)


class TestToTheEntry:
    def entered(self) -> HelpCase:
        case = HelpCaseFactory(verifying=True)
        case.verifications.update(entered_at=case.referred_at, findings_text="属实")
        return case

    def test_the_entry_is_open_again_and_keeps_its_words(self) -> None:
        case = self.entered()
        assert back(case, "ENTRY") == {"back_to": "ENTRY", "state": "VERIFYING"}
        round_ = case.verifications.get()
        assert (round_.is_recorded, round_.findings_text) == (False, "属实")
        assert last_entry(case).facts == {"back_to": "ENTRY"}
        assert StepReturn.objects.get().words == "请补充"

    def test_not_by_who_entered_it(self) -> None:
        case, clerk = self.entered(), staff("SH")
        case.verifications.update(entered_by=clerk)
        with pytest.raises(NotYours):
            back(case, "ENTRY", by=clerk)

    def test_nothing_entered_nothing_to_return(self) -> None:
        with pytest.raises(NotLawfulNow):
            back(HelpCaseFactory(verifying=True), "ENTRY")


class TestToVerification:
    def test_a_new_round_and_the_figure_taken_back(self) -> None:
        case = HelpCaseFactory(verified=True)
        back(case, "VERIFICATION")
        assert case.state == CaseState.VERIFYING
        assert case.verifications.count() == 2
        assert figures(case) == [("verified", -1, "110112", "")]

    def test_a_publicised_case_is_settled_by_objection(self) -> None:
        with pytest.raises(NotLawfulNow):
            back(HelpCaseFactory(publicised=True), "VERIFICATION")


class TestToPlan:
    def test_the_approved_plan_is_void_and_kept(self) -> None:
        case = HelpCaseFactory(planned=True)
        back(case, "PLAN")
        assert case.state == CaseState.VERIFIED
        assert set(case.plans.values_list("state", flat=True)) == {PlanState.REPLACED}
        assert not case.lines.exists()


class TestToHelp:
    def summed_up(self) -> HelpCase:
        case = HelpCaseFactory(in_help=True)
        case.plan_in_force.items.update(status=ItemStatus.ENDED_EARLY, ended_on="2018-05-02")
        do(finish_help, case, summary="做完", satisfaction=4)
        assert case.state == CaseState.HELP_DONE
        return case

    def test_help_goes_on_with_what_was_closed_that_day(self) -> None:
        case = self.summed_up()
        before = figures(case)
        back(case, "HELP")
        assert (case.state, case.help_done_on) == (CaseState.IN_HELP, None)
        assert set(case.lines.values_list("state", flat=True)) == {LineState.ACTIVE}
        assert set(case.plan_in_force.items.values_list("status", flat=True)) == {ItemStatus.ACTIVE}
        took_back = figures(case)[len(before) :]
        assert [(figure, amount) for figure, amount, _d, _l in took_back] == [("in_help", 1)]


@pytest.mark.parametrize("to", ["ENTRY", "VERIFICATION", "PLAN", "HELP"])
def test_only_from_where_the_case_stands(to: str) -> None:
    with pytest.raises(NotLawfulNow):
        back(HelpCaseFactory(in_help=True), to)


def test_the_step_named_must_fit() -> None:
    with pytest.raises(Incomplete) as refusal:
        back(HelpCaseFactory(planned=True), "HELP")
    assert set(refusal.value.fields) == {"back_to"}
