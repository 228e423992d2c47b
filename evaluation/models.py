"""Evaluation schemes as dated data: indicators, grade bands, vetoes and finding codes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.ledger.models.append_only import Protection
from evaluation.states import FindingCategory, Grade, LimitUnit, Severity


class IndicatorScheme(models.Model):
    """One published version of the hundred-point table."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    title = models.CharField(_("title"), max_length=120)
    effective_from = models.DateField(_("effective from"))
    effective_to = models.DateField(_("effective to"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    # A published scheme stands for good; only its end is written, once another follows it.
    protection = Protection(
        frozen=("code", "title", "effective_from", "published_at", "source"),
        once=("effective_to",),
    )

    class Meta:
        verbose_name = _("indicator scheme")
        ordering = ("effective_from",)
        constraints = (
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="scheme_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Indicator(models.Model):
    """One second-level indicator: what is looked at and how many points it is worth."""

    scheme = models.ForeignKey(IndicatorScheme, models.CASCADE, related_name="indicators")
    code = models.CharField(_("code"), max_length=8)
    level1 = models.CharField(_("first level"), max_length=4)
    level1_title = models.CharField(_("first-level title"), max_length=60)
    title = models.CharField(_("title"), max_length=120)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=1)
    rule = models.JSONField(_("scoring rule"), default=dict)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    protection = Protection(
        frozen=("scheme", "code", "level1", "level1_title", "title", "points", "rule", "order")
    )

    class Meta:
        verbose_name = _("indicator")
        ordering = ("scheme", "order")
        constraints = (
            models.UniqueConstraint(fields=("scheme", "code"), name="indicator_once_per_scheme"),
            models.CheckConstraint(condition=Q(points__gt=0), name="indicator_is_worth_points"),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class GradeBand(models.Model):
    """The least total that earns a grade."""

    scheme = models.ForeignKey(IndicatorScheme, models.CASCADE, related_name="bands")
    grade = models.CharField(_("grade"), max_length=12, choices=Grade)
    title = models.CharField(_("title"), max_length=12)
    minimum = models.DecimalField(_("minimum"), max_digits=4, decimal_places=1)

    protection = Protection(frozen=("scheme", "grade", "title", "minimum"))

    class Meta:
        verbose_name = _("grade band")
        ordering = ("scheme", "-minimum")
        constraints = (
            models.UniqueConstraint(fields=("scheme", "grade"), name="grade_once_per_scheme"),
        )

    def __str__(self) -> str:
        return f"{self.title} ≥ {self.minimum}"


class VetoItem(models.Model):
    """A fact that makes the grade poor whatever the points."""

    scheme = models.ForeignKey(IndicatorScheme, models.CASCADE, related_name="vetoes")
    code = models.CharField(_("code"), max_length=24)
    title = models.CharField(_("title"), max_length=120)

    protection = Protection(frozen=("scheme", "code", "title"))

    class Meta:
        verbose_name = _("veto item")
        ordering = ("scheme", "pk")
        constraints = (
            models.UniqueConstraint(fields=("scheme", "code"), name="veto_once_per_scheme"),
        )

    def __str__(self) -> str:
        return self.title


class SchemeDraft(models.Model):
    """A scheme on its way: drawn up from another, kept with its faults, published by a second."""

    code = models.CharField(_("code"), max_length=32)
    title = models.CharField(_("title"), max_length=120)
    base = models.ForeignKey(IndicatorScheme, models.PROTECT, related_name="+")
    effective_from = models.DateField(_("effective from"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    content = models.JSONField(_("content"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(_("entered at"))
    published = models.OneToOneField(
        IndicatorScheme, models.PROTECT, null=True, blank=True, related_name="draft"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)

    protection = Protection(frozen=("code", "base"), once=("published", "withdrawn_at"))

    class Meta:
        verbose_name = _("scheme draft")
        ordering = ("-entered_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("code",),
                condition=Q(withdrawn_at__isnull=True),
                name="one_open_draft_per_scheme_code",
            ),
            models.CheckConstraint(
                condition=Q(published__isnull=True) | Q(withdrawn_at__isnull=True),
                name="scheme_draft_ends_one_way",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_open(self) -> bool:
        """Neither published nor withdrawn."""
        return self.published_id is None and self.withdrawn_at is None


class FindingCode(models.Model):
    """A kind of problem: its category, gravity, limit and the indicators it touches."""

    code = models.CharField(_("code"), max_length=8)
    title = models.CharField(_("title"), max_length=120)
    category = models.CharField(_("category"), max_length=12, choices=FindingCategory)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    limit_amount = models.PositiveSmallIntegerField(_("limit"))
    limit_unit = models.CharField(_("limit unit"), max_length=2, choices=LimitUnit)
    indicators = models.JSONField(_("indicators touched"), default=list)
    veto = models.CharField(_("veto it amounts to"), max_length=24, blank=True)
    requirement = models.CharField(_("usual requirement"), max_length=200, blank=True)
    effective_from = models.DateField(_("effective from"))
    effective_to = models.DateField(_("effective to"), null=True, blank=True)

    class Meta:
        verbose_name = _("finding code")
        ordering = ("code", "effective_from")
        constraints = (
            models.UniqueConstraint(
                fields=("code", "effective_from"), name="finding_code_once_per_start"
            ),
            models.CheckConstraint(
                condition=Q(effective_to__isnull=True) | Q(effective_to__gte=F("effective_from")),
                name="finding_code_ends_after_it_starts",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_grave(self) -> bool:
        """Grave findings force a rectification order and can never be extended."""
        return self.severity in (Severity.RED, Severity.VETO)
