"""Home verification: rounds, verifiers, attempts to meet the household."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.cases.states import (
    AttemptOutcome,
    EconCheck,
    Finding,
    RejectionReason,
    VerifierUnit,
)
from casework.lib import clock


class Verification(models.Model):
    """One round of home verification; an appeal or objection that succeeds opens another."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="verifications")
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    visit_on = models.DateField(_("visit planned for"), null=True, blank=True)
    visited_on = models.DateField(_("visited on"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    member_signed = models.BooleanField(_("signed by a member"), default=False)
    verifiers_signed = models.BooleanField(_("signed by the verifiers"), default=False)
    photos = models.PositiveSmallIntegerField(_("photos"), default=0)
    photos_deleted_at = models.DateTimeField(_("photos deleted at"), null=True, blank=True)
    econ_check = models.CharField(_("economic check"), max_length=8, choices=EconCheck, blank=True)
    econ_report_on = models.DateField(_("report of the check"), null=True, blank=True)
    assessment = models.JSONField(_("income assessment"), null=True, blank=True)
    findings_text = models.TextField(_("findings"), blank=True)
    # 邻里访问 (民发〔2012〕220号, art. 15): how many were asked, and what they said.
    neighbours_asked = models.PositiveSmallIntegerField(_("neighbours asked"), default=0)
    neighbours_words = models.TextField(_("what the neighbours said"), blank=True)
    proposal = models.CharField(_("proposal"), max_length=8, choices=Finding, blank=True)
    proposal_reason = models.CharField(
        _("reason proposed"), max_length=24, choices=RejectionReason, blank=True
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(_("entered at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=8, choices=Finding, blank=True)
    outcome_reason = models.CharField(
        _("reason"), max_length=24, choices=RejectionReason, blank=True
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("confirmed by"),
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    refusal_delivered_on = models.DateField(_("refusal delivered on"), null=True, blank=True)
    refusal_method = models.CharField(_("delivered by"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("home verification")
        verbose_name_plural = _("home verifications")
        ordering = ("case", "round")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "round"], name="verification_round_is_unique_in_a_case"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} #{self.round}"

    @property
    def is_recorded(self) -> bool:
        return self.entered_at is not None

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def decided_on(self) -> date | None:
        """The day of the decision, from which a refusal can reach the household."""
        return clock.local_date(self.confirmed_at) if self.confirmed_at else None


class Verifier(models.Model):
    """One of the people who make the home visit together."""

    verification = models.ForeignKey(
        Verification, on_delete=models.CASCADE, related_name="verifiers"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
    )
    name = models.CharField(_("name"), max_length=60)
    unit = models.CharField(_("unit"), max_length=9, choices=VerifierUnit)

    class Meta:
        verbose_name = _("verifier")
        verbose_name_plural = _("verifiers")
        constraints = [
            models.UniqueConstraint(
                fields=["verification", "name"], name="verifier_is_named_once_in_a_round"
            )
        ]

    def __str__(self) -> str:
        return self.name


class VisitAttempt(models.Model):
    """One attempt to meet the household."""

    verification = models.ForeignKey(
        Verification, on_delete=models.CASCADE, related_name="attempts"
    )
    at = models.DateTimeField(_("at"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=AttemptOutcome)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )

    class Meta:
        verbose_name = _("attempt to visit")
        verbose_name_plural = _("attempts to visit")
        ordering = ("at",)
        constraints = [
            models.UniqueConstraint(fields=["verification", "at"], name="attempt_is_recorded_once")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"
