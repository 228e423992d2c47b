"""One act on many subjects leaves what the same act leaves done on each alone, and nothing else."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Task

from casework.cases.models import HelpCase
from casework.ledger.models import Answer, JournalEntry
from casework.ledger.verify import verify_books
from casework.lib import writes
from casework.lib.errors import NotLawfulNow
from tests.factories import id_number
from tests.walk import Walk, at
from workflows.models import Deadline, Run, WorkItem
from workflows.perform import perform
from workflows.together import perform_together

pytestmark = pytest.mark.django_db
MANY = 4
WHEN = at("2018-10-08 09:00")
# Numbers that the tables give out, and the moment of writing: the only things that may differ.
GIVEN = {"id", "hash", "prev_hash", "recorded_at", "task", "from_task", "to_task", "entry"}
WRITTEN = (HelpCase, JournalEntry, Answer, Task, Task.previous.through, Run, Deadline, WorkItem)
ACTS = ["enter_sample", "leave_to_self_check"]


@pytest.fixture
def cases() -> list[int]:
    """Finished cases that wait for the sample of their month."""
    walks = [Walk.upto("finish", id_no=id_number(serial)) for serial in range(MANY)]
    return [walk.case.pk for walk in walks]


def key(number: int) -> str:
    return f"test-{number}"


def together(act: str, cases: list[int]) -> None:
    perform_together(act, cases, by=None, key=key, moment=WHEN)


def alone(act: str, cases: list[int]) -> None:
    for number in cases:
        perform(act, HelpCase(pk=number), by=None, key=key(number), moment=WHEN)


def tables() -> dict[str, list[str]]:
    """Every row of what an act writes, without what differs from run to run."""
    found: dict[str, list[str]] = {}
    for model in WRITTEN:
        fields = [field for field in model._meta.concrete_fields if field.name not in GIVEN]
        rows = model._default_manager.order_by("pk")
        found[model._meta.label] = sorted(
            repr([(field.name, _plain(field.value_from_object(row))) for field in fields])
            for row in rows
        )
    return found


def _plain(value: Any) -> str:
    # The engine notes by its own clock when a task came and went.
    return "a moment" if hasattr(value, "microsecond") and value != WHEN else repr(value)


def chain_of(number: int) -> list[tuple[int, str]]:
    entries = JournalEntry.objects.filter(subject_type="case", subject_id=number)
    return list(entries.order_by("seq").values_list("seq", "act"))


@pytest.mark.parametrize("act", ACTS)
def test_together_leaves_what_each_alone_leaves(cases: list[int], act: str) -> None:
    with transaction.atomic():
        alone(act, cases)
        expected = tables()
        transaction.set_rollback(True)
    together(act, cases)
    assert tables() == expected
    assert verify_books().first_bad is None
    assert all(chain_of(number)[-1][1] == act for number in cases)


@pytest.mark.parametrize("act", ACTS)
def test_more_subjects_cost_no_more_statements(cases: list[int], act: str) -> None:
    def statements(numbers: list[int]) -> int:
        with CaptureQueriesContext(connection) as asked, transaction.atomic():
            together(act, numbers)
            transaction.set_rollback(True)
        return len(asked)

    assert statements(cases) == statements(cases[:1])


def test_done_again_nothing_happens_twice(cases: list[int]) -> None:
    together("enter_sample", cases[:2])
    together("enter_sample", cases)
    together("enter_sample", cases)
    assert [chain_of(number).count(chain_of(number)[-1]) for number in cases] == [1] * MANY
    assert JournalEntry.objects.filter(act="enter_sample").count() == MANY
    assert WorkItem.objects.filter(step="assign_evaluator").count() == MANY


def test_who_is_refused_stays_out_with_all_it_would_have_written(cases: list[int]) -> None:
    HelpCase.objects.filter(pk=cases[1]).update(locked=True)
    before = len(chain_of(cases[1]))
    with pytest.raises(NotLawfulNow, match="锁"):
        together("enter_sample", cases)
    states = HelpCase.objects.filter(pk__in=cases).order_by("pk").values_list("state", flat=True)
    assert list(states) == ["EVALUATING", "HELP_DONE", "EVALUATING", "EVALUATING"]
    assert len(chain_of(cases[1])) == before
    assert not Answer.objects.filter(key=key(cases[1])).exists()
    open_steps = WorkItem.objects.filter(subject_id=cases[1], done_at=None, dropped_at=None)
    assert [item.step for item in open_steps] == []


def test_a_failure_in_the_midst_writes_nothing(
    cases: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables()
    found = writes.add_all

    def failing(rows: Any) -> None:
        found(rows)
        if JournalEntry.objects.filter(act="enter_sample").exists():
            raise AssertionError("rows were written before the end")
        if failing.calls == MANY:  # type: ignore[attr-defined]
            raise OSError("in the midst")
        failing.calls += 1  # type: ignore[attr-defined]

    failing.calls = 0  # type: ignore[attr-defined]
    monkeypatch.setattr(writes, "add_all", failing)
    with pytest.raises(OSError, match="in the midst"), transaction.atomic():
        together("enter_sample", cases)
    assert tables() == before


def test_an_act_that_touches_others_is_done_one_by_one(cases: list[int]) -> None:
    with pytest.raises(ValueError, match="one by one"):
        together("issue_order", cases)
