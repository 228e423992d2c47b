"""The journal of a subject as a person reads it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases import states
from casework.households import codes
from casework.households.models import Household, Member
from casework.ledger.models import JournalEntry
from casework.lib import clock
from casework.staff.models import Role
from evaluation.rectification.states import OrderState
from evaluation.scoring.states import RevisitAttempt
from workflows.acts import ACTS
from workflows.claims import HandingReason
from workflows.pages.words import Words
from workflows.reading import FileReason, ReadingReason

KINDS: dict[str, Words] = {
    "all": gettext_lazy("All"),
    "process": gettext_lazy("Process"),
    "visit": gettext_lazy("Visits and services"),
    "file": gettext_lazy("File"),
    "system": gettext_lazy("System"),
}
_VISITS = frozenset(
    "arrange_verification record_attempt record_verification record_services hold_appraisal".split()
)
_FILES = frozenset(
    "record_consent withdraw_consent record_death notify_kin read_case reveal_id print_file"
    " correct_household correct_member add_member remove_member"
    " split_household merge_household".split()
)
_OTHER_TITLES: dict[str, Words] = {
    "receive_merged": gettext_lazy("A referral was merged into this case"),
    "read_case": gettext_lazy("File opened with a reason"),
    "reveal_id": gettext_lazy("ID number shown with a reason"),
    "print_file": gettext_lazy("Whole file printed"),
    "claim": gettext_lazy("Work taken up"),
    "release": gettext_lazy("Work given back"),
    "assign": gettext_lazy("Work handed out"),
}
_ICONS = {"process": "arrow-right", "visit": "home-heart", "file": "paperclip", "system": "clock"}
_LABELS: dict[str, Words] = {
    "visit_on": gettext_lazy("Visit planned for"),
    "visited_on": gettext_lazy("Visited on"),
    "delivered_on": gettext_lazy("Delivered on"),
    "filed_on": gettext_lazy("Filed on"),
    "posted_on": gettext_lazy("Posted on"),
    "raised_on": gettext_lazy("Raised on"),
    "held_on": gettext_lazy("Held on"),
    "resolved_on": gettext_lazy("Resolved on"),
    "assessed_on": gettext_lazy("Needs assessed on"),
    "signed_on": gettext_lazy("Signed on"),
    "starts_on": gettext_lazy("From"),
    "ends_on": gettext_lazy("To"),
    "started_on": gettext_lazy("Started on"),
    "from_on": gettext_lazy("From"),
    "on": gettext_lazy("On"),
    "died_on": gettext_lazy("Died on"),
    "received_on": gettext_lazy("Received on"),
    "joined_on": gettext_lazy("Belongs to the household since"),
    "left_on": gettext_lazy("Left on"),
    "size": gettext_lazy("People in the household"),
    "fields": gettext_lazy("Changed fields"),
    "agreement_no": gettext_lazy("Service agreement"),
    "satisfaction": gettext_lazy("Satisfaction"),
    "present": gettext_lazy("Present"),
    "representatives": gettext_lazy("Representatives"),
    "proposal": gettext_lazy("Proposal"),
    "outcome": gettext_lazy("Decision"),
    "route": gettext_lazy("Route"),
    "lines": gettext_lazy("Lines"),
    "to_street": gettext_lazy("To street"),
    "days": gettext_lazy("Working days"),
    "back_to": gettext_lazy("Back to"),
    "fact": gettext_lazy("What is corrected"),
    "stage": gettext_lazy("Stage"),
    "due_on": gettext_lazy("To be answered by"),
    "informed_on": gettext_lazy("Told on"),
    "answered_on": gettext_lazy("Answered on"),
    "level": gettext_lazy("Level"),
    "total": gettext_lazy("Total"),
}
_CODES: tuple[Any, ...] = (
    states.Finding,
    states.Line,
    states.AppealRoute,
    states.AppealOutcome,
    states.RejectionReason,
    states.TerminationReason,
    states.SuspensionReason,
    states.ObjectionOutcome,
    states.AppraisalConclusion,
    states.AttemptOutcome,
    states.ClosingReason,
    states.PlanState,
    states.ItemStatus,
    states.ReturnTo,
    states.ReturnReason,
    states.CorrectedFact,
    states.CorrectionOutcome,
    states.PetitionStage,
    states.PetitionOutcome,
    codes.CorrectionReason,
    codes.JoinReason,
    codes.LeaveReason,
    HandingReason,
    ReadingReason,
    FileReason,
    RevisitAttempt,
)
_STATES: tuple[Any, ...] = (states.CaseState, OrderState)


@dataclass(frozen=True)
class Entry:
    """One thing that happened, as the timeline shows it."""

    moment: datetime
    title: Words
    by: Words
    unit: Words
    kind: str
    icon: str
    tone: str
    from_state: Words = ""
    to_state: Words = ""
    text: Words = ""
    late: Words = ""
    facts: list[tuple[Words, Words]] = field(default_factory=list)


def entries_of(subject_type: str, subject_id: int) -> list[JournalEntry]:
    """The journal of a subject, newest first."""
    found = JournalEntry.objects.filter(subject_type=subject_type, subject_id=subject_id)
    return list(found.order_by("-seq"))


def timeline(rows: Iterable[JournalEntry], kind: str = "all") -> list[Entry]:
    """The entries of one kind as the page shows them."""
    return [read(row) for row in rows if kind in ("all", kind_of(row))]


def kind_counts(rows: Iterable[JournalEntry]) -> dict[str, int]:
    """How many entries there are of each kind; kinds without any are left out."""
    rows = list(rows)
    counted = Counter(kind_of(row) for row in rows)
    return {"all": len(rows)} | {kind: counted[kind] for kind in KINDS if counted[kind]}


def kind_chips(rows: Iterable[JournalEntry], kind: str, url: str) -> list[dict[str, Any]]:
    """The filters of a timeline with their counts; `url` is the page without any of them."""
    more = f"{url}{'&' if '?' in url else '?'}kind="
    return [
        {
            "key": code,
            "label": KINDS[code],
            "count": count,
            "active": code == kind,
            "url": url if code == "all" else f"{more}{code}",
        }
        for code, count in kind_counts(rows).items()
    ]


def kind_of(row: JournalEntry) -> str:
    """Which filter an entry stands under."""
    act = row.act.removesuffix(".blocked")
    if act in _VISITS:
        return "visit"
    if act in _FILES:
        return "file"
    return "system" if row.by_id is None else "process"


def read(row: JournalEntry) -> Entry:
    """One journal entry in words."""
    kind = kind_of(row)
    blocked = row.act.endswith(".blocked")
    moved = row.from_state != row.to_state
    return Entry(
        moment=row.moment,
        title=_title(row, blocked),
        by=row.by_name or _("System"),
        unit=_roles(row.unit),
        kind=kind,
        icon="ban" if blocked else _ICONS[kind],
        tone=_tone(row, blocked),
        from_state=_state(row.from_state) if moved else "",
        to_state=_state(row.to_state) if moved else "",
        text=code_words(row.reason),
        late=_late(row),
        facts=_facts(row.facts),
    )


def _title(row: JournalEntry, blocked: bool) -> Words:
    act = row.act.removesuffix(".blocked")
    spec = ACTS.get(act)
    title = spec.title if spec else _OTHER_TITLES.get(act, act)
    return _("Refused and reported: %(act)s") % {"act": title} if blocked else title


def _tone(row: JournalEntry, blocked: bool) -> str:
    if blocked or row.act in {"terminate", "mark_overdue", "escalate"}:
        return "late"
    if row.to_state in {"REJECTED", "RECTIFYING"} and row.from_state != row.to_state:
        return "warn"
    return "ok" if row.to_state == "CLOSED" and row.from_state != "CLOSED" else "info"


def _roles(unit: str) -> str:
    return "、".join(str(Role(code).label) for code in unit.split(",") if code in Role.values)


def _state(code: str) -> Words:
    for kind in _STATES:
        if code in kind.values:
            return str(kind(code).label)
    return code


def code_words(value: str) -> Words:
    """A reason or outcome in words, as forms offer it; what is no code stays as it is."""
    for kind in _CODES:
        if value in kind.values:
            return str(kind(value).label)
    return value


def _late(row: JournalEntry) -> Words:
    recorded = clock.local_date(row.recorded_at)
    if recorded <= clock.local_date(row.moment):
        return ""
    return _("entered on %(day)s") % {"day": recorded.isoformat()}


def _facts(facts: Mapping[str, Any]) -> list[tuple[Words, Words]]:
    return [
        (_LABELS[name], _columns(value) if name == "fields" else _fact(value))
        for name, value in facts.items()
        if name in _LABELS and value not in (None, "", [])
    ]


def _columns(names: Iterable[str]) -> Words:
    return "、".join(str(column_name(name)) for name in names)


def column_name(name: str) -> Words:
    """A column of the register in words, as its forms call it."""
    for model in (Member, Household):
        for column in model._meta.concrete_fields:
            if column.name == name:
                return str(column.verbose_name)
    return name


def _fact(value: Any) -> Words:
    if isinstance(value, list):
        return "、".join(str(_fact(one)) for one in value)
    day: date | None = parse_date(value) if isinstance(value, str) and len(value) == 10 else None
    return day.isoformat() if day else code_words(str(value))
