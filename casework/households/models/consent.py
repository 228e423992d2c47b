from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.households import codes
from casework.lib import clock


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_force(self, on: date) -> Self:
        """Consents given by a day and not withdrawn by it: a withdrawal counts at once."""
        return self.filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=on), given_on__lte=on)


class Consent(models.Model):
    """What a person agreed to, for which recipient, on which notice; withdrawn, never erased."""

    household = models.ForeignKey(
        "households.Household",
        on_delete=models.PROTECT,
        related_name="consents",
        verbose_name=_("household"),
    )
    member = models.ForeignKey(
        "households.Member",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="consents",
        verbose_name=_("member"),
    )
    purpose = models.CharField(_("purpose"), max_length=14, choices=codes.Purpose)
    recipient = models.ForeignKey(
        "directory.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recipient"),
    )
    basis = models.CharField(
        _("basis"), max_length=14, choices=codes.Basis, default=codes.Basis.CONSENT
    )
    given_on = models.DateField(_("given on"))
    given_by_guardian = models.BooleanField(_("given by the guardian"), default=False)
    notice_version = models.CharField(_("notice version"), max_length=20, default="1")
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ("household", "given_on", "pk")
        constraints = [
            models.CheckConstraint(
                name="consent_is_withdrawn_after_given",
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("given_on")),
            ),
            models.CheckConstraint(
                name="statutory_duty_is_not_withdrawn",
                condition=~Q(basis=codes.Basis.STATUTORY_DUTY) | Q(withdrawn_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} ({self.given_on:%Y-%m-%d})"
