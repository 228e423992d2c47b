"""Taking work up, giving it back, and handing it to somebody: recorded, with our own times."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.directory.queries import CITY_CODE
from casework.ledger.act import Books, open_books
from casework.lib.errors import Incomplete, NotFound, NotLawfulNow, NotYours
from casework.staff.models import Membership, Role, User
from casework.staff.scope import Reach, reach_of
from workflows.lists import reachable_by
from workflows.models import WorkItem
from workflows.perform import lock_subject
from workflows.subjects import KINDS

# Who hands out the work of a unit.
ASSIGNERS = {Role.CW: Role.SH, Role.SH: Role.DS, Role.DS: Role.CA, Role.EV: Role.LE}


class HandingReason(models.TextChoices):
    """Why work is handed to a person; a code, since the journal keeps no free text."""

    LOAD = "LOAD", gettext_lazy("Workload")
    ABSENCE = "ABSENCE", gettext_lazy("Absence or leave")
    FITS = "FITS", gettext_lazy("Knows the household or the subject")
    CONFLICT = "CONFLICT", gettext_lazy("Conflict of interest of somebody else")
    URGENT = "URGENT", gettext_lazy("Urgent or overdue")


@contextmanager
def _in_hand(
    act: str, item: WorkItem, by: User, reason: str = ""
) -> Iterator[tuple[WorkItem, Books]]:
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
        books.close((kind.type, subject.pk), from_state=state, to_state=state, reason=reason)


def item_in_sight(pk: int, reader: User, on: date) -> WorkItem:
    """A piece of work the person may take, holds or hands out; absent and foreign read alike."""
    reach = reach_of(reader, on)
    item = WorkItem.objects.select_related("owner").filter(pk=pk).first()
    if item is None or not (
        item.owner_id == reader.pk or may_take(item, reach) or may_assign(item, reach)
    ):
        raise NotFound(_("This does not exist, or is not within your reach."))
    return item


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
    if reason not in HandingReason.values:
        raise Incomplete(_("Say why."), {"reason": _("Choose a reason.")})
    with _in_hand("assign", item, by, reason) as (held, books):
        if not may_assign(held, reach_of(by, books.on)):
            raise NotYours(_("The head of the unit hands out its work."))
        if not candidates(held, books.on).filter(pk=to.pk).exists():
            raise Incomplete(
                _("%(who)s cannot do this step: not of the role or the unit.") % {"who": to},
                {"to": _("Choose a person of the unit.")},
            )
        held.owner, held.claimed_at = to, books.moment
    return held


def may_take(item: WorkItem, reach: Reach) -> bool:
    """The person's role and unit reach the work, as lists reckon it."""
    for grant in reach.grants:
        if f",{grant.role}," not in item.roles or (
            grant.role == Role.EV and item.step != "recheck"
        ):
            continue
        if grant.organisation_id is not None:
            if grant.organisation_id == item.organisation_id:
                return True
        elif grant.prefix and item.street.startswith(grant.prefix):
            return True
    return False


def may_assign(item: WorkItem, reach: Reach) -> bool:
    """The person heads a unit whose people do this step."""
    for role, head in ASSIGNERS.items():
        if f",{role}," not in item.roles:
            continue
        if head == Role.LE:
            if item.organisation_id in reach.organisations(Role.LE):
                return True
        elif reach.covers(item.street, head):
            return True
    return False


def candidates(item: WorkItem, on: date) -> QuerySet[User]:
    """The people who hold one of the step's roles where the work stands."""
    roles = [role for role in item.roles.strip(",").split(",") if role]
    if item.step != "recheck":
        # Every other step of an evaluator belongs to the one who was assigned to the case.
        roles = [role for role in roles if role != Role.EV]
    above = [CITY_CODE, item.district, item.street]
    here = Q(division_id__in=[code for code in above if code])
    if item.organisation_id is not None:
        here |= Q(organisation_id=item.organisation_id)
    holders = Membership.objects.in_force(on).filter(here, role__in=roles)
    return User.objects.filter(is_active=True, pk__in=holders.values("user_id"))
