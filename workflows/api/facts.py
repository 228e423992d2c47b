"""The facts of an act as JSON: a schema made from what its operation takes, and checked by it.

The schema knows shapes alone; the law stays in the operation.
"""

import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator

from casework.lib.errors import Incomplete
from workflows.acts import ActSpec

LONGEST: Final = 4000
LARGEST: Final = 2**53 - 1
MOST_ROWS: Final = 500
_NUMBER: Final = {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST}
_TEXT: Final = {"type": "string", "maxLength": LONGEST}
_PLAIN: Final = [
    _TEXT,
    _NUMBER,
    {"type": "number", "minimum": -LARGEST, "maximum": LARGEST},
    {"type": "boolean"},
    {"type": "null"},
]
# What stands in a row of facts: plain values, or a list of them.
_VALUE: Final = {"anyOf": [*_PLAIN, {"type": "array", "items": {"anyOf": _PLAIN}, "maxItems": 60}]}
_ROW: Final = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [_VALUE, {"type": "object", "additionalProperties": _VALUE, "maxProperties": 60}]
    },
    "maxProperties": 60,
}


@cache
def schema_of(spec: ActSpec) -> dict[str, Any]:
    """The JSON Schema of an act's facts."""
    hints = {name: one.annotation for name, one in spec.signature.parameters.items()}
    properties = {name: _shape(hints[name]) for name in spec.fact_names}
    needed = [
        name
        for name in spec.fact_names
        if spec.signature.parameters[name].default is spec.signature.parameters[name].empty
    ]
    return {
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
    }


def _shape(hint: Any) -> dict[str, Any]:
    parts = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    shapes = [_one(part) for part in parts]
    unique = [shape for n, shape in enumerate(shapes) if shape not in shapes[:n]]
    if {"type": "string", "format": "date"} in unique:
        unique = [shape for shape in unique if shape != _TEXT]
    if {"type": "string", "format": "date-time"} in unique:
        unique = [shape for shape in unique if shape != _TEXT]
    return unique[0] if len(unique) == 1 else {"anyOf": unique}


def _one(hint: Any) -> dict[str, Any]:
    plain: dict[Any, dict[str, Any]] = {
        str: _TEXT,
        int: _NUMBER,
        bool: {"type": "boolean"},
        date: {"type": "string", "format": "date"},
        datetime: {"type": "string", "format": "date-time"},
        type(None): {"type": "null"},
    }
    if hint in plain:
        return plain[hint]
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Sequence, Iterable, list):
        return {"type": "array", "items": _shape(inner[0]), "maxItems": MOST_ROWS}
    if origin is Mapping:
        if inner[1] is str:
            return {"type": "object", "additionalProperties": _TEXT, "maxProperties": 60}
        return _ROW
    if isinstance(hint, type) and issubclass(hint, Model):
        # A row is named by its number.
        return _NUMBER
    raise TypeError(f"no shape for {hint}")


def checked(spec: ActSpec, body: Any) -> dict[str, Any]:
    """The facts of a body, or Incomplete with every field that does not fit."""
    faults: dict[str, str] = {}
    for fault in Draft202012Validator(schema_of(spec)).iter_errors(body):
        faults.setdefault(_place(fault), _words(fault))
    if not faults and (place := _nul(body, "")):
        faults[place] = _("This holds a sign that cannot be kept.")
    if faults:
        raise Incomplete(next(iter(faults.values())), faults)
    return dict(body)


def _place(fault: Any) -> str:
    path = ".".join(map(str, fault.absolute_path))
    if fault.validator == "required":
        missing = next(name for name in fault.validator_value if name not in fault.instance)
        return f"{path}.{missing}" if path else missing
    if fault.validator == "additionalProperties" and not path:
        known = set(fault.schema["properties"]) if "properties" in fault.schema else set()
        extra = sorted(set(fault.instance) - known)
        return extra[0] if extra else "body"
    return path or "body"


def _words(fault: Any) -> str:
    if fault.validator == "required":
        return _("This cannot be left empty.")
    if fault.validator == "additionalProperties":
        return _("This fact is not known here.")
    return _("This has not the form that is expected.")


def _nul(value: Any, place: str) -> str:
    """Where a NUL stands, which no database keeps."""
    if isinstance(value, str):
        return (place or "body") if "\0" in value else ""
    found: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        if any("\0" in name for name in value):
            return place or "body"
        found = value.items()
    elif isinstance(value, list):
        found = enumerate(value)
    inner = (_nul(one, f"{place}.{name}" if place else str(name)) for name, one in found)
    return next((one for one in inner if one), "")
