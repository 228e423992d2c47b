"""The first word of need: who heard it, from whom, and about whom."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.lib import clock


class Referral(models.Model):
    """A report that a household may need help; kept with its source whatever becomes of it."""

    class Source(models.TextChoices):
        COMMITTEE = "COMMITTEE", _("Residents' committee")
        HOSPITAL = "HOSPITAL", _("Hospital")
        SCHOOL = "SCHOOL", _("School")
        HOTLINE_12345 = "HOTLINE_12345", _("Hotline 12345")
        SELF = "SELF", _("The person")
        DATA_SCREENING = "DATA_SCREENING", _("Data screening")
        ELDER_VISIT = "ELDER_VISIT", _("Elder visit")
        ACTIVE_DISCOVERY = "ACTIVE_DISCOVERY", _("Active discovery")
        STREET = "STREET", _("Street office")

    class Urgency(models.TextChoices):
        NORMAL = "NORMAL", _("Normal")
        SUDDEN = "SUDDEN", _("Sudden hardship")

    source = models.CharField(_("source"), max_length=16, choices=Source)
    reason = models.TextField(_("reason"), max_length=2000)
    urgency = models.CharField(_("urgency"), max_length=6, choices=Urgency, default=Urgency.NORMAL)
    household = models.ForeignKey(
        "households.Household",
        on_delete=models.PROTECT,
        related_name="referrals",
        verbose_name=_("household"),
    )
    person = models.ForeignKey(
        "households.Member",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="referrals",
        verbose_name=_("person"),
    )
    division = models.CharField(_("division"), max_length=12, db_index=True)
    received_at = models.DateTimeField(_("received at"), default=clock.now)
    referred_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    contact = models.CharField(_("contact of the source"), max_length=100, blank=True)
    external_key = models.CharField(
        _("key at the source"), max_length=100, null=True, blank=True, unique=True
    )

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ("-received_at", "-pk")

    def __str__(self) -> str:
        return f"referral {self.pk}"
