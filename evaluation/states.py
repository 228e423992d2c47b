"""Words that evaluation schemes are written in."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Grade(TextChoices):
    """The verdict on a help case, best first."""

    EXCELLENT = "EXCELLENT", _("Excellent")
    GOOD = "GOOD", _("Good")
    FAIR = "FAIR", _("Fair")
    POOR = "POOR", _("Poor")


class Severity(TextChoices):
    """How grave a finding is: green is advice, a veto decides the grade alone."""

    GREEN = "GREEN", _("Minor")
    AMBER = "AMBER", _("Ordinary")
    RED = "RED", _("Serious")
    VETO = "VETO", _("Veto")


class FindingCategory(TextChoices):
    """The part of the work in which a finding lies."""

    TARGETING = "TARGETING", _("Targeting")
    PROCEDURE = "PROCEDURE", _("Procedure")
    PLAN = "PLAN", _("Planning")
    DELIVERY = "DELIVERY", _("Delivery")
    INTEGRITY = "INTEGRITY", _("Integrity")
    FILE = "FILE", _("Case file")
    DATA = "DATA", _("System data")
    OUTCOME = "OUTCOME", _("Effect")
    FUND = "FUND", _("Funds")
    PRIVACY = "PRIVACY", _("Privacy")
    STAFF = "STAFF", _("Staffing")
    PROGRESS = "PROGRESS", _("Progress")
    SAFETY = "SAFETY", _("Safety")


class LimitUnit(TextChoices):
    """How a rectification limit is counted."""

    WORKING_DAYS = "WD", _("working days")
    CALENDAR_DAYS = "CD", _("calendar days")
    NEXT_WEEK = "NW", _("by the end of next week")


class RuleKind(TextChoices):
    """How an indicator's points follow from what was measured."""

    BINARY = "binary", _("all or nothing")
    DEDUCT = "deduct", _("points off per fault")
    RANGE = "range", _("judged within the range")
    BAND = "band", _("one of fixed marks")
    SHARE = "share", _("share of the points")
    STEPS = "steps", _("steps by share")


# How a grade is called on papers, which are Chinese whoever prints them; the best first.
GRADE_TITLES: Final = {
    Grade.EXCELLENT.value: "优",
    Grade.GOOD.value: "良",
    Grade.FAIR.value: "中",
    Grade.POOR.value: "差",
}
