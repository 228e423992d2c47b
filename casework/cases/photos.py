"""Deleting photos a household no longer agrees to; what the statute asks for stays."""

from collections.abc import Callable

from casework.cases.models import ServiceRecord, Verification
from casework.ledger.models import OutboxMessage
from casework.ledger.outbox import handles
from casework.lib import clock


@handles("delete_photos")
def delete_photos(message: OutboxMessage) -> Callable[[], None]:
    """Mark every photo of a case as deleted; doing it twice changes nothing."""
    case_id = message.payload["case"]

    def finish() -> None:
        now = clock.now()
        Verification.objects.filter(case_id=case_id, photos__gt=0, photos_deleted_at=None).update(
            photos_deleted_at=now
        )
        for record in ServiceRecord.objects.filter(case_id=case_id, photos_deleted_at=None):
            if "PHO" in record.evidence:
                record.photos_deleted_at = now
                record.save(update_fields=["photos_deleted_at"])

    return finish
