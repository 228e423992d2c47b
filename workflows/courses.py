"""Courses: runs of a flow for a subject. Tasks are completed and opened here and nowhere else."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from viewflow.workflow.models import Task
from viewflow.workflow.status import PROCESS, STATUS

from casework.cases.states import TransferState
from casework.ledger.act import Books
from casework.ledger.models import JournalEntry
from casework.lib import clock, writes
from casework.lib.errors import NotLawfulNow
from casework.staff.models import User
from evaluation.rectification.queries import cases_of
from evaluation.rectification.states import ItemState
from evaluation.scoring.states import Purpose
from workflows.deadline_rules import OVER
from workflows.models import Run, WorkItem
from workflows.nodes import Step, Wait
from workflows.standing import Desk, Standing
from workflows.subjects import CASE, ORDER, assigned_evaluator, evaluator_body_of, provider_of

if TYPE_CHECKING:
    from workflows.acts import ActSpec


# Work that belongs to one evaluator: the first, or whoever rechecked what was put right.
_EVALUATORS_WORK = {"submit_scores": Purpose.FIRST, "rescore": Purpose.RECHECK}

# The way of a case itself, wherever it was taken up again.
MAIN = frozenset({"main", "reopened", "returned_entry", "returned_plan", "returned_help"})
# What goes on although the case has ended.
BESIDE = frozenset({"petition", "correction"})

# Where a piece of work stands, and until when.
_PLACE = ("district", "street", "organisation_id", "due_on", "on_hold")


def require_step(spec: "ActSpec", standing: Standing, ways: Mapping[str, "ActSpec"]) -> None:
    """Refuse an act whose step is not due, and say who did it already, in whichever of its ways."""
    if standing.open_task(spec.step or "") is not None:
        return
    done = JournalEntry.objects.filter(
        subject_type=standing.kind.type, subject_id=standing.subject.pk, act__in=list(ways)
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


def advance(spec: "ActSpec", standing: Standing, desk: Desk, before: str, books: Books) -> None:
    """Complete the act's task and open what follows; start and end courses as the act says."""
    held = standing.subject
    if spec.starts and spec.starts_when(held) and not _is_running(standing, spec.starts):
        begin(standing, spec.starts, books)
    if spec.step and spec.completes(held):
        finish(standing, spec.step, books.by)
    if spec.name == "issue_order":
        order = held.rectification_items.order_by("-pk").first().order
        begin(desk.of(ORDER, order), "main", books)
        for other in cases_of(order):
            if other.pk != held.pk:
                finish(desk.of(CASE, other), "issue_order", books.by)
    if standing.kind is ORDER:
        _wake_settled_cases(held, desk, books)
    if again := spec.restarts(held):
        _abandon(standing, books, only=MAIN)
        begin(standing, again, books)
    if standing.kind is CASE and held.state in OVER and before != held.state:
        _abandon(standing, books, but=BESIDE)
        if spec.name == "terminate":
            begin(standing, "termination", books)


def _is_running(standing: Standing, course: str) -> bool:
    return any(run.course == course for run in standing.runs)


def begin(standing: Standing, course: str, books: Books) -> Run:
    """Start a course of the current flow version for a subject."""
    flow_class = standing.kind.flow.CURRENT
    node = getattr(flow_class, course)
    activation = node.activation_class.create(node, None, None)
    activation.process.standing_in_hand = standing
    activation.execute()
    run = Run.objects.create(
        subject_type=standing.kind.type,
        subject_id=standing.subject.pk,
        course=course,
        version=flow_class.version,
        process=activation.process,
        opened_at=books.moment,
    )
    standing.began(run)
    return run


def finish(standing: Standing, step: str, by: User | None) -> None:
    """Finish a step's open task, if there is one, and open what follows."""
    task = standing.open_task(step)
    if task is None:
        return
    activation = task.flow_task.activation_class(task)
    activation.begin(by)
    activation.complete()
    activation.activate_next()


def _wake_settled_cases(order: Any, desk: Desk, books: Books) -> None:
    """A case whose items are all struck off goes on to be scored again."""
    for case in cases_of(order):
        if not case.rectification_items.exclude(state=ItemState.STRUCK_OFF).exists():
            finish(desk.of(CASE, case), "await_rectification", books.by)


def _abandon(
    standing: Standing,
    books: Books,
    *,
    only: frozenset[str] | None = None,
    but: frozenset[str] = frozenset(),
) -> None:
    """Close the open tasks of a subject that has ended or starts afresh."""
    for run in standing.runs:
        if run.course in but or (only is not None and run.course not in only):
            continue
        tasks = [task for task in standing.open_tasks if task.process_id == run.process_id]
        Task.objects.filter(pk__in=[task.pk for task in tasks]).update(
            status=STATUS.CANCELED, finished=books.moment
        )
        for task in tasks:
            task.status = STATUS.CANCELED
        run.process.status = PROCESS.CANCELED
        run.process.finished = books.moment
        writes.change(run.process, "status", "finished")


def open_work(standing: Standing, books: Books) -> None:
    """Make the open work items of a subject those of its open tasks, with owners and due dates."""
    _close_finished_runs(standing, books)
    for task in standing.ended_tasks:
        item = standing.item_of(task)
        if item is not None and item.is_open:
            _settle(item, task, books)
    due = standing.due_days()
    for task in standing.open_tasks:
        step = task.flow_task
        if isinstance(step, Step) and not isinstance(step, Wait):
            item = standing.item_of(task) or _open_item(standing, task, books)
            _place(item, standing, step, due)


def _close_finished_runs(standing: Standing, books: Books) -> None:
    alive = {task.process_id for task in standing.open_tasks}
    finished = [
        run for run in standing.runs if run.process_id not in alive and run.finished_at is None
    ]
    for run in finished:
        run.finished_at = books.moment
        writes.change(run, "finished_at")


def _settle(item: WorkItem, task: Task, books: Books) -> None:
    if task.status == STATUS.DONE:
        item.done_at = books.moment
        item.done_by = books.by
    else:
        item.dropped_at = books.moment
    writes.change(item, "done_at", "done_by", "dropped_at")


def _open_item(standing: Standing, task: Task, books: Books) -> WorkItem:
    return WorkItem(
        task=task,
        run=standing.run_of(task),
        subject_type=standing.kind.type,
        subject_id=standing.subject.pk,
        step=task.flow_task.name,
        roles=task.flow_task.roles_text,
        opened_at=books.moment,
    )


def _place(item: WorkItem, standing: Standing, step: Step, due: dict[str, date]) -> None:
    """Set where the work stands, whose it is and until when; written only if something changed."""
    subject = standing.subject
    before = [getattr(item, name) for name in _PLACE]
    district, street, organisation = standing.kind.place_of(subject)
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
    now = [getattr(item, name) for name in _PLACE]
    if item._state.adding:
        item.owner_id = _natural_owner(subject, step)
        item.claimed_at = item.opened_at if item.owner_id else None
        writes.add(item)
    elif before != now:
        if before[_PLACE.index("street")] != item.street:
            # The street changed hands: what was claimed in the old one is free again.
            item.owner, item.claimed_at = None, None
        writes.change(item, *_PLACE, "owner_id", "claimed_at")


def _organisation_of(subject: Any, step: Step) -> int | None:
    """The organisation whose people may take the step, where it is not a public office."""
    if "PR" in step.roles:
        return provider_of(subject)
    if {"EV", "LE"} & set(step.roles):
        return evaluator_body_of(subject)
    return None


def _natural_owner(subject: Any, step: Step) -> int | None:
    """Work goes to the case's own caseworker, or to the evaluator it was assigned to."""
    if step.name in _EVALUATORS_WORK:
        evaluator = assigned_evaluator(subject, _EVALUATORS_WORK[step.name])
        return evaluator.pk if evaluator else None
    if step.roles[:1] == ("CW",) and step.name != "accept_transfer":
        caseworker: int | None = subject.caseworker_id
        return caseworker
    return None
