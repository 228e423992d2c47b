"""When a new line takes effect: every open household compared anew, by statements over all rows.

It proposes and decides nothing: a case keeps its decision until somebody verifies it anew. The
figure is the one that was compared at the last verification; the comparison is strictly below,
unrounded (社会救助暂行办法, 2014-05-01, art. 9). Incomes are kept to ten decimals: two figures of
cents over twelve months and a household's people never lie closer to a line than that.
"""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db import connection
from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, MeansChange, Recalculation
from casework.cases.states import MeansBand
from casework.households.models import StandardLine
from casework.households.standards import line
from casework.lib.errors import NotLawfulNow

if TYPE_CHECKING:
    from casework.ledger.act import Books

PLACES: Final = 10


def band_of(figure: Decimal | None, on: date) -> str:
    """Where one figure stands to the lines of a day."""
    if figure is None:
        return ""
    if figure < line(StandardLine.Kind.DIBAO, on).amount:
        return MeansBand.DIBAO.value
    below = figure < line(StandardLine.Kind.LOW_INCOME, on).amount
    return MeansBand.LOW_INCOME.value if below else MeansBand.OVER.value


def recalculate(new: StandardLine, books: "Books") -> Recalculation:
    """Compare every open case whose figure is known; what came out otherwise is kept, once a line.

    Raises NotLawfulNow for a line that waits, is not in force yet, or was compared before.
    """
    held = StandardLine.objects.select_for_update().get(pk=new.pk)
    if held.is_draft or held.effective_from > books.on:
        raise NotLawfulNow(_("This line is not in force yet; the preview shows whom it concerns."))
    if held.effective_to is not None and held.effective_to < books.on:
        raise NotLawfulNow(_("This line was followed by another; recalculate under that one."))
    if Recalculation.objects.filter(line=held).exists():
        raise NotLawfulNow(_("All households were compared under this line already."))
    dibao = line(StandardLine.Kind.DIBAO, books.on).amount
    low_income = line(StandardLine.Kind.LOW_INCOME, books.on).amount
    run = Recalculation.objects.create(
        line=held, dibao=dibao, low_income=low_income, on=books.on, started_by=books.by,
        done_at=books.moment, compared=HelpCase.objects.compared().count(), changed=0,
    )  # fmt: skip
    _keep_changes(run)
    changed = MeansChange.objects.filter(recalculation=run)
    run.changed = _move(run)
    run.report = _report(changed)
    run.save(update_fields=["changed", "report"])
    books.note(compared=run.compared, changed=run.changed, line=held.pk)
    return run


def _band(dibao: Decimal, low_income: Decimal) -> Case:
    return Case(
        When(income_figure__lt=dibao, then=Value(MeansBand.DIBAO.value)),
        When(income_figure__lt=low_income, then=Value(MeansBand.LOW_INCOME.value)),
        default=Value(MeansBand.OVER.value),
        output_field=CharField(),
    )


def _keep_changes(run: Recalculation) -> None:
    """One row for each case that comes out otherwise, written by the database itself."""
    found = HelpCase.objects.compared().annotate(stands=_band(run.dibao, run.low_income))
    found = found.exclude(means_band=F("stands")).order_by()
    chosen = found.values_list(Value(run.pk), "pk", "means_band", "stands")
    select, given = chosen.query.sql_with_params()
    table = MeansChange._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (recalculation_id, case_id, before, after) {select}",  # noqa: S608
            given,
        )


def _move(run: Recalculation) -> int:
    """Write the new standing of exactly those cases."""
    changed = MeansChange.objects.filter(recalculation=run)
    moved: int = HelpCase.objects.filter(pk__in=changed.values("case")).update(
        means_band=_band(run.dibao, run.low_income)
    )
    return moved


def _report(changed: QuerySet[MeansChange]) -> list[dict[str, Any]]:
    rows = changed.order_by("case__handling_district", "before", "after").values(
        "before", "after", district=F("case__handling_district")
    )
    return [dict(row) for row in rows.annotate(cases=Count("pk"))]
