import json
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from casework.lib import clock
from casework.lib.crypto import EncryptedTextField


class ImportBatch(models.Model):
    """One file as received; the same bytes twice from one person are the same batch."""

    class State(models.TextChoices):
        QUEUED = "QUEUED", _("Import waiting")
        RUNNING = "RUNNING", _("Import running")
        CHECKED = "CHECKED", _("File checked")
        DONE = "DONE", _("Import finished")
        STOPPED = "STOPPED", _("Import stopped")
        FAILED = "FAILED", _("File not readable")
        UNDOING = "UNDOING", _("Import being undone")
        UNDONE = "UNDONE", _("Import undone")
        ERASED = "ERASED", _("Rows erased")

    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(_("file"), max_length=200)
    imported_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    started_at = models.DateTimeField(_("started at"), default=clock.now)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    report = models.JSONField(_("report"), default=dict)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.RUNNING)
    # Heading in the file → heading of the import; what the file's source calls its columns.
    mapping = models.JSONField(_("headings"), default=dict, blank=True)
    # A person looks at what was found in the file before anything of it is entered.
    is_trial = models.BooleanField(_("trial run"), default=False)
    # The file itself, sealed, until it is read: then its rows lie staged, household by household.
    content_sealed = EncryptedTextField(blank=True)
    households = models.PositiveIntegerField(_("households"), default=0)
    entered = models.PositiveIntegerField(_("households gone through"), default=0)
    turn = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-started_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "imported_by"], name="a_file_is_one_batch_of_a_person"
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class ImportRow(models.Model):
    """One good row of a file, sealed; it waits until its household is entered, and once only."""

    class State(models.TextChoices):
        STAGED = "STAGED", _("Row staged")
        ENTERED = "ENTERED", _("Row entered")
        REFUSED = "REFUSED", _("Row refused")
        UNDONE = "UNDONE", _("Row undone")

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    natural_key = models.CharField(max_length=64, unique=True)
    group_key = models.CharField(max_length=64, db_index=True)
    values_sealed = EncryptedTextField()
    state = models.CharField(
        _("state"), max_length=7, choices=State, default=State.STAGED, db_index=True
    )
    refusal = models.CharField(_("why refused"), max_length=300, blank=True)
    # How often the row was entered before and taken back; a new entry is a new submission.
    undone = models.PositiveSmallIntegerField(default=0)
    member = models.ForeignKey(
        "households.Member", on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("import row")
        verbose_name_plural = _("import rows")
        ordering = ("batch", "number")
        indexes = [models.Index(fields=["batch", "state", "number"], name="rows_that_wait")]

    def __str__(self) -> str:
        return f"row {self.number}"

    @property
    def facts(self) -> dict[str, Any]:
        """The row's values by field name."""
        found: dict[str, Any] = json.loads(self.values_sealed)
        return found


class ImportMapping(models.Model):
    """What one source calls the columns of an import, kept under the source's name."""

    name = models.CharField(_("source of the file"), max_length=60)
    headings = models.JSONField(_("headings"))
    kept_by = models.ForeignKey("staff.User", on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(_("kept at"), default=clock.now)

    class Meta:
        verbose_name = _("headings of a source")
        verbose_name_plural = _("headings of sources")
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["kept_by", "name"], name="source_is_named_once")
        ]

    def __str__(self) -> str:
        return self.name
