"""Photographs of visits and services, sealed; when and where they were taken beside them."""

import base64

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from casework.cases.models.official import official
from casework.lib.crypto import EncryptedTextField


class Photo(models.Model):
    """One photograph on file; its picture goes when consent goes, that it was there stays."""

    case = models.ForeignKey("HelpCase", on_delete=models.CASCADE, related_name="pictures")
    verification = models.ForeignKey(
        "Verification",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pictures",
        verbose_name=_("home verification"),
    )
    service = models.ForeignKey(
        "ServiceRecord",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pictures",
        verbose_name=_("service record"),
    )
    # The JPEG in base64, sealed; empty once it is deleted.
    sealed = EncryptedTextField(_("picture"), blank=True)
    likeness = models.CharField(_("likeness"), max_length=32, db_index=True)
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))
    taken_at = models.DateTimeField(_("taken at"), null=True, blank=True)
    # "latitude,longitude" in degrees, as the camera wrote it.
    place = EncryptedTextField(_("taken where"), blank=True)
    added_by = official(_("added by"))
    added_at = models.DateTimeField(_("added at"))
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ("added_at", "pk")
        constraints = [
            models.CheckConstraint(
                name="photo_is_of_a_visit_or_a_service",
                condition=Q(verification__isnull=False, service=None)
                | Q(verification=None, service__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"photo {self.pk}"

    @property
    def content(self) -> bytes:
        """The JPEG; nothing once it is deleted."""
        return base64.b64decode(self.sealed)

    @property
    def point(self) -> tuple[float, float] | None:
        """Where it was taken."""
        if not self.place:
            return None
        north, east = self.place.split(",")
        return float(north), float(east)
