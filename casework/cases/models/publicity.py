"""Publicity in the community, objections to it and the appraisal meeting."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.cases.states import AppraisalConclusion, ObjectionOutcome
from casework.lib.crypto import EncryptedTextField


class Publicity(models.Model):
    """A masked notice on the community's board, open to objections."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="publicities")
    posted_on = models.DateField(_("posted on"))
    last_day = models.DateField(_("last day for objections"))
    place = models.CharField(_("place"), max_length=200)
    notice = models.JSONField(
        _("notice"), help_text=_("Exactly what the public reads: a fixed list of fields.")
    )
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("posted by"),
    )
    removed_on = models.DateField(_("removed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("publicity")
        verbose_name_plural = _("publicities")
        ordering = ("case", "pk")
        constraints = [
            models.CheckConstraint(
                name="publicity_lasts_at_least_a_day",
                condition=Q(last_day__gt=F("posted_on")),
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(removed_on=None),
                name="case_has_one_notice_on_the_board",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.posted_on}"

    def is_over(self, on: date) -> bool:
        return on > self.last_day


class Objection(models.Model):
    """Somebody disputes the verified facts."""

    publicity = models.ForeignKey(Publicity, on_delete=models.CASCADE, related_name="objections")
    raised_on = models.DateField(_("raised on"))
    due_on = models.DateField(_("answer due on"))
    # The name of an objector and an accusation are personal data of two people.
    text = EncryptedTextField(_("objection"))
    by_name = EncryptedTextField(_("raised by"), blank=True, default="")
    anonymous = models.BooleanField(_("anonymous"), default=False)
    outcome = models.CharField(_("outcome"), max_length=9, choices=ObjectionOutcome, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    resolved_on = models.DateField(_("resolved on"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("resolved by"),
    )

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ("raised_on", "pk")
        constraints = [
            models.CheckConstraint(
                name="resolved_objection_has_an_outcome",
                condition=Q(resolved_on=None) | ~Q(outcome=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.raised_on}"

    @property
    def is_open(self) -> bool:
        return self.resolved_on is None


class Appraisal(models.Model):
    """A meeting of residents weighs an objection; too few representatives make it invalid."""

    objection = models.ForeignKey(Objection, on_delete=models.CASCADE, related_name="appraisals")
    held_on = models.DateField(_("held on"))
    present = models.PositiveSmallIntegerField(_("present"))
    representatives = models.PositiveSmallIntegerField(_("residents' representatives"))
    votes_for = models.PositiveSmallIntegerField(_("votes for the verified facts"))
    votes_against = models.PositiveSmallIntegerField(_("votes against"))
    conclusion = models.CharField(_("conclusion"), max_length=9, choices=AppraisalConclusion)
    is_valid = models.BooleanField(_("valid"))

    class Meta:
        verbose_name = _("appraisal meeting")
        verbose_name_plural = _("appraisal meetings")
        ordering = ("held_on", "pk")
        constraints = [
            models.CheckConstraint(
                name="representatives_are_among_those_present",
                condition=Q(representatives__lte=F("present")),
            ),
            models.CheckConstraint(
                name="votes_do_not_exceed_those_present",
                condition=Q(present__gte=F("votes_for") + F("votes_against")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_on}"
