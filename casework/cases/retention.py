"""When a household's file may be forgotten, and what stands against it."""

from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.cases.models import Appeal, HelpCase, LegalHold
from casework.cases.states import ENDED_STATES, CaseState
from casework.directory.queries import parameter
from casework.households.forgetting import FORGOTTEN
from casework.ledger.models import JournalEntry
from casework.lib import clock

# Files that never became help are kept for their appeal and repeat window alone.
NEVER_HELPED = frozenset({CaseState.REJECTED, CaseState.DECLINED, CaseState.MERGED})


def ended_on(case: HelpCase) -> date | None:
    """The day on which a case came to its end; None while it is open."""
    if case.state not in ENDED_STATES:
        return None
    entry = (
        JournalEntry.objects.filter(subject_type="case", subject_id=case.pk, to_state=case.state)
        .exclude(from_state=F("to_state"))
        .order_by("-seq")
        .first()
    )
    return clock.local_date(entry.moment) if entry else None


def kept_until(case: HelpCase, on: date) -> date | None:
    """The last day of a household's file: that of its longest-kept case; None while one is open."""
    last: date | None = None
    for other in HelpCase.objects.filter(household=case.household_id):
        ended = ended_on(other)
        if ended is None:
            return None
        code = "rejected" if other.state in NEVER_HELPED else "case"
        years = int(parameter(f"retention_{code}_years", on))
        until = _years_after(ended, years)
        last = max(last, until) if last else until
    return last


def _years_after(day: date, years: int) -> date:
    """The same day some years on; 29 February ends on 28."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def is_forgotten(case: HelpCase) -> bool:
    """The household's names are gone already."""
    head = case.household.head
    return head is not None and head.name == FORGOTTEN


def stands_against(case: HelpCase, on: date) -> list[Promise]:
    """Why the household may not be forgotten on a day; nothing when it may."""
    until = kept_until(case, on)
    cases = HelpCase.objects.filter(household=case.household_id).values("pk")
    against: list[Promise] = []
    if until is None:
        against.append(_("A case of the household is open."))
    elif until >= on:
        against.append(_("The time for which the file is kept is not over."))
    if LegalHold.objects.filter(case__in=cases, lifted_at=None).exists():
        against.append(_("A legal hold stands on the file."))
    if Appeal.objects.filter(case__in=cases, decided_at=None).exists():
        against.append(_("An appeal waits for a decision."))
    if is_forgotten(case):
        against.append(_("The household has been forgotten already."))
    return against


def due_for_forgetting(on: date) -> QuerySet[HelpCase]:
    """Ended cases that may be old enough; `stands_against` says of each whether it is.

    The first sieve asks columns alone; the shortest time any file is kept bounds it.
    """
    years = min(int(parameter(f"retention_{code}_years", on)) for code in ("rejected", "case"))
    before = clock.start_of(_years_after(on, -years))
    open_cases = HelpCase.objects.filter(household=OuterRef("household")).exclude(
        state__in=ENDED_STATES
    )
    rows: QuerySet[HelpCase] = HelpCase.objects.filter(
        ~Exists(open_cases), state__in=ENDED_STATES, referred_at__lt=before
    )
    return rows.exclude(household__head__name=FORGOTTEN).order_by("referred_at", "pk")
