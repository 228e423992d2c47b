"""The form by which a lead evaluator draws a district's sample of a month."""

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.directory.queries import districts

_MONTHS_BACK = 12


class DrawForm(forms.Form):
    """Which month of which district; the seed is drawn by lot and stored."""

    month = forms.ChoiceField(label=_("Month"))
    district = forms.ChoiceField(label=_("District"))

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = [(month, month) for month in past_months(today)]
        names = [(one.code, one.name) for one in districts()]
        for name, choices in (("month", months), ("district", names)):
            field = cast("forms.ChoiceField", self.fields[name])
            field.choices = choices
            field.widget.attrs["class"] = "form-select"


def past_months(today: date) -> list[str]:
    """The months that are over, the newest first."""
    first, months = today.replace(day=1), []
    for _month in range(_MONTHS_BACK):
        first = (first - timedelta(days=1)).replace(day=1)
        months.append(f"{first:%Y-%m}")
    return months
