"""What photographs make one look twice: used before, of another day, of another place."""

from datetime import timedelta
from statistics import median
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from haversine import haversine

from casework.cases.doubt import Doubt
from casework.cases.models import HelpCase, Photo
from casework.directory.queries import parameter
from casework.lib.photos import LIKE, differing

REUSED, OTHER_DAY, FAR_AWAY = "REUSED_PHOTO", "PHOTO_DAY", "PHOTO_PLACE"
# Photos of the street within a year are compared, the newest first.
_COMPARED: Final = 3000
_SINCE: Final = timedelta(days=365)


def photo_doubts(case: HelpCase) -> list[Doubt]:
    """Every doubt that the photos of a case raise."""
    own = list(case.pictures.select_related("service", "verification").order_by("pk"))
    found = [_used_before(case, own), _of_another_day(own), _far_away(case, own)] if own else []
    return [doubt for doubt in found if doubt is not None]


def _used_before(case: HelpCase, own: list[Photo]) -> Doubt | None:
    """A photo that looks like one taken in earlier, in whichever case of the street."""
    earlier = (
        Photo.objects.filter(
            case__handling_street=case.handling_street,
            added_at__gte=own[0].added_at - _SINCE,
            pk__lt=own[-1].pk,
        )
        .exclude(likeness="")
        .order_by("-pk")
        .values_list("pk", "likeness", "case__case_no", "added_at")[:_COMPARED]
    )
    proofs = tuple(
        _("photo of %(day)s: like one of %(case)s, %(earlier)s")
        % {
            "day": _day(photo),
            "case": number,
            "earlier": timezone.localtime(at).date().isoformat(),
        }
        for photo in own
        for key, likeness, number, at in earlier
        if key < photo.pk and photo.likeness and differing(photo.likeness, likeness) <= LIKE
    )
    words = _("A photo looks like one that was used before.")
    return Doubt(REUSED, words, proofs) if proofs else None


def _of_another_day(own: list[Photo]) -> Doubt | None:
    """A photo that the camera dates otherwise than the visit or the service."""
    proofs = []
    for photo in own:
        told = photo.service.served_on if photo.service else None
        if photo.verification is not None:
            told = photo.verification.visited_on
        if photo.taken_at is None or told is None:
            continue
        taken = timezone.localtime(photo.taken_at).date()
        if taken != told:
            days = {"told": told.isoformat(), "taken": taken.isoformat()}
            proofs.append(_("recorded for %(told)s, taken on %(taken)s") % days)
    words = _("A photo was taken on another day than recorded.")
    return Doubt(OTHER_DAY, words, tuple(proofs)) if proofs else None


def _far_away(case: HelpCase, own: list[Photo]) -> Doubt | None:
    """A photo taken far from where the others of the home were."""
    points = [(photo, photo.point) for photo in own]
    known = [(photo, point) for photo, point in points if point is not None]
    if len(known) < 3:
        return None
    middle = (median(p[0] for _f, p in known), median(p[1] for _f, p in known))
    most = int(parameter("check_photo_metres", case.rule_date))
    proofs = tuple(
        _("photo of %(day)s: %(metres)d metres from the others")
        % {"day": _day(photo), "metres": round(haversine(middle, point) * 1000)}
        for photo, point in known
        if haversine(middle, point) * 1000 > most
    )
    words = _("A photo was taken far from the others of this home.")
    return Doubt(FAR_AWAY, words, proofs) if proofs else None


def _day(photo: Photo) -> str:
    told = photo.service.served_on if photo.service else None
    return (told or timezone.localtime(photo.added_at).date()).isoformat()
