"""What a scenario may expect of one case."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count

from casework.cases.models import HelpCase, PlanItem, Verification
from casework.cases.queries import visible_to
from casework.cases.states import Line
from casework.ledger.models import JournalEntry
from casework.lib import clock
from casework.lib.identity import mask_name
from evaluation.scoring.models import SampledCase
from evaluation.scoring.queries import latest_sheet
from workflows.acts import ACTS
from workflows.deadline_rules import CASE_RULES
from workflows.models import Deadline, WorkItem
from workflows.replay.schema import ROLES
from workflows.replay.world import World

Reader = Callable[[World, HelpCase, Any], Any]
CASE_EXPECTATIONS: dict[str, Reader] = {}
PLAIN = (
    "state", "handling_district", "handling_street", "home_district", "category",
    "classification", "sudden", "publicity_required", "forced_sample", "locked",
    "completed_counted", "counted_line", "closing_reason", "rejection_reason",
    "termination_reason", "appeal_status", "satisfaction", "kin_notified_on", "help_started_on",
    "help_done_on", "terminated_on", "rule_date",
)  # fmt: skip


def expects(name: str) -> Callable[[Reader], Reader]:
    """Register the reader of one expectation."""

    def register(reader: Reader) -> Reader:
        CASE_EXPECTATIONS[name] = reader
        return reader

    return register


def _plain(name: str) -> Reader:
    return lambda world, case, expected: _or_null(getattr(case, name))


def _or_null(value: Any) -> Any:
    return None if value == "" else value


CASE_EXPECTATIONS.update({name: _plain(name) for name in PLAIN})


@expects("hold")
def _hold(world: World, case: HelpCase, expected: Any) -> str:
    return case.hold or "NONE"


@expects("case_no")
def _case_no(world: World, case: HelpCase, expected: Any) -> str:
    return case.case_no


@expects("case_no_unchanged")
def _case_no_unchanged(world: World, case: HelpCase, expected: Any) -> bool:
    return case.case_no == world.first_numbers[world.case_ref(case.pk) or ""]


@expects("relief_granted")
def _relief_granted(world: World, case: HelpCase, expected: Any) -> Any:
    return _or_null(case.relief_type_granted)


@expects("closed_on")
def _closed_on(world: World, case: HelpCase, expected: Any) -> Any:
    return clock.local_date(case.closed_at) if case.closed_at else None


@expects("masked_name")
def _masked_name(world: World, case: HelpCase, expected: Any) -> str:
    member = case.subject_member
    return mask_name(member.name) if member else ""


@expects("forced_reasons")
def _forced_reasons(world: World, case: HelpCase, expected: Any) -> list[str]:
    return sorted(case.forced_reasons)


@expects("previous_case")
def _previous_case(world: World, case: HelpCase, expected: Any) -> str | None:
    return world.case_ref(case.previous_case_id)


@expects("merged_into")
def _merged_into(world: World, case: HelpCase, expected: Any) -> str | None:
    return world.case_ref(case.merged_into_id)


@expects("sources")
def _sources(world: World, case: HelpCase, expected: Any) -> list[str]:
    return sorted(case.referrals.values_list("source", flat=True))


@expects("due")
def _due(world: World, case: HelpCase, expected: Any) -> dict[str, Any]:
    return due_dates("case", case.pk, {rule.kind for rule in CASE_RULES})


@expects("open_due")
def _open_due(world: World, case: HelpCase, expected: Any) -> list[str]:
    return sorted(kind for kind, day in _due(world, case, expected).items() if day)


def due_dates(subject_type: str, subject_id: int, kinds: set[str]) -> dict[str, Any]:
    """Every kind of deadline with the day it is due, null where none of the kind is open."""
    rows = Deadline.objects.filter(
        subject_type=subject_type,
        subject_id=subject_id,
        met_on__isnull=True,
        dropped_on__isnull=True,
    )
    days: dict[str, Any] = dict.fromkeys(sorted(kinds))
    days.update(rows.order_by("-due_on").values_list("kind", "due_on"))
    return days


@expects("lines")
def _lines(world: World, case: HelpCase, expected: Any) -> dict[str, Any]:
    return dict.fromkeys(Line.values) | dict(case.lines.values_list("line", "state"))


@expects("line_reasons")
def _line_reasons(world: World, case: HelpCase, expected: Any) -> dict[str, Any]:
    reasons = {line.line: _or_null(line.end_reason) for line in case.lines.all()}
    return dict.fromkeys(Line.values) | reasons


@expects("plans")
def _plans(world: World, case: HelpCase, expected: Any) -> int:
    return case.plans.count()


@expects("assessments")
def _assessments(world: World, case: HelpCase, expected: Any) -> int:
    return case.assessments.count()


@expects("plan")
def _plan(world: World, case: HelpCase, expected: Any) -> dict[str, Any] | None:
    plan = case.plans.order_by("-version").first()
    if plan is None:
        return None
    names = ("version", "state", "signed_on", "starts_on", "ends_on")
    return {name: getattr(plan, name) for name in names}


@expects("items")
def _items(world: World, case: HelpCase, expected: Any) -> dict[str, Any]:
    plan = case.plans.order_by("-version").first()
    if plan is None:
        return {}
    return {item.service_id: _item(world, item) for item in plan.items.order_by("-pk")}


def _item(world: World, item: PlanItem) -> dict[str, Any]:
    return {
        "line": item.line,
        "planned": item.qty_planned,
        "done": item.qty_done,
        "status": item.status,
        "starts_on": item.starts_on,
        "ends_on": item.ends_on,
        "provider": world.cast.ref_of(item.provider),
        "end_reason": _or_null(item.end_reason),
    }


@expects("services")
def _services(world: World, case: HelpCase, expected: Any) -> int:
    return case.services.count()


@expects("alerts")
def _alerts(world: World, case: HelpCase, expected: Any) -> list[str]:
    return list(case.alerts.order_by("pk").values_list("code", flat=True))


@expects("verifications")
def _verifications(world: World, case: HelpCase, expected: Any) -> int:
    return case.verifications.count()


@expects("verifiers_distinct")
def _verifiers_distinct(world: World, case: HelpCase, expected: Any) -> bool:
    """Nobody verified this case twice."""
    rounds = case.verifications.values_list("verifiers__name").annotate(times=Count("pk"))
    return all(times == 1 for name, times in rounds if name)


@expects("verifier_units")
def _verifier_units(world: World, case: HelpCase, expected: Any) -> list[str]:
    latest = _latest(case)
    return sorted(latest.verifiers.values_list("unit", flat=True)) if latest else []


def _latest(case: HelpCase) -> Verification | None:
    return case.verifications.order_by("-round").first()


@expects("attempts")
def _attempts(world: World, case: HelpCase, expected: Any) -> int:
    latest = _latest(case)
    return latest.attempts.count() if latest else 0


@expects("assessment")
def _assessment(world: World, case: HelpCase, expected: Any) -> Any:
    latest = _latest(case)
    if latest is None or latest.assessment is None:
        return None
    # What papers show: two decimals. The unrounded figure decides, and is kept under its own name.
    found = {**latest.assessment, "unrounded": latest.assessment["per_capita"]}
    return found | {"per_capita": found.pop("shown")}


@expects("publicity")
def _publicity(world: World, case: HelpCase, expected: Any) -> Any:
    notice = case.publicities.order_by("-pk").first()
    if notice is None:
        return None
    return {
        "name": notice.notice.get("name"),
        "notice": sorted(notice.notice),
        "posted_on": notice.posted_on,
        "last_day": notice.last_day,
        "removed_on": notice.removed_on,
    }


@expects("objections")
def _objections(world: World, case: HelpCase, expected: Any) -> list[dict[str, Any]]:
    return [
        {
            "raised_on": objection.raised_on,
            "due_on": objection.due_on,
            "outcome": _or_null(objection.outcome),
            "resolved_on": objection.resolved_on,
            "appraisals": [
                {"held_on": held.held_on, "valid": held.is_valid, "conclusion": held.conclusion}
                for held in objection.appraisals.all()
            ],
        }
        for notice in case.publicities.order_by("pk")
        for objection in notice.objections.all()
    ]


@expects("appeals")
def _appeals(world: World, case: HelpCase, expected: Any) -> list[dict[str, Any]]:
    names = ("route", "filed_on", "last_day", "in_time", "due_on", "outcome")
    return [
        {name: _or_null(getattr(appeal, name)) for name in names} for appeal in case.appeals.all()
    ]


@expects("sample")
def _sample(world: World, case: HelpCase, expected: Any) -> str:
    row = SampledCase.objects.filter(case=case).first()
    if row is None:
        return "NOT_DRAWN_FROM"
    if row.forced_reasons:
        return "FORCED"
    return "CHOSEN" if row.chosen else "NOT_CHOSEN"


@expects("phone_revisit")
def _phone_revisit(world: World, case: HelpCase, expected: Any) -> bool:
    row = SampledCase.objects.select_related("draw").filter(case=case).first()
    return bool(row and case.pk in row.draw.phone)


@expects("can_be_phoned")
def _can_be_phoned(world: World, case: HelpCase, expected: Any) -> bool:
    """The case stands in the frame of its draw as one that may be telephoned."""
    row = SampledCase.objects.select_related("draw").filter(case=case).first()
    frame = row.draw.frame if row else []
    return any(one["case"] == case.pk and one["reachable"] for one in frame)


@expects("score")
def _score(world: World, case: HelpCase, expected: Any) -> Any:
    latest = latest_sheet(case)
    return latest.total if latest else None


@expects("grade")
def _grade(world: World, case: HelpCase, expected: Any) -> Any:
    latest = latest_sheet(case)
    return latest.grade if latest else None


@expects("grades")
def _grades(world: World, case: HelpCase, expected: Any) -> list[dict[str, Any]]:
    return [
        {"kind": sheet.kind, "total": sheet.total, "grade": sheet.grade}
        for sheet in case.sheets.order_by("submitted_at", "pk")
    ]


@expects("findings")
def _findings(world: World, case: HelpCase, expected: Any) -> list[dict[str, Any]]:
    return [
        {"code": finding.code.code, "severity": finding.severity, "state": finding.state}
        for finding in case.findings.select_related("code").order_by("code__code", "pk")
    ]


@expects("can_see")
def _can_see(world: World, case: HelpCase, expected: Mapping[str, bool]) -> dict[str, bool]:
    street = case.handling_street
    return {
        who: visible_to(world.user(who, street=street, case=case), clock.today())
        .filter(pk=case.pk)
        .exists()
        for who in expected
    }


@expects("journal")
def _journal(world: World, case: HelpCase, expected: Any) -> dict[str, int]:
    entries = JournalEntry.objects.filter(subject_type="case", subject_id=case.pk)
    counts = dict(entries.order_by("act").values_list("act").annotate(times=Count("pk")))
    return dict.fromkeys([*ACTS, *(f"{act}.blocked" for act in ACTS)], 0) | counts


@expects("open_steps")
def _open_steps(world: World, case: HelpCase, expected: Any) -> list[str]:
    return sorted(
        open_work().filter(subject_type="case", subject_id=case.pk).values_list("step", flat=True)
    )


@expects("open_tasks")
def _open_tasks(world: World, case: HelpCase, expected: Any) -> dict[str, int]:
    return tasks_by_role(open_work().filter(subject_type="case", subject_id=case.pk))


def open_work() -> Any:
    """Everything somebody must do next."""
    return WorkItem.objects.filter(done_at__isnull=True, dropped_at__isnull=True)


def tasks_by_role(items: Any) -> dict[str, int]:
    """How many open tasks each role could take."""
    counts = dict.fromkeys(ROLES, 0)
    for roles in items.values_list("roles", flat=True):
        for role in roles.replace(",", " ").split():
            counts[role] += 1
    return counts


@expects("revisits")
def _revisits(world: World, case: HelpCase, expected: Any) -> list[dict[str, Any]]:
    """The re-visits of the case in the order in which they were drawn: calls, then doors."""
    rows = case.revisits.order_by("pk").values_list("mode", "state")
    return [{"mode": mode, "state": state} for mode, state in rows]


@expects("sections")
def _sections(world: World, case: HelpCase, expected: Any) -> dict[str, Decimal]:
    """The points of the latest score sheet, summed by first-level indicator."""
    latest = latest_sheet(case)
    if latest is None:
        return {}
    points = {code: Decimal(str(value or 0)) for code, value in latest.points.items()}
    sums: dict[str, Decimal] = {}
    for code, level in latest.scheme.indicators.values_list("code", "level1"):
        sums[level] = sums.get(level, Decimal(0)) + points.get(code, Decimal(0))
    return sums
