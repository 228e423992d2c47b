"""Services as delivered, and contradictions found in their records."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ServiceRecord(models.Model):
    """One service given to the household on a day."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="services")
    item = models.ForeignKey("PlanItem", on_delete=models.PROTECT, related_name="services")
    provider = models.ForeignKey(
        "directory.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("provider"),
    )
    served_on = models.DateField(_("served on"))
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    at_home = models.BooleanField(_("at home"), default=True)
    minutes = models.PositiveIntegerField(_("minutes"), default=60)
    # When it began, where the slip says so; two homes at one time are told by it.
    began_at = models.TimeField(_("began at"), null=True, blank=True)
    worker = models.CharField(_("worker"), max_length=60, blank=True)
    evidence = models.JSONField(_("evidence"), default=list, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    photos_deleted_at = models.DateTimeField(_("photos deleted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("service record")
        verbose_name_plural = _("service records")
        ordering = ("served_on", "pk")
        indexes = [models.Index(fields=["case", "served_on"], name="services_by_day")]
        constraints = [
            models.CheckConstraint(
                name="service_has_a_quantity_and_a_length",
                condition=Q(quantity__gt=0, minutes__gt=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.served_on}"


class ServiceAlert(models.Model):
    """A record that contradicts the file, kept for the evaluator whoever tried to enter it."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="alerts")
    code = models.CharField(_("finding code"), max_length=3)
    detail = models.JSONField(_("detail"), default=dict)
    raised_at = models.DateTimeField(_("raised at"))
    raised_for = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    service = models.ForeignKey(
        ServiceRecord,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="alerts",
        verbose_name=_("service record"),
    )

    class Meta:
        verbose_name = _("contradiction")
        verbose_name_plural = _("contradictions")
        ordering = ("raised_at", "pk")

    def __str__(self) -> str:
        return f"{self.case} {self.code}"
