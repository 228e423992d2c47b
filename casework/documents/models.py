"""Numbered documents as they were issued, and the number series they are drawn from."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.ledger.models.append_only import Protection


class DocumentKind(models.TextChoices):
    """What a document is; its number pattern and page follow from it."""

    RECTIFICATION_NOTICE = "RECTIFICATION_NOTICE", _("Rectification notice")
    WEEKLY_SUMMARY = "WEEKLY_SUMMARY", _("Weekly summary")
    REFUSAL_NOTICE = "REFUSAL_NOTICE", _("Refusal notice")
    MONTHLY_BULLETIN = "MONTHLY_BULLETIN", _("Monthly bulletin")


class DocumentState(models.TextChoices):
    """How far the paper is; the number and the content stand from the first moment."""

    PENDING = "PENDING", _("Being prepared")
    ISSUED = "ISSUED", _("Issued")
    FAILED = "FAILED", _("Could not be printed")


class Document(models.Model):
    """One document as issued: its number, its frozen content and the PDF made of it once."""

    uuid = models.UUIDField(_("address"), default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=30, choices=DocumentKind)
    number = models.CharField(_("number"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    template = models.CharField(_("print page"), max_length=60)
    data = models.JSONField(_("frozen content"))
    state = models.CharField(
        _("state"), max_length=10, choices=DocumentState, default=DocumentState.PENDING
    )
    issued_at = models.DateTimeField(_("issued at"))
    printed_at = models.DateTimeField(_("printed at"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256 of the PDF"), max_length=64, blank=True)
    size = models.PositiveIntegerField(_("bytes"), default=0)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    subject_type = models.CharField(_("subject type"), max_length=20)
    subject_id = models.BigIntegerField(_("subject number"))
    audience = models.CharField(_("audience"), max_length=200, blank=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True, blank=True)

    protection = Protection(
        frozen=(
            "uuid", "kind", "number", "title", "template", "data", "issued_at",
            "subject_type", "subject_id",
        ),
        once=("sha256", "printed_at", "delivered_at"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(fields=["kind", "number"], name="document_number_is_used_once"),
            models.CheckConstraint(
                condition=~Q(state="ISSUED")
                | (~Q(sha256="") & Q(pages__gt=0, size__gt=0, printed_at__isnull=False)),
                name="issued_document_has_its_pdf",
            ),
            models.CheckConstraint(
                condition=Q(state="ISSUED") | Q(sha256="", pages=0),
                name="pdf_means_issued",
            ),
        ]
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="document_of_subject")]

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()

    @property
    def is_issued(self) -> bool:
        return self.state == DocumentState.ISSUED

    @property
    def file_name(self) -> str:
        """What a reader's computer calls the file; only the number, never a person's name."""
        return f"{self.number or self.uuid}.pdf"


class NumberSeries(models.Model):
    """The last number drawn of one series in one year; it only ever grows."""

    kind = models.CharField(_("kind"), max_length=30, choices=DocumentKind)
    year = models.PositiveSmallIntegerField(_("year"))
    unit = models.CharField(_("unit"), max_length=12, blank=True)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "year", "unit"], name="one_series_per_kind_year_and_unit"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.year} {self.unit}".strip()
