"""Orders for a batch: of the cases that wait, one order a unit, each through the one door."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to
from casework.cases.states import CaseState
from casework.directory.models import Organisation
from casework.lib.errors import CaseworkError
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from evaluation.rectification.models import RectificationOrder
from evaluation.scoring.models import Finding, ScoreSheet
from evaluation.scoring.queries import providers_of
from evaluation.scoring.states import FindingState
from workflows.perform import perform


@dataclass
class Batch:
    """The cases of one unit that wait for an order: of one street, served by one provider."""

    street: str
    provider: Organisation | None
    cases: list[HelpCase] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What tells the batch apart from the others."""
        return f"{self.street}-{self.provider.pk if self.provider else 0}"


@dataclass(frozen=True)
class Issued:
    """What became of one batch: its order, or why there is none."""

    batch: Batch
    order: RectificationOrder | None
    words: str = ""


def waiting_cases(user: User, on: date) -> QuerySet[HelpCase]:
    """Cases with a confirmed result and findings that no order has taken up, within reach."""
    confirmed = ScoreSheet.objects.filter(case=OuterRef("pk"), confirmed_at__isnull=False)
    open_findings = Finding.objects.filter(case=OuterRef("pk"), state=FindingState.OPEN)
    return (
        visible_to(user, on)
        .filter(Exists(confirmed), Exists(open_findings), state=CaseState.EVALUATING)
        .prefetch_related("findings__code")
        .order_by("handling_street", "pk")
    )


def batches(user: User, on: date) -> list[Batch]:
    """What waits, unit by unit; a district issues its own, the city any."""
    reach = reach_of(user, on)
    cases = [
        case
        for case in waiting_cases(user, on)
        if reach.has(Role.CA) or reach.covers(case.handling_street, Role.DS)
    ]
    main = {pk: next(iter(found), None) for pk, found in providers_of(cases).items()}
    bodies = Organisation.objects.in_bulk({body for body in main.values() if body})
    found: dict[tuple[str, int | None], Batch] = {}
    for case in cases:
        body = main.get(case.pk)
        unit = (case.handling_street, body)
        if unit not in found:
            found[unit] = Batch(case.handling_street, bodies.get(body) if body else None)
        found[unit].cases.append(case)
    return list(found.values())


def issue_batches(chosen: Iterable[Batch], *, by: User, key: str) -> list[Issued]:
    """One order for each batch; a refusal stops no other, and sent twice it is issued once."""
    return [_issue(batch, by, f"{key}-{batch.name}"[:64]) for batch in chosen]


def _issue(batch: Batch, by: User, key: str) -> Issued:
    first, *others = batch.cases
    try:
        done = perform("issue_order", first, by=by, key=key, also=[case.pk for case in others])
    except CaseworkError as refusal:
        return Issued(batch, None, str(refusal.message))
    return Issued(batch, RectificationOrder.objects.get(pk=done.values["order"]))
