"""Who may see and do what, where: the reach of a person on a day."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Q

from casework.lib import clock
from casework.staff.models import Membership, User

_CITY_SUFFIX = "0000"
_DISTRICT, _STREET = 6, 9
_CACHE = "_reach_by_day"


@dataclass(frozen=True, slots=True)
class Grant:
    """One role in one unit."""

    role: str
    division_code: str
    organisation_id: int | None

    @property
    def prefix(self) -> str:
        """The beginning shared by the codes of every division within this grant's unit."""
        return code_prefix(self.division_code)


@dataclass(frozen=True)
class Reach:
    """Everything one person's memberships give on one day."""

    user_id: int
    grants: tuple[Grant, ...]

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(grant.role for grant in self.grants)

    def has(self, *roles: str) -> bool:
        """The person holds one of these roles somewhere."""
        return not self.roles.isdisjoint(roles)

    def divisions(self, *roles: str) -> set[str]:
        """Codes of the divisions in which the person holds one of these roles; none means any."""
        return {grant.division_code for grant in self._of(roles) if grant.division_code}

    def organisations(self, *roles: str) -> set[int]:
        """Organisations in which the person holds one of these roles; none means any."""
        return {g.organisation_id for g in self._of(roles) if g.organisation_id is not None}

    def covers(self, code: str, *roles: str) -> bool:
        """A division lies within a unit in which the person holds one of these roles."""
        # A grant without a division has no prefix, and every code begins with nothing.
        return any(grant.prefix and code.startswith(grant.prefix) for grant in self._of(roles))

    def roles_covering(self, code: str) -> set[str]:
        """The roles the person holds towards a division."""
        return {g.role for g in self.grants if g.prefix and code.startswith(g.prefix)}

    def _of(self, roles: tuple[str, ...]) -> list[Grant]:
        return [grant for grant in self.grants if not roles or grant.role in roles]


def code_prefix(code: str) -> str:
    """A city's code ends in zeros that the codes below it do not repeat."""
    return code.removesuffix(_CITY_SUFFIX)


def lies_in(code: str, *, street: str, district: str) -> Q:
    """Rows whose columns of street and district lie in a division, so that an index finds them.

    A beginning of a code is found by an index only where its order is that of the letters; a whole
    code always is.
    """
    if len(code) == _STREET:
        return Q(**{street: code})
    if len(code) == _DISTRICT and not code.endswith(_CITY_SUFFIX):
        return Q(**{district: code})
    return Q(**{f"{street}__startswith": code_prefix(code)})


def reach_of(user: User, on: date | None = None) -> Reach:
    """What a person's memberships give on a day; remembered on the account object."""
    day = on or clock.today()
    cache: dict[date, Reach] = user.__dict__.setdefault(_CACHE, {})
    if day not in cache:
        cache[day] = _read_reach(user, day)
    return cache[day]


def forget_reach(user: User) -> None:
    """Drop what was remembered, after a membership began or ended."""
    user.__dict__.pop(_CACHE, None)


def _read_reach(user: User, day: date) -> Reach:
    if user.pk is None or not user.is_active:
        return Reach(user_id=user.pk or 0, grants=())
    rows = (
        Membership.objects.in_force(day)
        .filter(user_id=user.pk)
        .order_by("pk")
        .values_list("role", "division_id", "organisation_id")
    )
    grants = tuple(
        Grant(role, division or "", organisation) for role, division, organisation in rows
    )
    return Reach(user_id=user.pk, grants=grants)
