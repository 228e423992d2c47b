"""Who must act next, until when, and how long it took."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process, Task

from casework.lib import clock
from casework.lib.crypto import EncryptedTextField


class Run(models.Model):
    """One run of a published flow version for one subject: the main course, or a side course."""

    subject_type = models.CharField(max_length=20)
    subject_id = models.PositiveBigIntegerField()
    course = models.CharField(max_length=30)
    version = models.PositiveSmallIntegerField(default=1)
    process = models.OneToOneField(Process, on_delete=models.PROTECT, related_name="run")
    opened_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="run_by_subject")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_type", "subject_id", "course"],
                condition=Q(finished_at__isnull=True),
                name="run_is_open_once_per_course",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.course}"


# What has no date comes after every date: an order that a page can go on from.
DUE_LAST = Coalesce("due_on", Value(date.max))


class WorkItem(models.Model):
    """One thing somebody must do next, with our own times: the engine's task keeps none.

    `waited` runs from `opened_at` to `claimed_at`, `worked` from there to `done_at`.
    """

    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="work_item")
    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="items")
    subject_type = models.CharField(max_length=20)
    subject_id = models.PositiveBigIntegerField()
    step = models.CharField(max_length=40)
    roles = models.CharField(max_length=40)
    district = models.CharField(max_length=6)
    street = models.CharField(max_length=9, blank=True)
    organisation = models.ForeignKey(
        "directory.Organisation", on_delete=models.PROTECT, null=True, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="work_items"
    )
    opened_at = models.DateTimeField()
    first_seen_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    dropped_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    on_hold = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("work item")
        verbose_name_plural = _("work items")
        indexes = [
            models.Index(
                F("street"),
                F("on_hold"),
                DUE_LAST,
                F("id"),
                condition=Q(done_at__isnull=True, dropped_at__isnull=True),
                name="work_open_by_street",
            ),
            models.Index(
                fields=["owner", "due_on"],
                condition=Q(done_at__isnull=True, dropped_at__isnull=True),
                name="work_open_by_owner",
            ),
            models.Index(
                fields=["roles", "district"],
                condition=Q(done_at__isnull=True, dropped_at__isnull=True),
                name="work_open_by_role",
            ),
            models.Index(
                F("on_hold"),
                DUE_LAST,
                F("id"),
                condition=Q(done_at__isnull=True, dropped_at__isnull=True),
                name="work_open_in_order",
            ),
            models.Index(fields=["subject_type", "subject_id"], name="work_by_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.step}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None


class Deadline(models.Model):
    """A date by which something must happen to a subject, counted from a dated limit.

    A window (`is_duty` false) is a right that lapses, such as the time to appeal: it is shown,
    but nobody is late by it.
    """

    subject_type = models.CharField(max_length=20)
    subject_id = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=40)
    starts_on = models.DateField()
    amount = models.PositiveSmallIntegerField()
    unit = models.CharField(max_length=2)
    due_on = models.DateField()
    is_duty = models.BooleanField(default=True)
    calendar_unknown = models.BooleanField(default=False)
    paused_on = models.DateField(null=True)
    met_on = models.DateField(null=True)
    dropped_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        indexes = [
            models.Index(fields=["subject_type", "subject_id"], name="deadline_by_subject"),
            models.Index(
                fields=["due_on"],
                condition=Q(met_on__isnull=True, dropped_on__isnull=True),
                name="deadline_open_by_date",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.kind} {self.due_on}"

    @property
    def is_open(self) -> bool:
        return self.met_on is None and self.dropped_on is None


class Timer(models.Model):
    """An act the system performs by itself when its moment comes, once."""

    subject_type = models.CharField(max_length=20)
    subject_id = models.PositiveBigIntegerField()
    act = models.CharField(max_length=40)
    key = models.CharField(max_length=120, unique=True)
    facts = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(fired_at__isnull=True, dropped_at__isnull=True),
                name="timer_waiting",
            ),
            models.Index(fields=["subject_type", "subject_id"], name="timer_by_subject"),
        ]

    def __str__(self) -> str:
        return self.key


class JobRun(models.Model):
    """One run of a scheduled job for one period and unit: the key that makes it happen once."""

    job = models.CharField(max_length=40)
    period = models.CharField(max_length=20)
    unit = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        constraints = [
            models.UniqueConstraint(
                fields=["job", "period", "unit"], name="job_runs_once_per_period_and_unit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.period} {self.unit}"


class WorkerBeat(models.Model):
    """When a worker last came to the end of a job: a worker that lives but is deaf leaves none."""

    worker = models.CharField(max_length=120, unique=True)
    beat_at = models.DateTimeField()

    class Meta:
        verbose_name = _("beat of a worker")
        verbose_name_plural = _("beats of workers")

    def __str__(self) -> str:
        return self.worker


class Draft(models.Model):
    """What a person had typed into an act's form when it was refused or set aside; sealed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subject_type = models.CharField(max_length=20)
    subject_id = models.PositiveBigIntegerField()
    act = models.CharField(max_length=40)
    content = EncryptedTextField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subject_type", "subject_id", "act"],
                name="draft_is_one_per_person_and_act",
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} {self.act}"


class Letter(models.Model):
    """A word to one person about a subject that is late: an escalation, kept until it is read."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="letters"
    )
    subject_type = models.CharField(max_length=20)
    subject_id = models.PositiveBigIntegerField()
    level = models.PositiveSmallIntegerField()
    message = models.ForeignKey(
        "ledger.OutboxMessage", on_delete=models.PROTECT, related_name="letters"
    )
    sent_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        constraints = [
            models.UniqueConstraint(
                fields=["message", "recipient"], name="letter_goes_once_to_each"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id} L{self.level}"


class FeedEntry(models.Model):
    """The place of a journal entry in the feed: given in one row's turn, after the entry stood.

    Numbers of the journal are drawn before acts commit, so a reader who goes by them would miss
    what commits late. A position is given to what is there, by one writer at a time.
    """

    position = models.BigAutoField(primary_key=True)
    entry = models.OneToOneField(
        "ledger.JournalEntry", on_delete=models.PROTECT, related_name="feed"
    )

    class Meta:
        verbose_name = _("place in the feed")
        verbose_name_plural = _("places in the feed")

    def __str__(self) -> str:
        return str(self.position)


class FeedHead(models.Model):
    """How far the feed has come: up to `floor` every entry has its place."""

    floor = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("head of the feed")
        verbose_name_plural = _("heads of the feed")

    def __str__(self) -> str:
        return str(self.floor)


class Webhook(models.Model):
    """Where a program wants to be told of changes; each delivery is signed with its secret."""

    client = models.ForeignKey("staff.ApiClient", on_delete=models.PROTECT, related_name="webhooks")
    url = models.URLField(_("address"), max_length=300)
    secret = EncryptedTextField(_("secret"))
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    cursor = models.BigIntegerField(_("told up to"), default=0)
    turn = models.PositiveIntegerField(_("replayed so often"), default=0)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class ListExport(models.Model):
    """A list that somebody wants to take out of the house and that a second person decides on."""

    class State(models.TextChoices):
        ASKED = "ASKED", _("waits for a second person")
        APPROVED = "APPROVED", _("Approved, not yet taken")
        REFUSED = "REFUSED", _("Export refused")
        TAKEN = "TAKEN", _("taken")

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(default=clock.now)
    # The words of a search may be a name.
    filters = EncryptedTextField()
    reason = models.CharField(max_length=12)
    kind = models.CharField(max_length=4)
    rows = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("export of a list")
        verbose_name_plural = _("exports of lists")
        constraints = [
            models.CheckConstraint(
                name="export_is_decided_by_another",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
            )
        ]

    def __str__(self) -> str:
        return f"export {self.pk}"
