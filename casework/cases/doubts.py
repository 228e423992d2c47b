"""What in the records of a case makes one look twice, each with its proof.

A doubt decides nothing: it is shown to whoever serves, heads and evaluates. Which of them refuse a
record at once is configuration (consistency checks of the help catalogue).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import Final

from django.db.models import Sum
from django.utils.translation import gettext as _

from casework.cases.doubt import Doubt
from casework.cases.models import HelpCase, HelpPlan, ServiceRecord
from casework.cases.photo_doubts import REUSED, photo_doubts
from casework.cases.states import Evidence
from casework.directory.queries import parameter
from casework.lib.errors import Incomplete

WORKER_HOURS, OVERLAP, IDENTICAL, NO_EVIDENCE, ALIKE_PLAN = (
    "WORKER_HOURS", "OVERLAP", "IDENTICAL", "NO_EVIDENCE", "ALIKE_PLAN",
)  # fmt: skip
# To an evaluator other cases have no number: what names them is left out.
_NAMES_OTHERS: Final = frozenset({OVERLAP, ALIKE_PLAN, REUSED})
# Round numbers are what is typed when nobody looked at a clock.
_ROUND: Final = 30
_PLANS_COMPARED: Final = 40
# Short goals such as “8 times” are alike by nature.
_SHORT: Final = 20
_PLANS_SINCE: Final = timedelta(days=180)


def doubts_of(case: HelpCase, *, names_others: bool = True) -> list[Doubt]:
    """Everything in the case's own records that makes one look twice.

    `names_others` is for who works the street: to an evaluator other cases have no number.
    """
    services = list(case.services.select_related("item__service").order_by("served_on", "pk"))
    found = [
        _long_days(case, services),
        _overlaps(case, services),
        _identical(case, services),
        _without_evidence(services),
        _alike_plan(case),
        *photo_doubts(case),
    ]
    told = [doubt for doubt in found if doubt is not None]
    if names_others:
        return told
    return [replace(one, proofs=()) if one.code in _NAMES_OTHERS else one for one in told]


def refuse_where_set(case: HelpCase, records: Sequence[ServiceRecord]) -> None:
    """Refuse records that raise a doubt which the city lets refuse at once."""
    refusing = set(parameter("checks_that_refuse", case.rule_date))
    checks = {WORKER_HOURS: _long_days, OVERLAP: _overlaps}
    for code in sorted(refusing & checks.keys()):
        doubt = checks[code](case, records, fresh=True)
        if doubt is None:
            continue
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


def _overlaps(
    case: HelpCase, services: Sequence[ServiceRecord], *, fresh: bool = False
) -> Doubt | None:
    """A worker who was in two homes at one time, as the slips say."""
    timed = [row for row in services if row.worker and row.began_at]
    if not timed:
        return None
    kept = ServiceRecord.objects.filter(
        provider__in={row.provider_id for row in timed},
        worker__in={row.worker for row in timed},
        served_on__in={row.served_on for row in timed},
        began_at__isnull=False,
    ).select_related("case")
    others: defaultdict[tuple[str, date], list[ServiceRecord]] = defaultdict(list)
    for row in [*kept, *(timed if fresh else ())]:
        others[row.worker, row.served_on].append(row)
    proofs = {
        _("%(day)s %(worker)s: %(one)s and %(other)s (%(case)s)")
        % {
            "day": row.served_on.isoformat(),
            "worker": row.worker,
            "one": _span(row),
            "other": _span(other),
            "case": other.case.case_no,
        }
        for row in timed
        for other in others[row.worker, row.served_on]
        if _is_another(row, other)
        and _minute(row) < _minute(other) + other.minutes
        and _minute(other) < _minute(row) + row.minutes
    }
    words = _("A worker was in two places at one time.")
    return Doubt(OVERLAP, words, tuple(sorted(proofs))) if proofs else None


def _is_another(row: ServiceRecord, other: ServiceRecord) -> bool:
    return row is not other and (row.pk is None or row.pk != other.pk)


def _minute(row: ServiceRecord) -> int:
    return row.began_at.hour * 60 + row.began_at.minute if row.began_at else 0


def _span(row: ServiceRecord) -> str:
    end = _minute(row) + row.minutes
    return f"{row.began_at:%H:%M}–{end // 60 % 24:02d}:{end % 60:02d}"


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
