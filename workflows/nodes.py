"""Our node types: a step that a person takes, and a wait for something outside the flow."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Self

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Edge, Node
from viewflow.workflow.models import Task
from viewflow.workflow.nodes.view import View, ViewActivation
from viewflow.workflow.signals import task_finished
from viewflow.workflow.status import STATUS

from casework.lib import clock, writes
from casework.lib.errors import NotLawfulNow

# Told of the subject by the flow's own `subject_of`; true when this way on is the one to take.
Condition = Callable[[Any], bool]
# The engine's own row between a task and the one it followed from.
_Thread: Any = Task.previous.through


class Way(NamedTuple):
    """One way on from a step: where to, when, and how the picture calls it."""

    to: Any
    when: Condition | None
    label: str


class StepActivation(ViewActivation):
    """A human task that only `workflows.perform` finishes."""

    @classmethod
    def create(
        cls, flow_task: Any, prev_activation: Any, token: Any, data: Any = None, seed: Any = None
    ) -> Self:
        """Write a step's task and the thread to the one before; tell the standing in hand."""
        process = prev_activation.process
        task = Task(process=process, flow_task=flow_task, token=token, data=data or {})
        task.seed = seed
        # As its own saving would set it, were it saved by itself.
        task.flow_task_type = flow_task.task_type
        writes.add(task)
        writes.add(_Thread(from_task=task, to_task=prev_activation.task))
        process.standing_in_hand.opened(task)
        return cls(task)

    @Activation.status.transition(source=[STATUS.NEW, STATUS.ASSIGNED], target=STATUS.STARTED)
    def begin(self, user: Any) -> None:
        """Take the task up in the name of the person who acts; none for the system."""
        self.task.owner = user

    @Activation.status.transition(source=STATUS.STARTED, target=STATUS.DONE)
    def complete(self) -> None:
        """Write that the step is done, by whom and when."""
        self.task.finished = clock.now()
        writes.change(self.task, "status", "finished", "owner")
        task_finished.send(sender=self.flow_class, process=self.process, task=self.task)

    @Activation.status.transition(source=STATUS.DONE)
    def create_next(self) -> Iterator[Activation]:
        subject = self.flow_class.subject_of(self.process)
        for way in self.flow_task.ways:
            if way.when is None or way.when(subject):
                yield way.to._create(self, self.task.token)
                return

    @Activation.status.transition(source=STATUS.DONE)
    def activate_next(self) -> None:
        """Open what follows; a step waits for its person, the engine goes on only past others."""
        # The engine keeps activations in a set, where a task needs its number: written together
        # with others it has none yet.
        for following in self.create_next():
            if not isinstance(following, StepActivation):
                self._activate_next({following})

    @Activation.status.transition(source=STATUS.DONE, target=STATUS.CANCELED)
    def undo(self) -> None:
        raise NotLawfulNow("A step is undone by an act of its own, never by the engine alone.")

    @Activation.status.transition(source=STATUS.CANCELED, target=STATUS.REVIVED)
    def revive(self) -> None:
        raise NotLawfulNow("A step is opened by an act of its own, never by the engine alone.")


class Step(View):
    """Something a person must do; the ways on are chosen by the subject's state."""

    activation_class = StepActivation

    def __init__(self, title: Any, *roles: str, due: tuple[str, ...] = ()) -> None:
        super().__init__(view=None)
        self.task_title = title
        self.roles = roles
        self.due = due
        self.ways: list[Way] = []

    @property
    def roles_text(self) -> str:
        """The roles as a work item keeps them, findable by `,CW,`."""
        return f",{','.join(self.roles)},"

    def When(self, condition: Condition, to: Any, label: str = "") -> Self:  # noqa: N802
        """Go on to `to` when the subject fits; the first that fits is taken."""
        self.ways.append(Way(to, condition, label))
        return self

    def Next(self, to: Any) -> Self:  # noqa: N802
        """Go on to `to` when nothing before it fitted."""
        self.ways.append(Way(to, None, ""))
        return self

    def _resolve(self, instance: Any) -> None:
        super()._resolve(instance)
        self.ways = [way._replace(to=this.resolve(instance, way.to)) for way in self.ways]

    def _outgoing(self) -> Iterator[Edge]:
        for way in self.ways:
            yield Edge(
                src=self,
                dst=way.to,
                edge_class="cond_true" if way.when else "next",
                label=way.label or None,
            )


class Wait(Step):
    """A wait for something outside this flow: a draw, an order's strike-off."""

    task_type = "WAIT"
    bpmn_element = "receiveTask"


class Begin(flow.StartHandle):
    """Where a course begins, from code."""


class CaseworkFlow(flow.Flow):
    """What our flows share: a waiting row lock, and no way round `perform`."""

    version = 0
    subject_type = ""

    @classmethod
    def subject_of(cls, process: Any) -> Any:
        """The case or order a process is about, as `perform` holds it under lock."""
        return process.standing_in_hand.subject

    def cancel(self, process: Any) -> None:
        raise NotLawfulNow("A case is ended by an act, never by the engine alone.")


def role_texts(role: str) -> set[str]:
    """What work items of steps open to a role keep as their roles, over every flow version.

    A list of whole values is found by an index; a part of a text would be sought in every row.
    """
    return {step.roles_text for step in every_step() if role in step.roles}


def every_step() -> Iterator[Step]:
    """The steps of every flow version that this process knows."""
    for version in CaseworkFlow.__subclasses__():
        for node in version.instance.nodes():
            if isinstance(node, Step):
                yield node


__all__ = ["Begin", "CaseworkFlow", "Node", "Step", "Wait", "Way", "every_step", "role_texts"]
