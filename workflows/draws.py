"""The monthly draw: one draw a month and district, then one act on each finished case."""

from datetime import datetime

from django.utils.translation import gettext as _

from casework.ledger.act import open_books
from casework.ledger.models import JournalEntry
from casework.lib import clock
from casework.lib.errors import NotLawfulNow, NotYours
from casework.staff.models import Role, User
from casework.staff.rows import as_engine
from casework.staff.scope import reach_of
from evaluation.scoring.models import SampleDraw
from evaluation.scoring.operations.draw import draw_sample
from workflows.together import perform_together


@as_engine()
def draw_and_distribute(
    month: str,
    district: str,
    *,
    by: User | None,
    seed: int | None = None,
    moment: datetime | None = None,
) -> SampleDraw:
    """Draw a district's sample of a month, then send each finished case its way.

    The draw is stored first; a run cut short goes on from it, and each case moves once.
    """
    at = moment or clock.now()
    if month >= f"{clock.local_date(at):%Y-%m}":
        raise NotLawfulNow(_("The sample of a month is drawn when the month is over."))
    if by is not None and not reach_of(by, clock.local_date(at)).has(Role.LE):
        raise NotYours(_("The lead evaluator draws the sample."))
    with clock.at(at), open_books("draw_sample", by=by, moment=at) as books:
        made = draw_sample(month, district, seed=seed, by=by)
        if not JournalEntry.objects.filter(subject_type="draw", subject_id=made.pk).exists():
            books.note(month=month, district=district, seed=made.seed, size=made.size)
            books.close(("draw", made.pk), from_state="", to_state="DRAWN")
    for act, chosen in (("enter_sample", True), ("leave_to_self_check", False)):
        perform_together(
            act,
            list(made.cases.filter(chosen=chosen).values_list("case_id", flat=True)),
            by=None,
            key=lambda number: f"draw-{made.pk}-{number}",
            moment=at,
        )
    return made
