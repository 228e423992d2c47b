"""Corrections of ended cases: two people, nothing reopened, figures moved where they count."""

import json
from datetime import date

import pytest

from casework.cases.models import Correction, HelpCase
from casework.cases.operations.correcting import decide_correction, propose_correction
from casework.cases.states import CaseState
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from tests.cases.acting import do, figures, last_entry
from tests.factories import HelpCaseFactory, staff
from workflows.forms.afterwards import ProposeCorrection

pytestmark = pytest.mark.django_db

AT = "2018-09-03 09:00"
WHY = {"reason": "ENTRY_ERROR", "words": "见回访记录"}


@pytest.fixture
def case() -> HelpCase:
    return HelpCaseFactory(closed=True, satisfaction=3)


def propose(case: HelpCase, fact: str, value: object, **facts: object) -> dict[str, object]:
    return do(propose_correction, case, at=AT, fact=fact, value=value, **WHY, **facts)


def decide(case: HelpCase, outcome: str = "APPROVED", **facts: object) -> dict[str, object]:
    return do(decide_correction, case, at=AT, outcome=outcome, answer="已核对", **facts)


def test_what_stood_there_is_kept_and_the_case_stays_closed(case: HelpCase) -> None:
    clerk, other = staff("CW"), staff("DS", "110112")
    propose(case, "SATISFACTION", "5", by=clerk)
    assert case.satisfaction == 3
    decide(case, by=other)
    assert (case.state, case.satisfaction) == (CaseState.CLOSED, 5)
    row = Correction.objects.get()
    assert (json.loads(row.before), json.loads(row.after)) == (3, 5)
    assert (row.proposed_by, row.decided_by) == (clerk, other)
    facts = last_entry(case).facts
    assert (facts["fact"], facts["outcome"]) == ("SATISFACTION", "APPROVED")
    assert "5" not in str(facts.get("value", ""))


def test_not_by_the_same_person(case: HelpCase) -> None:
    clerk = staff("DS", "110112")
    propose(case, "SATISFACTION", 5, by=clerk)
    with pytest.raises(NotYours):
        decide(case, by=clerk)
    assert case.satisfaction == 3


def test_refused_leaves_everything(case: HelpCase) -> None:
    propose(case, "SUMMARY", "另一份小结")
    before = case.closing_summary
    decide(case, "REFUSED")
    assert case.closing_summary == before
    propose(case, "SUMMARY", "再一份小结")


def test_the_count_moves_the_figure_of_the_week_it_became_known(case: HelpCase) -> None:
    was = case.completed_counted
    propose(case, "COUNTED", "false" if was else "true")
    decide(case)
    assert case.completed_counted is not was
    figure, amount, district, _line = figures(case)[-1]
    assert (figure, amount, district) == ("completed", -1 if was else 1, "110112")


def test_a_service_record_moves_what_is_done(case: HelpCase) -> None:
    item = case.plan_in_force.items.first()
    item.qty_planned, item.qty_done = 10, 4
    item.save()
    record = case.services.create(
        item=item, served_on="2018-06-01", quantity=4, minutes=60, worker="试甲",
        recorded_at=case.referred_at,
    )  # fmt: skip
    value = {"quantity": 2, "served_on": "2018-06-02"}
    propose(case, "SERVICE", value, service=record.pk)
    decide(case)
    record.refresh_from_db()
    item.refresh_from_db()
    assert (record.quantity, record.served_on.isoformat(), item.qty_done) == (2, "2018-06-02", 2)


@pytest.mark.parametrize(
    ("fact", "value", "field"),
    [
        ("SATISFACTION", 6, "value"),
        ("SATISFACTION", "many", "value"),
        ("SATISFACTION", 3, "value"),
        ("COUNTED", "perhaps", "value"),
        ("HELP_DONE_ON", "2099-01-01", "value"),
        ("HELP_DONE_ON", "2018-01-01", "value"),
        ("SUMMARY", " ", "value"),
        ("SERVICE", {"quantity": 1}, "service"),
        ("NAME", "x", "fact"),
    ],
)
def test_refuses_what_cannot_be(case: HelpCase, fact: str, value: object, field: str) -> None:
    with pytest.raises(Incomplete) as refusal:
        propose(case, fact, value)
    assert set(refusal.value.fields) == {field}
    assert not Correction.objects.exists()


def test_not_while_the_case_is_open() -> None:
    with pytest.raises(NotLawfulNow):
        propose(HelpCaseFactory(in_help=True), "SATISFACTION", 5)


def test_one_at_a_time_and_none_without_a_proposal(case: HelpCase) -> None:
    with pytest.raises(NotLawfulNow):
        decide(case)
    propose(case, "SATISFACTION", 5)
    with pytest.raises(NotLawfulNow):
        propose(case, "SATISFACTION", 4)


def test_what_has_changed_since_is_not_overwritten(case: HelpCase) -> None:
    propose(case, "SATISFACTION", 5)
    HelpCase.objects.filter(pk=case.pk).update(satisfaction=1)
    with pytest.raises(NotLawfulNow):
        decide(case)
    case.refresh_from_db()
    assert case.satisfaction == 1


def test_the_form_says_what_stands_there_now(case: HelpCase) -> None:
    case.completed_counted = True
    form = ProposeCorrection(subject=case, by=staff("CW"), on=date(2018, 9, 3))
    assert form.fields["score"].help_text == "现为：3"
    assert form.fields["counted"].help_text == "现为：是"
    case.closing_summary = ""
    empty = ProposeCorrection(subject=case, by=staff("CW"), on=date(2018, 9, 3))
    assert empty.fields["summary"].help_text == "现为：（空）"
