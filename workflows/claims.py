"""Taking work up, giving it back, and handing it to somebody: recorded, with our own times."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.ledger.act import Books, open_books
from casework.lib.errors import Incomplete, NotFound, NotLawfulNow, NotYours
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from workflows.lists import reachable_by
from workflows.models import WorkItem
from workflows.perform import lock_subject
from workflows.subjects import KINDS

# Who hands out the work of a unit.
ASSIGNERS = {Role.CW: Role.SH, Role.SH: Role.DS, Role.DS: Role.CA, Role.EV: Role.LE}


@contextmanager
def _in_hand(act: str, item: WorkItem, by: User) -> Iterator[tuple[WorkItem, Books]]:
    """The item under its subject's lock, with the books open; both kept or neither."""
    kind = KINDS[item.subject_type]
    with open_books(act, by=by) as books:
        subject = lock_subject(kind, kind.model(pk=item.subject_id))
        held = WorkItem.objects.select_for_update().get(pk=item.pk)
        if held.done_at or held.dropped_at:
            raise NotLawfulNow(_("This work is no longer open. Reload the list."))
        yield held, books
        held.save(update_fields=["owner", "claimed_at"])
        books.note(step=held.step, owner=held.owner_id)
        state = kind.state_of(subject)
        books.close((kind.type, subject.pk), from_state=state, to_state=state)


def claim(item: WorkItem, *, by: User) -> WorkItem:
    """Take up open work of one's unit; the first who asks gets it."""
    with _in_hand("claim", item, by) as (held, books):
        if not reachable_by(by, books.on).filter(pk=held.pk).exists():
            raise NotFound(_("This does not exist, or is not within your reach."))
        if held.owner_id == by.pk:
            return held
        if held.owner is not None:
            raise NotLawfulNow(_("%(who)s has already taken this.") % {"who": held.owner})
        held.owner, held.claimed_at = by, books.moment
    return held


def release(item: WorkItem, *, by: User) -> WorkItem:
    """Give work back to the unit."""
    with _in_hand("release", item, by) as (held, _books):
        if held.owner_id != by.pk:
            raise NotYours(_("Only whoever has taken this can give it back."))
        held.owner, held.claimed_at = None, None
    return held


def assign(item: WorkItem, *, to: User, by: User, reason: str) -> WorkItem:
    """Hand work to a person who may do it; the head of the unit decides, and says why."""
    if not reason.strip():
        raise Incomplete(_("Say why."), {"reason": _("Required.")})
    with _in_hand("assign", item, by) as (held, books):
        if not _may_assign(held, by, books):
            raise NotYours(_("The head of the unit hands out its work."))
        if not candidates(held, books).filter(pk=to.pk).exists():
            raise Incomplete(
                _("%(who)s cannot do this step: not of the role or the unit.") % {"who": to},
                {"to": _("Choose a person of the unit.")},
            )
        held.owner, held.claimed_at = to, books.moment
    return held


def _may_assign(item: WorkItem, by: User, books: Books) -> bool:
    reach = reach_of(by, books.on)
    for role, head in ASSIGNERS.items():
        if f",{role}," not in item.roles:
            continue
        if head == Role.LE:
            if item.organisation_id in reach.organisations(Role.LE):
                return True
        elif reach.covers(item.street, head):
            return True
    return False


def candidates(item: WorkItem, books: Books) -> QuerySet[User]:
    """The people who hold one of the step's roles where the work stands."""
    roles = [role for role in item.roles.strip(",").split(",") if role]
    holders = User.objects.filter(is_active=True, memberships__role__in=roles).distinct()
    fitting = [
        user.pk for user in holders if reachable_by(user, books.on).filter(pk=item.pk).exists()
    ]
    return User.objects.filter(pk__in=fitting)
