"""Compares what was expected with what is, and says each difference with its place."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from casework.lib.numbers import number_in
from workflows.replay.format import known
from workflows.replay.source import Place


class Difference(NamedTuple):
    """One expectation that does not hold."""

    place: Place
    text: str


class Exact(dict[str, Any]):
    """A mapping in which what the scenario does not name must be empty."""


def shown(value: Any) -> Any:
    """A value as a scenario writes it: dates, moments and numbers as plain text or numbers."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, Mapping):
        return {str(key): shown(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [shown(item) for item in value]
    return value


def differences(expected: Any, actual: Any, place: Place) -> Iterator[Difference]:
    """Every place at which the actual value is not as expected."""
    actual = Exact(actual) if isinstance(actual, Exact) else actual
    if isinstance(expected, Mapping):
        yield from _in_mapping(expected, actual, place)
    elif isinstance(expected, list):
        yield from _in_list(expected, actual, place)
    elif not agrees(expected, actual):
        yield Difference(
            place,
            _("expected %(expected)s, found %(actual)s")
            % {"expected": _quoted(expected), "actual": _quoted(shown(actual))},
        )


def agrees(expected: Any, actual: Any) -> bool:
    """One plain value is as expected; `*` in an expected text stands for anything."""
    actual = shown(actual)
    if expected is None or actual is None:
        return expected is None and actual is None
    if isinstance(expected, bool) or isinstance(actual, bool):
        return expected is actual
    if isinstance(actual, Mapping | list):
        return False
    if (left := number_in(expected)) is not None and (right := number_in(actual)) is not None:
        return left == right
    return fnmatchcase(str(actual), _pattern(str(expected)))


def _pattern(text: str) -> str:
    """Only `*` and `?` are wild: brackets are plain, document numbers are full of them."""
    return text.replace("[", "[[]")


def _quoted(value: Any) -> str:
    return "null" if value is None else f"“{value}”" if isinstance(value, str) else str(value)


def _in_mapping(expected: Mapping[str, Any], actual: Any, place: Place) -> Iterator[Difference]:
    if not isinstance(actual, Mapping):
        yield Difference(
            place,
            _("expected %(expected)s, found %(actual)s")
            % {"expected": shown(expected), "actual": _quoted(shown(actual))},
        )
        return
    found = {str(key): value for key, value in actual.items()}
    for key, value in expected.items():
        if key not in found:
            yield Difference(
                (*place, key),
                _("“%(key)s” is not known here; known are: %(known)s.")
                % {"key": key, "known": known(found)},
            )
        else:
            yield from differences(value, found[key], (*place, key))
    if isinstance(actual, Exact):
        for key, value in found.items():
            if key not in expected and value is not None:
                yield Difference(
                    place,
                    _("“%(key)s” is %(actual)s and was not expected")
                    % {"key": key, "actual": _quoted(shown(value))},
                )


def _in_list(expected: list[Any], actual: Any, place: Place) -> Iterator[Difference]:
    if not isinstance(actual, list) or len(actual) != len(expected):
        yield Difference(
            place,
            _("expected %(expected)s, found %(actual)s")
            % {"expected": shown(expected), "actual": shown(actual)},
        )
        return
    for n, (value, item) in enumerate(zip(expected, actual, strict=True)):
        yield from differences(value, item, (*place, n))
