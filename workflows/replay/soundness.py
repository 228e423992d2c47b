"""What holds after every scenario, whatever it tells: the engine nowhere contradicts itself."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from casework.ledger.verify import verify_books
from workflows.checks import flow_faults
from workflows.models import Timer
from workflows.replay.compare import Difference

PLACE = ("steps",)


def unsound() -> Iterator[Difference]:
    """The books hold, flows and states agree, and no timer was refused."""
    verdict = verify_books()
    if not verdict.holds:
        yield Difference(PLACE, _("the books do not hold: %(why)s") % {"why": verdict.first_bad})
    for fault in flow_faults():
        yield Difference(PLACE, _("flows and states disagree: %(why)s") % {"why": fault})
    for timer in Timer.objects.exclude(failed=""):
        yield Difference(
            PLACE,
            _("the timer “%(key)s” was refused: %(why)s") % {"key": timer.key, "why": timer.failed},
        )
