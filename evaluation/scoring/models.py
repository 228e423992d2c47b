"""Samples, assignments, score sheets and findings."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from evaluation.scoring.states import FindingState, Purpose, SheetKind
from evaluation.states import Grade, Severity


class SampleDraw(models.Model):
    """The monthly draw of one district, with all that is needed to repeat it."""

    month = models.CharField(_("month"), max_length=7)
    district = models.ForeignKey("directory.Division", models.PROTECT, related_name="+")
    seed = models.BigIntegerField(_("seed"))
    rule = models.JSONField(_("shares and least size"), default=dict)
    frame = models.JSONField(_("frame"), default=list)
    strata = models.JSONField(_("strata"), default=dict)
    population = models.PositiveIntegerField(_("population"))
    size = models.PositiveIntegerField(_("sample size"))
    phone = models.JSONField(_("telephone re-visits"), default=list)
    door = models.JSONField(_("door re-visits"), default=list)
    drawn_at = models.DateTimeField(_("drawn at"))
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("sample draw")
        ordering = ("month", "district")
        constraints = (
            models.UniqueConstraint(
                fields=("month", "district"), name="one_draw_per_month_and_district"
            ),
            models.CheckConstraint(
                condition=Q(size__lte=F("population")), name="sample_lies_within_its_population"
            ),
        )

    def __str__(self) -> str:
        return f"{self.month} {self.district_id}: {self.size}/{self.population}"


class SampledCase(models.Model):
    """One finished case of a draw: drawn or left to self-check."""

    draw = models.ForeignKey(SampleDraw, models.CASCADE, related_name="cases")
    case = models.OneToOneField("cases.HelpCase", models.PROTECT, related_name="sampled")
    stratum = models.CharField(_("stratum"), max_length=40)
    chosen = models.BooleanField(_("chosen"))
    forced_reasons = models.JSONField(_("reasons for forced inclusion"), default=list)

    class Meta:
        verbose_name = _("sampled case")
        ordering = ("draw", "case")
        constraints = (
            models.CheckConstraint(
                condition=Q(forced_reasons=[]) | Q(chosen=True), name="forced_case_is_chosen"
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.stratum}"


class EvaluatorAssignment(models.Model):
    """One evaluator's leave to read one case, for one purpose and a time."""

    case = models.ForeignKey("cases.HelpCase", models.PROTECT, related_name="assignments")
    evaluator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=8, choices=Purpose)
    assigned_at = models.DateTimeField(_("assigned at"))
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    window_ends_on = models.DateField(_("window ends on"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("evaluator assignment")
        ordering = ("case", "assigned_at")
        constraints = (
            models.UniqueConstraint(
                fields=("case", "purpose"),
                condition=Q(ended_at__isnull=True),
                name="one_open_assignment_per_purpose",
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} → {self.evaluator_id}"


class ScoreSheet(models.Model):
    """One evaluation of one case; a re-score supersedes it and leaves it standing."""

    number = models.CharField(_("evaluation number"), max_length=32, unique=True)
    case = models.ForeignKey("cases.HelpCase", models.PROTECT, related_name="sheets")
    scheme = models.ForeignKey("evaluation.IndicatorScheme", models.PROTECT, related_name="+")
    evaluator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    organisation = models.ForeignKey("directory.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=SheetKind)
    points = models.JSONField(_("points"), default=dict)
    deductions = models.JSONField(_("points off"), default=dict)
    veto = models.JSONField(_("vetoes"), default=list)
    total = models.DecimalField(_("total"), max_digits=4, decimal_places=1)
    grade = models.CharField(_("grade"), max_length=12, choices=Grade)
    submitted_at = models.DateTimeField(_("submitted at"))
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    class Meta:
        verbose_name = _("score sheet")
        ordering = ("case", "submitted_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(kind="FIRST"), name="one_first_sheet_per_case"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, total__lte=100), name="total_lies_between_0_and_100"
            ),
            models.CheckConstraint(
                condition=Q(kind="RESCORE") ^ Q(supersedes__isnull=True),
                name="only_a_rescore_supersedes",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.total}"

    @property
    def is_confirmed(self) -> bool:
        """A supervisor has confirmed the result."""
        return self.confirmed_at is not None

    @property
    def needs_rectification(self) -> bool:
        """Fair or poor, vetoed, or with a grave finding: closing has to wait."""
        if self.veto or self.grade in (Grade.FAIR, Grade.POOR):
            return True
        return self.findings.filter(severity__in=(Severity.RED, Severity.VETO)).exists()


class Finding(models.Model):
    """One problem an evaluator found, with the evidence for it."""

    case = models.ForeignKey("cases.HelpCase", models.PROTECT, related_name="findings")
    sheet = models.ForeignKey(ScoreSheet, models.PROTECT, related_name="findings")
    code = models.ForeignKey("evaluation.FindingCode", models.PROTECT, related_name="+")
    description = models.TextField(_("description"))
    evidence = models.TextField(_("evidence"))
    indicator = models.CharField(_("indicator"), max_length=8)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    state = models.CharField(
        _("state"), max_length=12, choices=FindingState, default=FindingState.OPEN
    )
    struck_off_on = models.DateField(_("struck off on"), null=True, blank=True)

    class Meta:
        verbose_name = _("finding")
        ordering = ("sheet", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~Q(evidence="") & ~Q(description=""), name="finding_rests_on_evidence"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} ({self.case_id})"

    @property
    def touched(self) -> set[str]:
        """The indicators that may be scored anew once this finding is put right."""
        return {self.indicator, *self.code.indicators}
