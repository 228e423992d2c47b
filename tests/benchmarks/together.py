"""One act on 10,000 cases, beside one SQL statement with the same writes, and beside the loop.

`python -m tests.benchmarks.together CASES`: one finished case is walked for real, then copied with
its courses, its work and its journal; the act is the draw's, which opens work and a deadline.
"""

import json
import sys
from typing import Any

from tests.faults import driver  # noqa: F401  sets Django up

from django.db import connection, transaction  # isort: skip

from viewflow.workflow.models import Process, Task

from casework.cases.models import HelpCase
from casework.households.models import Household, Member
from casework.ledger.models import JournalEntry
from tests.benchmarks.tools import copying, seconds
from tests.walk import Walk, at
from workflows.models import Deadline, Run, WorkItem
from workflows.perform import perform
from workflows.together import perform_together

# Rows of one case lie within so many numbers of each other.
STRIDE = 100_000
LOOPED = 150
WHEN = at("2018-07-02 10:00")
ACT = "enter_sample"


def together(cases: int) -> dict[str, Any]:
    """Cases a second: ours, the loop through `perform`, one statement."""
    case = Walk.upto("finish").case
    numbers = _copies(case, cases)
    looped = _copies(case, LOOPED, after=cases)
    bare = _copies(case, cases, after=cases + LOOPED)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    ours = cases / seconds(lambda: _together(numbers))
    loop = LOOPED / seconds(lambda: _alone(looped))
    limit = cases / seconds(lambda: _statement(bare))
    done = HelpCase.objects.filter(state="EVALUATING").count()
    assert done == 2 * cases + LOOPED, done
    assert WorkItem.objects.filter(step="assign_evaluator").count() == done
    assert JournalEntry.objects.filter(act=ACT).count() == done
    return {"ours": ours, "peer": loop, "limit": limit}


def _together(numbers: list[int]) -> None:
    perform_together(ACT, numbers, by=None, key=lambda number: f"b-{number}", moment=WHEN)


def _alone(numbers: list[int]) -> None:
    for number in numbers:
        perform(ACT, HelpCase(pk=number), by=None, key=f"b-{number}", moment=WHEN)


def _copies(case: HelpCase, count: int, after: int = 0) -> list[int]:
    """Copy a case with what stands open on it; the numbers of the copies."""
    runs = Run.objects.filter(subject_type="case", subject_id=case.pk)
    processes = list(runs.values_list("process_id", flat=True))
    about = {"subject_type": "case", "subject_id": case.pk}
    copied: list[tuple[type[Any], Any, tuple[str, ...]]] = [
        (Household, Household.objects.filter(pk=case.household_id), ("id", "head_id")),
        (Member, Member.objects.filter(household=case.household_id), ("id", "household_id")),
        (HelpCase, HelpCase.objects.filter(pk=case.pk), ("id", "household_id", "person_id")),
        (Process, Process.objects.filter(pk__in=processes), ("id",)),
        (Run, runs, ("id", "process_id", "subject_id")),
        (Task, Task.objects.filter(process__in=processes), ("id", "process_id")),
        (WorkItem, WorkItem.objects.filter(**about), ("id", "task_id", "run_id", "subject_id")),
        (JournalEntry, JournalEntry.objects.filter(**about), ("id", "subject_id")),
        (Deadline, Deadline.objects.filter(**about), ("id", "subject_id")),
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model, rows, moved in copied:
            _copy(cursor, model, list(rows.values_list("pk", flat=True)), moved, count, after)
    return [case.pk + n * STRIDE for n in range(after + 1, after + count + 1)]


def _copy(
    cursor: Any,
    model: type[Any],
    numbers: list[int],
    moved: tuple[str, ...],
    count: int,
    after: int,
) -> None:
    changed = {name: f't."{name}" + n * {STRIDE}' for name in moved} | {"case_no": "'B-' || n"}
    rows = f"{model._meta.db_table} t CROSS JOIN generate_series(%s, %s) n WHERE t.id = ANY(%s)"
    cursor.execute(copying(model, changed, rows), [after + 1, after + count, numbers])


def _statement(numbers: list[int]) -> None:
    """The same rows by one statement: what the database needs, without a single question asked."""
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT, {"numbers": numbers, "act": ACT, "now": WHEN})


STATEMENT = """
WITH moved AS (
    UPDATE cases_helpcase SET state = 'EVALUATING' WHERE id = ANY(%(numbers)s)
    RETURNING id, handling_district, handling_street
), closed AS (
    UPDATE viewflow_task t SET status = 'DONE', finished = now()
    FROM workflows_run r
    WHERE r.process_id = t.process_id AND r.subject_type = 'case'
        AND r.subject_id = ANY(%(numbers)s) AND r.finished_at IS NULL AND t.status = 'NEW'
    RETURNING t.id, t.process_id, r.id AS run_id, r.subject_id
), opened AS (
    INSERT INTO viewflow_task (process_id, flow_task, flow_task_type, status, created, token, data,
                               external_task_id, owner_permission)
    SELECT process_id, 'workflows/case_flow.CaseFlowV1.assign_evaluator', 'HUMAN', 'NEW', now(),
           'start', '{}', NULL, NULL FROM closed
    RETURNING id, process_id
), threads AS (
    INSERT INTO viewflow_task_previous (from_task_id, to_task_id)
    SELECT o.id, c.id FROM opened o JOIN closed c USING (process_id) RETURNING id
), last AS (
    SELECT DISTINCT ON (subject_id) subject_id, seq, hash FROM ledger_journalentry
    WHERE subject_type = 'case' AND subject_id = ANY(%(numbers)s) ORDER BY subject_id, seq DESC
), entries AS (
    INSERT INTO ledger_journalentry (subject_type, subject_id, seq, act, by_name, on_behalf_of,
        unit, moment, recorded_at, from_state, to_state, reason, facts, prev_hash, hash)
    SELECT 'case', subject_id, seq + 1, %(act)s, '', '', '', %(now)s, now(), 'HELP_DONE',
           'EVALUATING', '', '{}', hash,
           encode(sha256((subject_id || hash || %(act)s)::bytea), 'hex') FROM last
    RETURNING id, subject_id
), duties AS (
    INSERT INTO workflows_deadline (subject_type, subject_id, kind, starts_on, amount, unit,
                                    due_on, is_duty, calendar_unknown)
    SELECT 'case', id, 'evaluate', %(now)s::date, 20, 'WD', %(now)s::date + 28, true, false
    FROM moved RETURNING id
), work AS (
    INSERT INTO workflows_workitem (task_id, run_id, subject_type, subject_id, step, roles,
                                    district, street, opened_at, due_on, on_hold)
    SELECT o.id, c.run_id, 'case', c.subject_id, 'assign_evaluator', ',LE,', m.handling_district,
           m.handling_street, %(now)s, %(now)s::date + 28, false
    FROM opened o JOIN closed c USING (process_id) JOIN moved m ON m.id = c.subject_id
    RETURNING id
)
INSERT INTO ledger_answer (key, fingerprint, entry_id, values)
SELECT 's-' || subject_id, repeat('0', 64), id, '{}' FROM entries
"""

if __name__ == "__main__":
    print(json.dumps(together(int(sys.argv[1]))))
