"""Reading the directory once for a whole act: its limits, settings and calendar stand still."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

T = TypeVar("T")

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("directory_read", default=None)


@contextmanager
def standing_still() -> Iterator[None]:
    """What is read of the directory within is read once, and is the same throughout."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once(key: Hashable, read: Callable[[], T]) -> T:
    """What was read under this key within the act, or what a read finds now."""
    kept = _kept.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    return cast("T", kept[key])
