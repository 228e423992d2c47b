"""The feed of changes: what happened, in an order that never changes, for programs that follow."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, Q, QuerySet

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to
from casework.ledger.models import JournalEntry, OutboxMessage
from casework.lib import clock
from casework.staff.models import User
from casework.staff.rows import as_engine
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.queries import visible_to as visible_orders
from workflows.acts import ACTS
from workflows.models import FeedEntry, FeedHead, Webhook

SIZE: Final = 200
_BATCH: Final = 2000
# No transaction lasts so long: what is older than this has no neighbour still to come.
_SETTLED: Final = timedelta(hours=1)


@as_engine()
def advance() -> int:
    """Give every entry that has none its place; how many got one.

    One writer at a time, by the lock on the head: so positions appear in their order, whatever
    commits late. A long backlog, as after an upgrade, is placed part by part.
    """
    with transaction.atomic():
        head, _made = FeedHead.objects.select_for_update().get_or_create(pk=1)
        fresh = list(_unplaced(head.floor)[:_BATCH])
        FeedEntry.objects.bulk_create([FeedEntry(entry_id=pk) for pk in fresh])
        settled = JournalEntry.objects.filter(recorded_at__lt=clock.now() - _SETTLED)
        floor = settled.aggregate(newest=Max("pk"))["newest"] or 0
        if len(fresh) == _BATCH:
            floor = min(floor, fresh[-1])
        if floor > head.floor:
            head.floor = floor
            head.save(update_fields=["floor"])
    return len(fresh)


def _unplaced(floor: int) -> QuerySet[Any, int]:
    fresh = JournalEntry.objects.filter(pk__gt=floor, feed=None).order_by("pk")
    return fresh.values_list("pk", flat=True)


def last_position() -> int:
    """The newest place there is."""
    with as_engine(to_read=True):
        newest: int | None = FeedEntry.objects.aggregate(newest=Max("position"))["newest"]
    return newest or 0


def entries_after(
    user: User, after: int, *, upto: int | None = None, size: int = SIZE
) -> list[FeedEntry]:
    """Acts on what a person may see, after one position and up to another."""
    today = clock.today()
    cases = visible_to(user, today).values("pk")
    orders = visible_orders(user, today).values("pk")
    within = Q(entry__subject_type="case", entry__subject_id__in=cases)
    within |= Q(entry__subject_type="order", entry__subject_id__in=orders)
    found = FeedEntry.objects.filter(within, position__gt=after, entry__act__in=ACTS)
    if upto is not None:
        found = found.filter(position__lte=upto)
    return list(found.select_related("entry").order_by("position")[:size])


def told(rows: Iterable[FeedEntry]) -> list[dict[str, Any]]:
    """Changes in codes and numbers: no person is named in them."""
    rows = list(rows)
    numbers = _numbers(rows)
    return [
        {
            "position": row.position,
            "moment": row.entry.moment,
            "act": row.entry.act,
            "subject_type": row.entry.subject_type,
            "number": numbers.get((row.entry.subject_type, row.entry.subject_id), ""),
            "from_state": row.entry.from_state,
            "to_state": row.entry.to_state,
            "reason": row.entry.reason,
        }
        for row in rows
    ]


def _numbers(rows: list[FeedEntry]) -> dict[tuple[str, int], str]:
    def of(kind: str) -> list[int]:
        return [row.entry.subject_id for row in rows if row.entry.subject_type == kind]

    cases = HelpCase.objects.filter(pk__in=of("case")).values_list("pk", "case_no")
    orders = RectificationOrder.objects.filter(pk__in=of("order")).values_list("pk", "number_base")
    return {("case", pk): number for pk, number in cases} | {
        ("order", pk): number for pk, number in orders
    }


def push() -> int:
    """Order a delivery to every webhook that has something to hear; how many were ordered."""
    while advance() == _BATCH:
        pass
    waiting = Webhook.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(_push_one(pk) for pk in waiting)


def _push_one(pk: int) -> int:
    with transaction.atomic():
        hook = Webhook.objects.select_for_update().select_related("client__account").get(pk=pk)
        if hook.ended_at or not hook.client.is_valid(clock.today()):
            return 0
        newest = last_position()
        rows = entries_after(hook.client.account, hook.cursor, upto=newest)
        upto = rows[-1].position if len(rows) == SIZE else newest
        if rows:
            OutboxMessage.objects.create(
                kind="webhook",
                key=f"webhook-{pk}-{hook.turn}-{upto}",
                payload={"webhook": pk, "after": hook.cursor, "upto": upto},
                created_at=clock.now(),
                due_at=clock.now(),
            )
        if upto != hook.cursor:
            hook.cursor = upto
            hook.save(update_fields=["cursor"])
        return int(bool(rows))
