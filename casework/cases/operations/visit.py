"""What a home visit must prove before anything is decided on it."""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _

from casework.cases.models import Verification
from casework.cases.operations.facts import refuse
from casework.cases.states import AttemptOutcome, Finding, RejectionReason
from casework.directory.queries import parameter, working_days
from casework.lib.errors import Incomplete

# People who refuse the check sign nothing and let nobody take photos.
_UNSIGNED = frozenset(
    {RejectionReason.UNCOOPERATIVE, RejectionReason.NOT_RESIDENT, RejectionReason.DUPLICATE}
)


def ensure_form_complete(round_: Verification, *, is_refusal: bool | None = None) -> None:
    """The visit took place; two verifiers and a member signed; there is a photo."""
    if round_.visited_on is None:
        refuse("visited_on", _("Enter the day of the visit."))
    if not round_.verifiers_signed:
        refuse("verifiers_signed", _("Both verifiers must sign the form."))
    refused = round_.proposal == Finding.REJECTED if is_refusal is None else is_refusal
    if refused and round_.proposal_reason in _UNSIGNED:
        return
    if not round_.member_signed:
        refuse("member_signed", _("A member of the household must sign the form."))
    if round_.photos < 1:
        refuse("photos", _("At least one photo of the visit is needed."))


def ensure_unreachable(round_: Verification) -> None:
    """Enough attempts on different days failed, one of them outside office hours."""
    on = round_.case.rule_date
    needed = int(parameter("unreachable_attempts", on))
    opens, closes = (time.fromisoformat(hour) for hour in parameter("office_hours", on))
    tried = [
        timezone.localtime(at)
        for at, outcome in round_.attempts.values_list("at", "outcome")
        if outcome != AttemptOutcome.MET
    ]
    if len({at.date() for at in tried}) < needed or not any(
        _is_outside_office(at, opens, closes) for at in tried
    ):
        message = _(
            "“Could not be reached” needs attempts on %(count)d different days, "
            "at least one of them outside office hours."
        ) % {"count": needed}
        raise Incomplete(message, fields={"reason": message})


def _is_outside_office(at: datetime, opens: time, closes: time) -> bool:
    return not _is_working(at.date()) or not opens <= at.time() < closes


def _is_working(day: date) -> bool:
    return working_days().is_working(day)
