"""Samples, assignments, score sheets and findings."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from evaluation.scoring.states import (
    OPEN_REVISITS,
    RATINGS,
    FindingState,
    Purpose,
    RevisitAttempt,
    RevisitMode,
    RevisitState,
    SheetKind,
)
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
    second = models.JSONField(_("blind second scores"), default=list)
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


class ScoreSheets(models.QuerySet["ScoreSheet"]):
    """Sheets, of which one tells the result of an evaluation."""

    def results(self) -> "ScoreSheets":
        """The first scores, or what was settled in place of one; before anything was put right."""
        return self.filter(
            Q(kind=SheetKind.SETTLED)
            | Q(kind=SheetKind.FIRST) & ~Q(superseded_by__kind=SheetKind.SETTLED)
        )


class ScoreSheet(models.Model):
    """One evaluation of one case; a settled or new score supersedes one and leaves it standing."""

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
    reason = models.TextField(_("reason"), blank=True)

    objects = ScoreSheets.as_manager()

    class Meta:
        verbose_name = _("score sheet")
        ordering = ("case", "submitted_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(kind="FIRST"), name="one_first_sheet_per_case"
            ),
            models.UniqueConstraint(
                fields=("case",), condition=Q(kind="SECOND"), name="one_second_sheet_per_case"
            ),
            models.CheckConstraint(
                condition=Q(total__gte=0, total__lte=100), name="total_lies_between_0_and_100"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=("RESCORE", "SETTLED")) ^ Q(supersedes__isnull=True),
                name="only_a_later_score_supersedes",
            ),
            models.CheckConstraint(
                condition=~Q(kind="SETTLED") | ~Q(reason=""), name="settled_score_has_its_reason"
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
        found = Finding.objects.filter(case=self.case_id)
        return found.filter(severity__in=(Severity.RED, Severity.VETO)).exists()


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


class Revisit(models.Model):
    """One household asked again after the help, by telephone or at the door, as drawn."""

    case = models.ForeignKey("cases.HelpCase", models.PROTECT, related_name="revisits")
    draw = models.ForeignKey(SampleDraw, models.PROTECT, related_name="revisits")
    mode = models.CharField(_("mode"), max_length=8, choices=RevisitMode)
    state = models.CharField(
        _("state"), max_length=12, choices=RevisitState, default=RevisitState.WAITING
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    evaluator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    organisation = models.ForeignKey(
        "directory.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    companion = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    identity = models.JSONField(_("shown to be of the household by"), default=list)
    received = models.JSONField(_("what was received"), default=dict)
    money_asked = models.BooleanField(_("was asked for money"), null=True, blank=True)
    attitude = models.PositiveSmallIntegerField(_("attitude"), null=True, blank=True)
    timeliness = models.PositiveSmallIntegerField(_("timeliness"), null=True, blank=True)
    usefulness = models.PositiveSmallIntegerField(_("usefulness"), null=True, blank=True)
    effect = models.PositiveSmallIntegerField(_("effect"), null=True, blank=True)
    overall = models.PositiveSmallIntegerField(_("overall"), null=True, blank=True)
    wish = models.TextField(_("wish"), blank=True)
    allows_door = models.BooleanField(_("agrees to a door visit"), null=True, blank=True)
    guardian_present = models.BooleanField(_("guardian present"), null=True, blank=True)
    device_works = models.BooleanField(_("device works"), null=True, blank=True)

    class Meta:
        verbose_name = _("re-visit")
        ordering = ("draw", "case", "mode", "pk")
        indexes = (models.Index(fields=("state", "evaluator"), name="revisit_by_evaluator"),)
        constraints = (
            models.UniqueConstraint(
                fields=("case", "mode"),
                condition=Q(state__in=sorted(OPEN_REVISITS)),
                name="one_open_revisit_per_mode",
            ),
            models.CheckConstraint(
                condition=Q(state="WAITING", evaluator=None)
                | Q(state="DROPPED")
                | ~Q(state="WAITING") & Q(evaluator__isnull=False, organisation__isnull=False),
                name="revisit_under_way_has_an_evaluator",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) ^ ~Q(state__in=sorted(OPEN_REVISITS)),
                name="revisit_ended_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(mode="PHONE") | ~Q(state="DONE") | Q(companion__isnull=False),
                name="door_is_visited_by_two",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{name: None}) | Q(**{f"{name}__range": (1, 5)}),
                    name=f"revisit_{name}_is_one_to_five",
                )
                for name in RATINGS
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.mode} {self.state}"

    @property
    def is_open(self) -> bool:
        """Somebody still has to ask."""
        return self.state in OPEN_REVISITS

    @property
    def ratings(self) -> list[int]:
        """The answers to the questions of satisfaction, those given."""
        asked = (getattr(self, name) for name in RATINGS)
        return [rating for rating in asked if rating is not None]


def rating_title(name: str) -> StrOrPromise:
    """What one question of satisfaction asks about."""
    field = Revisit._meta.get_field(name)
    return field.verbose_name if isinstance(field, models.Field) else name


class Attempt(models.Model):
    """One call or one way to the door that came to no answer."""

    revisit = models.ForeignKey(Revisit, models.CASCADE, related_name="attempts")
    made_at = models.DateTimeField(_("made at"))
    outcome = models.CharField(_("outcome"), max_length=16, choices=RevisitAttempt)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("attempt")
        ordering = ("revisit", "made_at")
        constraints = (
            models.UniqueConstraint(fields=("revisit", "made_at"), name="one_attempt_at_a_moment"),
        )

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d %H:%M} {self.outcome}"
