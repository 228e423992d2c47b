from django.db import models
from django.db.models.functions import Round
from django.utils.translation import gettext_lazy as _

from casework.ledger.models.append_only import AppendOnly, Protection
from casework.ledger.models.journal import JournalEntry


class Period(models.Model):
    """An ISO week, Monday 00:00 to Sunday 24:00 in the city's time zone; closed once."""

    week = models.CharField(primary_key=True, max_length=8)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    movements = models.PositiveIntegerField(default=0)
    prev_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    protection = Protection(
        frozen=("week", "starts_at", "ends_at"), once=("sealed_at", "prev_sha256", "sha256")
    )

    class Meta:
        verbose_name = _("weekly period")
        verbose_name_plural = _("weekly periods")
        ordering = ["week"]

    def __str__(self) -> str:
        return self.week


class Movement(AppendOnly):
    """One change of one figure, posted in the week of the moment of posting."""

    week = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    figure = models.CharField(max_length=30)
    district = models.CharField(max_length=6)
    street = models.CharField(max_length=9, blank=True)
    line = models.CharField(max_length=10, blank=True)
    subject_type = models.CharField(max_length=20)
    subject_id = models.PositiveBigIntegerField()
    case_id = models.PositiveBigIntegerField(null=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    occurred_on = models.DateField()
    moment = models.DateTimeField()
    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="movements")
    note = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        indexes = [
            models.Index(fields=["week", "figure", "district"], name="movement_by_week"),
            models.Index(fields=["figure", "district", "year"], name="movement_by_figure"),
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.figure} {self.district} {self.amount:+}"


class Balance(AppendOnly):
    """A figure's account in a sealed week: opening + moved = closing."""

    week = models.CharField(max_length=8)
    year = models.PositiveSmallIntegerField()
    figure = models.CharField(max_length=30)
    district = models.CharField(max_length=6)
    street = models.CharField(max_length=9, blank=True)
    line = models.CharField(max_length=10, blank=True)
    opening = models.DecimalField(max_digits=14, decimal_places=2)
    moved = models.DecimalField(max_digits=14, decimal_places=2)
    closing = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        indexes = [models.Index(fields=["year", "figure", "week"], name="balance_by_figure")]
        constraints = [
            models.UniqueConstraint(
                fields=["week", "year", "figure", "district", "street", "line"],
                name="balance_is_one_per_account_and_week",
            ),
            models.CheckConstraint(
                # SQLite keeps decimals as floating numbers: 87.1 + 93.4 is not quite 180.5 there.
                condition=models.Q(
                    closing=Round(models.F("opening") + models.F("moved"), precision=2)
                ),
                name="balance_closes_as_opening_plus_moved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.week} {self.figure} {self.district} {self.closing}"
