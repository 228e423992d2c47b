"""Words of sampling, assignment and scoring."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SheetKind(TextChoices):
    """A first evaluation, or the new scores of what was put right."""

    FIRST = "FIRST", _("First score")
    RESCORE = "RESCORE", _("Re-score")


class FindingState(TextChoices):
    """What became of a finding."""

    OPEN = "OPEN", _("Not ordered yet")
    ORDERED = "ORDERED", _("Ordered to be put right")
    STRUCK_OFF = "STRUCK_OFF", _("Struck off")
    ADVICE = "ADVICE", _("Given as advice")


class Purpose(TextChoices):
    """Why an evaluator may read a case."""

    FIRST = "FIRST", _("First evaluation")
    RECHECK = "RECHECK", _("Recheck")
