"""The words and tones that pages share: states, deadlines, dates, units."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from casework.cases.models import HelpCase
from casework.cases.states import CaseState, ItemStatus, LineState
from casework.directory.models import Division
from casework.directory.queries import working_days
from casework.lib.calendar import WorkingCalendar
from evaluation.rectification.states import ItemState, OrderState
from evaluation.states import Grade
from workflows.lists import SOON, VERY_LATE, when_in_words
from workflows.models import Deadline

Words = str | Promise


@dataclass(frozen=True)
class Word:
    """A few words with the tone they are shown in."""

    text: Words
    tone: str = "plain"


@dataclass(frozen=True)
class Due:
    """Until when, in words."""

    on: date | None
    words: Words
    tone: str
    label: Words = ""


DEADLINES: dict[str, Words] = {
    "decide_referral": _("Decision on the referral"),
    "ledger_entry": _("Entry in the help ledger"),
    "interview": _("Home interview"),
    "verify": _("Home verification"),
    "notify_refusal": _("Delivery of the refusal"),
    "internal_review_file": _("Last day for an internal review"),
    "reconsideration_file": _("Last day for a reconsideration"),
    "litigation_file": _("Last day to go to court"),
    "petition_inform": _("Tell the petitioner"),
    "petition_answer": _("Answer to the petition"),
    "petition_review_file": _("Last day for a review"),
    "correction": _("Decision on the correction"),
    "internal_review_answer": _("Answer to the internal review"),
    "reconsideration_answer": _("Answer to the reconsideration"),
    "objection": _("Answer to the objection"),
    "plan": _("Help plan"),
    "start_help": _("Start of help"),
    "finish_help": _("End of help"),
    "evaluate": _("Evaluation"),
    "issue_order": _("Rectification notice"),
    "notify_termination": _("Delivery of the termination"),
    "transfer": _("Answer to the transfer"),
    "suspension": _("End of the suspension"),
    "receipt": _("Receipt of the notice"),
    "report": _("Rectification report"),
    "recheck": _("Recheck"),
}

_GOOD = "ok"
STATE_TONES: dict[str, str] = {
    CaseState.REFERRED: "info",
    CaseState.IN_HELP: _GOOD,
    CaseState.CLOSED: _GOOD,
    CaseState.REJECTED: "late",
    CaseState.DECLINED: "plain",
    CaseState.MERGED: "plain",
    CaseState.TERMINATED: "late",
    CaseState.RECTIFYING: "warn",
    CaseState.RECHECKING: "warn",
}
LINE_TONES: dict[str, str] = {
    LineState.ACTIVE: "info",
    LineState.DONE: _GOOD,
    LineState.ENDED_EARLY: "warn",
}
PLAN_ITEM_TONES: dict[str, str] = {
    ItemStatus.ACTIVE: "info",
    ItemStatus.DONE: _GOOD,
    ItemStatus.ENDED_EARLY: "warn",
}
ORDER_TONES: dict[str, str] = {
    OrderState.ISSUED: "info",
    OrderState.RECEIVED: "warn",
    OrderState.REPORTED: "info",
    OrderState.RECHECKED: "info",
    OrderState.CLOSED: _GOOD,
    OrderState.TAKEN_OVER: "late",
}
ORDER_ITEM_TONES: dict[str, str] = {
    ItemState.OPEN: "warn",
    ItemState.REPORTED: "info",
    ItemState.PASSED: _GOOD,
    ItemState.FAILED: "late",
    ItemState.STRUCK_OFF: _GOOD,
}
GRADE_TONES: dict[str, str] = {
    Grade.EXCELLENT: _GOOD,
    Grade.GOOD: _GOOD,
    Grade.FAIR: "warn",
    Grade.POOR: "late",
}


def case_word(case: HelpCase) -> Word:
    """The state of a case."""
    return Word(case.get_state_display(), STATE_TONES.get(case.state, "info"))


def due_on(
    day: date | None, today: date, label: Words = "", *, calendar: WorkingCalendar | None = None
) -> Due | None:
    """A due date as the page says it; nothing where there is none. Lists hand the calendar down."""
    if day is None:
        return None
    calendar = calendar or working_days()
    return Due(day, when_in_words(day, today, calendar), _tone(day, today, calendar), label)


def _tone(day: date, today: date, calendar: WorkingCalendar) -> str:
    if day < today:
        return "severe" if calendar.count(day, today) > VERY_LATE else "late"
    return "warn" if calendar.count(today, day) <= SOON else "plain"


def earliest_deadlines(subject_type: str, ids: Iterable[int]) -> dict[int, Deadline]:
    """The first open duty of each subject, one query for all of them."""
    rows = Deadline.objects.filter(
        subject_type=subject_type,
        subject_id__in=list(ids),
        met_on__isnull=True,
        dropped_on__isnull=True,
        paused_on__isnull=True,
        is_duty=True,
    ).order_by("-due_on", "-pk")
    return {row.subject_id: row for row in rows}


def due_of(
    deadline: Deadline | None, today: date, *, calendar: WorkingCalendar | None = None
) -> Due | None:
    """A deadline as the page says it."""
    if deadline is None:
        return None
    label = DEADLINES.get(deadline.kind, deadline.kind)
    return due_on(deadline.due_on, today, label, calendar=calendar)


def unit_names(codes: Iterable[str]) -> dict[str, str]:
    """The names of divisions by code; an unknown code stands for itself."""
    wanted = {code for code in codes if code}
    found = {row.code: row.name for row in Division.objects.filter(code__in=wanted)}
    return {code: found.get(code, code) for code in wanted}
