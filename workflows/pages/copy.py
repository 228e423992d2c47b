"""A copy of what is kept about a household, for the household (PIPL of 2021-11-01, art. 45)."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.households.forgetting import columns

_ANSWERS = "scoring.Revisit"
# What the house uses to find and prove, and tells nobody anything.
_INNER = frozenset({"id", "id_hash", "phone_hash", "name_sound", "natural_key", "group_key"})


def copy_of(case: HelpCase, *, with_answers: bool) -> dict[str, Any]:
    """Every row about the household that the house could forget, under its names in words.

    What it said when it was asked again goes through the hands of the district alone: without
    `with_answers` the copy says that it has to be asked for there.
    """
    found: dict[str, Any] = {"case_no": case.case_no}
    for model, told in columns().items():
        if model == _ANSWERS and not with_answers:
            found[str(_("re-visit"))] = str(_("The district hands out a copy of the answers."))
            continue
        rows = apps.get_model(model)._base_manager.filter(**{told.way: case.household_id})
        if written := [_row(row) for row in rows.order_by("pk")]:
            found[str(apps.get_model(model)._meta.verbose_name_plural)] = written
    return found


def _row(row: models.Model) -> dict[str, Any]:
    return {
        str(field.verbose_name): _value(row, field)
        for field in _shown(row._meta.concrete_fields)
        if _value(row, field) not in ("", None, [], {})
    }


def _shown(fields: Iterable[models.Field[Any, Any]]) -> Iterable[models.Field[Any, Any]]:
    return (field for field in fields if not field.is_relation and field.name not in _INNER)


def _value(row: models.Model, field: models.Field[Any, Any]) -> Any:
    if field.choices:
        return str(getattr(row, f"get_{field.name}_display")())
    return getattr(row, field.attname)
