"""Steps taken back, files put right after their end, and petitions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.cases.models.official import official
from casework.cases.states import (
    CaseState,
    CorrectedFact,
    CorrectionOutcome,
    PetitionOutcome,
    PetitionStage,
    ReturnReason,
    ReturnTo,
)
from casework.households.codes import CorrectionReason
from casework.lib.crypto import EncryptedTextField


class StepReturn(models.Model):
    """A supervisor sent the case back to an earlier step, and why."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="returns")
    back_to = models.CharField(_("back to"), max_length=12, choices=ReturnTo)
    from_state = models.CharField(_("from state"), max_length=12, choices=CaseState)
    reason = models.CharField(_("reason"), max_length=10, choices=ReturnReason)
    words = EncryptedTextField(_("what is to be done"))
    returned_by = official(_("returned by"))
    returned_at = models.DateTimeField(_("returned at"))

    class Meta:
        verbose_name = _("step taken back")
        verbose_name_plural = _("steps taken back")
        ordering = ("returned_at", "pk")

    def __str__(self) -> str:
        return f"{self.case} ← {self.back_to}"


class Correction(models.Model):
    """One fact of an ended case put right: proposed by one person, decided by another.

    The file stays closed. What stood before is kept beside what stands now.
    """

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="corrections")
    fact = models.CharField(_("what is corrected"), max_length=12, choices=CorrectedFact)
    service = models.ForeignKey(
        "ServiceRecord",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        verbose_name=_("service record"),
    )
    # JSON text: a value, or the changed values of a service record by name.
    before = EncryptedTextField(_("what stood there"))
    after = EncryptedTextField(_("what is to stand there"))
    reason = models.CharField(_("reason"), max_length=16, choices=CorrectionReason)
    words = EncryptedTextField(_("proof"))
    proposed_by = official(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    outcome = models.CharField(_("outcome"), max_length=8, choices=CorrectionOutcome, blank=True)
    answer = EncryptedTextField(_("reason of the decision"), blank=True)
    decided_by = official(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ("proposed_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(decided_at=None),
                name="case_has_one_open_correction",
            ),
            models.CheckConstraint(
                name="correction_is_decided_by_somebody_else",
                condition=Q(decided_by=None)
                | Q(proposed_by=None)
                | ~Q(decided_by=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.fact}"


class Petition(models.Model):
    """What somebody asks of the office by letter or visit, with the clocks that run for it.

    信访条例 (State Council, in force 2005-05-01): told within 15 days whether it is taken up
    (art. 22), finished within 60 days and 30 more (art. 33), a review asked for within 30 days
    (art. 34, 35).
    """

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="petitions")
    stage = models.CharField(_("stage"), max_length=13, choices=PetitionStage)
    filed_on = models.DateField(_("filed on"))
    text = EncryptedTextField(_("what is asked"))
    inform_by = models.DateField(_("to be told by"))
    informed_on = models.DateField(_("told on"), null=True, blank=True)
    due_on = models.DateField(_("to be answered by"))
    extended_on = models.DateField(_("extended on"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=13, choices=PetitionOutcome, blank=True)
    answer = EncryptedTextField(_("what was answered"), blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    review_until = models.DateField(_("review may be asked for until"), null=True, blank=True)
    filed_by = official(_("entered by"))
    answered_by = official(_("answered by"))

    class Meta:
        verbose_name = _("petition")
        verbose_name_plural = _("petitions")
        ordering = ("filed_on", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(answered_on=None), name="case_has_one_open_petition"
            ),
            models.CheckConstraint(
                name="petition_is_due_after_filing",
                condition=Q(due_on__gte=F("filed_on"), inform_by__gte=F("filed_on")),
            ),
            models.CheckConstraint(
                name="petition_is_answered_whole",
                condition=Q(outcome="", answered_on=None) | ~Q(outcome="") & ~Q(answered_on=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.stage}"
