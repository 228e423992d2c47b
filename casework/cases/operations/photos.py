"""Forgetting photos a household no longer agrees to; what the statute asks for stays."""

from typing import Any

from casework.cases.models import HelpCase, ServiceRecord, Verification
from casework.cases.states import Evidence
from casework.ledger.act import Books


def forget_photos(case: HelpCase, books: Books) -> dict[str, Any]:
    """Mark every photo of a case as deleted; doing it twice changes nothing."""
    visits = Verification.objects.filter(case=case, photos__gt=0, photos_deleted_at=None)
    forgotten = sum(visits.values_list("photos", flat=True))
    visits.update(photos_deleted_at=books.moment)
    for record in ServiceRecord.objects.filter(case=case, photos_deleted_at=None):
        if Evidence.PHO in record.evidence:
            record.photos_deleted_at = books.moment
            record.save(update_fields=["photos_deleted_at"])
            forgotten += 1
    books.note(files=forgotten)
    return {"files": forgotten}
