"""The desk review: what the records of a case say by themselves, and the points that suggests.

An indicator's rule names what is measured of the file (`measure`); the evaluator decides.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.cases.queries import current_verification, items_in_force
from casework.households.codes import Purpose
from casework.households.queries import has_consent
from evaluation.scheme import SchemeRules
from evaluation.scoring.arithmetic import proposed_points
from evaluation.scoring.states import RevisitState

NEEDED_VERIFIERS: Final = 2
BEST_RATING: Final = 5
# Working days by which a plan may be late and still earns half of the points.
A_LITTLE_LATE: Final = 5


@dataclass(frozen=True)
class Measured:
    """What was measured: a share between 0 and 1, or a number of faults; and in words."""

    value: Decimal
    words: str


@dataclass(frozen=True)
class File:
    """A case as the desk reads it; how late its plan was signed is known to who keeps deadlines."""

    case: HelpCase
    plan_days_late: int | None


@dataclass(frozen=True)
class Suggested:
    """The points a measurement suggests for an indicator, with what was measured."""

    points: Decimal
    words: str


def desk_review(
    rules: SchemeRules, case: HelpCase, plan_days_late: int | None
) -> dict[str, Suggested]:
    """Per indicator that can be measured of the file, the points it suggests."""
    file, found = File(case, plan_days_late), dict[str, Suggested]()
    for code, rule in rules.rules.items():
        measure = MEASURES.get(str(rule.get("measure", "")))
        measured = measure(file) if measure else None
        if measured is not None:
            points = proposed_points(rules, code, measured.value)
            found[code] = Suggested(points, measured.words)
    return found


def _verification(file: File) -> Measured | None:
    """Missing of a complete home verification: verifiers, signatures, photos."""
    row = current_verification(file.case)
    if row is None:
        return None
    missing = [
        words
        for words, is_there in (
            (_("two verifiers"), row.verifiers.count() >= NEEDED_VERIFIERS),
            (_("the verifiers' signatures"), row.verifiers_signed),
            (_("a member's signature"), row.member_signed),
            (_("photos"), row.photos > 0 or row.photos_deleted_at is not None),
        )
        if not is_there
    ]
    if not missing:
        return Measured(Decimal(0), _("nothing is missing"))
    return Measured(Decimal(len(missing)), _("missing: %(what)s") % {"what": "、".join(missing)})


def _consent(file: File) -> Measured | None:
    """The household agreed before its data went to a provider."""
    started = file.case.help_started_on
    if started is None:
        return None
    agreed = has_consent(file.case.household_id, Purpose.SHARE_PROVIDER, started)
    words = _("the consent was on file when the help began") if agreed else _("no consent on file")
    return Measured(Decimal(agreed), words)


def _plan_time(file: File) -> Measured | None:
    late = file.plan_days_late
    if late is None:
        return None
    if late <= 0:
        return Measured(Decimal(1), _("signed in time"))
    share = Decimal("0.5") if late <= A_LITTLE_LATE else Decimal(0)
    return Measured(share, _("%(days)d working days late") % {"days": late})


def _volume(file: File) -> Measured | None:
    """What was given of what was planned, item by item, none above its plan."""
    items = list(items_in_force(file.case))
    if not items:
        return None
    shares = [min(Decimal(1), Decimal(item.qty_done) / item.qty_planned) for item in items]
    share = sum(shares, Decimal(0)) / len(shares)
    return Measured(share, _("%(percent)d %% of what was planned") % {"percent": int(share * 100)})


def _timeliness(file: File) -> Measured | None:
    """Items given in full by their last day."""
    items = list(items_in_force(file.case))
    if not items:
        return None
    in_time = sum(
        item.is_delivered and (item.ended_on is None or item.ended_on <= item.ends_on)
        for item in items
    )
    return _part(in_time, len(items), _("items in time"))


def _evidence(file: File) -> Measured | None:
    """Service records with every kind of evidence that their item asks for."""
    rows = list(file.case.services.select_related("item__service"))
    if not rows:
        return None
    proven = sum(not row.item.service.missing_evidence(row.evidence) for row in rows)
    return _part(proven, len(rows), _("service records proven"))


def _goals(file: File) -> Measured | None:
    items = list(items_in_force(file.case))
    if not items:
        return None
    return _part(sum(item.is_delivered for item in items), len(items), _("items in full"))


def _satisfaction(file: File) -> Measured | None:
    """What the household said when it was asked again, else when the help was summed up."""
    asked = file.case.revisits.filter(state=RevisitState.DONE).order_by("-ended_at", "-pk")
    for row in asked:
        if row.ratings:
            mean = Decimal(sum(row.ratings)) / len(row.ratings)
            words = _("%(mean)s of 5 when asked again") % {"mean": f"{mean:.1f}"}
            return Measured(mean / BEST_RATING, words)
    if file.case.satisfaction is None:
        return None
    words = _("%(mean)s of 5 when the help was summed up") % {"mean": file.case.satisfaction}
    return Measured(Decimal(file.case.satisfaction) / BEST_RATING, words)


def _part(part: int, of: int, what: str) -> Measured:
    return Measured(Decimal(part) / of, f"{part} / {of} {what}")


MEASURES: Final[dict[str, Callable[[File], Measured | None]]] = {
    "verification": _verification,
    "consent": _consent,
    "plan_time": _plan_time,
    "volume": _volume,
    "timeliness": _timeliness,
    "evidence": _evidence,
    "goals": _goals,
    "satisfaction": _satisfaction,
}
