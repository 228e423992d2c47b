"""Letters of the escalation ladder, and photos to be forgotten: what the outbox orders of us."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from casework.cases.models import HelpCase
from casework.cases.operations.photos import forget_photos
from casework.ledger.act import open_books
from casework.ledger.models import OutboxMessage
from casework.ledger.outbox import Finish, handles
from casework.lib import clock
from casework.staff.models import Membership, Role, User
from evaluation.rectification.models import RectificationOrder
from workflows.models import Letter
from workflows.perform import lock_subject
from workflows.subjects import CASE

# Who hears of each rung: the district's contact, its leader, and from the summons on the bureau.
HEARS = {1: (Role.DS,), 2: (Role.DS,), 3: (Role.DS, Role.CA), 4: (Role.DS, Role.CA)}
RUNGS = {
    1: _("Reminder letter"),
    2: _("Formal chasing"),
    3: _("Summons to talk"),
    4: _("Report to the bureau's leader"),
}


@handles("notify")
def deliver_letter(message: OutboxMessage) -> Finish:
    """Put an escalation into the in-box of everybody who must hear of it, once each."""
    order = RectificationOrder.objects.get(pk=message.payload["order"])
    level = int(message.payload["level"])
    hearers = list(_hearers(order, level))

    def write() -> None:
        Letter.objects.bulk_create(
            (
                Letter(
                    recipient=hearer,
                    subject_type="order",
                    subject_id=order.pk,
                    level=level,
                    message=message,
                    sent_at=clock.now(),
                )
                for hearer in hearers
            ),
            ignore_conflicts=True,
        )

    return write


def _hearers(order: RectificationOrder, level: int) -> QuerySet[User]:
    in_force = Membership.objects.in_force(clock.today())
    heard = in_force.filter(role=Role.DS, division_id=order.district_id)
    if Role.CA in HEARS[level]:
        heard = heard | in_force.filter(role=Role.CA)
    return User.objects.filter(pk__in=heard.values("user_id"), is_active=True)


@handles("delete_photos")
def delete_photos(message: OutboxMessage) -> Finish:
    """Delete a household's photos after consent was withdrawn, and say so in the journal."""
    case = HelpCase.objects.get(pk=message.payload["case"])

    def write() -> None:
        with open_books("photos_deleted", by=None) as books:
            held = lock_subject(CASE, case)
            forget_photos(held, books)
            books.close(("case", held.pk), from_state=held.state, to_state=held.state)

    return write


def unread(user: User) -> QuerySet[Letter]:
    """A person's letters that wait to be read, the gravest first."""
    return Letter.objects.filter(recipient=user, read_at__isnull=True).order_by("-level", "-pk")
