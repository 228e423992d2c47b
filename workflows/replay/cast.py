"""Who plays: accounts for every role at every unit a scenario uses, and the built-in bodies."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, PlanItem
from casework.directory.models import Division, Level, Organisation
from casework.staff.models import DIVISION_LEVELS, ORGANISATION_KINDS, Membership, Role, User
from workflows.replay.format import known, parse_day
from workflows.replay.schema import ROLES
from workflows.replay.source import ScenarioError

CITY = "110000"
SINCE = date(2000, 1, 1)
BUILT_IN = {
    "provider_a": "52110199990000017H",
    "provider_b": "52110199990000025C",
    "evaluator": "521101999900000337",
    "foundation": "53110199990000041Y",
    "company": "9111019999000005XQ",
}
ACTOR = re.compile(rf"^(?P<role>{'|'.join(ROLES)})(?:/(?P<number>[1-9]))?(?: (?P<unit>\S+))?$")


@dataclass(frozen=True)
class Actor:
    """An account as a step names it: `CW`, `CW/2`, `DS 110115`, `PR provider_b`."""

    role: str
    number: int = 1
    unit: str = ""


def parse_actor(text: str) -> Actor | None:
    """The role, number and unit written in a step; None when it is a person's ref."""
    found = ACTOR.match(text)
    if found is None:
        return None
    return Actor(found["role"], int(found["number"] or 1), found["unit"] or "")


class Cast:
    """The accounts and organisations of one scenario, made when first needed."""

    def __init__(
        self, staff: dict[str, dict[str, Any]], organisations: dict[str, dict[str, Any]]
    ) -> None:
        self._staff = staff
        self._organisations = organisations
        self._accounts: dict[tuple[str, str, int], User] = {}
        self._people: dict[str, User] = {}

    def assemble(self, streets: Iterable[str]) -> None:
        """Set up the offices of these streets, their districts, the city and both bodies."""
        for entry in self._organisations.values():
            fields = {key: value for key, value in entry.items() if key != "ref"}
            Organisation.objects.get_or_create(
                credit_code=fields.pop("credit_code"), defaults=fields
            )
        for street in sorted(set(streets)):
            self.division(street)
            for role, number in (("CO", 1), ("CW", 1), ("CW", 2), ("SH", 1), ("DS", 1), ("DS", 2)):
                self.holder(Actor(role, number, street))
        for role, number in (("CA", 1), ("LE", 1), ("EV", 1), ("EV", 2), ("EV", 3)):
            self.holder(Actor(role, number))
        for provider in ("provider_a", "provider_b"):
            self.holder(Actor("PR", 1, provider))
        for ref in self._staff:
            self.person(ref)

    def organisation(self, ref: str) -> Organisation:
        """A body by its ref: built in, or described in the file."""
        codes = self._codes()
        if ref not in codes:
            raise ScenarioError(
                _("“%(ref)s” is no organisation; known are: %(known)s.")
                % {"ref": ref, "known": known(codes)}
            )
        return Organisation.objects.get(credit_code=codes[ref])

    def person(self, ref: str) -> User:
        """A named member of staff described in the file."""
        if ref not in self._people:
            entry = self._staff[ref]
            user = self._account(f"staff-{ref}", entry["name"])
            for held in entry["roles"]:
                self._grant(
                    user,
                    Actor(held["role"], 1, str(held.get("unit", ""))),
                    parse_day(held["valid_from"]) if "valid_from" in held else SINCE,
                    parse_day(held["valid_to"]) if "valid_to" in held else None,
                )
            self._people[ref] = user
        return self._people[ref]

    def holder(self, actor: Actor) -> User:
        """The account that holds a role in a unit."""
        unit = self._unit(actor)
        where = unit.pk if isinstance(unit, Division) else unit.credit_code
        key = (actor.role, str(where), actor.number)
        if key not in self._accounts:
            name = f"{unit.name}·{Role(actor.role).value}{actor.number}"
            user = self._account("-".join(map(str, key)).lower(), name)
            self._grant(user, actor, SINCE, None)
            self._accounts[key] = user
        return self._accounts[key]

    def at_home(self, actor: Actor, *, street: str, case: HelpCase | None) -> Actor:
        """The actor at the unit that follows from the case: its street, or its one provider."""
        if actor.role == "PR" and case is not None:
            items = PlanItem.objects.filter(plan__case=case, provider__isnull=False)
            codes = sorted(set(items.values_list("provider__credit_code", flat=True)))
            refs = [ref for ref, code in self._codes().items() if code in codes]
            return replace(actor, unit=refs[0]) if len(refs) == 1 else actor
        if actor.role in ORGANISATION_KINDS or "CITY" in DIVISION_LEVELS[actor.role]:
            return actor
        return replace(actor, unit=street)

    def _codes(self) -> dict[str, str]:
        described = {ref: str(body["credit_code"]) for ref, body in self._organisations.items()}
        return BUILT_IN | described

    def ref_of(self, organisation: Organisation | None) -> str | None:
        """The scenario's name of a body."""
        if organisation is None:
            return None
        names = (ref for ref, code in self._codes().items() if code == organisation.credit_code)
        return next(names, organisation.credit_code)

    def division(self, code: str) -> Division:
        """A district, street or community; one that is not yet in the directory is added."""
        found = Division.objects.filter(pk=code).first()
        if found:
            return found
        levels = {9: (Level.STREET, code[:6]), 12: (Level.COMMUNITY, code[:9])}
        if len(code) not in levels or not code.isdigit():
            raise ScenarioError(
                _("“%(code)s” is no division: districts have 6 digits, streets 9, communities 12.")
                % {"code": code}
            )
        level, parent = levels[len(code)]
        return Division.objects.create(
            code=code, name=f"示例{code[-3:]}", level=level, parent=self.division(parent)
        )

    def _unit(self, actor: Actor) -> Division | Organisation:
        if actor.role in ORGANISATION_KINDS:
            if not actor.unit and ORGANISATION_KINDS[actor.role] == "PROVIDER":
                raise ScenarioError(_("Say whose provider worker, as in `PR provider_a`."))
            return self.organisation(actor.unit or "evaluator")
        levels = DIVISION_LEVELS[actor.role]
        if "CITY" in levels and not actor.unit:
            return self.division(CITY)
        return self.division(_code_at(levels, actor))

    def _account(self, username: str, name: str) -> User:
        user = User(username=username, display_name=name)
        user.set_unusable_password()
        user.save()
        return user

    def _grant(self, user: User, actor: Actor, start: date, end: date | None) -> None:
        unit = self._unit(actor)
        membership = Membership(user=user, role=actor.role, valid_from=start, valid_to=end)
        if isinstance(unit, Division):
            membership.division = unit
        else:
            membership.organisation = unit
        membership.full_clean()
        membership.save()


def _code_at(levels: frozenset[str], actor: Actor) -> str:
    """The code of the actor's unit at the level where the role is held."""
    code = actor.unit
    if "COMMUNITY" in levels:
        code = f"{code}001" if len(code) == 9 else code
    elif "STREET" in levels:
        code = code[:9]
    elif "DISTRICT" in levels:
        code = code[:6]
    wanted = {"COMMUNITY": 12, "STREET": 9, "DISTRICT": 6, "CITY": 6}
    if len(code) not in {wanted[level] for level in levels}:
        raise ScenarioError(
            _("%(role)s needs a unit here, as in `%(role)s %(example)s`.")
            % {"role": actor.role, "example": "110101901" if "STREET" in levels else "110101"}
        )
    return code
