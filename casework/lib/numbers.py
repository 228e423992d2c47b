"""Numbers as they are written."""

from decimal import Decimal, InvalidOperation
from typing import Any


def number_in(value: Any) -> Decimal | None:
    """The finite number that a value stands for; None where it stands for none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
