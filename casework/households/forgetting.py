"""What is forgotten of a household when its time is over: each app says it of its own columns.

Names, numbers, addresses, telephones and free words go; codes, dates, figures and issued papers
stay, so that the books still add up. A test walks every column about a household and fails for one
that nobody has thought about.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from django.apps import apps

from casework.households.models import Household

FORGOTTEN: Final = "已匿名"


class Forgotten(NamedTuple):
    """Columns of a model, what they become, and the way from a row to its household."""

    way: str
    become: Mapping[str, Any]


_columns: dict[str, Forgotten] = {}


def forgets(model: str, way: str, **become: Any) -> None:
    """Say what the columns of a model become, by the way that leads from a row to the household."""
    _columns[model] = Forgotten(way, become)


def columns() -> Mapping[str, Forgotten]:
    """Everything that is forgotten, by model."""
    return _columns


def forget(household: Household) -> int:
    """Forget a household; how many rows changed. What stands against it is the caller's affair."""
    changed = 0
    for model, told in _columns.items():
        rows = apps.get_model(model)._base_manager.filter(**{told.way: household.pk})
        changed += rows.update(**told.become)
    return changed


_HOME: Final[dict[str, Any]] = {
    "address": "", "relief_cert_no": "", "vehicles": [], "income_items": [], "expense_items": [],
    "assets": [], "relative_note": "",
}  # fmt: skip
_PERSON: Final[dict[str, Any]] = {
    "name": FORGOTTEN, "id_no": "", "school": "", "grade": "", "chronic_diseases": [],
    "disability_cert_no": "", "phone": "", "birth_date": None,
}  # fmt: skip
forgets("households.Household", "pk", **_HOME)
forgets("households.HistoricalHousehold", "id", **_HOME)
forgets("households.Member", "household", id_hash="", phone_hash="", name_sound="", **_PERSON)
forgets("households.HistoricalMember", "household", **_PERSON)
forgets("households.ImportRow", "member__household", values_sealed="", refusal="")
