"""The dated lines of assistance."""

from datetime import date

from django.utils.translation import gettext as _

from casework.households.models.standard import StandardLine
from casework.lib.errors import Incomplete

__all__ = ["StandardLine", "line"]


def line(kind: str, on: date) -> StandardLine:
    """The line in force on a day."""
    found: StandardLine | None = StandardLine.objects.in_force(on).filter(kind=kind).first()
    if found is None:
        raise Incomplete(
            _("No %(kind)s is in force on %(on)s; a city administrator must enter it.")
            % {"kind": StandardLine.Kind(kind).label, "on": on.isoformat()}
        )
    return found
