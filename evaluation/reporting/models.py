"""Targets and the stored weekly tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.ledger.models.append_only import Protection


class Target(models.Model):
    """How many households a district has to help in a year, from a day on."""

    district = models.ForeignKey("directory.Division", models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(_("year"))
    amount = models.PositiveIntegerField(_("households to help"))
    effective_from = models.DateField(_("effective from"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("target")
        ordering = ("year", "district", "effective_from")
        constraints = (
            models.UniqueConstraint(
                fields=("district", "year", "effective_from"), name="target_once_per_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.year} {self.district_id}: {self.amount}"


class WeeklySummary(models.Model):
    """The district table of one sealed week, as it was published."""

    week = models.CharField(_("week"), max_length=8, unique=True)
    data = models.JSONField(_("table"))
    sha256 = models.CharField(_("fingerprint"), max_length=64)
    document = models.ForeignKey("documents.Document", models.PROTECT, related_name="+")
    xlsx = models.CharField(_("spreadsheet file"), max_length=64)
    stored_at = models.DateTimeField(_("stored at"))

    protection = Protection()

    class Meta:
        verbose_name = _("weekly summary")
        ordering = ("week",)

    def __str__(self) -> str:
        return self.week
