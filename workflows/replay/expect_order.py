"""What a scenario may expect of one rectification order."""

from collections.abc import Callable
from typing import Any

from evaluation.rectification.models import RectificationOrder
from workflows.deadline_rules import ORDER_RULES
from workflows.replay.compare import Exact
from workflows.replay.expect_case import due_dates, open_work, tasks_by_role
from workflows.replay.world import World

Reader = Callable[[World, RectificationOrder, Any], Any]
ORDER_EXPECTATIONS: dict[str, Reader] = {}
ITEM_FACTS = (
    "round", "state", "due_on", "reported_on", "struck_off_on", "limit_amount", "limit_unit",
    "extended_from",
)  # fmt: skip
NOTICE_FACTS = (
    "number", "round", "issued_on", "received_on", "is_deemed", "due_on", "closed_on",
)  # fmt: skip


def expects(name: str) -> Callable[[Reader], Reader]:
    """Register the reader of one expectation."""

    def register(reader: Reader) -> Reader:
        ORDER_EXPECTATIONS[name] = reader
        return reader

    return register


@expects("state")
def _state(world: World, order: RectificationOrder, expected: Any) -> str:
    return str(order.state)


@expects("round")
def _round(world: World, order: RectificationOrder, expected: Any) -> int:
    return order.round


@expects("district")
def _district(world: World, order: RectificationOrder, expected: Any) -> str:
    return str(order.district_id)


@expects("provider")
def _provider(world: World, order: RectificationOrder, expected: Any) -> str | None:
    return world.cast.ref_of(order.provider)


@expects("received_on")
def _received_on(world: World, order: RectificationOrder, expected: Any) -> Any:
    return order.received_on


@expects("due")
def _due(world: World, order: RectificationOrder, expected: Any) -> dict[str, Any]:
    return due_dates("order", order.pk, {rule.kind for rule in ORDER_RULES} | {"report"})


@expects("overdue")
def _overdue(world: World, order: RectificationOrder, expected: Any) -> bool:
    return order.overdue_since is not None


@expects("overdue_since")
def _overdue_since(world: World, order: RectificationOrder, expected: Any) -> Any:
    return order.overdue_since


@expects("escalations")
def _escalations(world: World, order: RectificationOrder, expected: Any) -> Exact:
    """Every rung reached; a rung the scenario does not name must not have been."""
    fired = {f"L{row.level}": row.fired_on for row in order.escalations.all()}
    return Exact(dict.fromkeys(("L1", "L2", "L3", "L4")) | fired)


@expects("items")
def _items(world: World, order: RectificationOrder, expected: Any) -> dict[str, Any]:
    return {
        item.ref: {
            **{name: getattr(item, name) for name in ITEM_FACTS},
            "code": item.finding.code.code,
            "case": world.case_ref(item.case_id),
        }
        for item in order.items.select_related("finding__code")
    }


@expects("item_count")
def _item_count(world: World, order: RectificationOrder, expected: Any) -> int:
    return order.items.count()


@expects("notices")
def _notices(world: World, order: RectificationOrder, expected: Any) -> list[dict[str, Any]]:
    return [
        {name: getattr(notice, name) for name in NOTICE_FACTS}
        for notice in order.notices.order_by("round")
    ]


@expects("covers")
def _covers(world: World, order: RectificationOrder, expected: Any) -> list[str | None]:
    numbers = order.items.order_by("case_id").values_list("case_id", flat=True).distinct()
    return [world.case_ref(number) for number in numbers]


@expects("open_steps")
def _open_steps(world: World, order: RectificationOrder, expected: Any) -> list[str]:
    items = open_work().filter(subject_type="order", subject_id=order.pk)
    return sorted(items.values_list("step", flat=True))


@expects("open_tasks")
def _open_tasks(world: World, order: RectificationOrder, expected: Any) -> dict[str, int]:
    return tasks_by_role(open_work().filter(subject_type="order", subject_id=order.pk))
