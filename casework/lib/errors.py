"""The refusals of the product: each carries a sentence fit for the screen and an HTTP status."""

from collections.abc import Mapping
from typing import Any


class CaseworkError(Exception):
    """An act that was refused, with a reason a person can act on."""

    status = 400

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotLawfulNow(CaseworkError):
    """The act is real but the subject is not in a state that allows it."""

    status = 409


class KeyReused(CaseworkError):
    """One submission key came back with different facts."""

    status = 409


class NotYours(CaseworkError):
    """The subject is within reach but this role may not do this act."""

    status = 403


class NotFound(CaseworkError):
    """The subject does not exist for this person: absent and out of scope read alike."""

    status = 404


class Incomplete(CaseworkError):
    """Facts are missing or wrong; `fields` says which and why."""

    status = 422

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class Blocked(Incomplete):
    """The facts contradict the file: refused, and the attempt itself becomes a finding."""

    def __init__(self, message: str, *, finding_code: str, detail: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.finding_code = finding_code
        self.detail = dict(detail)
