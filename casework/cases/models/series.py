"""Case numbers: a series for each district and year."""

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class CaseSeries(models.Model):
    """The last serial number given in a district in a year; a number is never reused."""

    year = models.PositiveSmallIntegerField(_("year"))
    district = models.CharField(_("district"), max_length=6)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("case number series")
        verbose_name_plural = _("case number series")
        constraints = [
            models.UniqueConstraint(
                fields=["year", "district"], name="series_is_one_per_district_and_year"
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.district}"

    @classmethod
    def next_serial(cls, *, year: int, district: str) -> int:
        """The next number, taken under a lock on the row so that no two cases share it."""
        with transaction.atomic():
            cls.objects.get_or_create(year=year, district=district)
            rows = cls.objects.filter(year=year, district=district)
            row = rows.select_for_update().get()
            rows.update(last=F("last") + 1)
            return row.last + 1
