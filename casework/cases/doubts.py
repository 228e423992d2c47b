"""What in the records of a case makes one look twice, each with its proof.

A doubt decides nothing: it is shown to whoever serves, heads and evaluates. Which of them refuse a
record at once is configuration (consistency checks of the help catalogue).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Final

from django.db.models import Sum
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, HelpPlan, ServiceRecord
from casework.cases.states import Evidence
from casework.directory.queries import parameter
from casework.lib.errors import Incomplete

WORKER_HOURS, IDENTICAL, NO_EVIDENCE, ALIKE_PLAN = (
    "WORKER_HOURS", "IDENTICAL", "NO_EVIDENCE", "ALIKE_PLAN",
)  # fmt: skip
MOST_PROOFS: Final = 5
# Round numbers are what is typed when nobody looked at a clock.
_ROUND: Final = 30
_PLANS_COMPARED: Final = 40
# Short goals such as “8 times” are alike by nature.
_SHORT: Final = 20
_PLANS_SINCE: Final = timedelta(days=180)


@dataclass(frozen=True)
class Doubt:
    """One thing to look at twice: which check, in a sentence, and what shows it."""

    code: str
    words: str
    proofs: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        return self.proofs[:MOST_PROOFS]

    @property
    def more(self) -> int:
        return max(0, len(self.proofs) - MOST_PROOFS)


def doubts_of(case: HelpCase, *, names_others: bool = True) -> list[Doubt]:
    """Everything in the case's own records that makes one look twice.

    `names_others` is for who works the street: to an evaluator other cases have no number.
    """
    services = list(case.services.select_related("item__service").order_by("served_on", "pk"))
    found = [
        _long_days(case, services),
        _identical(case, services),
        _without_evidence(services),
        _alike_plan(case),
    ]
    told = [doubt for doubt in found if doubt is not None]
    if names_others:
        return told
    return [replace(one, proofs=()) if one.code == ALIKE_PLAN else one for one in told]


def refuse_where_set(case: HelpCase, records: Sequence[ServiceRecord]) -> None:
    """Refuse records that raise a doubt which the city lets refuse at once."""
    refusing = set(parameter("checks_that_refuse", case.rule_date))
    if WORKER_HOURS not in refusing:
        return
    doubt = _long_days(case, records, fresh=True)
    if doubt is not None:
        words = f"{doubt.words} {'；'.join(doubt.shown)}"
        raise Incomplete(words, {"services": words})


def _long_days(
    case: HelpCase, services: Sequence[ServiceRecord], *, fresh: bool = False
) -> Doubt | None:
    """A worker who served longer on a day than a day of work is, over all households."""
    most = int(parameter("check_worker_minutes", case.rule_date))
    days = {(row.worker, row.served_on) for row in services if row.worker}
    if not days:
        return None
    total: defaultdict[tuple[str, date], int] = defaultdict(int)
    kept = ServiceRecord.objects.filter(
        provider__in={row.provider_id for row in services},
        worker__in={worker for worker, _day in days},
        served_on__in={day for _worker, day in days},
    )
    for worker, day, minutes in kept.values_list("worker", "served_on").annotate(
        minutes=Sum("minutes")
    ):
        total[worker, day] += minutes
    if fresh:
        for row in services:
            total[row.worker, row.served_on] += row.minutes
    proofs = tuple(
        _("%(day)s %(worker)s: %(minutes)d minutes")
        % {"day": day.isoformat(), "worker": worker, "minutes": total[worker, day]}
        for worker, day in sorted(days, key=lambda one: (one[1], one[0]))
        if total[worker, day] > most
    )
    words = _("A worker served more than %(hours)g hours on one day.") % {"hours": most / 60}
    return Doubt(WORKER_HOURS, words, proofs) if proofs else None


def _identical(case: HelpCase, services: Sequence[ServiceRecord]) -> Doubt | None:
    """Many records of one item that all took the same round time."""
    least = int(parameter("check_identical_records", case.rule_date))
    by_item: defaultdict[str, Counter[int]] = defaultdict(Counter)
    for row in services:
        by_item[row.item.service.name][row.minutes] += 1
    proofs = tuple(
        _("%(item)s: %(count)d records of %(minutes)d minutes each")
        % {"item": item, "count": sum(times.values()), "minutes": next(iter(times))}
        for item, times in sorted(by_item.items())
        if len(times) == 1 and sum(times.values()) >= least and next(iter(times)) % _ROUND == 0
    )
    words = _("All records of an item took exactly the same round time.")
    return Doubt(IDENTICAL, words, proofs) if proofs else None


def _without_evidence(services: Iterable[ServiceRecord]) -> Doubt | None:
    """Records that lack a piece of evidence which their item asks for."""
    proofs = []
    for row in services:
        asked = [code for code in row.item.service.evidence if code in Evidence.values]
        missing = [str(Evidence(code).label) for code in asked if code not in row.evidence]
        if missing:
            told = {
                "day": row.served_on.isoformat(),
                "item": row.item.service.name,
                "missing": "、".join(missing),
            }
            proofs.append(_("%(day)s %(item)s: without %(missing)s") % told)
    words = _("Records lack evidence that their item asks for.")
    return Doubt(NO_EVIDENCE, words, tuple(proofs)) if proofs else None


def _alike_plan(case: HelpCase) -> Doubt | None:
    """A plan that reads like another household's of the same street."""
    own = case.plan_in_force
    if own is None:
        return None
    least = int(parameter("check_plan_likeness", case.rule_date)) / 100
    text = _text_of(own)
    if len(text) < _SHORT:
        return None
    others = (
        HelpPlan.objects.filter(
            case__handling_street=case.handling_street,
            entered_at__gte=own.entered_at - _PLANS_SINCE,
            entered_at__lt=own.entered_at,
        )
        .exclude(case__household=case.household_id)
        .prefetch_related("items")
        .select_related("case")
        .order_by("-entered_at")[:_PLANS_COMPARED]
    )
    proofs = tuple(
        _("version %(version)d of %(case)s: %(percent)d %% alike")
        % {"version": other.version, "case": other.case.case_no, "percent": round(ratio * 100)}
        for other in others
        if (ratio := _likeness(text, _text_of(other))) >= least
    )
    words = _("The goals of the plan read like those of another household.")
    return Doubt(ALIKE_PLAN, words, proofs) if proofs else None


def _text_of(plan: HelpPlan) -> str:
    return "\n".join(sorted(item.goal for item in plan.items.all()))


def _likeness(one: str, other: str) -> float:
    if len(other) < _SHORT:
        return 0.0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= 0.8 else 0.0
