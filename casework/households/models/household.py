from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.households import codes
from casework.households.models.versions import Versions
from casework.lib import clock

if TYPE_CHECKING:
    from casework.households.models.member import Member


class Household(models.Model):
    """People who live from one purse under one roof: the unit that is helped."""

    head = models.ForeignKey(
        "households.Member",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("head"),
    )
    hukou_division = models.CharField(_("registered division"), max_length=12, blank=True)
    residence_division = models.CharField(_("division of residence"), max_length=12, db_index=True)
    address = models.CharField(_("address"), max_length=200)
    category = models.CharField(_("category"), max_length=10, choices=codes.Category)
    relief_type = models.CharField(
        _("relief"), max_length=12, choices=codes.ReliefType, default=codes.ReliefType.NONE
    )
    relief_cert_no = models.CharField(_("relief certificate no."), max_length=40, blank=True)
    housing = models.CharField(_("housing"), max_length=12, choices=codes.Housing, blank=True)
    floor_area_m2 = models.DecimalField(
        _("floor area (m²)"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    vehicles = models.JSONField(_("vehicles"), default=list, blank=True)
    income_items = models.JSONField(_("income"), default=list, blank=True)
    expense_items = models.JSONField(_("expenses"), default=list, blank=True)
    assets = models.JSONField(_("assets"), default=list, blank=True)
    relative_register_flag = models.BooleanField(_("near relative of staff"), default=False)
    relative_note = models.CharField(_("which relation"), max_length=200, blank=True)
    created_rule_set = models.DateField(_("rules as of"), default=clock.today)
    registered_at = models.DateTimeField(_("registered at"), default=clock.now)
    registered_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    test_data = models.BooleanField(_("test data"), default=False)

    history = Versions(verbose_name=_("former state of a household"))

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        ordering = ("pk",)

    def __str__(self) -> str:
        # Ends up in logs and error pages: neither name nor address.
        return f"household {self.pk}"

    @property
    def size(self) -> int:
        """How many living people share the household."""
        return self.living_members.count()

    @property
    def living_members(self) -> "models.QuerySet[Member]":
        """Those who live and still share the household."""
        return self.members.filter(death_date=None, left_on=None)

    @property
    def display_head(self) -> str:
        """The head's full name, for people who work on the case."""
        return self.head.name if self.head else ""

    @property
    def public_head(self) -> str:
        """The head's name as a public notice may show it."""
        return self.head.public_name if self.head else ""
