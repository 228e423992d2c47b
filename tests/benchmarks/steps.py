"""One human step: ours whole, the libraries bare, and the raw durable write, in turns.

`python -m tests.benchmarks.steps CLIENTS STEPS` answers with each contender's steps per
second, milliseconds of client CPU and SQL statements per step (medians of interleaved rounds).
"""

import json
import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.faults import driver  # sets Django up

from django.db import connection, connections, models, transaction  # isort: skip
from django_fsm import FSMField, transition
from viewflow import this
from viewflow.workflow import flow, lock
from viewflow.workflow.activation import Activation
from viewflow.workflow.models import Task
from viewflow.workflow.nodes.view import ViewActivation
from viewflow.workflow.status import STATUS

from casework.cases.models import HelpCase
from casework.staff.models import User
from casework.staff.scope import reach_of
from workflows.perform import perform

ROUNDS = 5


class BareActivation(ViewActivation):
    """A task that is taken up without a request."""

    @Activation.status.transition(source=STATUS.NEW, target=STATUS.STARTED)
    def take(self, user: Any) -> None:
        self.task.owner = user


class BareView(flow.View):
    activation_class = BareActivation


class BareFlow(flow.Flow):
    """The engine as its documentation shows it: one human step after another."""

    lock_impl = lock.SelectForUpdateLock(nowait=False, attempts=1)

    start = flow.StartHandle().Next(this.first)
    first = BareView(view=None).Next(this.second)
    second = BareView(view=None).Next(this.end)
    end = flow.End()


# The engine finds a flow by the application it lives in; the bench is none.
BareFlow.__module__ = "workflows.bare_flow"
sys.modules[BareFlow.__module__] = sys.modules[__name__]


class BareCase(models.Model):
    """What a project with the state machine alone would keep."""

    state = FSMField(default="REFERRED", protected=True)

    class Meta:
        app_label = "workflows"
        db_table = "bench_fsm"
        managed = False

    def __str__(self) -> str:
        return str(self.state)

    @transition(field=state, source="REFERRED", target="ACCEPTED")
    def accept(self) -> None:
        """The one step."""


@dataclass
class Contender:
    """One way to do a step: how its subjects are made, and how one is moved on."""

    prepare: Callable[[int], list[Any]]
    step: Callable[[Any], None]


def _our_cases(count: int) -> list[Any]:
    known = set(HelpCase.objects.values_list("pk", flat=True))
    households = list(
        driver.Household.objects.exclude(pk__in=HelpCase.objects.values("household_id"))[:count]
    )
    by = User.objects.get(username="cw")
    for household in households:
        perform(
            "refer",
            by=by,
            household=household,
            source="COMMITTEE",
            reason="试",
            division=driver.STREET,
        )
    return list(HelpCase.objects.exclude(pk__in=known).order_by("pk"))


def _our_step(case: HelpCase) -> None:
    perform("accept_referral", case, by=_actor(), key=f"bench-{case.pk}")


_ACTOR: list[User] = []


def _actor() -> User:
    """The signed-in person, whose reach the request has read before it acts."""
    if not _ACTOR:
        _ACTOR.append(User.objects.get(username="cw"))
        reach_of(_ACTOR[0])
    return _ACTOR[0]


def _bare_processes(count: int) -> list[Any]:
    made = []
    for _number in range(count):
        with transaction.atomic():
            activation = BareFlow.start.activation_class.create(BareFlow.start, None, None)
            activation.execute()
            made.append(activation.process)
    return list(Task.objects.filter(process__in=made, status=STATUS.NEW).order_by("pk"))


def _bare_step(task: Task) -> None:
    with transaction.atomic(), task.activation() as activation:
        activation.take(_actor())
        activation.execute()


def _fsm_cases(count: int) -> list[Any]:
    return BareCase.objects.bulk_create(BareCase() for _number in range(count))


def _fsm_step(case: BareCase) -> None:
    with transaction.atomic():
        held = BareCase.objects.select_for_update().get(pk=case.pk)
        held.accept()
        held.save()


def _raw_rows(count: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_raw (state) SELECT 'A' FROM generate_series(1, %s) RETURNING id",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def _raw_step(number: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE bench_raw SET state = 'B' WHERE id = %s", [number])
        cursor.execute("INSERT INTO bench_done (of, facts) VALUES (%s, '{}')", [number])


CONTENDERS = {
    "ours": Contender(_our_cases, _our_step),
    "viewflow": Contender(_bare_processes, _bare_step),
    "fsm": Contender(_fsm_cases, _fsm_step),
    "raw": Contender(_raw_rows, _raw_step),
}


def tables() -> None:
    """The tables of the contenders that keep their own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_fsm (id serial PRIMARY KEY, state varchar(50))"
        )
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_raw (id serial PRIMARY KEY, state varchar(50))"
        )
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS bench_done (id serial PRIMARY KEY, of int, facts jsonb)"
        )


def _walk(name: str, subjects: list[Any]) -> tuple[float, float]:
    """Wall and CPU seconds that this process needs for its subjects."""
    step = CONTENDERS[name].step
    wall, cpu = time.perf_counter(), time.process_time()
    for subject in subjects:
        step(subject)
    return time.perf_counter() - wall, time.process_time() - cpu


def _share(work: tuple[str, list[Any]]) -> tuple[float, float]:
    _actor()
    connection.ensure_connection()
    return _walk(*work)


def statements(name: str) -> int:
    """How many statements one step sends, counted where the driver hands them over."""
    (subject,) = CONTENDERS[name].prepare(1)
    count = 0

    def counting(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting):
        CONTENDERS[name].step(subject)
    return count


def steps(clients: int, each: int) -> dict[str, Any]:
    """Rates, CPU and statements of every contender, in interleaved rounds."""
    tables()
    for name in CONTENDERS:
        _walk(name, CONTENDERS[name].prepare(3))
    counted = {name: statements(name) for name in CONTENDERS}
    walls: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    cpus: dict[str, list[float]] = {name: [] for name in CONTENDERS}
    for _round in range(ROUNDS):
        for name, contender in CONTENDERS.items():
            subjects = contender.prepare(clients * each)
            shares = [(name, subjects[start::clients]) for start in range(clients)]
            if clients == 1:
                wall, cpu = _walk(*shares[0])
            else:
                # A forked client must open a connection of its own.
                connections.close_all()
                with multiprocessing.get_context("fork").Pool(clients) as pool:
                    pool.map(_warm, range(clients), chunksize=1)
                    started = time.perf_counter()
                    spent = pool.map(_share, shares, chunksize=1)
                    wall = time.perf_counter() - started
                cpu = sum(one for _wall, one in spent)
            walls[name].append(clients * each / wall)
            cpus[name].append(1000 * cpu / (clients * each))
    return {
        "ours": statistics.median(walls["ours"]),
        "peer": statistics.median(walls["viewflow"]),
        "limit": statistics.median(walls["raw"]),
        "details": {
            name: f"{statistics.median(walls[name]):.0f} steps/s, "
            f"{statistics.median(cpus[name]):.1f} ms of client CPU, {counted[name]} statements"
            for name in CONTENDERS
        },
    }


def _warm(_number: int) -> None:
    _actor()
    connection.ensure_connection()
    time.sleep(0.05)


if __name__ == "__main__":
    print(json.dumps(steps(int(sys.argv[1]), int(sys.argv[2]))))
