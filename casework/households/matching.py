"""Finding the same person again: by the number's blind index, never by name and birth."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from casework.households.models import Household, Member
from casework.households.models.member import id_hashes
from casework.lib.identity import InvalidId, parse_id_number


def find_by_id(number: str) -> QuerySet[Member]:
    """Every entry of the person with this ID number, in the whole city."""
    try:
        wanted = parse_id_number(number).number
    except InvalidId:
        return Member.objects.none()
    return Member.objects.filter(id_hash__in=id_hashes(wanted)).select_related("household")


def same_person(member: Member) -> Q:
    """The condition by which other entries of a person are found; nobody without a number."""
    if not member.id_hash:
        return Q(pk=member.pk)
    return Q(id_hash__in=member.id_hashes)


def match_household(numbers: Iterable[str], *, street: str) -> Household | None:
    """The newest household of a street in which one of these people is already entered."""
    hashes = {one for number in numbers for one in id_hashes(number)}
    return (
        Household.objects.filter(
            members__id_hash__in=hashes,
            members__death_date=None,
            members__left_on=None,
            residence_division__startswith=street,
        )
        .order_by("-pk")
        .first()
    )
