"""Photographs on file: taken in with consent, and forgotten when it is withdrawn."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, Photo, ServiceRecord, Verification
from casework.cases.operations import facts
from casework.cases.operations.step import ensure_lawful
from casework.cases.queries import current_verification
from casework.cases.states import Evidence
from casework.households.codes import Purpose
from casework.households.queries import has_consent
from casework.ledger.act import Books
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from casework.lib.photos import Photo as Taken
from casework.lib.photos import read_photo
from casework.staff.models import Role
from casework.staff.scope import reach_of

MOST_AT_ONCE = 6
_OF_VISIT = frozenset({Role.CW, Role.SH, Role.DS})


def add_photos(
    case: HelpCase,
    books: Books,
    *,
    photos: Sequence[str],
    service: int | str | None = None,
) -> dict[str, Any]:
    """Keep photos, as base64 text, of a service, or of the current home visit where none is named.

    Nothing is kept before the household agreed to photos.
    """
    ensure_lawful(case, books, "add_photos")
    if not has_consent(case.household_id, Purpose.PHOTO, books.on):
        raise Incomplete(_("The household has not agreed to photos; record the consent first."))
    record = _record(case, books, service) if service else None
    round_ = None if record is not None else _visit(case, books)
    taken = _read(photos)
    for picture in taken:
        Photo.objects.create(
            case=case,
            verification=round_,
            service=record,
            sealed=base64.b64encode(picture.content).decode(),
            likeness=picture.likeness,
            width=picture.width,
            height=picture.height,
            taken_at=timezone.make_aware(picture.taken_at) if picture.taken_at else None,
            place=",".join(f"{part:.6f}" for part in picture.place) if picture.place else "",
            added_by=books.by,
            added_at=books.moment,
        )
    _count(record, round_)
    books.note(photos=len(taken), service=record.pk if record else None)
    return {"photos": len(taken)}


def _record(case: HelpCase, books: Books, service: int | str) -> ServiceRecord:
    record = facts.service_record(case, service, "service")
    if books.by is not None:
        reach = reach_of(books.by, books.on)
        of_street = reach.covers(case.handling_street, Role.CW, Role.SH)
        if not of_street and record.provider_id not in reach.organisations(Role.PR):
            raise NotYours(_("This item is served by another provider."))
    return record


def _visit(case: HelpCase, books: Books) -> Verification:
    if books.by is not None and not reach_of(books.by, books.on).covers(
        case.handling_street, *_OF_VISIT
    ):
        facts.refuse("service", _("Choose the service record."))
    round_ = current_verification(case)
    if round_ is None or not round_.verifiers.exists():
        raise NotLawfulNow(_("Name the verifiers first."))
    return round_


def _read(photos: Sequence[str]) -> list[Taken]:
    if isinstance(photos, str) or not photos:
        facts.refuse("photos", _("Choose at least one photo."))
    if len(photos) > MOST_AT_ONCE:
        facts.refuse("photos", _("At most %(count)d photos at once.") % {"count": MOST_AT_ONCE})
    found = []
    for text in photos:
        try:
            content = base64.b64decode(str(text), validate=True)
        except (binascii.Error, ValueError):
            facts.refuse("photos", _("This is not a photo that can be read (JPEG, PNG or WebP)."))
        found.append(read_photo(content))
    return found


def _count(record: ServiceRecord | None, round_: Verification | None) -> None:
    """The paper's count never says less than lies in the file; a service has its evidence."""
    if record is not None and Evidence.PHO not in record.evidence:
        record.evidence = sorted({*record.evidence, Evidence.PHO.value})
        record.save(update_fields=["evidence"])
    if round_ is not None:
        kept = round_.pictures.filter(deleted_at=None).count()
        if kept > round_.photos:
            round_.photos = kept
            round_.save(update_fields=["photos"])


def forget_photos(case: HelpCase, books: Books) -> dict[str, Any]:
    """Delete every picture of a case and mark it so; doing it twice changes nothing."""
    visits = Verification.objects.filter(case=case, photos__gt=0, photos_deleted_at=None)
    forgotten = sum(visits.values_list("photos", flat=True))
    visits.update(photos_deleted_at=books.moment)
    for record in ServiceRecord.objects.filter(case=case, photos_deleted_at=None):
        if Evidence.PHO in record.evidence:
            record.photos_deleted_at = books.moment
            record.save(update_fields=["photos_deleted_at"])
            forgotten += 1
    Photo.objects.filter(case=case, deleted_at=None).update(
        sealed="", place="", deleted_at=books.moment
    )
    books.note(files=forgotten)
    return {"files": forgotten}
