from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.ledger.models.append_only import AppendOnly


class ReadEntry(AppendOnly):
    """One answer that showed, or refused to show, something about a household.

    Holds codes and numbers only. A list has no single subject: `rows` counts what it showed and
    `digest` (SHA-256 over the sorted numbers) lets a known list be recognised.
    """

    class Outcome(models.TextChoices):
        SHOWN = "SHOWN", _("shown")
        REFUSED = "REFUSED", _("refused")
        FAILED = "FAILED", _("failed")

    moment = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    roles = models.CharField(max_length=60, blank=True)
    what = models.CharField(max_length=80)
    method = models.CharField(max_length=7)
    subject_type = models.CharField(max_length=20, blank=True)
    subject_id = models.PositiveBigIntegerField(null=True)
    rows = models.PositiveIntegerField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=7, choices=Outcome)
    status = models.PositiveSmallIntegerField()
    request_id = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("read entry")
        verbose_name_plural = _("read log")
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "-id"], name="reads_by_subject"),
            models.Index(fields=["by", "-id"], name="reads_by_person"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.subject_type} {self.subject_id or ''} {self.outcome}"


class BooksVerdict(AppendOnly):
    """What one proof of the books came to; `first_bad` names a row, never a person."""

    proved_at = models.DateTimeField()
    holds = models.BooleanField()
    entries = models.PositiveBigIntegerField()
    movements = models.PositiveBigIntegerField()
    first_bad = models.TextField(blank=True)

    class Meta:
        verbose_name = _("proof of the books")
        verbose_name_plural = _("proofs of the books")

    def __str__(self) -> str:
        return f"{self.pk} {self.holds}"
