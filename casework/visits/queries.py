"""Reading the visiting list within a person's reach."""

from datetime import date

from django.db.models import Q, QuerySet

from casework.staff.models import Role, User
from casework.staff.scope import code_prefix, reach_of
from casework.visits.models import ElderEnrolment


def visible_to(user: User, on: date | None = None) -> QuerySet[ElderEnrolment]:
    """Elders of the streets and districts a person answers for, or of the station they work in."""
    reach = reach_of(user, on)
    wanted = Q(station__in=reach.organisations(Role.PR))
    for code in reach.divisions(Role.CW, Role.SH, Role.DS):
        wanted |= Q(street__startswith=code_prefix(code))
    return ElderEnrolment.objects.filter(wanted).select_related("member", "station")
