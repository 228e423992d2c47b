"""The photos of a case as its page shows them: small, with the day, to whoever may see them."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, Photo
from casework.lib import clock
from workflows.pages.sight import Sight
from workflows.pages.words import Words

SHOWN = 12


def seen_photos(case: HelpCase, sight: Sight) -> QuerySet[Photo]:
    """The photos one reader may see: all of the file, or those of the own services."""
    if sight.evaluation:
        return case.pictures.all()
    return case.pictures.filter(service__provider__in=sight.providers)


def pictures(case: HelpCase, sight: Sight) -> list[dict[str, Any]]:
    """The latest photos; of a deleted one only that it was there."""
    rows = seen_photos(case, sight).defer("sealed").select_related("service__item__service")
    return [
        {
            "url": reverse("case_photo", args=[case.case_no, row.pk]) if not row.deleted_at else "",
            "words": _words(row),
            "width": row.width,
            "height": row.height,
        }
        for row in rows.order_by("-pk")[:SHOWN]
    ]


def _words(row: Photo) -> Words:
    day = clock.local_date(row.taken_at or row.added_at).isoformat()
    what = row.service.item.service.name if row.service else _("home verification")
    return f"{day} {what}" if not row.deleted_at else f"{day} {what} · {_('deleted')}"
