"""What a case is going to live through: dated acts, written down before the season begins."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from casework.cases.models import HelpCase
from casework.staff.models import User
from evaluation.rectification.models import RectificationOrder
from workflows.season.people import Home

# The accounts of the evaluation body.
EVALUATORS = ("ev1", "ev2", "ev3")
LEAD = "le"

Facts = Mapping[str, Any]
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Scene:
    """What is known when an act is due: its script with the rows it made, and the accounts."""

    script: "Script"
    users: Mapping[str, User]


Asked = Facts | Callable[[Scene], Facts]
Then = Callable[[Scene, Values], "list[Script]"]


@dataclass
class Step:
    """One act of a script: when, what, by which account, with which facts, and what follows.

    `facts` may be asked for only when the act is due, where they depend on what went before;
    `then` hears the answer and may bring further scripts.
    """

    moment: datetime
    act: str
    by: str
    facts: Asked = field(default_factory=dict)
    then: Then | None = None


@dataclass
class Script:
    """One case's or one order's acts in order; `name` is part of each act's key.

    A referral of a household that another script entered names that script as its host.
    """

    name: str
    steps: list[Step] = field(default_factory=list)
    home: Home | None = None
    host: "Script | None" = None
    subject: HelpCase | RectificationOrder | None = None
    household: int = 0
    members: list[int] = field(default_factory=list)

    def add(
        self,
        moment: datetime,
        act: str,
        by: str,
        facts: Asked | None = None,
        then: Then | None = None,
    ) -> None:
        """Write down the next act."""
        self.steps.append(Step(moment, act, by, facts or {}, then))

    def key(self, position: int) -> str:
        """The name under which one act is submitted: the same on every run."""
        return f"season-{self.name}-{position:02d}-{self.steps[position].act}"

    def until(self, end: datetime) -> "Script":
        """The script without what would lie after the season's end."""
        self.steps = [step for step in self.steps if step.moment <= end]
        return self


@dataclass(frozen=True)
class Offices:
    """The accounts that act for one street."""

    street: str

    @property
    def district(self) -> str:
        return self.street[:6]

    @property
    def caseworker(self) -> str:
        return f"cw.{self.street}"

    @property
    def second_caseworker(self) -> str:
        return f"cw2.{self.street}"

    @property
    def head(self) -> str:
        return f"sh.{self.street}"

    @property
    def community(self) -> str:
        return f"co.{self.street}001"

    @property
    def supervisor(self) -> str:
        return f"ds.{self.district}"

    @property
    def second_supervisor(self) -> str:
        return f"ds2.{self.district}"
