"""Numbers of evaluations and rectification orders: a serial per district and year."""

from datetime import date

from django.db.models import F

from casework.documents.models import NumberSeries
from casework.lib.identity import case_number

EVALUATION = "PG"
RECTIFICATION = "ZG"


def next_number(prefix: str, on: date, district: str) -> str:
    """The next number of a district's series; the row stays locked until the act is over."""
    series, _created = NumberSeries.objects.get_or_create(kind=prefix, year=on.year, unit=district)
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    series.refresh_from_db(fields=["last"])
    return case_number(prefix, on.year, district, series.last)
