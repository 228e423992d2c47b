"""The way of a new scheme: drawn up from another, kept, and published by a second person.

A published scheme never changes, and another follows it: sheets stay under the one they were
scored by (DOMAIN: dated rules; ACCESS: a second person publishes).
"""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from casework.ledger.act import Books
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from evaluation.models import GradeBand, Indicator, IndicatorScheme, SchemeDraft, VetoItem
from evaluation.scheme_content import Content, content_of, faults_of
from evaluation.states import GRADE_TITLES


def draw_up(books: Books, base: IndicatorScheme, code: str, title: str) -> SchemeDraft:
    """Begin a scheme from a published one."""
    code, title = code.strip(), title.strip()
    if not code.isalnum() or len(code) > 32:  # noqa: PLR2004
        raise Incomplete(_("A code is letters and digits."), {"code": _("Letters and digits.")})
    if not title:
        raise Incomplete(_("A scheme has a title."), {"title": _("Required.")})
    taken = IndicatorScheme.objects.filter(code=code).exists()
    if taken or SchemeDraft.objects.filter(code=code, withdrawn_at=None).exists():
        raise Incomplete(_("There is a scheme of this code."), {"code": _("Choose another.")})
    return SchemeDraft.objects.create(
        code=code,
        title=title[:120],
        base=base,
        content=content_of(base),
        entered_by=books.by,
        entered_at=books.moment,
    )


def keep(
    books: Books,
    draft: SchemeDraft,
    *,
    title: str,
    effective_from: date | None,
    source: str,
    content: Content,
) -> None:
    """Keep a draft as it is typed, faults and all: they are told, and hold up the publication."""
    _ensure_open(draft)
    draft.title, draft.source = title.strip()[:120], source.strip()[:200]
    draft.effective_from, draft.content = effective_from, content
    draft.entered_by, draft.entered_at = books.by, books.moment
    draft.save()


def withdraw(books: Books, draft: SchemeDraft) -> None:
    """Lay a draft aside for good; it stays on record."""
    _ensure_open(draft)
    draft.withdrawn_at = books.moment
    draft.save(update_fields=["withdrawn_at"])


def obstacles(draft: SchemeDraft, on: date) -> list[str]:
    """Everything that still holds up the publication."""
    found = faults_of(draft.content, draft.effective_from or on)
    if draft.effective_from is None:
        found.append(_("Say from which day it is in force."))
    elif draft.effective_from <= on:
        found.append(_("It is in force from a day that has not come yet: no sheet changes."))
    if not draft.source:
        found.append(_("Name the paper by which it is decided."))
    later = IndicatorScheme.objects.filter(effective_from__gte=draft.effective_from or on)
    if draft.effective_from and later.exists():
        found.append(_("Another scheme begins on that day or later."))
    return found


def publish(books: Books, draft: SchemeDraft) -> None:
    """Put a draft in force from its day; the one before ends the day before it."""
    _ensure_open(draft)
    if books.by is not None and books.by.pk == draft.entered_by_id:
        raise NotYours(_("Whoever wrote the draft cannot publish it; ask a colleague."))
    found = obstacles(draft, books.on)
    if found or draft.effective_from is None:
        raise NotLawfulNow(" ".join(found))
    last_day = draft.effective_from - timedelta(days=1)
    IndicatorScheme.objects.filter(effective_to=None).update(effective_to=last_day)
    draft.published = _publish(draft, draft.effective_from, books)
    draft.save(update_fields=["published"])


def _publish(draft: SchemeDraft, since: date, books: Books) -> IndicatorScheme:
    made = IndicatorScheme.objects.create(
        code=draft.code,
        title=draft.title,
        effective_from=since,
        published_at=books.moment,
        source=draft.source,
    )
    content: dict[str, Any] = draft.content
    Indicator.objects.bulk_create(
        Indicator(scheme=made, order=place, **row)
        for place, row in enumerate(content["indicators"], start=1)
    )
    GradeBand.objects.bulk_create(
        GradeBand(scheme=made, grade=grade, title=GRADE_TITLES[grade], minimum=minimum)
        for grade, minimum in content["bands"].items()
    )
    VetoItem.objects.bulk_create(VetoItem(scheme=made, **row) for row in content["vetoes"])
    return made


def _ensure_open(draft: SchemeDraft) -> None:
    if draft.published_id is not None or draft.withdrawn_at is not None:
        raise NotLawfulNow(_("This draft has been published or withdrawn."))
