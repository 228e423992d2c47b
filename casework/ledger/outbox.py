"""What is to be sent: rows committed with the act, claimed by workers, swept until done."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q

from casework.ledger.models import OutboxMessage
from casework.lib import clock

logger = logging.getLogger(__name__)

# The handler does the slow work; what it returns runs in the transaction that marks the row done.
Finish = Callable[[], None]
Handler = Callable[[OutboxMessage], Finish | None]

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 6
_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the one function that carries out messages of a kind; it must be repeatable."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def drain(limit: int = 50, *, after_each: Callable[[], None] | None = None) -> int:
    """Carry out waiting messages, one at a time; the number done."""
    done = 0
    for _turn in range(limit):
        message = claim()
        if message is None:
            break
        done += carry_out(message)
        if after_each:
            after_each()
    return done


def claim() -> OutboxMessage | None:
    """Lease the oldest waiting message to this worker; its attempt number is the fence."""
    now = clock.now()
    with transaction.atomic():
        waiting = OutboxMessage.objects.filter(
            Q(leased_until__isnull=True) | Q(leased_until__lt=now),
            state=OutboxMessage.State.PENDING,
            due_at__lte=now,
        ).order_by("due_at", "pk")
        skip = connection.features.has_select_for_update_skip_locked
        message = waiting.select_for_update(skip_locked=skip).first()
        if message is None:
            return None
        message.attempt += 1
        message.leased_until = now + LEASE
        message.save(update_fields=["attempt", "leased_until"])
        return message


def carry_out(message: OutboxMessage) -> bool:
    """Do what a leased message orders and mark it done; False if it failed or the lease is lost."""
    handler = _handlers.get(message.kind)
    if handler is None:
        _give_up(message, f"no handler for {message.kind}")
        return False
    try:
        finish = handler(message)
        return _settle(message, finish)
    # A worker's outer edge: one bad message must not stop the others, whatever it raised.
    except Exception as failure:  # noqa: BLE001
        # The class alone: an error text may quote personal data.
        logger.error(
            "outbox %s attempt %s: %s", message.pk, message.attempt, type(failure).__name__
        )
        _retry_later(message, type(failure).__name__)
        return False


def _settle(message: OutboxMessage, finish: Finish | None) -> bool:
    with transaction.atomic():
        current = OutboxMessage.objects.select_for_update().get(pk=message.pk)
        # A worker that slept past its lease finds a higher attempt and leaves the work alone.
        if current.state != OutboxMessage.State.PENDING or current.attempt != message.attempt:
            return False
        if finish:
            finish()
        current.state = OutboxMessage.State.DONE
        current.done_at = clock.now()
        current.leased_until = None
        current.save(update_fields=["state", "done_at", "leased_until"])
    return True


def _retry_later(message: OutboxMessage, error: str) -> None:
    if message.attempt % MOST_ATTEMPTS == 0:
        _give_up(message, error)
        return
    wait = timedelta(seconds=min(30 * 2**message.attempt, 3600))
    _write_back(message, error=error, due_at=clock.now() + wait)


def _give_up(message: OutboxMessage, error: str) -> None:
    _write_back(message, error=error, due_at=message.due_at, state=OutboxMessage.State.STUCK)


def _write_back(
    message: OutboxMessage,
    *,
    error: str,
    due_at: datetime,
    state: str = OutboxMessage.State.PENDING,
) -> None:
    OutboxMessage.objects.filter(pk=message.pk, attempt=message.attempt).exclude(
        state=OutboxMessage.State.DONE
    ).update(state=state, last_error=error, due_at=due_at, leased_until=None)


def retry(message: OutboxMessage) -> None:
    """Put a stuck message back in the queue, as a person decided."""
    OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.State.STUCK).update(
        state=OutboxMessage.State.PENDING, due_at=clock.now(), last_error=""
    )
