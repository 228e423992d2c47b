"""The help case: what it is, who it is for, and the steps it may lawfully take."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from casework.cases.states import (
    BEFORE_HELP_ENDS,
    COMBINED,
    ENDED_STATES,
    OPEN_STATES,
    AppealStatus,
    CaseState,
    ClosingReason,
    Hold,
    Line,
    MeansBand,
    PlanState,
    RejectionReason,
    TerminationReason,
)

if TYPE_CHECKING:
    from casework.cases.models.plan import HelpPlan
    from casework.households.models import Member

COUNTED_LINES = [*Line.choices, (COMBINED, _("Combined help"))]


class HelpCaseQuerySet(models.QuerySet["HelpCase"]):
    def open(self) -> Self:
        """Cases that have not ended."""
        return self.filter(state__in=OPEN_STATES)

    def compared(self) -> Self:
        """Open cases whose income was compared with the lines."""
        return self.open().filter(income_figure__isnull=False)

    def ended(self) -> Self:
        """Cases that accept no further work."""
        return self.filter(state__in=ENDED_STATES)


class HelpCase(ConcurrentTransitionMixin, models.Model):
    """One household's way from referral to closure."""

    case_no = models.CharField(_("case number"), max_length=30, unique=True)
    household = models.ForeignKey(
        "households.Household",
        on_delete=models.PROTECT,
        related_name="cases",
        verbose_name=_("household"),
    )
    person = models.ForeignKey(
        "households.Member",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("helped person"),
    )
    referrals = models.ManyToManyField(
        "referrals.Referral",
        through="CaseReferral",
        related_name="cases",
        verbose_name=_("referrals"),
    )
    home_district = models.CharField(_("district of first referral"), max_length=6)
    handling_district = models.CharField(_("handling district"), max_length=6, db_index=True)
    handling_street = models.CharField(_("handling street"), max_length=9)
    caseworker = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="handled_cases",
        verbose_name=_("caseworker"),
    )
    state = FSMField(
        _("state"),
        max_length=12,
        default=CaseState.REFERRED,
        choices=CaseState.choices,
        protected=True,
    )
    hold = FSMField(
        _("hold"),
        max_length=12,
        default=Hold.NONE,
        choices=Hold.choices,
        blank=True,
        protected=True,
    )
    locked = models.BooleanField(_("locked"), default=False)

    category = models.CharField(_("ledger category"), max_length=12, blank=True)
    classification = models.CharField(_("classification"), max_length=24, blank=True)
    # As compared at the last verification, a month and a person; unrounded but for ten decimals.
    income_figure = models.DecimalField(
        _("compared income"), max_digits=24, decimal_places=10, null=True, blank=True
    )
    means_band = models.CharField(
        _("standing to the lines"), max_length=12, choices=MeansBand, blank=True
    )
    relief_type_granted = models.CharField(_("relief granted"), max_length=16, blank=True)
    sudden = models.BooleanField(_("sudden hardship"), default=False)
    publicity_required = models.BooleanField(_("publicity required"), default=False)
    forced_sample = models.BooleanField(_("always evaluated"), default=False)
    forced_reasons = models.JSONField(_("reasons for evaluation"), default=list, blank=True)
    previous_case = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="later_cases",
        verbose_name=_("previous case"),
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="merged_cases",
        verbose_name=_("merged into"),
    )

    rule_date = models.DateField(_("rules of"))
    referred_at = models.DateTimeField(_("referred at"))
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    help_started_on = models.DateField(_("help started on"), null=True, blank=True)
    agreement_no = models.CharField(_("service agreement"), max_length=60, blank=True)
    counted_line = models.CharField(
        _("counted under"), max_length=8, choices=COUNTED_LINES, blank=True
    )
    help_done_on = models.DateField(_("help done on"), null=True, blank=True)
    completed_counted = models.BooleanField(_("counted as completed"), default=False)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)
    closing_summary = models.TextField(_("closing summary"), blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closing_reason = models.CharField(
        _("closing reason"), max_length=12, choices=ClosingReason, blank=True
    )
    declined_reason = models.CharField(_("reason for declining"), max_length=300, blank=True)
    rejection_reason = models.CharField(
        _("rejection reason"), max_length=24, choices=RejectionReason, blank=True
    )
    termination_reason = models.CharField(
        _("termination reason"), max_length=24, choices=TerminationReason, blank=True
    )
    termination_evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    terminated_on = models.DateField(_("terminated on"), null=True, blank=True)
    kin_notified_on = models.DateField(_("next of kin told on"), null=True, blank=True)
    appeal_status = models.CharField(
        _("appeal"), max_length=16, choices=AppealStatus, default=AppealStatus.NONE
    )

    objects = HelpCaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("help case")
        verbose_name_plural = _("help cases")
        ordering = ("-referred_at", "-pk")
        indexes = [
            models.Index(fields=["handling_street", "state"], name="cases_by_street"),
            models.Index(fields=["handling_district", "state"], name="cases_by_district"),
            models.Index(fields=["state", "help_done_on"], name="cases_by_help_done"),
            models.Index(fields=["referred_at", "id"], name="cases_in_order"),
        ]
        constraints = [
            models.CheckConstraint(
                name="case_street_lies_in_its_district",
                condition=Q(handling_street__startswith=F("handling_district")),
            ),
            models.CheckConstraint(
                name="case_on_hold_is_open",
                condition=Q(hold=Hold.NONE) | Q(state__in=sorted(BEFORE_HELP_ENDS)),
            ),
            models.CheckConstraint(
                name="closed_case_has_its_moment_and_reason",
                condition=~Q(state=CaseState.CLOSED)
                | Q(closed_at__isnull=False) & ~Q(closing_reason=""),
            ),
            models.CheckConstraint(
                name="terminated_case_has_its_reason",
                condition=~Q(state=CaseState.TERMINATED) | ~Q(termination_reason=""),
            ),
            models.CheckConstraint(
                name="rejected_case_has_its_reason",
                condition=~Q(state=CaseState.REJECTED) | ~Q(rejection_reason=""),
            ),
            models.CheckConstraint(
                name="merged_case_names_the_other",
                condition=~Q(state=CaseState.MERGED) | Q(merged_into__isnull=False),
            ),
            models.CheckConstraint(
                name="case_in_help_is_counted_under_a_line",
                condition=~Q(state=CaseState.IN_HELP) | ~Q(counted_line=""),
            ),
            models.CheckConstraint(
                name="satisfaction_is_one_to_five",
                condition=Q(satisfaction=None) | Q(satisfaction__range=(1, 5)),
            ),
        ]

    def __str__(self) -> str:
        return self.case_no

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_in_help(self) -> bool:
        return bool(self.state == CaseState.IN_HELP)

    @property
    def subject_member(self) -> "Member | None":
        """The helped person, or the head where the help is for the household as one."""
        return self.person or self.household.head

    @property
    def plan_in_force(self) -> "HelpPlan | None":
        """The approved version of the plan."""
        return self.plans.filter(state=PlanState.APPROVED).first()

    @transition(field=state, source=CaseState.REFERRED, target=CaseState.ACCEPTED)
    def accept(self, *, at: datetime) -> None:
        """The street takes the referral on."""
        self.accepted_at = at

    @transition(field=state, source=CaseState.REFERRED, target=CaseState.DECLINED)
    def decline(self, *, reason: str) -> None:
        """The street does not take the referral on, and says why."""
        self.declined_reason = reason

    @transition(field=state, source=CaseState.REFERRED, target=CaseState.MERGED)
    def merge(self, *, into: "HelpCase") -> None:
        """The referral joins the open case of the same person."""
        self.merged_into = into

    @transition(
        field=state,
        source=[CaseState.ACCEPTED, CaseState.VERIFYING],
        target=CaseState.VERIFYING,
    )
    def begin_verification(self) -> None:
        """A pair of verifiers is named for the home visit."""

    @transition(field=state, source=CaseState.VERIFYING, target=CaseState.VERIFIED)
    def verify(self, *, at: datetime) -> None:
        """The home verification is confirmed: the need is real."""
        self.verified_at = at

    @transition(field=state, source=CaseState.VERIFYING, target=CaseState.REJECTED)
    def reject(self, *, reason: str) -> None:
        """The home verification is confirmed: the case is not taken up."""
        self.rejection_reason = reason

    @transition(
        field=state,
        source=[CaseState.REJECTED, CaseState.VERIFIED, CaseState.PUBLICISED],
        target=CaseState.VERIFYING,
    )
    def reopen_verification(self) -> None:
        """An appeal or an objection succeeded, or a supervisor says so: a new pair verifies."""
        self.verified_at = None
        self.rejection_reason = ""

    @transition(field=state, source=CaseState.VERIFIED, target=CaseState.PUBLICISED)
    def publicise(self) -> None:
        """The notice hangs in the community for objections."""

    @transition(
        field=state,
        source=[CaseState.VERIFIED, CaseState.PUBLICISED],
        target=CaseState.PLANNED,
    )
    def adopt_plan(self) -> None:
        """The signed plan is approved."""

    @transition(field=state, source=CaseState.PLANNED, target=CaseState.IN_HELP)
    def begin_help(self, *, on: date, line: str) -> None:
        """The provider begins; the household counts as in help."""
        self.help_started_on = on
        self.counted_line = line

    @transition(field=state, source=CaseState.IN_HELP, target=CaseState.HELP_DONE)
    def end_help(self, *, on: date, is_counted: bool) -> None:
        """Every item of the plan is settled."""
        self.help_done_on = on
        self.completed_counted = is_counted

    @transition(field=state, source=CaseState.PLANNED, target=CaseState.VERIFIED)
    def return_to_verified(self) -> None:
        """The approved plan is void; another is made."""

    @transition(field=state, source=CaseState.PLANNED, target=CaseState.PUBLICISED)
    def return_to_publicised(self) -> None:
        """The approved plan is void; another is made, and the publicity stands."""

    @transition(field=state, source=CaseState.HELP_DONE, target=CaseState.IN_HELP)
    def return_to_help(self) -> None:
        """Help was summed up too early and goes on."""
        self.help_done_on = None
        self.completed_counted = False

    @transition(field=state, source=CaseState.HELP_DONE, target=CaseState.EVALUATING)
    def draw(self) -> None:
        """The case is drawn for evaluation by the third party."""

    @transition(field=state, source=CaseState.HELP_DONE, target=CaseState.SELF_CHECKED)
    def pass_over(self) -> None:
        """The case is not drawn and left to the district's own check."""

    @transition(field=state, source=CaseState.EVALUATING, target=CaseState.RECTIFYING)
    def order_rectification(self) -> None:
        """The evaluation found faults that must be put right."""

    @transition(field=state, source=CaseState.RECTIFYING, target=CaseState.RECHECKING)
    def submit_rectification(self) -> None:
        """Every item of the order is reported as put right."""

    @transition(field=state, source=CaseState.RECHECKING, target=CaseState.RECTIFYING)
    def fail_recheck(self) -> None:
        """The recheck found items that are not put right."""

    @transition(
        field=state,
        source=[CaseState.SELF_CHECKED, CaseState.EVALUATING, CaseState.RECHECKING],
        target=CaseState.CLOSED,
    )
    def close(self, *, at: datetime, reason: str) -> None:
        """The file is complete and sealed."""
        self.closed_at = at
        self.closing_reason = reason

    @transition(field=state, source=sorted(OPEN_STATES), target=CaseState.TERMINATED)
    def end_for_good(self, *, on: date, reason: str) -> None:
        """Help stops before its time, for a stated reason."""
        self.terminated_on = on
        self.termination_reason = reason

    @transition(field=hold, source=Hold.NONE, target=Hold.SUSPENDED)
    def pause(self) -> None:
        """Help rests while the household is away or in hospital."""

    @transition(field=hold, source=Hold.NONE, target=Hold.TRANSFERRING)
    def offer_elsewhere(self) -> None:
        """The file is offered to another street."""

    @transition(field=hold, source=[Hold.SUSPENDED, Hold.TRANSFERRING], target=Hold.NONE)
    def release(self) -> None:
        """The hold ends and the case goes on from where it was."""


class CaseReferral(models.Model):
    """A referral that led to a case or was merged into it."""

    case = models.ForeignKey(HelpCase, on_delete=models.CASCADE, related_name="referral_links")
    referral = models.ForeignKey(
        "referrals.Referral", on_delete=models.PROTECT, related_name="case_links"
    )
    linked_at = models.DateTimeField(_("linked at"))

    class Meta:
        verbose_name = _("referral of a case")
        verbose_name_plural = _("referrals of cases")
        constraints = [
            models.UniqueConstraint(
                fields=["case", "referral"], name="referral_is_linked_once_to_a_case"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} ← {self.referral_id}"
