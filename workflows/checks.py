"""Checks that flows, open tasks and states agree: at start-up, at deployment and every night."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import django_fsm
from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register
from viewflow.workflow.lock import SelectForUpdateLock
from viewflow.workflow.models import Task

from casework.cases.models import HelpCase
from casework.cases.states import CaseState
from casework.ledger.models import JournalEntry
from workflows.case_flow import CaseFlowV1
from workflows.lists import open_items
from workflows.models import Run
from workflows.nodes import CaseworkFlow, Step, every_step
from workflows.order_flow import OrderFlowV1
from workflows.standing import OPEN

FLOWS = (CaseFlowV1, OrderFlowV1)

# The fingerprint of each published version. A published version never changes: a change is a
# new version with a factory of its own.
PUBLISHED: dict[str, str] = {
    "CaseFlowV1": "e073d59b55dea49f70c13db9fca26dbdbff39872419eed398f073d6e1325e988",
    "OrderFlowV1": "ab428a9787b240430376d2a840f670f9a41f56feaa6a92605b315c1c347b5ab1",
}

# In which states of the case a step of its main course may stand open.
STATES_OF_STEP = {
    "decide_referral": {CaseState.REFERRED},
    "arrange_verification": {CaseState.ACCEPTED, CaseState.VERIFYING},
    "record_verification": {CaseState.VERIFYING},
    "confirm_verification": {CaseState.VERIFYING},
    "notify_refusal": {CaseState.REJECTED},
    "post_publicity": {CaseState.VERIFIED},
    "make_plan": {CaseState.VERIFIED, CaseState.PUBLICISED},
    "approve_plan": {CaseState.VERIFIED, CaseState.PUBLICISED},
    "start_help": {CaseState.PLANNED},
    "finish_help": {CaseState.IN_HELP},
    "await_sample": {CaseState.HELP_DONE},
    "close_self_checked": {CaseState.SELF_CHECKED},
    "assign_evaluator": {CaseState.EVALUATING},
    "submit_scores": {CaseState.EVALUATING},
    "confirm_result": {CaseState.EVALUATING},
    "issue_order": {CaseState.EVALUATING},
    "await_rectification": {CaseState.RECTIFYING, CaseState.RECHECKING},
    "rescore": {CaseState.RECHECKING},
    "close_rectified": {CaseState.RECHECKING},
}


def fingerprint(flow_class: type[CaseworkFlow]) -> str:
    """A hash of a flow's steps, roles, deadlines and ways on."""
    shape = [
        [
            node.name,
            type(node).__name__,
            list(getattr(node, "roles", ())),
            list(getattr(node, "due", ())),
            [[edge.dst.name, edge.edge_class, str(edge.label or "")] for edge in node._outgoing()],
        ]
        for node in sorted(flow_class.instance.nodes(), key=lambda node: node.name)
    ]
    return hashlib.sha256(json.dumps(shape, ensure_ascii=False).encode()).hexdigest()


@register()
def check_flows(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Every flow locks and waits, every step names its roles, no published version changed."""
    messages: list[CheckMessage] = []
    for flow_class in FLOWS:
        lock_impl = flow_class.lock_impl
        if not isinstance(lock_impl, SelectForUpdateLock) or lock_impl.nowait:
            messages.append(Error(f"{flow_class} has no waiting row lock.", id="workflows.E001"))
        messages += [
            Error(f"{node.name} names no role.", id="workflows.E002")
            for node in flow_class.instance.nodes()
            if type(node) is Step and not node.roles
        ]
        published = PUBLISHED.get(flow_class.__name__)
        if published and published != fingerprint(flow_class):
            messages.append(
                Error(
                    f"{flow_class.__name__} is published and was changed.",
                    hint="Leave it as it was and publish a new version beside it.",
                    id="workflows.E003",
                )
            )
    return messages


@register()
def check_state_machine(
    app_configs: Sequence[AppConfig] | None, **_kwargs: Any
) -> list[CheckMessage]:
    """django-fsm-2 alone provides the module `django_fsm`: the two overwrite each other's files."""
    try:
        version("django-fsm")
    except PackageNotFoundError:
        both = False
    else:
        both = True
    if both or not hasattr(django_fsm, "FSMModelMixin"):
        return [
            Error(
                "django-fsm stands beside or in place of django-fsm-2.",
                hint="Make the environment anew from requirements.lock.",
                id="workflows.E004",
            )
        ]
    return []


def flow_faults() -> Iterator[str]:
    """What disagrees between flows, open tasks, states and the journal."""
    for message in check_flows(None):
        yield str(message.msg)
    yield from _task_faults()
    yield from _role_faults()
    yield from state_faults()


def _task_faults() -> Iterator[str]:
    subjects = {
        run.process_id: run for run in Run.objects.filter(finished_at__isnull=True).iterator()
    }
    states = dict(HelpCase.objects.open().values_list("pk", "state"))
    rejected = HelpCase.objects.filter(state=CaseState.REJECTED).values_list("pk", "state")
    states.update(rejected)
    for task in Task.objects.filter(status__in=OPEN).iterator():
        run = (
            subjects.pop(task.process_id, None)
            or Run.objects.filter(process_id=task.process_id).first()
        )
        if not _is_live(task):
            yield f"task {task.pk}: its step no longer exists"
        elif run is None:
            yield f"task {task.pk}: belongs to no run"
        elif run.subject_type == "case":
            allowed = STATES_OF_STEP.get(task.flow_task.name)
            state = states.get(run.subject_id)
            if allowed and state not in allowed:
                name = task.flow_task.name
                yield f"case {run.subject_id}: is {state}, but its step {name} is open"


def _role_faults() -> Iterator[str]:
    """Open work that no list shows: its roles are those of no flow version this process knows."""
    unknown = open_items().exclude(roles__in={step.roles_text for step in every_step()})
    for number, step in unknown.order_by("pk").values_list("pk", "step").iterator():
        yield f"work item {number}: its step {step} is open to roles of no known flow version"


def _is_live(task: Task) -> bool:
    step = task.flow_task
    return step is not None and step.name in {
        node.name for node in step.flow_class.instance.nodes()
    }


def state_faults() -> Iterator[str]:
    """Cases whose state is not the one their last journal entry led to."""
    last: dict[int, tuple[int, str]] = {}
    rows = JournalEntry.objects.filter(subject_type="case").exclude(to_state="")
    for number, seq, to_state in rows.values_list("subject_id", "seq", "to_state").iterator():
        if seq > last.get(number, (0, ""))[0]:
            last[number] = (seq, to_state)
    for number, state in HelpCase.objects.order_by("pk").values_list("pk", "state").iterator():
        recorded = last.get(number, (0, ""))[1]
        if recorded != state:
            yield f"case {number}: is {state}, but its journal ends at {recorded or 'nothing'}"
