"""Appeals against a refusal."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.cases.states import AppealOutcome, AppealRoute
from casework.lib.crypto import EncryptedTextField


class Appeal(models.Model):
    """The household asks for the refusal to be looked at again."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="appeals")
    verification = models.ForeignKey(
        "Verification",
        on_delete=models.PROTECT,
        related_name="appeals",
        verbose_name=_("decision appealed"),
    )
    route = models.CharField(_("route"), max_length=16, choices=AppealRoute)
    filed_on = models.DateField(_("filed on"))
    last_day = models.DateField(_("last day to file"))
    in_time = models.BooleanField(_("filed in time"))
    ground = EncryptedTextField(_("ground"))
    due_on = models.DateField(_("answer due on"), null=True, blank=True)
    extended_on = models.DateField(_("extended on"), null=True, blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    outcome = models.CharField(_("outcome"), max_length=10, choices=AppealOutcome, blank=True)
    outcome_reason = models.CharField(_("reason"), max_length=500, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        ordering = ("filed_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(decided_at=None, in_time=True),
                name="case_has_one_open_appeal",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.route}"
