"""Giving and ending memberships: the law of who may hold which role."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from casework.staff.models import Membership, Role, User
from casework.staff.scope import forget_reach, reach_of


@transaction.atomic
def grant_membership(
    *,
    user: User,
    role: str,
    by: User | None,
    division: str = "",
    organisation: int | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    title: str = "",
) -> Membership:
    """Give a person a role in a unit, unless another role of theirs excludes it."""
    _check_administrator(by, about=user)
    # Two grants at once could each find the other absent: they queue on the account's row.
    User.objects.select_for_update().get(pk=user.pk)
    membership = Membership(
        user=user,
        role=role,
        division_id=division or None,
        organisation_id=organisation,
        title=title,
        valid_from=valid_from or clock.today(),
        valid_to=valid_to,
        granted_by=by,
    )
    try:
        membership.full_clean()
    except ValidationError as error:
        fields = {name: texts[0] for name, texts in error.message_dict.items()}
        raise Incomplete(next(iter(fields.values())), fields) from error
    membership.save()
    forget_reach(user)
    return membership


@transaction.atomic
def end_membership(
    membership: Membership, *, by: User | None, reason: str, last_day: date | None = None
) -> Membership:
    """End a role on a last day to come, or at once when none is given."""
    membership = Membership.objects.select_for_update().select_related("user").get(pk=membership.pk)
    _check_administrator(by, about=membership.user)
    if not reason.strip():
        raise Incomplete(_("Say why the membership ends."), {"reason": _("Required.")})
    today = clock.today()
    if membership.revoked_on is not None:
        raise NotLawfulNow(_("This membership has already ended."))
    if last_day is None:
        membership.revoked_on = today
    elif last_day < max(today, membership.valid_from):
        raise Incomplete(_("The last day cannot lie in the past; leave it empty to end at once."))
    else:
        membership.valid_to = last_day
    membership.ended_by = by
    membership.end_reason = reason.strip()
    membership.save(update_fields=["revoked_on", "valid_to", "ended_by", "end_reason"])
    forget_reach(membership.user)
    return membership


def _check_administrator(by: User | None, *, about: User) -> None:
    """Accounts belong to the security administrator, who never serves their own; none is set-up."""
    if by is None:
        return
    if not reach_of(by).has(Role.SEC):
        raise NotYours(_("Only a security administrator gives and ends roles."))
    if by.pk == about.pk:
        raise NotYours(_("Nobody gives or ends their own roles."))
