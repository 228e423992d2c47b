"""What a scenario may expect of the books, the documents, the people and the whole city."""

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Any

from casework.directory.queries import districts
from casework.documents.models import Document, DocumentKind, DocumentState
from casework.households.codes import Purpose
from casework.households.models import Consent
from casework.ledger import figures
from casework.ledger.models import OutboxMessage, Period
from casework.ledger.weeks import monday_of, week_of
from casework.lib import clock
from casework.lib.calendar import MONTH
from casework.lib.identity import mask_name
from casework.visits.models import ElderEnrolment, PlannedVisit
from evaluation.reporting.columns import KEYS
from evaluation.reporting.ledger_month import ledger_month
from evaluation.reporting.weekly import compile_rows
from evaluation.scoring.models import SampleDraw
from workflows.replay.compare import shown
from workflows.replay.expect_case import open_work, tasks_by_role
from workflows.replay.world import World

Reader = Callable[[World, Any], Any]
WORLD_EXPECTATIONS: dict[str, Reader] = {}
WEEK = re.compile(r"\d{4}-W\d{2}")
SENT_KINDS = ("delete_photos", "notify", "render_document")
IN_HELP_LINES = ("DISABLED", "ELDERLY", "STUDENT", "COMBINED")


def expects(name: str) -> Callable[[Reader], Reader]:
    """Register the reader of one expectation."""

    def register(reader: Reader) -> Reader:
        WORLD_EXPECTATIONS[name] = reader
        return reader

    return register


@expects("answer")
def _answer(world: World, expected: Any) -> Any:
    return world.answer


@expects("figures")
def _figures(world: World, expected: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each row names a figure and says what it `is` at the end of a week, or now."""
    return [_figure(world, row) for row in expected]


def _figure(world: World, asked: Mapping[str, Any]) -> dict[str, Any]:
    week = str(asked.get("week", week_of(world.moment)))
    year = int(asked["year"]) if "year" in asked else None
    district = str(asked["district"]) if "district" in asked else None
    wrong = _unknown_words(asked)
    if wrong:
        return {**asked, "is": None, **wrong}
    value: Decimal = figures.balance(
        asked["figure"], week=week, district=district, line=asked.get("line"), year=year
    )
    return {**asked, "is": value}


def _unknown_words(asked: Mapping[str, Any]) -> dict[str, Any]:
    """A figure, district or line that does not exist must not read as nought."""
    lists: dict[str, list[str]] = {
        "figure": list(figures.FIGURES),
        "district": [row.code for row in districts()],
        "line": list(IN_HELP_LINES),
    }
    wrong = {
        word: f"one of {', '.join(allowed)}"
        for word, allowed in lists.items()
        if word in asked and str(asked[word]) not in allowed
    }
    if "week" in asked and not _is_week(str(asked["week"])):
        wrong["week"] = "as in 2018-W35"
    return wrong


def _is_week(text: str) -> bool:
    try:
        monday_of(text)
    except ValueError:
        return False
    return bool(WEEK.fullmatch(text))


@expects("weeks")
def _weeks(world: World, expected: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of the weekly tables, by week, then district or `total`, then column."""
    return {week: _table(week) for week in expected}


def _table(week: str) -> dict[str, Any] | None:
    if not _is_week(week):
        return None
    table = compile_rows(week)
    rows = {row["code"]: row for row in table["rows"]}
    sealed = Period.objects.filter(pk=week, sealed_at__isnull=False).exists()
    cells: dict[str, Any] = {code: {key: row[key] for key in KEYS} for code, row in rows.items()}
    cells["total"] = {key: table["total"][key] for key in KEYS}
    return cells | {"sealed": sealed}


@expects("sealed_unchanged")
def _sealed_unchanged(world: World, expected: list[str]) -> list[str]:
    """The weeks whose seal and balances are today what they were when an earlier step saw them."""
    return [week if _is_unchanged(world, week) else f"{week}: changed" for week in expected]


def _is_unchanged(world: World, week: str) -> bool:
    seen = world.sealed.get(week)
    period = Period.objects.filter(pk=week, sealed_at__isnull=False).first()
    if seen is None or period is None or seen[0] >= world.moment:
        return False
    return seen[1:] == (period.sha256, recomputed_hash(period))


def recomputed_hash(period: Period) -> str:
    """The hash of a sealed week as its movements give it today."""
    before = Period.objects.filter(week__lt=period.week).order_by("-week").first()
    openings = figures.closing_balances(before.week) if before else {}
    rows = figures.balance_rows(period.week, openings, figures.moved_in(period.week))
    return figures.period_hash(period, rows)


@expects("documents")
def _documents(world: World, expected: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Each row filters by kind, number and subject, and says how many there are and their state."""
    return [_matching_documents(world, row) for row in expected]


def _matching_documents(world: World, asked: Mapping[str, Any]) -> dict[str, Any]:
    found = Document.objects.all()
    if asked.get("kind") not in DocumentKind.values:
        return {"kind": f"one of {', '.join(DocumentKind.values)}"}
    found = found.filter(kind=asked["kind"])
    if "case" in asked:
        found = found.filter(subject_type="case", subject_id=world.case(asked["case"]).pk)
    if "order" in asked:
        numbers = world.order(asked["order"]).notices.values("document_id")
        found = found.filter(pk__in=numbers)
    numbers = asked.get("number", "*")
    rows = [row for row in found if fnmatchcase(row.number, numbers.replace("[", "[[]"))]
    states = {row.state for row in rows}
    return {
        **{word: asked[word] for word in ("kind", "case", "order", "number") if word in asked},
        "count": len(rows),
        "state": states.pop() if len(states) == 1 else sorted(states) or None,
        "has_pdf": bool(rows) and all(row.sha256 and row.pages for row in rows),
    }


@expects("document_states")
def _document_states(world: World, expected: Any) -> dict[str, int]:
    rows = Document.objects.values_list("state", flat=True)
    return {state: list(rows).count(state) for state in DocumentState.values}


@expects("sent")
def _sent(world: World, expected: Any) -> dict[str, int]:
    """How many outside effects of each kind were ordered."""
    kinds = list(OutboxMessage.objects.values_list("kind", flat=True))
    return {kind: kinds.count(kind) for kind in {*kinds, *SENT_KINDS}}


@expects("stuck")
def _stuck(world: World, expected: Any) -> int:
    return OutboxMessage.objects.filter(state=OutboxMessage.State.STUCK).count()


@expects("draws")
def _draws(world: World, expected: Any) -> dict[str, Any]:
    """The monthly draws, by month and district."""
    return {
        f"{draw.month}/{draw.district_id}": {
            "population": draw.population,
            "size": draw.size,
            "seed": draw.seed,
            "chosen": sorted(
                world.case_ref(row.case_id) or "" for row in draw.cases.filter(chosen=True)
            ),
        }
        for draw in SampleDraw.objects.all()
    }


@expects("people")
def _people(world: World, expected: Mapping[str, Any]) -> dict[str, Any]:
    return {ref: _person(world, ref) for ref in world.people if ref in expected}


def _person(world: World, ref: str) -> dict[str, Any]:
    member = world.member(ref)
    consents = Consent.objects.in_force(clock.local_date(world.moment)).filter(
        household_id=member.household_id
    )
    given = set(consents.filter(member__in=[member, None]).values_list("purpose", flat=True))
    given |= set(consents.filter(member=None).values_list("purpose", flat=True))
    return {
        "masked_name": mask_name(member.name),
        "public_name": member.public_name,
        "sex": member.sex,
        "age": member.age(clock.local_date(world.moment)),
        "died_on": member.death_date,
        "left_on": member.left_on,
        "dependent": member.is_dependent,
        "severely_disabled": member.is_severely_disabled,
        "consents": {purpose: purpose in given for purpose in Purpose.values},
    }


@expects("all_open_tasks")
def _all_open_tasks(world: World, expected: Any) -> dict[str, int]:
    return tasks_by_role(open_work())


@expects("ledger_months")
def _ledger_months(world: World, expected: Mapping[str, Any]) -> dict[str, Any]:
    """The rectification ledger of a month: every order of it, and how it stands."""
    return {
        month: [
            {**shown(row), "order": world.order_ref(row["order"])} for row in ledger_month(month)
        ]
        for month in expected
        if MONTH.fullmatch(month)
    }


@expects("elders")
def _elders(world: World, expected: Mapping[str, Any]) -> dict[str, Any]:
    """The visiting list: class, alerts and what is still to be visited."""
    return {ref: _elder(world, ref) for ref in world.people if ref in expected}


def _elder(world: World, ref: str) -> dict[str, Any]:
    enrolment = ElderEnrolment.objects.filter(member_id=world.people[ref]).order_by("-pk").first()
    if enrolment is None:
        return {"enrolled": False}
    states = list(enrolment.planned.values_list("state", flat=True))
    return {
        "enrolled": enrolment.ended_on is None,
        "risk": enrolment.risk,
        "risk_reasons": sorted(enrolment.risk_reasons),
        "alerts": list(enrolment.alerts.order_by("pk").values_list("level", flat=True)),
        "ended_on": enrolment.ended_on,
        "visits": {state: states.count(state) for state in PlannedVisit.State.values},
    }
