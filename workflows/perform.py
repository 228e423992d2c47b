"""The one door through which every act passes: screens, imports, timers and replay alike.

In one transaction it locks the subject's processes and then the subject, answers a repeated key
with the first answer, checks scope and permission, runs the operation, writes the books,
completes the task and opens the next, and keeps deadlines and timers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from viewflow.workflow.models import Process

from casework.directory.still import standing_still
from casework.ledger.act import Books, open_books
from casework.ledger.canonical import digest, plain
from casework.ledger.models import Answer, JournalEntry
from casework.lib import writes
from casework.lib.errors import Blocked, Incomplete, KeyReused, NotFound, NotYours
from casework.staff.models import User
from casework.staff.rows import as_engine
from workflows.acts import ACTS, ActSpec
from workflows.courses import advance, open_work, require_step
from workflows.deadlines import keep_case_deadlines, keep_order_deadlines
from workflows.models import Run
from workflows.standing import Desk, Standing
from workflows.subjects import KINDS, SubjectKind, kind_of
from workflows.timers import keep_timers


@dataclass(frozen=True)
class Performed:
    """What an act answered; `repeated` when the key had been answered before."""

    act: str
    subject: tuple[str, int]
    values: Mapping[str, Any]
    entry_id: int
    repeated: bool = False


def perform(
    act: str,
    subject: Any = None,
    *,
    by: User | None,
    key: str | None = None,
    moment: datetime | None = None,
    **facts: Any,
) -> Performed:
    """Perform one act on one subject, or refuse it with a sentence fit for the screen.

    `by` is the person who acts, None for the system. `key` names the submission: the same key
    with the same facts hears the first answer again, with other facts it is refused. `moment`
    is given by timers and by replay; else it is now.
    """
    spec = ACTS.get(act)
    if spec is None:
        raise NotFound(_("There is no act “%(act)s”.") % {"act": act})
    fingerprint = fingerprint_of(act, subject, by, facts) if key else ""
    # The act asks scope and role itself, and writes what its person may not read, such as timers.
    with as_engine():
        try:
            return _perform(
                spec, subject, by=by, key=key, fp=fingerprint, moment=moment, facts=facts
            )
        except Blocked as refusal:
            _record_blocked(spec, subject, by, moment, refusal)
            raise
        except IntegrityError:
            # Two first submissions of one key can meet only where there is no subject to lock yet.
            if key and (answer := answered(key, fingerprint)):
                return answer
            raise


def fingerprint_of(act: str, subject: Any, by: User | None, facts: dict[str, Any]) -> str:
    """What a key stands for: the same act on the same subject by the same person, same facts."""
    named = {name: plain(value) for name, value in facts.items()}
    return digest([act, subject.pk if subject else None, by.pk if by else None, repr(named)])


def answered(key: str, fingerprint: str) -> Performed | None:
    """The first answer to a key; KeyReused when the facts are other than then."""
    answer = Answer.objects.select_related("entry").filter(key=key).first()
    if answer is None:
        return None
    if answer.fingerprint != fingerprint:
        raise KeyReused(
            _("This form was already submitted with other contents. Reload the page and try again.")
        )
    entry = answer.entry
    return Performed(
        act=entry.act,
        subject=(entry.subject_type, entry.subject_id),
        values=answer.values,
        entry_id=entry.pk,
        repeated=True,
    )


def _perform(
    spec: ActSpec,
    subject: Any,
    *,
    by: User | None,
    key: str | None,
    fp: str,
    moment: datetime | None,
    facts: dict[str, Any],
) -> Performed:
    with standing_still(), open_books(spec.name, by=by, moment=moment) as books:
        kind, desk = KINDS[spec.subject], Desk()
        held = lock_subject(kind, subject) if subject is not None else None
        if key and (answer := answered(key, fp)):
            return answer
        entry, values = carry_out(spec, held, desk, books, facts)
        if key:
            writes.add(Answer(key=key, fingerprint=fp, entry=entry, values=values))
        return Performed(spec.name, (entry.subject_type, entry.subject_id), values, entry.pk)


def carry_out(
    spec: ActSpec, held: Any, desk: Desk, books: Books, facts: dict[str, Any]
) -> tuple[JournalEntry, dict[str, Any]]:
    """Do an act on a subject that is held under lock; its entry, and what it answers.

    What it writes goes through `casework.lib.writes`: at once, or together with other acts.
    """
    kind, by = KINDS[spec.subject], books.by
    books.unit = authorise(spec, kind, held, by, books, facts)
    if held is not None and spec.step and spec.needs_step:
        require_step(spec, desk.of(kind, held), _ways(spec))
    before = kind.state_of(held) if held is not None else ""
    values = _run(spec, held, books, facts)
    held = held if held is not None else values.pop("subject")
    books.note(**{name: plain(value) for name, value in spec.noted(facts).items()})
    entry = books.close(
        (kind.type, held.pk),
        from_state=before,
        to_state=kind.state_of(held),
        reason=str(facts.get("reason", "")) if spec.has_reason_code else "",
    )
    _carry_on(spec, desk.of(kind, held), desk, before, books)
    return entry, plain(values)


def _ways(spec: ActSpec) -> dict[str, ActSpec]:
    """The acts by which the step of an act can be done."""
    return {
        name: other
        for name, other in ACTS.items()
        if (other.subject, other.step) == (spec.subject, spec.step)
    }


def lock_subject(kind: SubjectKind, subject: Any) -> Any:
    """Lock one subject with its open processes; NotFound where there is none."""
    for held in lock_subjects(kind, [subject.pk]):
        return held
    raise NotFound(_("This does not exist, or is not within your reach."))


def lock_subjects(kind: SubjectKind, numbers: list[int]) -> QuerySet[Any]:
    """Lock the open processes of subjects, in order, then the subjects, in order; read afresh."""
    open_runs = Run.objects.filter(
        subject_type=kind.type, subject_id__in=numbers, finished_at__isnull=True
    )
    processes = Process.objects.filter(pk__in=open_runs.values("process_id"))
    list(processes.order_by("pk").select_for_update().values_list("pk", flat=True))
    held: QuerySet[Any] = kind.model.objects.select_for_update(of=("self",)).filter(pk__in=numbers)
    return held.order_by("pk")


def authorise(
    spec: ActSpec,
    kind: SubjectKind,
    held: Any,
    by: User | None,
    books: Books,
    facts: Mapping[str, Any],
) -> str:
    """Check scope, then role; the roles under which the person acts, none for the system."""
    if by is None:
        if not spec.by_system:
            raise NotYours(_("“%(act)s” is an act of a person.") % {"act": spec.title})
        return ""
    roles = kind.roles_on(held, by, books.on, facts)
    if not roles:
        raise NotFound(_("This does not exist, or is not within your reach."))
    lawful = roles & spec.roles
    if not lawful:
        raise not_of_this_role(spec)
    return ",".join(sorted(lawful))


def not_of_this_role(spec: ActSpec) -> NotYours:
    """The refusal of an act that the person's roles here do not include."""
    return NotYours(_("“%(act)s” is not among the acts of your role here.") % {"act": spec.title})


def _run(spec: ActSpec, held: Any, books: Books, facts: dict[str, Any]) -> dict[str, Any]:
    try:
        spec.signature.bind(held, books, **facts)
    except TypeError as misfit:
        raise Incomplete(
            _("“%(act)s” was given facts it does not know, or lacks some: %(misfit)s")
            % {"act": spec.title, "misfit": misfit}
        ) from misfit
    return dict(spec.operation(held, books, **facts) or {})


def _carry_on(spec: ActSpec, standing: Standing, desk: Desk, before: str, books: Books) -> None:
    """Complete and open tasks, deadlines and timers of every subject the act touched."""
    advance(spec, standing, desk, before, books)
    for kind, other in standing.kind.companions(spec.name, standing.subject):
        keep(desk.of(kind, other), spec.name, books)
    keep(standing, spec.name, books, before)


def keep(standing: Standing, act: str, books: Books, before: str = "") -> None:
    """Bring deadlines, timers and open work of one subject up to its present state.

    `before` is its state before the act, where the act was its own.
    """
    if standing.kind.type == "case":
        keep_case_deadlines(standing, act, books)
    else:
        keep_order_deadlines(standing, act, books)
    keep_timers(standing.kind.type, standing.subject, books, before)
    open_work(standing, books)


def _record_blocked(
    spec: ActSpec, subject: Any, by: User | None, moment: datetime | None, refusal: Blocked
) -> None:
    """The act itself was rolled back; that it was tried, and what it contradicted, is kept."""
    kind = kind_of(subject)
    with open_books(f"{spec.name}.blocked", by=by, moment=moment) as books:
        held = lock_subject(kind, subject)
        kind.record_blocked(held, books, refusal)
        books.note(finding=refusal.finding_code, **refusal.detail)
        state = kind.state_of(held)
        books.close((kind.type, held.pk), from_state=state, to_state=state)


def last_act_on(subject: Any) -> JournalEntry | None:
    """The newest entry on a subject: who did what, when."""
    kind = kind_of(subject)
    return (
        JournalEntry.objects.filter(subject_type=kind.type, subject_id=subject.pk)
        .order_by("-seq")
        .first()
    )
