"""Proposing evaluators for a batch: nobody with a tie, districts in rotation, work spread."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from casework.cases.models import HelpCase
from casework.staff.models import Membership, Role, User
from evaluation.scoring.models import EvaluatorAssignment
from evaluation.scoring.queries import open_assignments
from evaluation.scoring.ties import ties

# How long an evaluator stays away from a district that they judged, where others are free.
ROTATION_DAYS = 45


def evaluators_of(bodies: Sequence[int], on: date) -> list[User]:
    """The evaluators in use of some bodies, by name."""
    held = Membership.objects.in_force(on).filter(
        organisation_id__in=list(bodies), role=Role.EV, user__is_active=True
    )
    return list(
        User.objects.filter(pk__in=held.values("user")).order_by("display_name", "username")
    )


def propose(
    cases: Sequence[HelpCase],
    bodies: Sequence[int],
    on: date,
    *,
    barred: Collection[tuple[int, int]] = (),
) -> dict[int, User]:
    """Per case, who might judge it; a case for which everybody has a tie is left out.

    `barred` names pairs of person and case that are ruled out beside ties. The lead decides: a
    proposal fills in the choice, nothing more.
    """
    people = evaluators_of(bodies, on)
    close = ties(people, cases) | set(barred)
    load = Counter(open_assignments(on).values_list("evaluator", flat=True))
    recent = set(
        EvaluatorAssignment.objects.filter(
            evaluator__in=people, assigned_at__date__gte=on - timedelta(days=ROTATION_DAYS)
        ).values_list("evaluator", "case__handling_district")
    )
    found: dict[int, User] = {}
    for case in sorted(cases, key=lambda one: one.pk):
        free = [person for person in people if (person.pk, case.pk) not in close]
        if not free:
            continue
        chosen = min(
            free,
            key=lambda person: (
                (person.pk, case.handling_district) in recent,
                load[person.pk],
                person.username,
            ),
        )
        found[case.pk] = chosen
        load[chosen.pk] += 1
    return found
