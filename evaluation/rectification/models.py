"""Rectification orders: notices, items, rechecks and the rungs of the escalation ladder."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from evaluation.rectification.states import ItemState, OrderState, RecheckMethod
from evaluation.states import LimitUnit


class RectificationOrder(ConcurrentTransitionMixin, models.Model):
    """What one unit has to put right; it may cover several cases."""

    number_base = models.CharField(_("order number"), max_length=32, unique=True)
    district = models.ForeignKey("directory.Division", models.PROTECT, related_name="+")
    street = models.ForeignKey("directory.Division", models.PROTECT, related_name="+")
    provider = models.ForeignKey(
        "directory.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = FSMField(
        _("state"), max_length=12, choices=OrderState, default=OrderState.ISSUED, protected=True
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    issued_at = models.DateTimeField(_("issued at"))
    received_on = models.DateField(_("received on"), null=True, blank=True)
    reported_on = models.DateField(_("reported on"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    overdue_since = models.DateField(_("overdue since"), null=True, blank=True)
    escalation_level = models.PositiveSmallIntegerField(_("escalation level"), default=0)
    has_been_overdue = models.BooleanField(_("was overdue at some time"), default=False)
    first_evaluators = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")

    class Meta:
        verbose_name = _("rectification order")
        ordering = ("-issued_at",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="CLOSED") | Q(closed_at__isnull=False, overdue_since=None),
                name="closed_order_has_a_moment_and_is_not_overdue",
            ),
        )

    def __str__(self) -> str:
        return self.number_base

    @property
    def all_passed(self) -> bool:
        """Nothing is left to be put right: every item passed, now or in an earlier round."""
        done = (ItemState.PASSED, ItemState.STRUCK_OFF)
        return not self.items.exclude(state__in=done).exists()

    @transition(field=state, source=OrderState.ISSUED, target=OrderState.RECEIVED)
    def receive(self) -> None:
        """The unit has the notice; its limits begin to run."""

    @transition(
        field=state,
        source=(OrderState.RECEIVED, OrderState.TAKEN_OVER),
        target=OrderState.REPORTED,
    )
    def report(self) -> None:
        """Every item of the round is reported on."""

    @transition(field=state, source=OrderState.REPORTED, target=OrderState.RECHECKED)
    def recheck(self) -> None:
        """Every item of the round has a verdict."""

    @transition(field=state, source=OrderState.RECHECKED, target=OrderState.ISSUED)
    def reissue(self) -> None:
        """A second notice goes out for what failed."""

    @transition(field=state, source=OrderState.RECHECKED, target=OrderState.TAKEN_OVER)
    def take_over(self) -> None:
        """The district does what the unit failed to do twice."""

    @transition(field=state, source=OrderState.RECHECKED, target=OrderState.CLOSED)
    def close(self, *, at: datetime) -> None:
        """Every item is struck off."""
        self.closed_at = at


class Notice(models.Model):
    """One notice of an order: the paper that went out in a round."""

    order = models.ForeignKey(RectificationOrder, models.PROTECT, related_name="notices")
    round = models.PositiveSmallIntegerField(_("round"))
    number = models.CharField(_("notice number"), max_length=40, blank=True)
    document = models.ForeignKey("documents.Document", models.PROTECT, related_name="+")
    issued_on = models.DateField(_("issued on"))
    receipt_due_on = models.DateField(_("receipt due on"))
    received_on = models.DateField(_("received on"), null=True, blank=True)
    is_deemed = models.BooleanField(_("receipt deemed"), default=False)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    class Meta:
        verbose_name = _("rectification notice")
        ordering = ("order", "round")
        constraints = (
            models.UniqueConstraint(fields=("order", "round"), name="one_notice_per_round"),
        )

    def __str__(self) -> str:
        return self.number


class RectificationItem(models.Model):
    """One finding to be put right, with a due date of its own."""

    order = models.ForeignKey(RectificationOrder, models.PROTECT, related_name="items")
    case = models.ForeignKey("cases.HelpCase", models.PROTECT, related_name="rectification_items")
    finding = models.OneToOneField("scoring.Finding", models.PROTECT, related_name="item")
    seq = models.PositiveSmallIntegerField(_("number in the notice"))
    ref = models.CharField(_("short name in the order"), max_length=12)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    requirement = models.TextField(_("requirement"))
    unit_name = models.CharField(_("responsible unit"), max_length=120)
    person_in_charge = models.CharField(_("person in charge"), max_length=60, blank=True)
    limit_amount = models.PositiveSmallIntegerField(_("limit"))
    limit_unit = models.CharField(_("limit unit"), max_length=2, choices=LimitUnit)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    extended_from = models.DateField(_("extended from"), null=True, blank=True)
    extension_reason = models.CharField(_("reason of the extension"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=ItemState, default=ItemState.OPEN)
    measure = models.TextField(_("measure"), blank=True)
    result = models.TextField(_("result"), blank=True)
    root_cause = models.TextField(_("root cause"), blank=True)
    long_term = models.TextField(_("long-term measure"), blank=True)
    evidence = models.JSONField(_("evidence"), default=list)
    reported_on = models.DateField(_("reported on"), null=True, blank=True)
    verdict_reason = models.TextField(_("reason of the verdict"), blank=True)
    struck_off_on = models.DateField(_("struck off on"), null=True, blank=True)
    earlier_rounds = models.JSONField(_("earlier rounds"), default=list)

    class Meta:
        verbose_name = _("rectification item")
        ordering = ("order", "seq")
        constraints = (
            models.UniqueConstraint(fields=("order", "ref"), name="item_name_once_per_order"),
            models.CheckConstraint(
                condition=~Q(state="STRUCK_OFF") | Q(struck_off_on__isnull=False),
                name="struck_off_item_has_a_day",
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.ref}"


class Recheck(models.Model):
    """The recheck of one round: two people, a method and a verdict on every item."""

    order = models.ForeignKey(RectificationOrder, models.PROTECT, related_name="rechecks")
    round = models.PositiveSmallIntegerField(_("round"))
    on = models.DateField(_("rechecked on"))
    method = models.CharField(_("method"), max_length=8, choices=RecheckMethod)
    rechecker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    second_rechecker = models.CharField(_("second rechecker"), max_length=60)
    verdicts = models.JSONField(_("verdicts"), default=dict)
    reasons = models.JSONField(_("reasons"), default=dict)

    class Meta:
        verbose_name = _("recheck")
        ordering = ("order", "round")
        constraints = (
            models.UniqueConstraint(fields=("order", "round"), name="one_recheck_per_round"),
        )

    def __str__(self) -> str:
        return f"{self.order_id} #{self.round}"


class EscalationRecord(models.Model):
    """One rung of the ladder that was reached, once, for one due date of an order."""

    order = models.ForeignKey(RectificationOrder, models.PROTECT, related_name="escalations")
    due_on = models.DateField(_("due on"))
    level = models.PositiveSmallIntegerField(_("level"))
    fired_on = models.DateField(_("reached on"))

    class Meta:
        verbose_name = _("escalation")
        ordering = ("order", "due_on", "level")
        constraints = (
            models.UniqueConstraint(
                fields=("order", "due_on", "level"), name="each_rung_once_per_due_date"
            ),
            models.CheckConstraint(
                condition=Q(level__gte=1, level__lte=4), name="the_ladder_has_four_rungs"
            ),
        )

    def __str__(self) -> str:
        return f"{self.order_id} {self.due_on} L{self.level}"
