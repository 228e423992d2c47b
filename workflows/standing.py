"""Where a subject stands in its courses: read once under its lock, kept true through the act.

Every part of an act that asks what is open asks here, so that one act reads its tasks, its work
items and its deadlines once, however many of its parts need them.
"""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from casework.lib import writes
from workflows.models import Deadline, Run, WorkItem
from workflows.subjects import SubjectKind

OPEN = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)


def open_tasks(kind: SubjectKind, numbers: list[int]) -> QuerySet[Task]:
    """The open tasks of subjects of one kind, with process, run and work item."""
    found: QuerySet[Task] = Task.objects.select_related("process__run", "work_item").filter(
        process__run__subject_type=kind.type,
        process__run__subject_id__in=numbers,
        process__run__finished_at__isnull=True,
        status__in=OPEN,
    )
    return found


def open_deadlines(kind: SubjectKind, numbers: list[int]) -> QuerySet[Deadline]:
    """The open deadlines of subjects of one kind."""
    return Deadline.objects.filter(
        subject_type=kind.type,
        subject_id__in=numbers,
        met_on__isnull=True,
        dropped_on__isnull=True,
    )


class Standing:
    """The open tasks with their work items, and the open deadlines, of one subject."""

    def __init__(self, kind: SubjectKind, subject: Any) -> None:
        self.kind = kind
        self.subject = subject
        self._runs: dict[int, Run] = {}
        self._items: dict[int, WorkItem | None] = {}

    @cached_property
    def tasks(self) -> list[Task]:
        """The tasks that were open when first asked for, and those opened since."""
        found = list(open_tasks(self.kind, [self.subject.pk]))
        self._take(found)
        return found

    def _take(self, found: Iterable[Task]) -> None:
        for task in found:
            # One process object per process: what a step changes on it, every task sees.
            run = self._runs.setdefault(task.process_id, task.process.run)
            task.process = run.process
            run.process.standing_in_hand = self
            self._items[task.pk] = getattr(task, "work_item", None)

    def hold(self, tasks: list[Task], deadlines: list[Deadline]) -> None:
        """Take in what is open where it was read with that of others."""
        self._take(tasks)
        self.tasks, self.deadlines = tasks, deadlines

    @property
    def open_tasks(self) -> list[Task]:
        return [task for task in self.tasks if task.status in OPEN]

    @property
    def ended_tasks(self) -> list[Task]:
        """The tasks that this act has done or cancelled."""
        return [task for task in self.tasks if task.status not in OPEN]

    @property
    def runs(self) -> list[Run]:
        """The runs that were open when first asked for, and those begun since."""
        # Reading the tasks finds the runs.
        return list(self._runs.values()) if self.tasks or self._runs else []

    def open_task(self, step: str) -> Task | None:
        """The open task of a step, in whichever course it stands."""
        return next(
            (task for task in self.open_tasks if task.flow_task and task.flow_task.name == step),
            None,
        )

    def run_of(self, task: Task) -> Run:
        return self._runs[task.process_id]

    def item_of(self, task: Task) -> WorkItem | None:
        """The work item of a task; waits and tasks just opened have none."""
        return self._items.get(task.pk)

    def opened(self, task: Task) -> None:
        """Take in a task that the engine has opened for the subject in hand."""
        self.tasks.append(task)

    def began(self, run: Run) -> None:
        """Take in a course that this act has begun."""
        self._runs[run.process_id] = run

    def due_days(self) -> dict[str, date]:
        """The earliest open day of each kind of duty."""
        due: dict[str, date] = {}
        for deadline in self.deadlines:
            if deadline.is_duty:
                kept = due.get(deadline.kind, deadline.due_on)
                due[deadline.kind] = min(deadline.due_on, kept)
        return due

    @cached_property
    def deadlines(self) -> list[Deadline]:
        """The deadlines that are open; the act's own changes are kept up here."""
        return list(open_deadlines(self.kind, [self.subject.pk]))

    def close_deadlines(self, closed: Iterable[Deadline], **how: Any) -> None:
        """Write one thing about some of the deadlines, by which they are open no more."""
        gone = list(closed)
        writes.change_all(gone, **how)
        self.deadlines[:] = [kept for kept in self.deadlines if kept not in gone]

    def open_deadlines(self, opened: Iterable[Deadline]) -> None:
        """Write deadlines that this act opens."""
        found = list(opened)
        writes.add_all(found)
        self.deadlines.extend(found)


class Desk:
    """The standings of every subject that one act touches."""

    def __init__(self) -> None:
        self._standings: dict[tuple[str, int], Standing] = {}

    def lay_out(self, kind: SubjectKind, subjects: Iterable[Any]) -> None:
        """Read at once where many subjects of one kind stand."""
        standings = {subject.pk: self.of(kind, subject) for subject in subjects}
        tasks: dict[int, list[Task]] = {number: [] for number in standings}
        for task in open_tasks(kind, list(standings)):
            tasks[task.process.run.subject_id].append(task)
        deadlines: dict[int, list[Deadline]] = {number: [] for number in standings}
        for deadline in open_deadlines(kind, list(standings)):
            deadlines[deadline.subject_id].append(deadline)
        for number, standing in standings.items():
            standing.hold(tasks[number], deadlines[number])

    def of(self, kind: SubjectKind, subject: Any) -> Standing:
        return self._standings.setdefault((kind.type, subject.pk), Standing(kind, subject))
