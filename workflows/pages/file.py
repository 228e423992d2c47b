"""One file of a household: index, register, plan, papers and record, now or at a past day."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.cases.past import entries_until, items_at, plan_at, state_at
from casework.cases.queries import visible_to
from casework.cases.states import CaseState
from casework.documents.models import Document
from casework.documents.queries import readable
from casework.households.models import Household, Member
from casework.households.past import Correction, corrections, register_at
from casework.lib import clock
from casework.lib.identity import mask_id
from casework.staff.models import User
from workflows.pages.case_blocks import frame_words, papers_about
from workflows.pages.register import circumstances, people_rows
from workflows.pages.tasks import name_of
from workflows.pages.timeline import code_words, column_name, kind_chips, timeline
from workflows.pages.words import Words, unit_names

_SEALED: Final = frozenset({"id_no", "disability_cert_no"})


def end_of(day: date) -> datetime:
    """The last moment of a day in the city."""
    return clock.start_of(day + timedelta(days=1)) - timedelta(microseconds=1)


def file_page(
    case: HelpCase, *, reader: User, on: date | None = None, kind: str = "all"
) -> dict[str, Any]:
    """The file as it stood at the end of a day; without a day as it stands."""
    moment = end_of(on) if on else clock.now()
    day = clock.local_date(moment)
    entries = list(entries_until(case, moment))
    home = register_at(case.household, moment)
    here = reverse("case_file", args=[case.case_no])
    return {
        "case_no": case.case_no,
        "person": name_of(case),
        "on": on,
        "moment": moment,
        "entered": bool(entries),
        "standing": _standing(case, moment, len(home.people)),
        "family": people_rows(home.people, day),
        "household": _household(home.household),
        "consents": _consents(case, day, moment),
        "plan": _plan(case, moment),
        "papers": index_of(case, reader, moment),
        "corrections": [_correction(row) for row in corrections(case.household)],
        "cases": _cases(case, reader, moment),
        "entries": timeline(entries, kind),
        "entry_kinds": kind_chips(entries, kind, f"{here}?on={on.isoformat()}" if on else here),
    }


def _standing(case: HelpCase, moment: datetime, people: int) -> list[tuple[Words, Words]]:
    state = state_at(case, moment)
    words = CaseState(state).label if state in CaseState.values else _("not yet referred")
    return [
        (_("Case no."), case.case_no),
        (_("State"), words),
        (_("People in the household"), str(people)),
        (_("Rules as of"), case.rule_date.isoformat()),
    ]


def _household(home: Household) -> list[tuple[Words, Words]]:
    places = unit_names([home.residence_division])
    found: list[tuple[Words, Words]] = [
        (_("Address"), home.address),
        (_("Division of residence"), places.get(home.residence_division, home.residence_division)),
        (_("Category"), home.get_category_display()),
        (_("Relief"), home.get_relief_type_display()),
    ]
    return [*found, *circumstances(home)]


def _consents(case: HelpCase, day: date, moment: datetime) -> list[Words]:
    rows = case.household.consents.in_force(day).filter(recorded_at__lte=moment)
    return [
        " · ".join(
            str(part)
            for part in (row.get_purpose_display(), row.recipient, row.member and row.member.name)
            if part
        )
        for row in rows.select_related("recipient", "member")
    ]


def _plan(case: HelpCase, moment: datetime) -> dict[str, Any] | None:
    plan = plan_at(case, moment)
    if plan is None:
        return None
    return {
        "title": _("Help plan, version %(version)s") % {"version": plan.version},
        "words": frame_words(plan),
        "items": [
            {
                "code": item.service_id,
                "name": item.service.name,
                "who": item.member.name if item.member else "",
                "provider": str(item.provider or ""),
                "progress": f"{done} / {item.qty_planned} {item.unit}",
                "frame": f"{item.starts_on.isoformat()} – {item.ends_on.isoformat()}",
            }
            for item, done in items_at(plan, moment)
        ],
    }


def papers_until(case: HelpCase, moment: datetime) -> list[Document]:
    """The issued papers of the file, in the order of its index."""
    found = [row for row in papers_about(case) if row.is_issued and row.issued_at <= moment]
    return sorted(found, key=lambda row: (row.issued_at, row.pk))


def index_of(case: HelpCase, reader: User, moment: datetime) -> list[dict[str, Any]]:
    """The index of papers: piece number, title, document number, day, pages."""
    rows = papers_until(case, moment)
    opened = readable(reader, rows)
    return [
        {
            "piece": piece,
            "title": row.title,
            "number": row.number,
            "issued_at": row.issued_at,
            "pages": row.pages,
            "url": reverse("document", args=[row.uuid]) if row.pk in opened else "",
        }
        for piece, row in enumerate(rows, start=1)
    ]


def _correction(row: Correction) -> dict[str, Any]:
    kind = Member if row.member else Household
    return {
        "moment": row.moment,
        "by": row.by or _("System"),
        "reason": _why(row.reason),
        "who": row.member.name if row.member else _("Household"),
        "column": column_name(row.column),
        "before": _value(kind, row.column, row.before, row.member),
        "after": _value(kind, row.column, row.after, row.member),
    }


def _why(code: str) -> Words:
    return _("Record a death") if code == "record_death" else code_words(code)


def _value(kind: type[Any], column: str, value: Any, member: Member | None) -> Words:
    if value in (None, "", []):
        return _("empty")
    if column in _SEALED:
        return mask_id(str(value))
    if column in {"guardian", "head"}:
        return _named(value)
    choices: Mapping[Any, Any] = dict(kind._meta.get_field(column).flatchoices)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(choices.get(value, value))


def _named(number: int) -> str:
    found = Member.objects.filter(pk=number).values_list("name", flat=True).first()
    return found or ""


def _cases(case: HelpCase, reader: User, moment: datetime) -> list[dict[str, Any]]:
    """The household's other cases within the reader's reach."""
    rows = visible_to(reader, clock.local_date(clock.now())).filter(household=case.household_id)
    return [
        {
            "words": f"{row.case_no} · {CaseState(state).label}",
            "url": reverse("case_file", args=[row.case_no]),
        }
        for row in rows.exclude(pk=case.pk).order_by("referred_at")
        if (state := state_at(row, moment)) in CaseState.values
    ]
