"""One act on many subjects: as `perform` does it on each, with what they write sent together.

Reads are made for all at once, each act is carried out by the same code as alone, and rows of one
table go out in one statement. Whoever cannot be taken along (not lawful now, answered before with
other facts) stays out with all it would have written and goes through `perform` alone, which says
why. Only acts that touch no more than their own subject can be done together.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from casework.directory.still import standing_still
from casework.ledger.act import Books, open_books
from casework.ledger.journal import heads
from casework.ledger.models import Answer
from casework.lib import clock, writes
from casework.lib.errors import CaseworkError
from casework.staff.models import User
from casework.staff.rows import as_engine
from workflows.acts import ACTS, ActSpec
from workflows.perform import carry_out, fingerprint_of, lock_subjects, perform
from workflows.standing import Desk
from workflows.subjects import KINDS

# How many subjects one transaction holds: for a second or two nobody else moves them.
AT_ONCE: Final = 1000
# Acts that write nothing but what goes through `writes`, and nothing of another subject.
TOGETHER: Final = frozenset({"enter_sample", "leave_to_self_check"})


def perform_together(
    act: str,
    numbers: Sequence[int],
    *,
    by: User | None,
    key: Callable[[int], str],
    moment: datetime | None = None,
    **facts: Any,
) -> None:
    """Perform one act with the same facts on many subjects, each under a key of its own.

    `numbers` are the subjects' primary keys, `key` names the submission of each. Raises the first
    refusal once the others of its thousand are done; done again, only what is missing is done.
    """
    if act not in TOGETHER:
        raise ValueError(f"“{act}” is done one by one")
    spec, model = ACTS[act], KINDS[ACTS[act].subject].model
    ordered = sorted(numbers)
    for start in range(0, len(ordered), AT_ONCE):
        some = ordered[start : start + AT_ONCE]
        with as_engine(), standing_still():
            left = _some_together(spec, some, by=by, key=key, moment=moment, facts=facts)
        for number in left:
            perform(act, model(pk=number), by=by, key=key(number), moment=moment, **facts)


def _some_together(
    spec: ActSpec,
    numbers: list[int],
    *,
    by: User | None,
    key: Callable[[int], str],
    moment: datetime | None,
    facts: dict[str, Any],
) -> list[int]:
    """Carry the act out on these subjects in one transaction; the numbers of those left out."""
    kind, desk, left = KINDS[spec.subject], Desk(), []
    keys = {number: key(number) for number in numbers}
    # One moment of writing for all of them, so that equal changes are one statement.
    with (
        clock.at(clock.now()),
        open_books(spec.name, by=by, moment=moment) as books,
        writes.together() as kept,
    ):
        held = list(lock_subjects(kind, numbers).prefetch_related("assignments"))
        known = set(Answer.objects.filter(key__in=keys.values()).values_list("key", flat=True))
        desk.lay_out(kind, held)
        last = heads(kind.type, numbers)
        for subject in held:
            if keys[subject.pk] in known:
                left.append(subject.pk)
                continue
            try:
                with kept.or_nothing():
                    page = books.page(last.get(subject.pk))
                    _one(spec, subject, desk, page, facts, keys[subject.pk])
            except CaseworkError:
                left.append(subject.pk)
    found = {subject.pk for subject in held}
    return left + [number for number in numbers if number not in found]


def _one(
    spec: ActSpec,
    subject: Any,
    desk: Desk,
    books: Books,
    facts: dict[str, Any],
    key: str,
) -> None:
    entry, values = carry_out(spec, subject, desk, books, facts)
    fingerprint = fingerprint_of(spec.name, subject, books.by, facts)
    writes.add(Answer(key=key, fingerprint=fingerprint, entry=entry, values=values))
