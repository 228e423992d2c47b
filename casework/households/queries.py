"""Reading households and their consents."""

from datetime import date

from django.db.models import Q, QuerySet

from casework.households import codes
from casework.households.models import Consent, Household, Member


def consents(
    household: Household | int,
    purpose: str,
    on: date,
    *,
    recipient: int | None = None,
    member: Member | None = None,
) -> QuerySet[Consent]:
    """Consents in force on a day for a purpose; one naming nobody in particular covers all."""
    found = Consent.objects.in_force(on).filter(household=household, purpose=purpose)
    if recipient is not None:
        found = found.filter(Q(recipient=None) | Q(recipient_id=recipient))
    if member is not None:
        found = found.filter(Q(member=None) | Q(member=member))
    return found


def has_consent(
    household: Household | int,
    purpose: str,
    on: date,
    *,
    recipient: int | None = None,
    member: Member | None = None,
) -> bool:
    """Consent, or a statutory duty that needs none, covers this purpose on this day."""
    return consents(household, purpose, on, recipient=recipient, member=member).exists()


def lives_alone(household: Household) -> bool:
    """One living member only."""
    return household.size == 1


def lives_with_severely_disabled_child(member: Member) -> bool:
    """A living child of the member, severely disabled, shares the household."""
    others = [other for other in member.household.living_members if other.pk != member.pk]
    return any(other.is_severely_disabled and _is_child_of(other, member) for other in others)


def _is_child_of(child: Member, parent: Member) -> bool:
    """Read from both relations to the head: the head's child, or the head of a listed parent."""
    children = {
        codes.Relation.SON,
        codes.Relation.ONLY_SON,
        codes.Relation.DAUGHTER,
        codes.Relation.ONLY_DAUGHTER,
    }
    spouses = {codes.Relation.SPOUSE, codes.Relation.HUSBAND, codes.Relation.WIFE}
    parents = {codes.Relation.PARENT, codes.Relation.FATHER, codes.Relation.MOTHER}
    heads = {codes.Relation.SELF, codes.Relation.HEAD}
    if parent.relation_to_head in heads | spouses:
        return child.relation_to_head in children
    return parent.relation_to_head in parents and child.relation_to_head in heads
