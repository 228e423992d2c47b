"""The monthly bulletin as a page: how far it is, its words and its tables."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.documents.queries import may_read
from casework.ledger.figures import first_week
from casework.ledger.weeks import monday_of
from casework.lib import clock
from casework.staff.models import User
from evaluation.reporting.bulletin_text import annexes_of, sections_of, title_of
from evaluation.reporting.models import BulletinState, MonthlyBulletin
from evaluation.reporting.month import Month
from workflows.bulletins import orders_for
from workflows.pages.week import WHOLE_CITY, Cell
from workflows.pages.words import Words

TONES: Final = {
    "DRAFT": "info",
    "REVIEWED": "warn",
    "SIGNED": "warn",
    "ISSUED": "ok",
    "ARCHIVED": "plain",
}
# One form each of its own; the others are a press of a button.
_WITH_WORDS: Final = frozenset({"write_requirements", "send_back"})
_MOST_MONTHS: Final = 12


def months_to_draft() -> list[str]:
    """Months that are over, since the books were opened, and have no bulletin; the newest first."""
    first = first_week()
    if first is None:
        return []
    made = set(MonthlyBulletin.objects.values_list("month", flat=True))
    found: list[str] = []
    day = clock.today().replace(day=1) - timedelta(days=1)
    while f"{day:%Y-%m}" >= f"{monday_of(first):%Y-%m}" and len(found) < _MOST_MONTHS:
        if f"{day:%Y-%m}" not in made:
            found.append(f"{day:%Y-%m}")
        day = day.replace(day=1) - timedelta(days=1)
    return found


def bulletin_context(bulletin: MonthlyBulletin, reader: User) -> dict[str, Any]:
    """All that the page of one bulletin shows to one person."""
    figures = bulletin.figures
    words = figures.get("requirements", bulletin.requirements)
    orders = orders_for(bulletin, reader)
    names = {name for name, _title in orders}
    document = bulletin.document
    opens = document is not None and document.is_issued and may_read(reader, document)
    return {
        "bulletin": bulletin,
        "title": title_of(bulletin.month),
        "tone": TONES[bulletin.state],
        "stages": _stages(bulletin),
        "sections": sections_of(figures, words),
        "annexes": _opened(figures, bulletin.month),
        "requirements": words,
        "buttons": [
            {
                "url": reverse("bulletin_act", args=[bulletin.month, name.replace("_", "-")]),
                "title": title,
                "is_first": name in {"review_bulletin", "sign_bulletin", "issue_bulletin"},
            }
            for name, title in orders
            if name not in _WITH_WORDS
        ],
        "may_write": "write_requirements" in names,
        "may_send_back": "send_back" in names,
        "waits_for_another": "send_back" in names and "sign_bulletin" not in names,
        "pdf_url": reverse("document", args=[document.uuid]) if document and opens else "",
        "is_printing": document is not None and not document.is_issued,
        "crumbs": [(_("Bulletins"), reverse("bulletin_list")), (bulletin.month, "")],
    }


# Per annex, where its rows stand in the figures, and which of its numbers open to what they count.
_OPENS: Final = (
    ("progress", frozenset({"completed_month", "completed"})),
    ("evaluation", frozenset({"scored"})),
)
OPENED: Final = frozenset[str]().union(*(keys for _name, keys in _OPENS))


def _opened(figures: Month, month: str) -> list[dict[str, Any]]:
    """The annexes, with an address behind every number that counts cases."""
    annexes: list[dict[str, Any]] = [dict(annex) for annex in annexes_of(figures)]
    for annex, (name, keys) in zip(annexes, _OPENS, strict=False):
        codes = [row["code"] for row in figures[name]["rows"]]
        annex["rows"] = [
            _cells(annex["columns"], row, keys, month, code)
            for row, code in zip(annex["rows"], codes, strict=True)
        ]
        annex["total"] = _cells(annex["columns"], annex["total"], keys, month, WHOLE_CITY)
    for annex in annexes[len(_OPENS) :]:
        annex["rows"] = [[Cell(text) for text in row] for row in annex["rows"]]
        annex["total"] = [Cell(text) for text in annex["total"]]
    return annexes


def _cells(
    columns: Any, row: Sequence[str], keys: frozenset[str], month: str, district: str
) -> list[Cell]:
    return [
        Cell(text, reverse("bulletin_cell", args=[month, column["key"], district]))
        if column["key"] in keys and text.isdecimal()
        else Cell(text)
        for column, text in zip(columns, row, strict=True)
    ]


def _stages(bulletin: MonthlyBulletin) -> list[dict[str, Any]]:
    order = list(BulletinState)
    now = order.index(BulletinState(bulletin.state))
    moments = {
        BulletinState.DRAFT: (bulletin.compiled_at, None),
        BulletinState.REVIEWED: (bulletin.reviewed_at, bulletin.reviewed_by),
        BulletinState.SIGNED: (bulletin.signed_at, bulletin.signed_by),
        BulletinState.ISSUED: (bulletin.issued_at, None),
        BulletinState.ARCHIVED: (bulletin.archived_at, None),
    }
    words: dict[str, Words] = {"done": _("done"), "now": _("now"), "open": _("to come")}
    told = []
    for place, state in enumerate(order):
        how = "now" if place == now else "done" if place < now else "open"
        moment, who = moments[state]
        day = clock.local_date(moment).isoformat() if moment and place <= now else ""
        told.append(
            {
                "title": state.label,
                "state": how,
                "words": words[how],
                "note": " ".join(part for part in (day, str(who or "")) if part),
            }
        )
    return told
