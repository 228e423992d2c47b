"""What the case page says of petitions, corrections and steps taken back."""

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.models import Correction, HelpCase, Petition, ServiceRecord
from casework.cases.operations.correcting import standing
from casework.cases.states import CorrectedFact, CorrectionOutcome
from casework.lib import clock
from workflows.pages.words import Words

_SERVICE_LABELS: dict[str, Words] = {
    "served_on": gettext_lazy("Day"),
    "quantity": gettext_lazy("Quantity"),
    "minutes": gettext_lazy("Minutes"),
    "worker": gettext_lazy("Worker"),
}


def petitions(case: HelpCase) -> list[dict[str, Any]]:
    """Petitions with their clocks, the latest first."""
    return [_petition(row) for row in reversed(case.petitions.all())]


def _petition(row: Petition) -> dict[str, Any]:
    words = [
        _("Filed on %(filed)s; to be told by %(inform)s, answered by %(due)s.")
        % {"filed": row.filed_on, "inform": row.inform_by, "due": row.due_on}
    ]
    if row.informed_on:
        words.append(_("Told on %(day)s.") % {"day": row.informed_on})
    if row.extended_on:
        words.append(_("Extended on %(day)s.") % {"day": row.extended_on})
    if row.answered_on:
        words.append(_("Answered on %(day)s.") % {"day": row.answered_on})
    if row.review_until:
        words.append(_("A review may be asked for until %(day)s.") % {"day": row.review_until})
    late = row.answered_on is None and row.due_on < clock.today()
    return {
        "title": row.get_stage_display(),
        "state": row.get_outcome_display()
        if row.outcome
        else (_("overdue") if late else _("open")),
        "tone": "late" if late else ("plain" if row.outcome else "info"),
        "lines": [" ".join(map(str, words)), row.text, row.answer],
    }


def corrections(case: HelpCase) -> list[dict[str, Any]]:
    """What was put right in a file after its end, and what waits for a decision."""
    tones = {CorrectionOutcome.APPROVED.value: "ok", CorrectionOutcome.REFUSED.value: "plain"}
    rows = case.corrections.select_related("proposed_by", "decided_by")
    return [
        {
            "title": row.get_fact_display(),
            "state": row.get_outcome_display() if row.outcome else _("waiting for a decision"),
            "tone": tones.get(row.outcome, "info"),
            "lines": [*corrected_words(row), _by_whom(row), row.answer],
        }
        for row in reversed(rows)
    ]


def corrected_words(row: Correction) -> list[Words]:
    """What stood there, what is to stand there, and why."""
    if not row.before:
        return [row.get_reason_display()]
    before, after = json.loads(row.before), json.loads(row.after)
    if row.fact == CorrectedFact.SERVICE:
        changed = [
            f"{_SERVICE_LABELS[name]} {before[name]} → {after[name]}"
            for name in before
            if before[name] != after[name]
        ]
        change = "；".join([str(before["served_on"]), *changed])
    else:
        change = f"{_value(before)} → {_value(after)}"
    return [
        _("%(fact)s: %(change)s.") % {"fact": row.get_fact_display(), "change": change},
        f"{row.get_reason_display()}。{row.words}",
    ]


def service_words(row: ServiceRecord) -> Words:
    """One service with all that can be corrected in it."""
    told = [
        f"{row.served_on:%Y-%m-%d}",
        f"{row.item.service.name} × {row.quantity}",
        _("%(minutes)s minutes") % {"minutes": row.minutes},
        row.worker,
    ]
    return " · ".join(str(part) for part in told if part)


def standing_words(case: HelpCase, fact: CorrectedFact) -> Words:
    """What the file says now, for whoever is to say what should stand there."""
    return _("Now: %(value)s") % {"value": _value(standing(case, fact, None))}


def _value(value: Any) -> Words:
    if value is None or value == "":
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _by_whom(row: Correction) -> str:
    day = clock.local_date(row.proposed_at).isoformat()
    told = _("Proposed by %(who)s on %(day)s.") % {"who": row.proposed_by or "", "day": day}
    if row.decided_at is None:
        return told
    day = clock.local_date(row.decided_at).isoformat()
    return told + _(" Decided by %(who)s on %(day)s.") % {"who": row.decided_by or "", "day": day}


def returns(case: HelpCase) -> list[dict[str, Any]]:
    """When the case went back to an earlier step, by whom and why."""
    return [
        {
            "title": _("Back to: %(step)s") % {"step": row.get_back_to_display()},
            "state": row.get_reason_display(),
            "tone": "warn",
            "lines": [
                f"{clock.local_date(row.returned_at).isoformat()} · {row.returned_by or ''}",
                row.words,
            ],
        }
        for row in reversed(case.returns.select_related("returned_by"))
    ]


def afterwards(case: HelpCase) -> list[dict[str, Any]]:
    """The panels of what comes beside and after the case's own way."""
    return [
        {"id": "returns", "title": _("Steps taken back"), "rows": returns(case)},
        {"id": "petitions", "title": _("Petitions"), "rows": petitions(case)},
        {"id": "corrections", "title": _("Corrections of the file"), "rows": corrections(case)},
    ]
