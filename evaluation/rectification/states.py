"""Words of the rectification loop."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderState(TextChoices):
    """Where a rectification order stands."""

    ISSUED = "ISSUED", _("Waiting for receipt")
    RECEIVED = "RECEIVED", _("Being put right")
    REPORTED = "REPORTED", _("Waiting for recheck")
    RECHECKED = "RECHECKED", _("Rechecked")
    CLOSED = "CLOSED", _("Struck off")
    TAKEN_OVER = "TAKEN_OVER", _("Taken over by the district")


class ItemState(TextChoices):
    """Where one item of an order stands."""

    OPEN = "OPEN", _("To be put right")
    REPORTED = "REPORTED", _("Reported")
    PASSED = "PASSED", _("Passed")
    FAILED = "FAILED", _("Failed")
    STRUCK_OFF = "STRUCK_OFF", _("Struck off")


class Verdict(TextChoices):
    """What a rechecker says of one item."""

    PASS = "PASS", _("Pass")  # noqa: S105  a verdict, not a password
    FAIL = "FAIL", _("Fail")


class RecheckMethod(TextChoices):
    """How a recheck is done."""

    DESK = "DESK", _("At the desk")
    PHONE = "PHONE", _("By telephone")
    DOOR = "DOOR", _("At the door")
