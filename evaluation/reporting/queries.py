"""Targets in force, and the stored weekly tables."""

from datetime import date

from evaluation.reporting.models import Target, WeeklySummary


def targets_on(day: date, year: int) -> dict[str, int]:
    """Per district, the target of a year as it stands on a day."""
    rows = Target.objects.filter(year=year, effective_from__lte=day).order_by("effective_from")
    return {row.district_id: row.amount for row in rows}


def summary_of(week: str) -> WeeklySummary | None:
    """The published table of a week, if it has been published."""
    return WeeklySummary.objects.filter(week=week).first()
