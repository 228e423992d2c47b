"""The outbox: done once, retried, fenced, and never silently lost."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from casework.ledger import outbox
from casework.ledger.act import open_books
from casework.ledger.models import OutboxMessage
from casework.lib import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def done() -> Iterator[list[int]]:
    """What the test's own handler carried out."""
    carried_out: list[int] = []

    @outbox.handles("test")
    def handler(message: OutboxMessage) -> outbox.Finish:
        if message.payload.get("fails"):
            raise ValueError("a text that may hold a name")
        return lambda: carried_out.append(message.pk)

    yield carried_out
    outbox._handlers.pop("test")


def order(key: str, **payload: object) -> OutboxMessage:
    with open_books("act", by=None) as books:
        books.send("test", key, payload)
        books.close(("case", 1), from_state="", to_state="")
    return OutboxMessage.objects.get(key=key)


def test_a_message_is_carried_out_once(done: list[int]) -> None:
    message = order("a")
    assert outbox.drain() == 1
    assert outbox.drain() == 0
    assert done == [message.pk]


def test_a_worker_past_its_lease_is_refused(done: list[int]) -> None:
    order("a")
    asleep = outbox.claim()
    assert asleep
    with clock.at(clock.now() + outbox.LEASE + timedelta(seconds=1)):
        taker = outbox.claim()
        assert taker
        assert outbox.carry_out(taker)
    assert not outbox.carry_out(asleep)
    assert len(done) == 1


def test_a_failure_is_kept_without_its_words_and_tried_again(done: list[int]) -> None:
    message = order("a", fails=1)
    assert outbox.drain() == 0
    message.refresh_from_db()
    assert (message.state, message.last_error) == (OutboxMessage.State.PENDING, "ValueError")
    assert message.due_at > clock.now()


def test_after_six_failures_a_person_decides(done: list[int]) -> None:
    message = order("a", fails=1)
    for _attempt in range(outbox.MOST_ATTEMPTS):
        message.refresh_from_db()
        with clock.at(message.due_at + timedelta(seconds=1)):
            outbox.drain()
    message.refresh_from_db()
    assert message.state == OutboxMessage.State.STUCK
    OutboxMessage.objects.update(payload={})
    outbox.retry(message)
    assert outbox.drain() == 1
    assert done == [message.pk]


def test_a_message_nobody_handles_is_not_lost() -> None:
    with open_books("act", by=None) as books:
        books.send("nobody", "a", {})
        books.close(("case", 1), from_state="", to_state="")
    outbox.drain()
    assert OutboxMessage.objects.get().state == OutboxMessage.State.STUCK
