"""Reading that leaves a trace: the file by the city, the full ID number by anyone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.cases.models import HelpCase
from casework.ledger.act import open_books
from casework.staff.models import User
from workflows.perform import lock_subject
from workflows.subjects import CASE


class ReadingReason(models.TextChoices):
    """Why somebody outside the daily work reads a file, or needs the whole number."""

    DUPLICATE = "DUPLICATE", _("Duplicate across districts")
    APPEAL = "APPEAL", _("Appeal or complaint")
    CORRECTION = "CORRECTION", _("Correction of the record")
    IDENTITY = "IDENTITY", _("Checking identity with the person present")
    INSPECTION = "INSPECTION", _("Inspection")


class FileReason(models.TextChoices):
    """What somebody needs the whole file on paper for."""

    ARCHIVE = "ARCHIVE", _("For the archive")
    HANDOVER = "HANDOVER", _("Handing the case over")
    REVIEW = "REVIEW", _("Review, reconsideration or court")
    INSPECTION = "INSPECTION", _("Inspection")
    ON_REQUEST = "ON_REQUEST", _("The person asked for it")


def record_reading(act: str, case: HelpCase, *, by: User, reason: str) -> None:
    """Write into the journal who read what, and why."""
    with open_books(act, by=by) as books:
        lock_subject(CASE, case)
        books.close(("case", case.pk), from_state=case.state, to_state=case.state, reason=reason)
