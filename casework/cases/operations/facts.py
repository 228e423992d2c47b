"""Reading the facts of an act: from a form as values, from a program or a scenario as text."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn, TypeVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, ServiceRecord
from casework.directory.models import Organisation
from casework.directory.queries import organisation
from casework.households.models import Member
from casework.ledger.act import Books
from casework.lib.bounds import FIRST_YEAR, LAST_YEAR, MOST_COUNTED, MOST_MONEY
from casework.lib.errors import Incomplete
from casework.staff.models import User

Day = date | str
# A number of a row fits into eight bytes.
_LONGEST_ID = 19
MOST_SATISFIED = 5
Moment = datetime | str
Choice = TypeVar("Choice", bound=models.TextChoices)


def refuse(name: str, message: str) -> NoReturn:
    """Refuse one fact by name, with the sentence the person reads beside it."""
    raise Incomplete(message, fields={name: message})


def day(value: Day | None, name: str) -> date:
    """A calendar day."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date()
    try:
        found = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        refuse(name, _("Give a date as year-month-day."))
    _ensure_year(found, name)
    return found


def _ensure_year(found: date, name: str) -> None:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        refuse(
            name,
            _("Enter a date between the years %(first)s and %(last)s.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR},
        )


def past_day(value: Day | None, name: str, books: Books) -> date:
    """A calendar day that has come."""
    found = day(value, name)
    if found > books.on:
        refuse(name, _("This date lies in the future; enter it when it has come."))
    return found


def past_moment(value: Moment | None, name: str, books: Books) -> datetime:
    """A moment that has come, in the city's time unless it says otherwise."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        refuse(name, _("Give a date and a time."))
    _ensure_year(found, name)
    if timezone.is_naive(found):
        found = timezone.make_aware(found)
    if found > books.moment:
        refuse(name, _("This time lies in the future; enter it when it has come."))
    return found


def time_of_day(value: time | str | None, name: str) -> time | None:
    """A time of day by the minute, where one was named."""
    if value is None or value == "":
        return None
    try:
        found = value if isinstance(value, time) else time.fromisoformat(str(value))
    except ValueError:
        refuse(name, _("Give a time of day as hour:minute."))
    return found.replace(second=0, microsecond=0, tzinfo=None)


def text(value: str | None, name: str, *, at_most: int = 300) -> str:
    """Words that must be there and fit."""
    found = str(value or "").strip()
    if not found:
        refuse(name, _("This cannot be left empty."))
    if len(found) > at_most:
        refuse(name, _("At most %(count)d characters fit here.") % {"count": at_most})
    return found


def choice(kind: type[Choice], value: str | None, name: str) -> Choice:
    """One of a list of codes."""
    try:
        return kind(str(value or ""))
    except ValueError:
        codes = ", ".join(str(code) for code in kind.values)
        refuse(name, _("Choose one of: %(codes)s.") % {"codes": codes})


def count(
    value: int | str | None, name: str, *, at_least: int = 0, at_most: int = MOST_COUNTED
) -> int:
    """A whole number within its bounds."""
    try:
        found = int(str(value))
    except ValueError:
        refuse(name, _("Give a whole number."))
    if found < at_least:
        refuse(name, _("The number must be at least %(least)d.") % {"least": at_least})
    if found > at_most:
        refuse(name, _("The number must be at most %(most)d.") % {"most": at_most})
    return found


def satisfaction(value: int | str | None, name: str) -> int:
    """How satisfied the household is, from 1 to 5."""
    found = count(value, name, at_least=1)
    if found > MOST_SATISFIED:
        refuse(name, _("Satisfaction is a number from 1 to 5."))
    return found


def service_record(case: HelpCase, value: int | str | None, name: str) -> ServiceRecord:
    """A service record of the case, with its plan item."""
    wanted = case.services.select_related("item").filter(pk=number(value) or 0)
    found: ServiceRecord | None = wanted.first()
    if found is None:
        refuse(name, _("This service record is not in the file."))
    return found


def money(value: Decimal | str | float | None, name: str) -> Decimal | None:
    """An amount in yuan, if one is given."""
    if value is None or value == "":
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        refuse(name, _("Give an amount in yuan."))
    if not found.is_finite() or found < 0:
        refuse(name, _("Give an amount in yuan."))
    if found >= MOST_MONEY:
        refuse(name, _("This amount is too large to be right; check it."))
    return found


def person(value: User | int | str | None, name: str) -> User:
    """An account that is in use."""
    key = value.pk if isinstance(value, User) else value
    found = User.objects.filter(pk=str(key), is_active=True).first() if _is_id(key) else None
    if found is None:
        refuse(name, _("There is no such account in use."))
    return found


def member(case: HelpCase, value: Member | int | str | None, name: str) -> Member:
    """A member of the case's household."""
    key = value.pk if isinstance(value, Member) else value
    found = case.household.members.filter(pk=str(key)).first() if _is_id(key) else None
    if found is None:
        refuse(name, _("This person is not a member of the household."))
    return found


def provider(value: Organisation | int | str, name: str, *, on: date) -> Organisation:
    """An organisation that may take on work, by its id or credit code."""
    try:
        found = value if isinstance(value, Organisation) else organisation(_id_or_code(value))
    except Incomplete as missing:
        refuse(name, missing.message)
    if found.kind in {Organisation.Kind.EVALUATOR, Organisation.Kind.AUTHORITY}:
        refuse(name, _("This organisation does not provide services; choose another."))
    if found.is_suspended(on):
        refuse(name, _("This provider is suspended; choose another."))
    return found


def case_named(value: HelpCase | int | str | None, name: str) -> HelpCase:
    """Another case, by its number or id."""
    if isinstance(value, HelpCase):
        named: HelpCase = value
        return named
    key = str(value or "").strip()
    wanted = Q(case_no=key) | Q(pk=int(key)) if _is_id(key) else Q(case_no=key)
    found: HelpCase | None = HelpCase.objects.filter(wanted).first()
    if found is None:
        refuse(name, _("There is no case with this number."))
    return found


def rows(value: Any, name: str) -> list[Mapping[str, Any]]:
    """A list of entries, each with named facts, and not an empty one."""
    if not isinstance(value, list | tuple) or not value:
        refuse(name, _("Enter at least one."))
    if not all(isinstance(row, Mapping) for row in value):
        refuse(name, _("Each entry needs its facts by name."))
    return list(value)


def number(value: object) -> int | None:
    """The number by which a row is named; None, which names no row, where it is no number."""
    return int(str(value)) if _is_id(value) and len(str(value)) < _LONGEST_ID else None


def _is_id(value: object) -> bool:
    return not isinstance(value, bool) and str(value).isdecimal()


def _id_or_code(value: int | str) -> int | str:
    # A credit code has eighteen characters; anything shorter in digits is an id.
    key = str(value).strip()
    return int(key) if key.isdecimal() and len(key) < 18 else key
