"""Needs, the signed plan in its versions, and the items it promises."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.cases.states import FundSource, ItemStatus, Line, PlanState


class NeedsAssessment(models.Model):
    """What the household needs, found out before anything is promised."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="assessments")
    assessed_on = models.DateField(_("assessed on"))
    needs = models.JSONField(_("needs"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )

    class Meta:
        verbose_name = _("needs assessment")
        verbose_name_plural = _("needs assessments")
        ordering = ("case", "assessed_on", "pk")

    def __str__(self) -> str:
        return f"{self.case} {self.assessed_on}"


class HelpPlan(models.Model):
    """One version of the plan, signed by the household and approved by a second person."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="plans")
    version = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=8, choices=PlanState, default=PlanState.ENTERED)
    assessment = models.ForeignKey(
        NeedsAssessment,
        on_delete=models.PROTECT,
        related_name="plans",
        verbose_name=_("needs assessment"),
    )
    lines = models.JSONField(_("lines"))
    signed_on = models.DateField(_("signed on"))
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(_("entered at"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)

    class Meta:
        verbose_name = _("help plan")
        verbose_name_plural = _("help plans")
        ordering = ("case", "version")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "version"], name="plan_version_is_unique_in_a_case"
            ),
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state=PlanState.APPROVED),
                name="case_has_one_approved_plan",
            ),
            models.CheckConstraint(
                name="plan_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} v{self.version}"


class PlanItem(models.Model):
    """One kind of help promised in a plan: how much, by whom, from when to when."""

    plan = models.ForeignKey(HelpPlan, on_delete=models.CASCADE, related_name="items")
    service = models.ForeignKey(
        "directory.ServiceItem",
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("service"),
    )
    line = models.CharField(_("line"), max_length=8, choices=Line)
    member = models.ForeignKey(
        "households.Member",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("member"),
    )
    need = models.CharField(_("need"), max_length=40, blank=True)
    goal = models.CharField(_("goal"), max_length=300)
    unit = models.CharField(_("unit"), max_length=40)
    qty_planned = models.PositiveIntegerField(_("quantity planned"))
    qty_done = models.PositiveIntegerField(_("quantity done"), default=0)
    freq = models.CharField(_("frequency"), max_length=60, blank=True)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    provider = models.ForeignKey(
        "directory.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("provider"),
    )
    unit_price = models.DecimalField(
        _("unit price"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    fund_source = models.CharField(
        _("fund"), max_length=8, choices=FundSource, default=FundSource.PURCHASE
    )
    status = models.CharField(
        _("status"), max_length=12, choices=ItemStatus, default=ItemStatus.PLANNED
    )
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(_("reason for ending"), max_length=300, blank=True)
    promised_on = models.DateField(_("first signed on"))
    carried_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="carried_to",
        verbose_name=_("carried over from"),
    )

    class Meta:
        verbose_name = _("plan item")
        verbose_name_plural = _("plan items")
        ordering = ("plan", "pk")
        indexes = [models.Index(fields=["provider", "status"], name="items_by_provider")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "service", "member"],
                name="service_is_planned_once_for_a_member",
            ),
            models.UniqueConstraint(
                fields=["plan", "service"],
                condition=Q(member=None),
                name="service_is_planned_once_for_the_household",
            ),
            models.CheckConstraint(
                name="item_is_never_overdelivered", condition=Q(qty_done__lte=F("qty_planned"))
            ),
            models.CheckConstraint(
                name="item_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="item_promises_something", condition=Q(qty_planned__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} × {self.qty_planned}"

    @property
    def is_settled(self) -> bool:
        return self.status in {ItemStatus.DONE, ItemStatus.ENDED_EARLY}

    @property
    def is_delivered(self) -> bool:
        return self.qty_done >= self.qty_planned
