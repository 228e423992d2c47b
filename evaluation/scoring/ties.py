"""Who is too close to a case to judge it: one rule, asked for one person or for a whole batch."""

from collections.abc import Iterable, Sequence

from casework.cases.models import HelpCase, PlanItem, Transfer, Verifier
from casework.staff.models import Membership, User


def ties(people: Iterable[User | int], cases: Sequence[HelpCase]) -> set[tuple[int, int]]:
    """Pairs of person and case of which the person ever belonged to a unit that handled the case
    or served it, or verified it; four queries for however many there are.
    """
    persons = {one.pk if isinstance(one, User) else one for one in people}
    numbers = [case.pk for case in cases]
    streets: dict[int, set[str]] = {case.pk: {case.handling_street} for case in cases}
    for case, street in Transfer.objects.filter(case__in=numbers).values_list(
        "case", "from_street"
    ):
        streets[case].add(street)
    served: dict[int, set[int]] = {case: set() for case in numbers}
    for case, provider in PlanItem.objects.filter(
        plan__case__in=numbers, provider__isnull=False
    ).values_list("plan__case", "provider"):
        served[case].add(provider)
    verified = Verifier.objects.filter(verification__case__in=numbers, user__in=persons)
    found = set(verified.values_list("user", "verification__case"))
    belonged = Membership.objects.filter(user__in=persons)
    for person, division, body in belonged.values_list("user", "division", "organisation"):
        found |= {
            (person, case)
            for case in numbers
            if body in served[case] or _handled(division or "", streets[case])
        }
    return found


def _handled(division: str, streets: set[str]) -> bool:
    """The division is a street of the case, the district above it, or a community within it."""
    return any(division == street[:6] or division.startswith(street) for street in streets)
