"""What counts: movements are inserted, balances are folded from them, weeks are closed once."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import connection, transaction
from django.db.models import F, Max, Q, QuerySet, Sum, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from casework.ledger.canonical import GENESIS, digest
from casework.ledger.models import Balance, Movement, Period
from casework.ledger.weeks import (
    next_week,
    previous_week,
    wait_for_acts_of,
    week_bounds,
    week_lock,
    week_of,
)
from casework.lib.errors import NotLawfulNow

ZERO = Decimal(0)
HUNDREDTH = Decimal("0.01")


class Figure(NamedTuple):
    """A figure is a stock (what stands now) or a count of its calendar year."""

    key: str
    is_stock: bool = False


FIGURES = {
    figure.key: figure
    for figure in (
        Figure("referred"),
        Figure("verified"),
        Figure("rejected"),
        Figure("in_help", is_stock=True),
        Figure("completed"),
        Figure("evaluated"),
        Figure("score_sum"),
        Figure("orders_issued"),
        Figure("orders_closed"),
        Figure("orders_overdue", is_stock=True),
    )
}


class Account(NamedTuple):
    """What a balance is kept for; a stock runs on through the years, under year 0."""

    year: int
    figure: str
    district: str
    street: str
    line: str


class Cell(NamedTuple):
    """A figure of one district and line: what moved in the week, and where it stood at its end."""

    moved: Decimal
    closing: Decimal


ACCOUNT_FIELDS = ("year", "figure", "district", "street", "line")


def last_sealed_week() -> str | None:
    """The newest week that is closed; weeks close in order, so all before it are closed too."""
    last: str | None = Period.objects.filter(sealed_at__isnull=False).aggregate(last=Max("week"))[
        "last"
    ]
    return last


def hold_week_open(week: str) -> str | None:
    """Let the seal of this week wait until the present transaction ends; the last sealed week.

    The last sealed week is read after the lock, so that a seal which this act waited for has
    been seen. PostgreSQL is asked for both at once: each statement has its own snapshot.
    """
    if connection.vendor != "postgresql":
        return last_sealed_week()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(%s, %s);"
            " SELECT max(week) FROM ledger_period WHERE sealed_at IS NOT NULL",
            week_lock(week),
        )
        cursor.nextset()
        last: str | None = cursor.fetchone()[0]
        return last


def first_week() -> str | None:
    """The first week in which anything moved."""
    return Movement.objects.order_by("week").values_list("week", flat=True).first()


def week_to_seal() -> str | None:
    """The next week in turn, or None while nothing has ever moved."""
    sealed = last_sealed_week()
    return next_week(sealed) if sealed else first_week()


def _accounts(
    movements: Iterable[tuple[int, str, str, str, str, Decimal]],
) -> dict[Account, Decimal]:
    sums: dict[Account, Decimal] = defaultdict(Decimal)
    for year, figure, district, street, line, amount in movements:
        kept_year = 0 if FIGURES[figure].is_stock else year
        sums[Account(kept_year, figure, district, street, line)] += amount
    return sums


def moved_in(week: str) -> dict[Account, Decimal]:
    """Net movement per account of one week."""
    return _summed(Movement.objects.filter(week=week))


def closing_balances(upto: str) -> dict[Account, Decimal]:
    """The last stored closing of every account at the end of a sealed week."""
    rows = (
        Balance.objects.filter(week__lte=upto)
        .annotate(
            newest=Window(
                RowNumber(),
                partition_by=[F(name) for name in ACCOUNT_FIELDS],
                order_by=F("week").desc(),
            )
        )
        .filter(newest=1)
        .values_list(*ACCOUNT_FIELDS, "closing")
    )
    return {Account(*row[:5]): row[5] for row in rows}


def seal_week(week: str, *, at: datetime) -> Period:
    """Close a week: wait for its acts in flight, store its balances and their hash. Once.

    Weeks close in order. NotLawfulNow when the week is not over or an earlier one is still open.
    """
    starts_at, ends_at = week_bounds(week)
    if at < ends_at:
        raise NotLawfulNow(_("This week is not over yet; it can be sealed after Sunday."))
    with transaction.atomic():
        wait_for_acts_of(week)
        period, _created = Period.objects.select_for_update().get_or_create(
            week=week, defaults={"starts_at": starts_at, "ends_at": ends_at}
        )
        if period.sealed_at:
            return period
        sealed = last_sealed_week()
        if sealed and week != next_week(sealed):
            raise NotLawfulNow(
                _("Weeks are sealed in order: %(week)s comes next.") % {"week": next_week(sealed)}
            )
        _close(period, sealed)
        period.sealed_at = at
        period.save()
        return period


def _close(period: Period, sealed: str | None) -> None:
    openings = closing_balances(sealed) if sealed else {}
    rows = balance_rows(period.week, openings, moved_in(period.week))
    Balance.objects.bulk_create(rows, batch_size=500)
    previous = Period.objects.filter(week=sealed).first() if sealed else None
    period.movements = Movement.objects.filter(week=period.week).count()
    period.prev_sha256 = previous.sha256 if previous else GENESIS
    period.sha256 = period_hash(period, rows)


def balance_rows(
    week: str, openings: dict[Account, Decimal], moved: dict[Account, Decimal]
) -> list[Balance]:
    """A week's balances: only accounts that moved, so a week costs what moved in it."""
    return [
        Balance(
            week=week,
            **account._asdict(),
            opening=openings.get(account, ZERO),
            moved=amount,
            closing=openings.get(account, ZERO) + amount,
        )
        for account, amount in sorted(moved.items())
    ]


def period_hash(period: Period, rows: Iterable[Balance]) -> str:
    """The hash of a sealed week, chained to the week before it."""
    accounts = sorted(
        [*(str(getattr(row, name)) for name in ACCOUNT_FIELDS)]
        + [f"{value:.2f}" for value in (row.opening, row.moved, row.closing)]
        for row in rows
    )
    return digest([period.prev_sha256, period.week, period.movements, accounts])


def posted_digest(movements: Iterable[Movement]) -> str:
    """What one act posted, as its journal entry vouches for it, in whatever order it is read."""
    return digest(
        sorted(
            [
                *(str(getattr(movement, name)) for name in ("week", *ACCOUNT_FIELDS)),
                movement.subject_type,
                movement.subject_id,
                f"{movement.amount:.2f}",
                movement.occurred_on,
                movement.case_id or 0,
                movement.moment,
                movement.note,
            ]
            for movement in movements
        )
    )


def cells(
    week: str, figures: Collection[str] = tuple(FIGURES), *, year: int | None = None
) -> dict[tuple[str, str, str], Cell]:
    """(figure, district, line) → what moved in the week and where it stands at its end.

    Counts are those of `year` (the week's ISO year if not given); stocks run through the years.
    The database folds the balances, so reading costs rows of the answer, not of the history.
    """
    wanted = year or int(week[:4])
    sealed = last_sealed_week() or ""
    kept = Balance.objects.filter(week__lte=min(week, sealed), year__in=(0, wanted))
    table = _folded(kept.filter(figure__in=figures), "moved", week)
    if week > sealed:
        stocks = [key for key in figures if FIGURES[key].is_stock]
        fresh = Movement.objects.filter(Q(figure__in=stocks) | Q(year=wanted))
        fresh = fresh.filter(figure__in=figures, week__gt=sealed, week__lte=week)
        for key, cell in _folded(fresh, "amount", week).items():
            before = table.get(key, Cell(ZERO, ZERO))
            table[key] = Cell(before.moved + cell.moved, before.closing + cell.closing)
    return table


def _folded(
    rows: QuerySet[Balance] | QuerySet[Movement], amount: str, week: str
) -> dict[tuple[str, str, str], Cell]:
    """Rows added up by figure, district and line: in the one week, and in all."""
    sums = (
        rows.values_list("figure", "district", "line")
        .annotate(moved_then=Sum(amount, filter=Q(week=week)), closing_then=Sum(amount))
        .order_by("figure", "district", "line")
    )
    return {
        (figure, district, line): Cell(_exact(moved), _exact(closing))
        for figure, district, line, moved, closing in sums
    }


def _exact(amount: Decimal | None) -> Decimal:
    """To the hundredth: SQLite adds decimals as floating numbers."""
    return (amount or ZERO).quantize(HUNDREDTH)


def cells_as_of(
    moment: datetime, figures: Collection[str] = tuple(FIGURES), year: int | None = None
) -> dict[tuple[str, str, str], Cell]:
    """The cells as they stood at a moment within a week: what was posted up to then.

    `moved` is what moved from the week's Monday up to the moment; `year` is the calendar year
    whose counts are read, that of the week unless said.
    """
    week = week_of(moment)
    year = int(week[:4]) if year is None else year
    floor = min(last_sealed_week() or "", previous_week(week))
    since = Movement.objects.filter(week__gt=floor, week__lte=week, moment__lte=moment)
    table: dict[tuple[str, str, str], Cell] = {}
    parts = (
        (closing_balances(floor) if floor else {}, False),
        (_summed(since.exclude(week=week)), False),
        (_summed(since.filter(week=week)), True),
    )
    for accounts, is_this_week in parts:
        for account, amount in accounts.items():
            if account.figure in figures and account.year in (0, year):
                key = (account.figure, account.district, account.line)
                before = table.get(key, Cell(ZERO, ZERO))
                moved = before.moved + (amount if is_this_week else ZERO)
                table[key] = Cell(moved, before.closing + amount)
    return table


def _summed(movements: QuerySet[Movement]) -> dict[Account, Decimal]:
    return _accounts(
        movements.values_list(*ACCOUNT_FIELDS)
        .annotate(amount=Sum("amount"))
        .order_by(*ACCOUNT_FIELDS)
    )


def balance(
    figure: str,
    *,
    week: str,
    district: str | None = None,
    line: str | None = None,
    year: int | None = None,
) -> Decimal:
    """A figure at the end of a week, for the city or one district, all lines or one."""
    return sum(
        (
            cell.closing
            for (_figure, at_district, at_line), cell in cells(week, [figure], year=year).items()
            if district in (None, at_district) and line in (None, at_line)
        ),
        ZERO,
    )


def subjects(
    figure: str,
    *,
    week: str,
    district: str | None = None,
    line: str | None = None,
    year: int | None = None,
    only_week: bool = False,
) -> list[tuple[str, int, Decimal]]:
    """What stands behind a figure: (subject type, subject id, net amount), net amounts not zero."""
    rows = Movement.objects.filter(figure=figure)
    rows = rows.filter(week=week) if only_week else rows.filter(week__lte=week)
    if not FIGURES[figure].is_stock:
        rows = rows.filter(year=year or int(week[:4]))
    if district is not None:
        rows = rows.filter(district=district)
    if line is not None:
        rows = rows.filter(line=line)
    return net_subjects(rows)


def subjects_between(
    figure: str, *, until: datetime, since: datetime | None, year: int, district: str | None
) -> list[tuple[str, int, Decimal]]:
    """What stands behind a figure as it stood at a moment, or behind what moved since another."""
    rows = Movement.objects.filter(figure=figure, moment__lte=until)
    if since is not None:
        rows = rows.filter(moment__gt=since)
    if not FIGURES[figure].is_stock:
        rows = rows.filter(year=year)
    if district is not None:
        rows = rows.filter(district=district)
    return net_subjects(rows)


def net_subjects(rows: QuerySet[Movement]) -> list[tuple[str, int, Decimal]]:
    """The subjects of some movements with their net amounts, where those are not zero."""
    return list(
        rows.values("subject_type", "subject_id")
        .annotate(net=Sum("amount"))
        .filter(~Q(net=0))
        .order_by("subject_type", "subject_id")
        .values_list("subject_type", "subject_id", "net")
    )
