"""The picture of a case's way, drawn from the machine itself so that it cannot be out of date."""

from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import override

from casework.cases.lawful import LAWFUL_HOLDS, LAWFUL_STATES
from casework.cases.models import HelpCase
from casework.cases.states import ENDED_STATES, CaseState, Hold

PAGE = settings.BASE_DIR / "docs" / "lifecycle.md"
# A picture with an arrow from every open state to the end would show nothing else.
FROM_ANYWHERE = "end_for_good"


class Arrow(NamedTuple):
    """One transition from one state to another, and what it means."""

    name: str
    source: str
    target: str
    meaning: str


def arrows(field: str) -> list[Arrow]:
    """Every transition the machine allows on a field, in the order of the states."""
    found = [
        Arrow(
            transition.name,
            str(transition.source),
            str(transition.target),
            " ".join((transition.method.__doc__ or "").split()),
        )
        for transition in getattr(HelpCase(), f"get_all_{field}_transitions")()
    ]
    order = [str(value) for value in (CaseState if field == "state" else Hold)]
    return sorted(found, key=lambda arrow: (order.index(arrow.source), order.index(arrow.target)))


def draw_lifecycle() -> str:
    """The page docs/lifecycle.md: the picture, the transitions and the lawful acts."""
    with override("en"):
        return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# The life of a case"
    yield ""
    yield "Drawn by `manage.py draw_lifecycle` from the state machine in"
    yield "`casework/cases/models/case.py`; a test compares this page with the code."
    yield ""
    yield from _picture()
    yield ""
    yield "Any open case can be terminated (`end_for_good`); the picture leaves these arrows out."
    yield ""
    yield from _transitions("Transitions", "state")
    yield ""
    yield "A second machine, the hold, rests or moves a case without touching its state."
    yield ""
    yield from _transitions("Holds", "hold")
    yield ""
    yield from _acts()


def _picture() -> Iterator[str]:
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in CaseState:
        yield f"    {state.value} : {state.label}"
    yield f"    [*] --> {CaseState.REFERRED.value}"
    for arrow in arrows("state"):
        if arrow.name != FROM_ANYWHERE:
            yield f"    {arrow.source} --> {arrow.target} : {arrow.name}"
    for state in CaseState:
        if state in ENDED_STATES:
            yield f"    {state.value} --> [*]"
    yield "```"


def _transitions(title: str, field: str) -> Iterator[str]:
    kind = CaseState if field == "state" else Hold
    yield f"## {title}"
    yield ""
    yield "| From | To | Transition | Meaning |"
    yield "| --- | --- | --- | --- |"
    for arrow in arrows(field):
        source, target = kind(arrow.source).label, kind(arrow.target).label
        yield f"| {source} | {target} | `{arrow.name}` | {arrow.meaning} |"


def _acts() -> Iterator[str]:
    yield "## Acts"
    yield ""
    yield "| Act | Lawful in | On hold |"
    yield "| --- | --- | --- |"
    for act, states in LAWFUL_STATES.items():
        where = ", ".join(str(state.label) for state in CaseState if state in states)
        holds = LAWFUL_HOLDS.get(act, frozenset({Hold.NONE}))
        held = ", ".join(str(hold.label) for hold in Hold if hold in holds)
        yield f"| `{act}` | {where} | {held} |"
