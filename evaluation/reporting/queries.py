"""Targets in force, and the stored weekly tables."""

from datetime import date

from django.db.models import QuerySet

from casework.documents.models import Document
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from evaluation.reporting.models import BulletinState, MonthlyBulletin, Target, WeeklySummary


def targets_on(day: date, year: int) -> dict[str, int]:
    """Per district, the target of a year as it stands on a day."""
    rows = Target.objects.filter(year=year, effective_from__lte=day).order_by("effective_from")
    return {row.district_id: row.amount for row in rows}


def summary_of(week: str) -> WeeklySummary | None:
    """The published table of a week, if it has been published."""
    return WeeklySummary.objects.filter(week=week).first()


def readable_summaries(user: User, documents: list[Document]) -> set[int]:
    """The papers of weeks and months go to the city, the districts and the auditors."""
    if not reach_of(user).has(Role.CA, Role.DS, Role.AU):
        return set()
    return {document.pk for document in documents}


def bulletins_for(user: User) -> QuerySet[MonthlyBulletin]:
    """The city and the auditors follow a bulletin from its draft on, the districts once issued."""
    rows = MonthlyBulletin.objects.select_related("document", "reviewed_by", "signed_by")
    if reach_of(user).has(Role.CA, Role.AU):
        return rows
    if reach_of(user).has(Role.DS):
        return rows.filter(state__in=(BulletinState.ISSUED, BulletinState.ARCHIVED))
    return rows.none()
