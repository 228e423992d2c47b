"""Whom a new standard line concerns: open cases whose comparison comes out otherwise under it.

A preview: nothing is decided. A case keeps the line of its decision until it is verified anew.
"""

from django.db.models import Case, CharField, QuerySet, Value, When

from casework.cases.models import HelpCase
from casework.cases.states import OPEN_STATES
from casework.households.models import StandardLine

BELOW, NO_LONGER = "BELOW", "NO_LONGER"


def line_before(line: StandardLine) -> StandardLine | None:
    """The line that this one follows: published, of its kind, and in force the day before."""
    earlier = StandardLine.objects.filter(
        kind=line.kind, is_draft=False, effective_from__lt=line.effective_from
    )
    return earlier.order_by("-effective_from", "-pk").first()


def concerned(line: StandardLine, cases: QuerySet[HelpCase]) -> QuerySet[HelpCase]:
    """Open cases that come out otherwise, each marked `change`; strictly below, unrounded.

    One statement whatever the number of cases. The figure is the one that was compared when the
    household was last verified.
    """
    before = line_before(line)
    known = cases.filter(state__in=OPEN_STATES, income_figure__isnull=False)
    old, new = (before or line).amount, line.amount
    return known.annotate(
        change=Case(
            When(income_figure__gte=old, income_figure__lt=new, then=Value(BELOW)),
            When(income_figure__lt=old, income_figure__gte=new, then=Value(NO_LONGER)),
            default=Value(""),
            output_field=CharField(),
        )
    ).exclude(change="")
