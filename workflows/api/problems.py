"""Refusals as problem+json (RFC 9457): what went wrong, in which field, what to do."""

from collections.abc import Iterator
from typing import Any, Final

from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from casework.lib.errors import CaseworkError, Incomplete
from workflows.middleware import RETRY_SECONDS, is_passing, request_number

MEDIA_TYPE: Final = "application/problem+json"


def answer(fault: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to a refusal; None for a fault of our own, which becomes a 500."""
    if isinstance(fault, CaseworkError):
        fields = fault.fields if isinstance(fault, Incomplete) else {}
        return problem(fault.status, fault.message, fields)
    if isinstance(fault, Http404):
        fault = exceptions.NotFound()
    if isinstance(fault, exceptions.ValidationError):
        fields = dict(_flat(fault.detail, ""))
        return problem(422, next(iter(fields.values()), ""), fields)
    if isinstance(fault, exceptions.APIException):
        found = problem(fault.status_code, str(fault.detail))
        if isinstance(fault, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
            found["WWW-Authenticate"] = 'Bearer realm="casework"'
        if isinstance(fault, exceptions.Throttled):
            found["Retry-After"] = str(int(fault.wait or 1))
        return found
    if is_passing(fault):
        found = problem(503, _("The database is busy or away. Send the same again in a moment."))
        found["Retry-After"] = str(RETRY_SECONDS)
        return found
    return None


def problem(status: int, detail: str, fields: dict[str, str] | None = None) -> Response:
    """One problem; `fields` names each wrong fact and says what is wrong with it."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "status": status,
        "detail": str(detail),
        "request": request_number(),
    }
    if fields:
        told["fields"] = {name: str(words or detail) for name, words in fields.items()}
    return Response(told, status=status, content_type=MEDIA_TYPE)


def _flat(detail: Any, place: str) -> Iterator[tuple[str, str]]:
    """Nested faults by path: `members.0.id_no`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            yield from _flat(inner, f"{place}.{name}" if place else str(name))
    elif isinstance(detail, list) and any(isinstance(one, dict | list) for one in detail):
        for number, inner in enumerate(detail):
            yield from _flat(inner, f"{place}.{number}")
    elif isinstance(detail, list):
        yield place or "body", " ".join(map(str, detail))
    else:
        yield place or "body", str(detail)
