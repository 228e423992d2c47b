"""How open households stand to the lines of assistance, and what a new line changed of that."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.cases.states import MeansBand


class Recalculation(models.Model):
    """All open cases compared anew with the lines in force on a day, once for each new line."""

    line = models.OneToOneField(
        "households.StandardLine",
        on_delete=models.PROTECT,
        related_name="recalculation",
        verbose_name=_("standard line"),
    )
    # Both amounts of the day, as they were compared.
    dibao = models.DecimalField(_("subsistence line"), max_digits=9, decimal_places=2)
    low_income = models.DecimalField(_("low-income line"), max_digits=9, decimal_places=2)
    on = models.DateField(_("lines of"))
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("started by"),
    )
    done_at = models.DateTimeField(_("done at"))
    compared = models.PositiveIntegerField(_("cases compared"))
    changed = models.PositiveIntegerField(_("cases that come out otherwise"))
    # Per district: how many went from which band to which; never a name.
    report = models.JSONField(_("report"), default=list)

    class Meta:
        verbose_name = _("recalculation")
        verbose_name_plural = _("recalculations")
        ordering = ("-done_at", "-pk")

    def __str__(self) -> str:
        return f"{self.line}"


class MeansChange(models.Model):
    """One case that came out otherwise: a reason to verify anew, decided by a person."""

    recalculation = models.ForeignKey(
        Recalculation, on_delete=models.PROTECT, related_name="changes"
    )
    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="means_changes")
    before = models.CharField(_("stood"), max_length=12, choices=MeansBand, blank=True)
    after = models.CharField(_("stands"), max_length=12, choices=MeansBand)

    class Meta:
        verbose_name = _("changed standing")
        verbose_name_plural = _("changed standings")
        ordering = ("recalculation", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "recalculation"], name="case_changes_once_under_a_line"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.before} → {self.after}"
