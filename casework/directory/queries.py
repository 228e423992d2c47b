"""Reading the directory: working days, limits, parameters, divisions, organisations."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casework.directory.models import (
    Division,
    Level,
    Limit,
    Organisation,
    Parameter,
    PlanTemplate,
    ServiceItem,
    entered_calendar,
)
from casework.directory.still import once
from casework.lib.calendar import WorkingCalendar
from casework.lib.errors import Incomplete

CODE_LENGTHS = {Level.CITY: 6, Level.DISTRICT: 6, Level.STREET: 9, Level.COMMUNITY: 12}
CITY_CODE = "110000"


def working_days() -> WorkingCalendar:
    """The city's working calendar as entered."""
    return once("calendar", entered_calendar)


def limit(code: str, on: date) -> Limit:
    """The time limit in force on a day."""
    return limits([code], on)[code]


def limits(codes: Collection[str], on: date) -> dict[str, Limit]:
    """The time limits in force on a day, by their codes; Incomplete where one is not entered."""
    if not codes:
        return {}
    wanted = tuple(sorted(set(codes)))
    found = once(("limits", wanted, on), lambda: _limits_in_force(wanted, on))
    for code in wanted:
        if code not in found:
            raise Incomplete(
                _(
                    "No time limit “%(code)s” is in force on %(on)s; a city administrator "
                    "must enter it."
                )
                % {"code": code, "on": on.isoformat()}
            )
    return found


def _limits_in_force(codes: Collection[str], on: date) -> dict[str, Limit]:
    found: dict[str, Limit] = {}
    for rule in Limit.objects.in_force(on).filter(code__in=codes):  # the governing one first
        found.setdefault(rule.code, rule)
    return found


def due_on(code: str, start: date, *, rule_date: date | None = None, roll: bool = False) -> date:
    """The last day of a period that begins with an event; its own day is not counted."""
    rule = limit(code, rule_date or start)
    calendar = working_days()
    if rule.unit == Limit.Unit.WORKING_DAYS:
        return calendar.add(start, rule.amount)
    last = start + timedelta(days=rule.amount)
    return calendar.roll(last) if roll else last


def parameter(code: str, on: date) -> Any:
    """The value of a setting in force on a day."""
    rows = Parameter.objects.in_force(on).filter(code=code)
    found: Parameter | None = once(("parameter", code, on), rows.first)
    if found is None:
        raise Incomplete(
            _("No setting “%(code)s” is in force on %(on)s; a city administrator must enter it.")
            % {"code": code, "on": on.isoformat()}
        )
    return found.value


def division_of(code: str, level: Level | str) -> Division:
    """The division of a level within which a code lies."""
    return Division.objects.get(pk=code_at(code, level))


def code_at(code: str, level: Level | str) -> str:
    """The code of the division of a level within which a code lies."""
    if level == Level.CITY:
        return code[:2] + "0000"
    wanted = CODE_LENGTHS[Level(level)]
    if len(code) < wanted or (level == Level.DISTRICT and code.endswith("0000")):
        raise Incomplete(_("“%(code)s” is not precise enough.") % {"code": code})
    return code[:wanted]


def districts() -> QuerySet[Division]:
    """The districts in the order of official tables."""
    return Division.objects.filter(level=Level.DISTRICT)


def streets(district: str = "") -> QuerySet[Division]:
    """The streets of a district, or of the whole city."""
    return Division.objects.filter(level=Level.STREET, code__startswith=district)


def organisation(key: int | str) -> Organisation:
    """An organisation by its id or by its credit code."""
    rows = Organisation.objects.all()
    found = (
        rows.filter(pk=key).first()
        if isinstance(key, int)
        else rows.filter(credit_code=key.strip().upper()).first()
    )
    if found is None:
        raise Incomplete(_("There is no such organisation."))
    return found


def service_item(code: str) -> ServiceItem:
    """A catalogue item that can still be planned."""
    found = ServiceItem.objects.filter(pk=code, is_retired=False).first()
    if found is None:
        raise Incomplete(_("“%(code)s” is not in the service catalogue.") % {"code": code})
    return found


def plan_templates(on: date) -> QuerySet[PlanTemplate]:
    """The plan templates in force on a day."""
    return PlanTemplate.objects.in_force(on).order_by("name")
