from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from casework.directory.models import DatedRow


class StandardLine(DatedRow):
    """A monthly amount per person below which a household is entitled."""

    class Kind(models.TextChoices):
        DIBAO = "DIBAO", _("Subsistence allowance line")
        LOW_INCOME = "LOW_INCOME", _("Low-income line")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    amount = models.DecimalField(_("amount (yuan a month)"), max_digits=9, decimal_places=2)
    doc_no = models.CharField(_("document no."), max_length=60, blank=True)

    class Meta(DatedRow.Meta):
        verbose_name = _("standard line")
        verbose_name_plural = _("standard lines")
        ordering = ("kind", "-effective_from", "-pk")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount} ({self.effective_from:%Y-%m-%d})"

    @property
    def source_note(self) -> str:
        """Where the amount was found, and how sure that is."""
        return self.source


class ClassifiedRule(DatedRow):
    """By how much the line is raised for one class of people who receive the allowance."""

    class Category(models.TextChoices):
        SEVERE = "SEVERE", _("Severely disabled")
        ELDER = "ELDER", _("Seventy and older")
        MINOR = "MINOR", pgettext_lazy("person", "Minor")

    category = models.CharField(_("class"), max_length=6, choices=Category)
    coefficient = models.DecimalField(_("share of the line"), max_digits=4, decimal_places=2)

    class Meta(DatedRow.Meta):
        verbose_name = _("classified subsidy")
        verbose_name_plural = _("classified subsidies")
        ordering = ("category", "-effective_from", "-pk")

    def __str__(self) -> str:
        return f"{self.get_category_display()} × {self.coefficient}"
