"""Numbers of documents: drawn under a row lock, in the transaction of the act that issues."""

from django.db.models import F

from casework.documents.models import DocumentKind, NumberSeries

# The issuing organ's code word, 〔year〕, and the serial without 第 and without leading zeros.
PATTERNS = {
    DocumentKind.RECTIFICATION_NOTICE: "京民救改〔{year}〕{serial}号",
    DocumentKind.WEEKLY_SUMMARY: "京民救周〔{year}〕{serial}号",
    DocumentKind.REFUSAL_NOTICE: "京民救拒〔{year}〕{serial}号",
    DocumentKind.MONTHLY_BULLETIN: "京民救通〔{year}〕{serial}号",
}


def next_number(kind: str, year: int, unit: str = "") -> str:
    """The next number of a series; the row stays locked until the act commits or is undone."""
    series, _created = NumberSeries.objects.get_or_create(kind=kind, year=year, unit=unit)
    NumberSeries.objects.filter(pk=series.pk).update(last=F("last") + 1)
    series.refresh_from_db(fields=["last"])
    return PATTERNS[DocumentKind(kind)].format(year=year, serial=series.last)
