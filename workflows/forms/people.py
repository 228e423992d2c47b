"""Choices of people, bodies and catalogue items that several acts share."""

from collections.abc import Iterable
from datetime import date

from django.db.models import QuerySet

from casework.cases.models import HelpCase
from casework.directory.models import Division, Level, Organisation, ServiceItem
from casework.staff.models import Membership, Role

Choices = list[tuple[str, str]]


def staff_choices(codes: Iterable[str], roles: Iterable[str], on: date) -> Choices:
    """People who hold one of the roles in exactly one of the divisions on a day."""
    held = (
        Membership.objects.in_force(on)
        .filter(division_id__in=list(codes), role__in=list(roles), user__is_active=True)
        .select_related("user", "division")
        .order_by("division_id", "user__display_name")
    )
    named = {str(row.user_id): f"{row.user} · {row.division}" for row in held}
    return list(named.items())


def caseworker_choices(case: HelpCase, on: date) -> Choices:
    """Caseworkers of the street that handles the case."""
    return staff_choices([case.handling_street], [Role.CW], on)


def verifier_choices(case: HelpCase, on: date) -> Choices:
    """Staff of the street, its communities and the district, who may verify at home."""
    codes = [case.handling_street, case.handling_district]
    near = Division.objects.filter(parent_id=case.handling_street).values_list("code", flat=True)
    return staff_choices([*codes, *near], [Role.CW, Role.SH, Role.DS, Role.CO], on)


def evaluator_choices(organisations: Iterable[int], on: date) -> Choices:
    """Evaluators of the bodies in which the reader leads."""
    held = (
        Membership.objects.in_force(on)
        .filter(
            organisation_id__in=list(organisations),
            role__in=[Role.EV, Role.LE],
            user__is_active=True,
        )
        .select_related("user")
        .order_by("user__display_name")
    )
    return list({str(row.user_id): str(row.user) for row in held}.items())


def member_choices(case: HelpCase) -> Choices:
    """The people of the household."""
    return [(str(member.pk), member.name) for member in case.household.members.all()]


def provider_choices(on: date) -> Choices:
    """Bodies that may take on new work."""
    bodies = Organisation.objects.exclude(kind__in=["EVALUATOR", "AUTHORITY"]).order_by("name")
    return [(body.credit_code, body.name) for body in bodies if not body.is_suspended(on)]


def service_choices() -> Choices:
    """The help catalogue."""
    items = ServiceItem.objects.filter(is_retired=False).order_by("code")
    return [(item.code, f"{item.code} {item.name}（{item.unit}）") for item in items]


def street_choices(codes: Iterable[str] | None = None) -> Choices:
    """Streets of the city, each under its district; only those within the codes, if given."""
    streets: QuerySet[Division] = (
        Division.objects.filter(level=Level.STREET)
        .select_related("parent")
        .order_by("parent__order", "code")
    )
    within = None if codes is None else tuple(codes)
    return [
        (street.code, f"{street.parent} {street}")
        for street in streets
        if within is None or street.code.startswith(within)
    ]
