"""The life of a case as the domain brief has it, written out as data, and the facts of its acts.

Nothing here is read from the code under test: the table says in which states an act is lawful and
where it leads, the builders say what a person would fill in on the day.
"""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from tests.walk import PROVIDER

OPEN: Final = frozenset(
    "REFERRED ACCEPTED VERIFYING VERIFIED PUBLICISED PLANNED IN_HELP HELP_DONE EVALUATING"
    " SELF_CHECKED RECTIFYING RECHECKING".split()
)
NONE, SUSPENDED, TRANSFERRING = "", "SUSPENDED", "TRANSFERRING"
ANY_HOLD: Final = frozenset({NONE, SUSPENDED, TRANSFERRING})
RESTABLE: Final = frozenset("ACCEPTED VERIFYING VERIFIED PUBLICISED PLANNED IN_HELP".split())
MOVABLE: Final = RESTABLE | {"REFERRED"}
SAME: Final = ""


class Law:
    """In which states and on which holds an act is lawful, and where it leads."""

    def __init__(
        self, states: str | frozenset[str], to: str = SAME, *, holds: frozenset[str] | None = None,
        hold_to: str | None = None,
    ) -> None:  # fmt: skip
        self.states = frozenset(states.split()) if isinstance(states, str) else states
        self.to = to
        self.holds = holds if holds is not None else frozenset({NONE})
        self.hold_to = hold_to

    def allows(self, state: str, hold: str) -> bool:
        return state in self.states and hold in self.holds


LAWS: Final[dict[str, Law]] = {
    "accept_referral": Law("REFERRED", "ACCEPTED"),
    "decline_referral": Law("REFERRED", "DECLINED"),
    "arrange_verification": Law("ACCEPTED VERIFYING", "VERIFYING"),
    "record_verification": Law("VERIFYING"),
    "confirm_verification": Law("VERIFYING", "VERIFIED"),
    "make_plan": Law("VERIFIED PUBLICISED"),
    "approve_plan": Law("VERIFIED PUBLICISED", "PLANNED"),
    "start_help": Law("PLANNED", "IN_HELP"),
    "record_services": Law("IN_HELP", holds=ANY_HOLD),
    "finish_item": Law("IN_HELP"),
    "finish_help": Law("IN_HELP", "HELP_DONE"),
    "suspend": Law(RESTABLE, hold_to=SUSPENDED),
    "resume": Law(RESTABLE, holds=frozenset({SUSPENDED}), hold_to=NONE),
    "offer_transfer": Law(MOVABLE, hold_to=TRANSFERRING),
    "decline_transfer": Law(MOVABLE, holds=frozenset({TRANSFERRING}), hold_to=NONE),
    "accept_transfer": Law(MOVABLE, holds=frozenset({TRANSFERRING}), hold_to=NONE),
    "terminate": Law(OPEN, "TERMINATED", holds=ANY_HOLD, hold_to=NONE),
    "assign_evaluator": Law("EVALUATING"),
    "submit_scores": Law("EVALUATING"),
    "confirm_result": Law("EVALUATING", "CLOSED"),
    "close_self_checked": Law("SELF_CHECKED", "CLOSED"),
}

Facts = Callable[[Any, date], dict[str, Any]]


def _pair(world: Any, on: date) -> dict[str, Any]:
    names = ("CW", "CW2")
    return {"verifiers": [{"user": world.people[name].pk} for name in names], "visit_on": on}


def _visited(_world: Any, on: date) -> dict[str, Any]:
    return {
        "visited_on": on, "member_signed": True, "verifiers_signed": True, "photos": 2,
        "place": "家中", "econ_check": "WAIVED", "proposal": "VERIFIED",
    }  # fmt: skip


def _plan(_world: Any, on: date) -> dict[str, Any]:
    ends = on + timedelta(days=60)
    item = {
        "code": "D04", "line": "DISABLED", "goal": "助浴4次", "unit": "次", "qty": 4,
        "freq": "每周1次", "start": on.isoformat(), "end": ends.isoformat(), "provider": PROVIDER,
    }  # fmt: skip
    return {
        "assessed_on": on, "needs": [{"code": "D04", "text": "需要助浴"}], "lines": ["DISABLED"],
        "items": [item], "signed_on": on, "starts_on": on, "ends_on": ends,
    }  # fmt: skip


def _served(_world: Any, on: date) -> dict[str, Any]:
    service = {
        "item": "D04", "served_on": on.isoformat(), "quantity": 1, "at_home": True, "minutes": 60,
        "worker": "试护理员", "evidence": ["SLP", "PHO", "REC"],
    }  # fmt: skip
    return {"services": [service]}


GOOD_POINTS: Final = {
    "A1": 5, "A2": 6, "A3": 4, "B1": 4, "B2": 6, "B3": 4, "C1": 12, "C2": 6, "C3": 4, "C4": 8,
    "D1": 6, "D2": 4, "E1": 10, "E2": 6, "E3": 4, "F1": 6, "F2": 4,
}  # fmt: skip

FACTS: Final[dict[str, Facts]] = {
    "accept_referral": lambda _w, _on: {},
    "decline_referral": lambda _w, _on: {"reason": "NO_NEED"},
    "arrange_verification": _pair,
    "record_verification": _visited,
    "confirm_verification": lambda _w, _on: {"outcome": "VERIFIED"},
    "make_plan": _plan,
    "approve_plan": lambda _w, _on: {},
    "start_help": lambda _w, on: {"started_on": on, "agreement_no": "示例协议2018-1"},
    "record_services": _served,
    "finish_item": lambda _w, _on: {"item": "D04"},
    "finish_help": lambda _w, _on: {"summary": "目标达成", "satisfaction": 5},
    "suspend": lambda _w, on: {"reason": "HOSPITAL", "from_on": on},
    "resume": lambda _w, on: {"on": on},
    "offer_transfer": lambda w, _on: {"to_street": w.other_street, "reason": "迁居"},
    "decline_transfer": lambda _w, _on: {"reason": "未迁入"},
    "accept_transfer": lambda _w, _on: {},
    "terminate": lambda _w, _on: {"reason": "WITHDRAWN", "evidence": "书面申请"},
    "assign_evaluator": lambda w, _on: {"evaluator": w.people["EV"].pk},
    "submit_scores": lambda _w, _on: {"points": GOOD_POINTS, "findings": []},
    "confirm_result": lambda _w, _on: {},
    "close_self_checked": lambda _w, _on: {},
}
# The way of an ordinary case: by the step that waits, who takes it and how.
WAY: Final[dict[str, tuple[str, str]]] = {
    "decide_referral": ("accept_referral", "CW"),
    "arrange_verification": ("arrange_verification", "CW"),
    "record_verification": ("record_verification", "CW"),
    "confirm_verification": ("confirm_verification", "SH"),
    "make_plan": ("make_plan", "CW"),
    "approve_plan": ("approve_plan", "SH"),
    "start_help": ("start_help", "PR"),
    "assign_evaluator": ("assign_evaluator", "LE"),
    "submit_scores": ("submit_scores", "EV"),
    "confirm_result": ("confirm_result", "DS"),
    "close_self_checked": ("close_self_checked", "DS"),
}
