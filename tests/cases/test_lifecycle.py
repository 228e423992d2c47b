"""The machine: what it allows, what the table of acts says, and the page drawn from both."""

import pytest
from django.db import IntegrityError, transaction

from casework.cases.lawful import LAWFUL_HOLDS, LAWFUL_STATES
from casework.cases.lifecycle import PAGE, arrows, draw_lifecycle
from casework.cases.models import HelpCase
from casework.cases.operations.step import keep
from casework.cases.queries import lawful_acts, stage_of
from casework.cases.states import ENDED_STATES, STAGES, CaseState
from casework.lib.errors import NotLawfulNow
from tests.factories import HelpCaseFactory


def test_the_page_is_drawn_from_the_code_as_it_is() -> None:
    assert PAGE.read_text(encoding="utf-8") == draw_lifecycle()


def test_every_state_leads_to_an_end() -> None:
    ways: dict[str, set[str]] = {}
    for arrow in arrows("state"):
        ways.setdefault(arrow.source, set()).add(arrow.target)
    for state in CaseState:
        reached, waiting = {state.value}, [state.value]
        while waiting:
            for target in ways.get(waiting.pop(), set()) - reached:
                reached.add(target)
                waiting.append(target)
        assert reached & ENDED_STATES, state


def test_every_state_is_a_stage_and_every_hold_names_known_acts() -> None:
    assert {stage_of(state) for state in CaseState} == set(STAGES)
    assert LAWFUL_HOLDS.keys() <= LAWFUL_STATES.keys()


@pytest.mark.django_db
class TestMachine:
    def test_the_state_cannot_be_assigned(self) -> None:
        case = HelpCaseFactory()
        with pytest.raises(AttributeError):
            case.state = CaseState.CLOSED

    def test_two_people_cannot_both_move_a_case_on(self) -> None:
        case = HelpCaseFactory(help_done=True)
        first, second = (HelpCase.objects.get(pk=case.pk) for _ in range(2))
        first.draw()
        keep(first, "state")
        second.pass_over()
        with pytest.raises(NotLawfulNow):
            keep(second, "state")

    def test_the_database_refuses_an_end_without_its_reason(self) -> None:
        for fields in (
            {"state": CaseState.CLOSED},
            {"state": CaseState.TERMINATED},
            {"state": CaseState.REJECTED},
            {"state": CaseState.MERGED},
            {"state": CaseState.IN_HELP},
            {"state": CaseState.CLOSED, "hold": "SUSPENDED"},
            {"handling_district": "110101"},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                HelpCaseFactory(belongings=False, **fields)

    @pytest.mark.parametrize("trait", ["declined", "rejected", "closed", "terminated"])
    def test_an_ended_case_accepts_only_what_is_named(self, trait: str) -> None:
        allowed = {
            "rejected": {"notify_refusal", "file_appeal", "propose_correction"},
            "closed": {"propose_correction"},
            "terminated": {"notify_kin", "propose_correction"},
        }
        # Rights over the own data, and petitions, hold in every state.
        always = {"record_request", "set_legal_hold", "file_petition"}
        found = lawful_acts(HelpCaseFactory(**{trait: True}))
        assert found == allowed.get(trait, set()) | always
