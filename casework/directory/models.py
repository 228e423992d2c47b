"""Divisions, organisations, the help catalogue, and the law as dated data."""

from datetime import date
from functools import lru_cache
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.lib import clock
from casework.lib.calendar import WorkingCalendar
from casework.lib.identity import InvalidId, check_credit_code


class Level(models.TextChoices):
    """The levels of the administrative tree, from the top down."""

    CITY = "CITY", _("City")
    DISTRICT = "DISTRICT", _("District")
    STREET = "STREET", _("Street")
    COMMUNITY = "COMMUNITY", _("Community")


class Division(models.Model):
    """A city, district, street or community, known by its national code."""

    code = models.CharField(_("code"), max_length=12, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    level = models.CharField(_("level"), max_length=9, choices=Level)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent"),
    )
    order = models.PositiveIntegerField(_("order in tables"), default=0)

    class Meta:
        verbose_name = _("division")
        verbose_name_plural = _("divisions")
        ordering = ("order", "code")

    def __str__(self) -> str:
        return self.name

    @property
    def prefix(self) -> str:
        """The beginning shared by the codes of everything within this division."""
        return self.code.removesuffix("0000") if self.level == Level.CITY else self.code


def validate_credit_code(text: str) -> None:
    """The check character fits, as forms ask it."""
    try:
        check_credit_code(text)
    except InvalidId as error:
        raise ValidationError(str(error)) from error


class Organisation(models.Model):
    """A body that serves, evaluates, governs or gives, known by its credit code."""

    class Kind(models.TextChoices):
        PROVIDER = "PROVIDER", _("Provider")
        EVALUATOR = "EVALUATOR", _("Evaluation body")
        AUTHORITY = "AUTHORITY", _("Authority")
        FOUNDATION = "FOUNDATION", _("Foundation")
        COMPANY = "COMPANY", _("Company")

    class ProviderType(models.TextChoices):
        SWA = "SWA", _("Social-work agency")
        STN = "STN", _("Elder station")
        CEN = "CEN", _("Care centre")
        CHC = "CHC", _("Community health service")
        DPF = "DPF", _("Disabled persons' federation service")
        REH = "REH", _("Rehabilitation body")
        EDU = "EDU", _("School or tutoring body")
        LAW = "LAW", _("Legal aid")
        VOL = "VOL", _("Volunteers")
        COM = "COM", _("Company")
        FND = "FND", _("Foundation")
        STR = "STR", _("Street office")

    name = models.CharField(_("name"), max_length=120)
    credit_code = models.CharField(
        _("unified social credit code"),
        max_length=18,
        unique=True,
        validators=[validate_credit_code],
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    provider_type = models.CharField(
        _("provider type"), max_length=3, choices=ProviderType, blank=True
    )
    division = models.ForeignKey(
        Division,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("division"),
    )
    suspended_on = models.DateField(_("suspended on"), null=True, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def is_suspended(self, on: date) -> bool:
        """The body takes on no new work from the day of its suspension."""
        return self.suspended_on is not None and self.suspended_on <= on


class ServiceItem(models.Model):
    """One kind of help from the catalogue."""

    class Line(models.TextChoices):
        DISABLED = "DISABLED", _("Help for the disabled")
        ELDERLY = "ELDERLY", _("Help for the elderly")
        STUDENT = "STUDENT", _("Help for students")
        ANY = "ANY", _("Any line")

    class PhotoRule(models.TextChoices):
        FREE = "", _("No photo asked")
        ON_SITE = "ON_SITE", _("On-site photo with time and place")
        BEFORE_AFTER = "BEFORE_AFTER", _("Photos before and after")
        HANDS_ONLY = "HANDS_ONLY", _("Hands and equipment only, no body")
        CONSENT = "CONSENT", _("Only with consent to photos")

    code = models.CharField(_("code"), max_length=4, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    line = models.CharField(_("help line"), max_length=8, choices=Line)
    unit = models.CharField(_("unit of measure"), max_length=20)
    frequency = models.CharField(_("usual frequency"), max_length=60)
    provider_types = models.JSONField(_("provider types"), default=list)
    evidence = models.JSONField(
        _("evidence"), default=list, help_text=_("Every code is needed; A|B means one of the two.")
    )
    photo_rule = models.CharField(
        _("photo rule"), max_length=12, choices=PhotoRule, blank=True, default=""
    )
    is_retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("service item")
        verbose_name_plural = _("service items")
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def missing_evidence(self, given: list[str]) -> list[str]:
        """The kinds of evidence this item asks for that were not given."""
        return [wanted for wanted in self.evidence if not set(wanted.split("|")) & set(given)]


class CalendarYear(models.Model):
    """A year whose holiday notice has been entered."""

    year = models.PositiveSmallIntegerField(_("year"), primary_key=True)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ("-year",)

    def __str__(self) -> str:
        return str(self.year)

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        _read_calendar.cache_clear()


class CalendarDay(models.Model):
    """A day on which the offices differ from the plain week: a holiday or a make-up day."""

    date = models.DateField(_("date"), primary_key=True)
    is_working = models.BooleanField(_("working day"))
    note = models.CharField(_("note"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ("date",)

    def __str__(self) -> str:
        return self.date.isoformat()

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        _read_calendar.cache_clear()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        _read_calendar.cache_clear()
        return gone


@lru_cache(maxsize=1)
def _read_calendar(_days: int) -> WorkingCalendar:
    rows = list(CalendarDay.objects.values_list("date", "is_working"))
    return WorkingCalendar(
        off=frozenset(day for day, is_working in rows if not is_working),
        makeup=frozenset(day for day, is_working in rows if is_working),
        years=frozenset(CalendarYear.objects.values_list("year", flat=True)),
    )


def entered_calendar() -> WorkingCalendar:
    """The working calendar made of the days entered so far."""
    # The count notices days entered by another process; a save in this one clears the memory.
    return _read_calendar(CalendarDay.objects.count())


class DatedQuerySet(models.QuerySet[Any]):
    def in_force(self, on: date) -> Self:
        """Published rows that hold on a day, the governing one first."""
        return self.filter(
            Q(effective_to=None) | Q(effective_to__gte=on), effective_from__lte=on, is_draft=False
        ).order_by("-effective_from", "-pk")


class DatedRow(models.Model):
    """A rule with dates: never edited once published, only followed by a later row."""

    effective_from = models.DateField(_("in force from"))
    effective_to = models.DateField(_("last day in force"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    is_draft = models.BooleanField(_("draft"), default=False, editable=False)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("entered by"),
    )
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("published by"),
    )
    recorded_at = models.DateTimeField(_("recorded at"), default=clock.now, editable=False)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_ends_after_start",
                condition=Q(effective_to=None) | Q(effective_to__gte=F("effective_from")),
            )
        ]


class Limit(DatedRow):
    """A time limit of the procedure."""

    class Unit(models.TextChoices):
        WORKING_DAYS = "WD", _("working days")
        CALENDAR_DAYS = "CD", _("calendar days")

    code = models.CharField(_("code"), max_length=40)
    amount = models.PositiveSmallIntegerField(_("number of days"))
    unit = models.CharField(_("unit of measure"), max_length=2, choices=Unit)

    class Meta(DatedRow.Meta):
        verbose_name = _("time limit")
        verbose_name_plural = _("time limits")
        ordering = ("code", "-effective_from", "-pk")

    def __str__(self) -> str:
        return f"{self.code}: {self.amount} {self.get_unit_display()}"


class Parameter(DatedRow):
    """A setting of the procedure that has no official source and belongs to the city."""

    code = models.CharField(_("code"), max_length=40)
    value = models.JSONField(_("value"))

    class Meta(DatedRow.Meta):
        verbose_name = _("parameter")
        verbose_name_plural = _("parameters")
        ordering = ("code", "-effective_from", "-pk")

    def __str__(self) -> str:
        return self.code


class PlanTemplate(DatedRow):
    """What is usually promised to a household of one kind: everything but the goals.

    A goal is written for the household at hand; a plan whose words repeat another's is doubted.
    """

    name = models.CharField(_("name"), max_length=60)
    days = models.PositiveSmallIntegerField(_("length of the plan (days)"))
    # Rows with code, line, qty and, where they differ from the catalogue, unit, freq, fund_source.
    items = models.JSONField(_("items"))

    class Meta(DatedRow.Meta):
        verbose_name = _("plan template")
        verbose_name_plural = _("plan templates")
        ordering = ("name", "-effective_from", "-pk")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse what no plan could take: unknown services, another line, nothing to do."""
        rows = self.items if isinstance(self.items, list) else []
        if not rows or not all(isinstance(row, dict) for row in rows):
            raise ValidationError({"items": _("A template lists at least one item.")})
        lines = dict(ServiceItem.objects.values_list("code", "line"))
        for row in rows:
            fault = _fault_of(row, lines)
            if fault:
                raise ValidationError({"items": fault})


def _fault_of(row: dict[str, Any], lines: dict[str, str]) -> str:
    """Why no plan could take an item of a template; empty where one could."""
    code, line, count = str(row.get("code", "")), str(row.get("line", "")), row.get("qty")
    kinds = ServiceItem.Line
    if code not in lines:
        return _("There is no service “%(code)s”.") % {"code": code}
    if line == kinds.ANY or line not in kinds.values or lines[code] not in (kinds.ANY, line):
        return _("“%(service)s” belongs to another line.") % {"service": code}
    if not isinstance(count, int) or count < 1:
        return _("The number must be at least %(least)d.") % {"least": 1}
    return ""
