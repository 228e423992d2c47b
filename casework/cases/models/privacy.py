"""What people ask about their own data, and what stands against forgetting them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.cases.states import HoldReason, RequestKind, RequestOutcome
from casework.lib.crypto import EncryptedTextField


class SubjectRequest(models.Model):
    """One request of a person about the own data, with the day by which it is answered."""

    case = models.ForeignKey("HelpCase", on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(_("asks"), max_length=8, choices=RequestKind)
    received_on = models.DateField(_("received on"))
    due_on = models.DateField(_("to be answered by"))
    words = EncryptedTextField(_("in the person's words"), blank=True)
    outcome = models.CharField(_("answer"), max_length=7, choices=RequestOutcome, blank=True)
    answer = EncryptedTextField(_("what was answered"), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("request about the own data")
        verbose_name_plural = _("requests about the own data")
        ordering = ("due_on", "pk")
        constraints = [
            models.CheckConstraint(
                name="request_is_due_after_receipt", condition=Q(due_on__gte=F("received_on"))
            ),
            models.CheckConstraint(
                name="request_is_answered_whole",
                condition=Q(outcome="", answered_on=None) | ~Q(outcome="") & ~Q(answered_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class LegalHold(models.Model):
    """A duty to keep a file, from a moment until it is lifted."""

    case = models.ForeignKey("HelpCase", on_delete=models.PROTECT, related_name="legal_holds")
    reason = models.CharField(_("reason"), max_length=9, choices=HoldReason)
    set_at = models.DateTimeField(_("since"))
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ("set_at", "pk")
        constraints = [
            models.UniqueConstraint(
                name="case_has_one_legal_hold", fields=["case"], condition=Q(lifted_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"hold {self.pk}"
