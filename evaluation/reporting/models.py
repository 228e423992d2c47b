"""Targets, the stored weekly tables and the monthly bulletins."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
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


class BulletinState(models.TextChoices):
    """How far a bulletin is on its way from the draft to the archive."""

    DRAFT = "DRAFT", _("Bulletin drafted")
    REVIEWED = "REVIEWED", _("Bulletin reviewed")
    SIGNED = "SIGNED", _("Bulletin signed")
    ISSUED = "ISSUED", _("Bulletin issued")
    ARCHIVED = "ARCHIVED", _("Bulletin archived")


class MonthlyBulletin(models.Model):
    """The bulletin of one month: its figures move until they are signed, and never after."""

    month = models.CharField(_("month"), max_length=7, unique=True)
    state = models.CharField(
        _("state"), max_length=8, choices=BulletinState, default=BulletinState.DRAFT
    )
    draft = models.JSONField(_("figures of the draft"))
    compiled_at = models.DateTimeField(_("compiled at"))
    requirements = models.TextField(_("what is required next"), blank=True)
    sent_back = models.CharField(_("why it was sent back"), max_length=300, blank=True)
    sealed = models.JSONField(_("figures as signed"), null=True, blank=True)
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    document = models.ForeignKey(
        "documents.Document", models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archived at"), null=True, blank=True)

    protection = Protection(
        frozen=("month",),
        once=("sealed", "sha256", "signed_by", "signed_at", "document", "issued_at", "archived_at"),
    )

    class Meta:
        verbose_name = _("monthly bulletin")
        verbose_name_plural = _("monthly bulletins")
        ordering = ("-month",)
        constraints = (
            models.CheckConstraint(
                name="a_signed_bulletin_has_its_figures",
                condition=Q(state__in=("DRAFT", "REVIEWED"), signed_at__isnull=True)
                | Q(state__in=("SIGNED", "ISSUED", "ARCHIVED"), signed_at__isnull=False)
                & ~Q(sha256=""),
            ),
        )

    def __str__(self) -> str:
        return self.month

    @property
    def figures(self) -> dict[str, Any]:
        """The figures as signed, or those of the draft."""
        found: dict[str, Any] = self.sealed if self.sealed is not None else self.draft
        return found
