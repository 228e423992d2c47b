"""Courses: runs of a flow for a subject. Tasks are completed and opened here and nowhere else."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS, STATUS

from casework.cases.states import CaseState, TransferState
from casework.ledger.act import Books
from casework.ledger.models import JournalEntry
from casework.lib import clock
from casework.lib.errors import NotLawfulNow
from casework.staff.models import User
from evaluation.rectification.queries import cases_of
from evaluation.rectification.states import ItemState
from evaluation.scoring.states import Purpose
from workflows.models import Deadline, Run, WorkItem
from workflows.nodes import Step, Wait
from workflows.subjects import (
    ORDER,
    SubjectKind,
    assigned_evaluator,
    evaluator_body_of,
    kind_of,
    provider_of,
)

if TYPE_CHECKING:
    from workflows.acts import ActSpec

OPEN = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)
# States in which no course goes on; a rejected case still has its refusal to deliver.
OVER = (CaseState.CLOSED, CaseState.TERMINATED, CaseState.MERGED, CaseState.DECLINED)


# Work that belongs to one evaluator: the first, or whoever rechecked what was put right.
_EVALUATORS_WORK = {"submit_scores": Purpose.FIRST, "rescore": Purpose.RECHECK}


def open_runs(kind: SubjectKind, subject: Any) -> list[Run]:
    return list(
        Run.objects.select_related("process").filter(
            subject_type=kind.type, subject_id=subject.pk, finished_at__isnull=True
        )
    )


def open_task(kind: SubjectKind, subject: Any, step: str) -> Task | None:
    """The open task of a step, in whichever course of the subject it stands."""
    tasks = Task.objects.select_related("process").filter(
        process__run__subject_type=kind.type,
        process__run__subject_id=subject.pk,
        process__run__finished_at__isnull=True,
        status__in=OPEN,
    )
    return next((task for task in tasks if task.flow_task and task.flow_task.name == step), None)


def require_step(
    spec: "ActSpec", kind: SubjectKind, held: Any, ways: Mapping[str, "ActSpec"]
) -> None:
    """Refuse an act whose step is not due, and say who did it already, in whichever of its ways."""
    if open_task(kind, held, spec.step or "") is not None:
        return
    done = JournalEntry.objects.filter(
        subject_type=kind.type, subject_id=held.pk, act__in=list(ways)
    )
    last = done.order_by("-seq").first()
    if last is not None:
        raise NotLawfulNow(
            _("“%(act)s” was already done by %(who)s at %(when)s.")
            % {
                "act": ways[last.act].title,
                "who": last.by_name or _("the system"),
                "when": clock.local_text(last.moment),
            }
        )
    raise NotLawfulNow(
        _("“%(act)s” is not the step that is due now. Reload the page to see what is.")
        % {"act": spec.title}
    )


def advance(spec: "ActSpec", kind: SubjectKind, held: Any, before: str, books: Books) -> None:
    """Complete the act's task and open what follows; start and end courses as the act says."""
    if spec.starts and spec.starts_when(held) and not _is_running(kind, held, spec.starts):
        begin(kind, held, spec.starts, books)
    if spec.step and spec.completes(held):
        finish(kind, held, spec.step, books.by)
    if spec.name == "issue_order":
        order = held.rectification_items.order_by("-pk").first().order
        begin(ORDER, order, "main", books)
        for other in cases_of(order):
            if other.pk != held.pk:
                finish(kind, other, "issue_order", books.by)
    if kind is ORDER:
        _wake_settled_cases(held, books)
    if spec.restarts(held):
        _abandon(kind, held, books, courses=("main", "reopened"))
        begin(kind, held, "reopened", books)
    if kind.type == "case" and held.state in OVER and before != held.state:
        _abandon(kind, held, books)
        if spec.name == "terminate":
            begin(kind, held, "termination", books)


def _is_running(kind: SubjectKind, held: Any, course: str) -> bool:
    return any(run.course == course for run in open_runs(kind, held))


def begin(kind: SubjectKind, subject: Any, course: str, books: Books) -> Run:
    """Start a course of the current flow version for a subject."""
    flow_class = kind.flow.CURRENT
    node = getattr(flow_class, course)
    activation = node.activation_class.create(node, None, None)
    activation.process.subject_in_hand = subject
    activation.execute()
    return Run.objects.create(
        subject_type=kind.type,
        subject_id=subject.pk,
        course=course,
        version=flow_class.version,
        process=activation.process,
        opened_at=books.moment,
    )


def finish(kind: SubjectKind, subject: Any, step: str, by: User | None) -> None:
    """Finish a step's open task, if there is one, and open what follows."""
    task = open_task(kind, subject, step)
    if task is None:
        return
    activation = task.flow_task.activation_class(task)
    activation.process.subject_in_hand = subject
    activation.begin(by)
    activation.complete()
    activation.activate_next()


def _wake_settled_cases(order: Any, books: Books) -> None:
    """A case whose items are all struck off goes on to be scored again."""
    for case in cases_of(order):
        if not case.rectification_items.exclude(state=ItemState.STRUCK_OFF).exists():
            finish(kind_of(case), case, "await_rectification", books.by)


def _abandon(kind: SubjectKind, subject: Any, books: Books, courses: tuple[str, ...] = ()) -> None:
    """Close the open tasks of a subject that has ended or starts afresh."""
    for run in open_runs(kind, subject):
        if courses and run.course not in courses:
            continue
        Task.objects.filter(process=run.process, status__in=OPEN).update(
            status=STATUS.CANCELED, finished=books.moment
        )
        run.process.status = PROCESS.CANCELED
        run.process.finished = books.moment
        run.process.save(update_fields=["status", "finished"])


def open_work(kind: SubjectKind, subject: Any, books: Books) -> None:
    """Make the open work items of a subject those of its open tasks, with owners and due dates."""
    tasks = {
        task.pk: task
        for task in Task.objects.select_related("process__run").filter(
            process__run__subject_type=kind.type,
            process__run__subject_id=subject.pk,
            process__run__finished_at__isnull=True,
            status__in=OPEN,
        )
    }
    _close_finished_runs(kind, subject, books, {task.process_id for task in tasks.values()})
    items = {
        item.task_id: item
        for item in WorkItem.objects.select_related("task").filter(
            subject_type=kind.type,
            subject_id=subject.pk,
            done_at__isnull=True,
            dropped_at__isnull=True,
        )
    }
    for task_id in items.keys() - tasks.keys():
        _settle(items[task_id], books)
    due = _due_dates(kind, subject)
    for task_id, task in tasks.items():
        step = task.flow_task
        if isinstance(step, Step) and not isinstance(step, Wait):
            item = items.get(task_id) or _open_item(kind, subject, task, books)
            _place(item, kind, subject, step, due)


def _close_finished_runs(kind: SubjectKind, subject: Any, books: Books, alive: set[int]) -> None:
    Run.objects.filter(
        subject_type=kind.type, subject_id=subject.pk, finished_at__isnull=True
    ).exclude(process_id__in=alive).update(finished_at=books.moment)


def _settle(item: WorkItem, books: Books) -> None:
    if item.task.status == STATUS.DONE:
        item.done_at = books.moment
        item.done_by = books.by
    else:
        item.dropped_at = books.moment
    item.save(update_fields=["done_at", "done_by", "dropped_at"])


def _due_dates(kind: SubjectKind, subject: Any) -> dict[str, Any]:
    due: dict[str, Any] = {}
    rows = Deadline.objects.filter(
        subject_type=kind.type,
        subject_id=subject.pk,
        met_on__isnull=True,
        dropped_on__isnull=True,
        is_duty=True,
    ).values_list("kind", "due_on")
    for name, day in rows:
        due[name] = min(day, due.get(name, day))
    return due


def _open_item(kind: SubjectKind, subject: Any, task: Task, books: Books) -> WorkItem:
    return WorkItem(
        task=task,
        run=task.process.run,
        subject_type=kind.type,
        subject_id=subject.pk,
        step=task.flow_task.name,
        roles=f",{','.join(task.flow_task.roles)},",
        opened_at=books.moment,
    )


def _place(
    item: WorkItem, kind: SubjectKind, subject: Any, step: Step, due: dict[str, Any]
) -> None:
    """Set where the work stands, whose it is and until when; written only if something changed."""
    before = (item.district, item.street, item.organisation_id, item.due_on, item.on_hold)
    district, street, organisation = kind.place_of(subject)
    if step.name == "accept_transfer":
        street = subject.transfers.get(state=TransferState.OFFERED).to_street
        district = street[:6]
    item.district, item.street = district, street
    item.organisation_id = _organisation_of(subject, step) or organisation
    days = [due[name] for name in step.due if name in due]
    item.due_on = min(days) if days else None
    item.on_hold = bool(getattr(subject, "hold", "")) and step.name not in (
        "resume",
        "accept_transfer",
    )
    now = (item.district, item.street, item.organisation_id, item.due_on, item.on_hold)
    if item._state.adding:
        item.owner = _natural_owner(subject, step)
        item.claimed_at = item.opened_at if item.owner else None
        item.save()
    elif before != now:
        if before[1] != now[1]:
            # The street changed hands: what was claimed in the old one is free again.
            item.owner, item.claimed_at = None, None
        item.save()


def _organisation_of(subject: Any, step: Step) -> int | None:
    """The organisation whose people may take the step, where it is not a public office."""
    if "PR" in step.roles:
        return provider_of(subject)
    if {"EV", "LE"} & set(step.roles):
        return evaluator_body_of(subject)
    return None


def _natural_owner(subject: Any, step: Step) -> User | None:
    """Work goes to the case's own caseworker, or to the evaluator it was assigned to."""
    if step.name in _EVALUATORS_WORK:
        return assigned_evaluator(subject, _EVALUATORS_WORK[step.name])
    if step.roles[:1] == ("CW",) and step.name != "accept_transfer":
        caseworker: User | None = subject.caseworker
        return caseworker
    return None
