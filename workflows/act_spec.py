"""What one act is: its name, its operation, who may do it, and where it stands in the flow."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.functional import Promise

Operation = Callable[..., Mapping[str, Any] | None]

# Facts that stay out of the journal: it holds codes, ids and dates, never words about people.
PRIVATE = frozenset(
    "place findings_text neighbours_words text by_name ground evidence summary measure result "
    "root_cause long_term description reasons requirements items services needs verifiers income "
    "points findings verdicts words changes answer contact household person reason second "
    "external_key by_whom value address photos wish received ratings identity "
    "money_asked allows_door guardian_present device_works".split()
)


def _always(_subject: Any) -> bool:
    return True


def _never(_subject: Any) -> str:
    return ""


@dataclass(frozen=True)
class ActSpec:
    """One act: what it is called, what it does, who may do it and where it stands in the flow."""

    name: str
    title: Promise
    operation: Operation
    roles: frozenset[str] = field(default_factory=frozenset)
    subject: str = "case"
    step: str | None = None
    starts: str | None = None
    starts_when: Callable[[Any], bool] = _always
    by_system: bool = False
    needs_step: bool = True
    completes: Callable[[Any], bool] = _always
    # The course in which the case goes on from an earlier step, if it does.
    restarts: Callable[[Any], str] = _never
    has_reason_code: bool = False

    @cached_property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.operation)

    @property
    def fact_names(self) -> list[str]:
        """The facts the act takes, as its operation names them."""
        return [
            name for name in self.signature.parameters if name not in ("case", "order", "books")
        ]

    def noted(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The facts that may stand in the journal."""
        return {name: value for name, value in facts.items() if name not in PRIVATE}
