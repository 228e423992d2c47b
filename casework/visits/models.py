"""Regular visits to elders: who is visited, how often, what was found, and what it set off."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.lib import clock


class Risk(models.TextChoices):
    R1 = "R1", _("General risk")
    R2 = "R2", _("Key risk")
    R3 = "R3", _("High risk")


class Mode(models.TextChoices):
    PHONE = "PHONE", _("Telephone")
    DOOR = "DOOR", _("At the door")
    VIDEO = "VIDEO", _("Video")
    DEVICE = "DEVICE", _("Device")


class Contact(models.TextChoices):
    SELF = "SELF", _("The elder")
    FAMILY = "FAMILY", _("Family")
    NEIGHBOUR = "NEIGHBOUR", _("Neighbour")
    NONE = "NONE", _("Nobody")


class Sign(models.TextChoices):
    """What a visitor reports at once, whatever else was asked."""

    FALL = "FALL", _("Fall")
    FIRE_GAS = "FIRE_GAS", _("Smell of fire or gas")
    SUICIDAL = "SUICIDAL", _("Suicidal words")
    ABUSE = "ABUSE", _("Suspected abuse")


class ElderEnrolment(models.Model):
    """An elder on the visiting list, from a day until a day."""

    member = models.ForeignKey(
        "households.Member",
        on_delete=models.PROTECT,
        related_name="enrolments",
        verbose_name=_("elder"),
    )
    street = models.CharField(_("street"), max_length=9, db_index=True)
    station = models.ForeignKey(
        "directory.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("station"),
    )
    risk = models.CharField(_("risk"), max_length=2, choices=Risk)
    risk_reasons = models.JSONField(_("why"), default=list)
    has_dementia = models.BooleanField(_("dementia"), default=False)
    lost_only_child = models.BooleanField(_("lost the only child"), default=False)
    discharged_on = models.DateField(_("left hospital on"), null=True, blank=True)
    enrolled_on = models.DateField(_("enrolled on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(_("why ended"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ("street", "pk")
        constraints = [
            models.UniqueConstraint(
                name="elder_is_enrolled_once", fields=["member"], condition=Q(ended_on=None)
            ),
            models.CheckConstraint(
                name="enrolment_ends_after_start",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("enrolled_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"


class PlannedVisitQuerySet(models.QuerySet["PlannedVisit"]):
    def open(self) -> Self:
        """Visits still to be made."""
        return self.filter(state=PlannedVisit.State.PLANNED)

    def late(self, on: date) -> Self:
        """Visits still to be made whose window has ended."""
        return self.open().filter(last_day__lt=on)


class PlannedVisit(models.Model):
    """A visit to be made within a window of days."""

    class State(models.TextChoices):
        PLANNED = "PLANNED", _("Visit planned")
        DONE = "DONE", _("Visit done")
        MISSED = "MISSED", _("Visit missed")
        CANCELLED = "CANCELLED", _("Visit cancelled")

    enrolment = models.ForeignKey(ElderEnrolment, on_delete=models.PROTECT, related_name="planned")
    mode = models.CharField(_("mode"), max_length=6, choices=Mode)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    state = models.CharField(
        _("state"), max_length=9, choices=State, default=State.PLANNED, db_index=True
    )

    objects = PlannedVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned visit")
        verbose_name_plural = _("planned visits")
        ordering = ("first_day", "pk")
        constraints = [
            models.UniqueConstraint(
                name="visit_is_planned_once", fields=["enrolment", "mode", "first_day"]
            ),
            models.CheckConstraint(
                name="visit_window_ends_after_start", condition=Q(last_day__gte=F("first_day"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} {self.first_day:%Y-%m-%d}"


class VisitRecord(models.Model):
    """A visit as made: reached whom, and what was seen in each dimension."""

    enrolment = models.ForeignKey(ElderEnrolment, on_delete=models.PROTECT, related_name="records")
    planned = models.OneToOneField(
        PlannedVisit, on_delete=models.PROTECT, null=True, blank=True, related_name="record"
    )
    mode = models.CharField(_("mode"), max_length=6, choices=Mode)
    started_at = models.DateTimeField(_("started at"))
    seconds = models.PositiveIntegerField(_("duration in seconds"), default=0)
    contact = models.CharField(_("reached"), max_length=9, choices=Contact)
    findings = models.JSONField(
        _("what was found"),
        default=dict,
        help_text=_("By dimension and item: 0 normal, 1 watch, 2 problem, 9 not asked."),
    )
    signs = models.JSONField(_("alarming signs"), default=list)
    need_codes = models.JSONField(_("needs"), default=list)
    text = models.TextField(_("notes"), blank=True, max_length=2000)
    counts = models.BooleanField(_("counts as a visit"), default=False)
    recorded_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    recorded_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ("-started_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                name="visit_is_recorded_once", fields=["enrolment", "mode", "started_at"]
            )
        ]

    def __str__(self) -> str:
        return f"visit {self.pk}"


class VisitAlert(models.Model):
    """What a visit set off, and by when somebody must have acted."""

    class AlertLevel(models.TextChoices):
        RED = "RED", _("Red alert")
        AMBER = "AMBER", _("Amber alert")
        YELLOW = "YELLOW", _("Yellow alert")

    enrolment = models.ForeignKey(ElderEnrolment, on_delete=models.PROTECT, related_name="alerts")
    record = models.ForeignKey(VisitRecord, on_delete=models.PROTECT, related_name="alerts")
    level = models.CharField(_("level"), max_length=6, choices=AlertLevel)
    reason = models.CharField(_("reason"), max_length=20)
    raised_at = models.DateTimeField(_("raised at"))
    act_by = models.DateTimeField(_("act by"))
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)
    handled_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(_("what was done"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("-raised_at", "-pk")
        constraints = [
            models.UniqueConstraint(name="visit_alerts_once", fields=["record", "level", "reason"])
        ]

    def __str__(self) -> str:
        return f"{self.level} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.handled_at is None
