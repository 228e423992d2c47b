"""The risk class of an elder, with the reasons that gave it."""

from datetime import date, timedelta

from casework.households.queries import lives_alone, lives_with_severely_disabled_child
from casework.lib import clock
from casework.visits.models import ElderEnrolment, Risk, VisitAlert

ADVANCED_AGE = 80
ALERT_WINDOW = timedelta(days=30)
DISCHARGE_WINDOW = timedelta(days=14)


def assess_risk(enrolment: ElderEnrolment, on: date) -> tuple[str, list[str]]:
    """The class that the rule proposes on a day: the highest that any reason gives."""
    high = _high_reasons(enrolment, on)
    if high:
        return Risk.R3, high
    key = _key_reasons(enrolment, on)
    return (Risk.R2, key) if key else (Risk.R1, [])


def _high_reasons(enrolment: ElderEnrolment, on: date) -> list[str]:
    elder = enrolment.member
    discharged = enrolment.discharged_on
    reasons = {
        "ABILITY_3": (elder.ability_level or 0) >= 3,
        "DEMENTIA_ALONE": enrolment.has_dementia and lives_alone(elder.household),
        "DISCHARGED": discharged is not None and discharged <= on <= discharged + DISCHARGE_WINDOW,
    }
    if enrolment.pk:
        since = clock.start_of(on - ALERT_WINDOW)
        until = clock.start_of(on + timedelta(days=1))
        alerts = VisitAlert.objects.filter(
            enrolment=enrolment, raised_at__gte=since, raised_at__lt=until
        )
        levels = list(alerts.values_list("level", "reason"))
        reasons["ALERTS"] = sum(level != "YELLOW" for level, _reason in levels) >= 2
        reasons["SUICIDAL"] = any(reason == "SUICIDAL" for _level, reason in levels)
    return [name for name, holds in reasons.items() if holds]


def _key_reasons(enrolment: ElderEnrolment, on: date) -> list[str]:
    elder = enrolment.member
    reasons = {
        "ADVANCED_AGE_ALONE": (elder.age(on) or 0) >= ADVANCED_AGE and lives_alone(elder.household),
        "DISABLED_CHILD": lives_with_severely_disabled_child(elder),
        "LOST_ONLY_CHILD": enrolment.lost_only_child,
        "ABILITY_2": elder.ability_level == 2,
    }
    return [name for name, holds in reasons.items() if holds]
