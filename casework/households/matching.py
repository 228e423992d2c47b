"""Finding the same person again: by the number's blind index, never by name and birth."""

import re
from collections.abc import Iterable
from typing import Final

from django.db.models import Q, QuerySet

from casework.households.models import Household, Member
from casework.households.models.member import id_hashes, phone_hashes
from casework.lib.identity import InvalidId, parse_id_number
from casework.lib.sounds import typed_sound

_WHOLE_ID: Final = re.compile(r"\d{17}[\dXx]")
_TELEPHONE: Final = re.compile(r"(?:\+?86[ -]?)?\d{3,4}[ -]?\d{4}[ -]?\d{4}|\d{3,4}-\d{7,8}")
# Signs that stand in addresses and hardly in names.
_LIKE_AN_ADDRESS: Final = re.compile(r"[0-9号楼室路街巷弄院里区村镇乡苑园厦座层]")


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


def found_by(words: str) -> QuerySet[Member]:
    """People by what somebody types of them, or of where they live.

    A whole ID number or telephone number, a part of the name, pinyin or initials from the
    beginning, or a part of the address.
    """
    found = _of_person(words)
    if _LIKE_AN_ADDRESS.search(words):
        found |= Q(household__address__contains=words)
    return Member.objects.filter(found)


def is_number_of_person(words: str) -> bool:
    """Something only a person's papers or telephone would say."""
    return _WHOLE_ID.fullmatch(words) is not None or _TELEPHONE.fullmatch(words) is not None


def _of_person(words: str) -> Q:
    if _WHOLE_ID.fullmatch(words):
        return Q(id_hash__in=id_hashes(words))
    if _TELEPHONE.fullmatch(words):
        return Q(phone_hash__in=phone_hashes(words))
    sound = typed_sound(words)
    return Q(name_sound__contains=sound) if sound else Q(name__icontains=words)
