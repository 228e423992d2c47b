"""Cases that rest, cases that move to another street, and deaths."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.cases.states import SuspensionReason, TransferState


class Suspension(models.Model):
    """A time in which help rests; the plan is longer by as many days."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="suspensions")
    reason = models.CharField(_("reason"), max_length=8, choices=SuspensionReason)
    from_on = models.DateField(_("from"))
    limit_on = models.DateField(_("at the latest until"))
    resumed_on = models.DateField(_("resumed on"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )

    class Meta:
        verbose_name = _("suspension")
        verbose_name_plural = _("suspensions")
        ordering = ("from_on", "pk")
        constraints = [
            models.CheckConstraint(
                name="suspension_ends_after_start",
                condition=Q(resumed_on=None) | Q(resumed_on__gte=F("from_on")),
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(resumed_on=None),
                name="case_has_one_open_suspension",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.from_on}"


class Transfer(models.Model):
    """A case offered to another street, and what that street answered."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="transfers")
    from_street = models.CharField(_("from street"), max_length=9, db_index=True)
    to_street = models.CharField(_("to street"), max_length=9, db_index=True)
    state = models.CharField(
        _("state"), max_length=8, choices=TransferState, default=TransferState.OFFERED
    )
    reason = models.CharField(_("reason"), max_length=300)
    offered_at = models.DateTimeField(_("offered at"))
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("offered by"),
    )
    decided_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    decline_reason = models.CharField(_("reason for declining"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ("offered_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state=TransferState.OFFERED),
                name="case_has_one_open_transfer",
            ),
            models.CheckConstraint(
                name="transfer_leads_elsewhere", condition=~Q(from_street=F("to_street"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_street} → {self.to_street}"


class Death(models.Model):
    """A member's death as it became known to the case, with its proof."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="deaths")
    member = models.ForeignKey(
        "households.Member",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("member"),
    )
    died_on = models.DateField(_("died on"))
    evidence = models.CharField(_("evidence"), max_length=300)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("death")
        verbose_name_plural = _("deaths")
        ordering = ("recorded_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["case", "member"], name="death_is_recorded_once")
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.died_on}"
