from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.ledger.models.append_only import AppendOnly


class JournalEntry(AppendOnly):
    """One thing that happened to one subject, chained to the entry before it.

    `moment` is the moment of the act (for a timer, the moment it fell due);
    `recorded_at` is when the row was written. `facts` holds codes, ids and dates,
    never names, ID numbers, telephone numbers or addresses.
    """

    subject_type = models.CharField(max_length=20)
    subject_id = models.PositiveBigIntegerField()
    seq = models.PositiveIntegerField()
    act = models.CharField(max_length=60)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    by_name = models.CharField(max_length=60, blank=True)
    on_behalf_of = models.CharField(max_length=60, blank=True)
    unit = models.CharField(max_length=80, blank=True)
    moment = models.DateTimeField(db_index=True)
    recorded_at = models.DateTimeField()
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    facts = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "seq"], name="journal_has_one_entry_per_step"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} #{self.seq} {self.act}"


class Answer(AppendOnly):
    """What an act answered under a submission key, so that a repeat hears the same."""

    key = models.CharField(max_length=120, unique=True)
    fingerprint = models.CharField(max_length=64)
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="answers")
    values = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")

    def __str__(self) -> str:
        return self.key


class Seal(AppendOnly):
    """A Merkle root over entries that no earlier seal covers, chained to the seal before it."""

    sealed_at = models.DateTimeField()
    first_entry = models.PositiveBigIntegerField()
    last_entry = models.PositiveBigIntegerField()
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    prev_hash = models.CharField(max_length=64, unique=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("journal seal")
        verbose_name_plural = _("journal seals")

    def __str__(self) -> str:
        return f"{self.pk} ({self.count})"


class SealLeaf(AppendOnly):
    """One journal entry as a seal saw it; the number outlives the entry, so a deletion shows."""

    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, related_name="leaves")
    entry_number = models.PositiveBigIntegerField(unique=True)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("seal leaf")
        verbose_name_plural = _("seal leaves")

    def __str__(self) -> str:
        return f"{self.seal_id}/{self.entry_number}"
