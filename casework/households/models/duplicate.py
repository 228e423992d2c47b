from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from casework.lib import clock


class Duplicate(models.Model):
    """Two entries that may be one person: why it looks so, and what the city decided."""

    class State(models.TextChoices):
        OPEN = "OPEN", _("Not decided")
        SAME = "SAME", _("One person")
        DIFFERENT = "DIFFERENT", _("Two people")

    class Ground(models.TextChoices):
        ID = "ID", _("Same ID number")
        NAME = "NAME", _("Same name")
        BIRTH = "BIRTH", _("Born on the same day")
        PHONE = "PHONE", _("Same telephone")
        ADDRESS = "ADDRESS", _("Same address")

    class Reason(models.TextChoices):
        PAPERS = "PAPERS", _("Papers were compared")
        STREETS = "STREETS", _("The streets agree")
        PERSON = "PERSON", _("The person said so")
        MOVED = "MOVED", _("Moved between the households")
        MISTAKE = "MISTAKE", _("The earlier decision was a mistake")

    left = models.ForeignKey("households.Member", on_delete=models.PROTECT, related_name="+")
    right = models.ForeignKey("households.Member", on_delete=models.PROTECT, related_name="+")
    grounds = models.JSONField(_("grounds"))
    score = models.PositiveSmallIntegerField(_("score"))
    found_at = models.DateTimeField(_("found at"), default=clock.now)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason, blank=True)
    decided_by = models.ForeignKey(
        "staff.User", on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("duplicate")
        verbose_name_plural = _("duplicates")
        ordering = ("-score", "pk")
        indexes = [models.Index(fields=["state", "-score"], name="duplicate_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="pair_is_found_once"),
            models.CheckConstraint(name="pair_stands_in_order", condition=Q(left__lt=F("right"))),
            models.CheckConstraint(
                name="decided_pair_has_its_reason",
                condition=Q(state="OPEN") | ~Q(reason="") & ~Q(decided_by=None),
            ),
        ]

    def __str__(self) -> str:
        return f"pair {self.pk}"
