"""Re-visits on the page of a case: whom to call, what was answered, what contradicts the file."""

from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, ServiceAlert
from casework.directory.models import ServiceItem
from casework.lib import clock
from casework.staff.models import Role
from evaluation.scoring.models import Revisit, rating_title
from evaluation.scoring.states import RATINGS, Received, RevisitState
from workflows.pages.sight import Sight
from workflows.pages.words import Words

TONES: dict[str, str] = {
    RevisitState.WAITING: "warn",
    RevisitState.ASSIGNED: "info",
    RevisitState.DONE: "ok",
    RevisitState.UNREACHABLE: "late",
    RevisitState.REFUSED: "plain",
}


def contact_of(case: HelpCase) -> dict[str, str]:
    """What a re-visit needs: whom to call, the telephone and the address.

    Where the helped person has none, a child above all, the household is called by another's.
    """
    person = case.subject_member
    people = list(case.household.members.filter(death_date=None, left_on=None).order_by("pk"))
    called = next((one for one in [person, *people] if one and one.phone), person)
    names = [one.name for one in dict.fromkeys([person, called]) if one]
    return {
        "name": " · ".join(names),
        "phone": called.phone if called else "",
        "address": case.household.address,
    }


def revisits(case: HelpCase, sight: Sight) -> list[dict[str, Any]]:
    """The re-visits of a case; the answers for those alone who judge it."""
    hears = hears_answers(sight)
    rows = case.revisits.select_related("evaluator", "companion").prefetch_related("attempts")
    return [_revisit(row, hears=hears) for row in rows.order_by("pk")]


def _revisit(row: Revisit, *, hears: bool) -> dict[str, Any]:
    people = [str(one) for one in (row.evaluator, row.companion) if one]
    day = clock.local_date(row.ended_at).isoformat() if row.ended_at else ""
    return {
        "title": row.get_mode_display(),
        "state": row.get_state_display(),
        "tone": TONES.get(row.state, "plain"),
        "words": " · ".join(filter(None, ["、".join(people), day])),
        "attempts": [
            f"{clock.local_text(attempt.made_at)} {attempt.get_outcome_display()}"
            for attempt in row.attempts.all()
        ],
        "facts": _answers(row) if hears and row.state == RevisitState.DONE else [],
    }


def _answers(row: Revisit) -> list[tuple[Words, Words]]:
    counts = dict.fromkeys(Received, 0)
    for said in row.received.values():
        counts[Received(said)] += 1
    ratings = " · ".join(
        f"{rating_title(name)} {getattr(row, name)}"
        for name in RATINGS
        if getattr(row, name) is not None
    )
    got = " · ".join(f"{kind.label} {count}" for kind, count in counts.items() if count)
    return [
        (_("Items"), got),
        (_("Satisfaction"), ratings or _("Would not say")),
        (_("Asked for money"), _("Yes") if row.money_asked else _("No")),
        (_("Wish"), row.wish),
    ]


def alert_words(alert: ServiceAlert, names: dict[str, str]) -> Words:
    """A contradiction in one sentence, with what the household said where it was asked."""
    said, day = alert.detail, clock.local_date(alert.raised_at).isoformat()
    if "revisit" not in said:
        return _("A record contradicts the file (%(code)s), noticed on %(day)s.") % {
            "code": alert.code,
            "day": day,
        }
    if "item" in said:
        words = _("the file says %(count)s × %(item)s, the household received none") % {
            "count": said["entered"],
            "item": names.get(said["item"], said["item"]),
        }
    elif "money_asked" in said:
        words = _("the household was asked for money")
    else:
        words = _("the household rates the help %(overall)s of 5") % said
    return _("Asked again on %(day)s (%(code)s): %(words)s.") % {
        "day": day,
        "code": alert.code,
        "words": words,
    }


def hears_answers(sight: Sight) -> bool:
    """Who may know what a household said: never those whose help it was asked about."""
    return bool(sight.roles & {Role.EV, Role.LE, Role.DS, Role.CA})


def alerts_of(case: HelpCase, sight: Sight) -> list[Words]:
    """The contradictions on file that the reader may know of."""
    hears = hears_answers(sight)
    rows = [row for row in case.alerts.all() if hears or "revisit" not in row.detail]
    codes = [row.detail["item"] for row in rows if "revisit" in row.detail and "item" in row.detail]
    found = ServiceItem.objects.filter(code__in=codes) if codes else []
    names = {item.code: item.name for item in found}
    return [alert_words(row, names) for row in rows]
