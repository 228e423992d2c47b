"""The weekly district table: compiled from the books and the targets, from nothing else."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from casework.directory.queries import districts
from casework.ledger.figures import FIGURES as LEDGER_FIGURES
from casework.ledger.figures import Cell, cells, cells_as_of
from casework.ledger.weeks import monday_of, previous_week, week_of_day
from casework.lib import clock
from evaluation.reporting.columns import COLUMNS, FIGURES, KEYS, NOTHING, SUMMED, TOTAL
from evaluation.reporting.queries import summary_of, targets_on

Row = dict[str, Any]
Table = dict[str, Any]
Cells = Mapping[tuple[str, str, str], Cell]


def compile_rows(week: str) -> Table:
    """The table of a week: one row per district in the order of codes, and the total."""
    kept = with_other_year(week, cells(week, FIGURES))
    return _table(week, monday_of(week) + timedelta(days=6), kept)


def compile_as_of(day: date) -> Table:
    """The table as it stands at the end of a day, which need not be a Sunday."""
    end = clock.start_of(day + timedelta(days=1)) - timedelta(microseconds=1)
    return _table(week_of_day(day), day, cells_as_of(end, FIGURES))


def _table(week: str, day: date, kept: Cells) -> Table:
    targets = targets_on(day, int(week[:4]))
    names = {division.code: division.name for division in districts()}
    codes = sorted(names.keys() | targets.keys() | {district for _f, district, _l in kept})
    rows = [_sums(kept, code, names.get(code, code), targets.get(code, 0)) for code in codes]
    before = _ranks_before(week)
    for seq, row in enumerate(rows, start=1):
        row["seq"] = seq
        _derive(row)
    for row, rank in zip(rows, ranks([rate_of(row) for row in rows]), strict=True):
        row["rank"] = rank
        row["rank_move"] = move(before.get(row["code"]), rank)
    return {
        "week": week,
        "as_of": day.isoformat(),
        "columns": list(KEYS),
        "rows": [_ordered(row) for row in rows],
        "total": _ordered(_total(rows)),
    }


def other_year(week: str) -> int | None:
    """The second calendar year in which a week of the turn of the year lies."""
    monday = monday_of(week)
    years = {monday.year, (monday + timedelta(days=6)).year} - {int(week[:4])}
    return years.pop() if years else None


def with_other_year(week: str, kept: Cells) -> Cells:
    """A week at the turn of the year shows what moved on all its seven days."""
    other = other_year(week)
    if other is None:
        return kept
    counts = [name for name in FIGURES if not LEDGER_FIGURES[name].is_stock]
    both = dict(kept)
    for key, cell in cells(week, counts, year=other).items():
        own = both.get(key, Cell(Decimal(0), Decimal(0)))
        both[key] = Cell(own.moved + cell.moved, own.closing)
    return both


def _sums(kept: Cells, code: str, name: str, target: int) -> Row:
    row: Row = {"code": code, "name": name, "district": name, "target": target}
    for column in SUMMED:
        if column.figure:
            row[column.key] = int(_read(kept, column.figure, code, column.line, column.week_only))
    row["score_sum"] = _read(kept, "score_sum", code, "", week_only=False)
    return row


def _read(kept: Cells, figure: str, code: str, line: str, week_only: bool) -> Decimal:
    found = [
        cell
        for (at_figure, at_district, at_line), cell in kept.items()
        if (at_figure, at_district) == (figure, code) and line in ("", at_line)
    ]
    return sum((cell.moved if week_only else cell.closing for cell in found), Decimal(0))


def _derive(row: Row) -> None:
    """Rate and mean from the row's own sums: the total's come from the total's sums."""
    rate = rate_of(row)
    row["rate"] = None if rate is None else one_decimal(rate * 100)
    evaluated = row["evaluated"]
    row["mean_score"] = one_decimal(Fraction(row["score_sum"]) / evaluated) if evaluated else None


def _total(rows: Sequence[Row]) -> Row:
    total: Row = {"code": "", "name": TOTAL, "seq": None, "district": TOTAL}
    for column in SUMMED:
        total[column.key] = sum(row[column.key] for row in rows)
    total["score_sum"] = sum((row["score_sum"] for row in rows), Decimal(0))
    _derive(total)
    return total | {"rank": None, "rank_move": NOTHING}


def _ordered(row: Row) -> Row:
    kept = {key: row[key] for key in ("code", "name", *KEYS)}
    return kept | {"score_sum": f"{row['score_sum']:.2f}"}


def _ranks_before(week: str) -> dict[str, int | None]:
    """The ranks of the week before, as published or as the books give them; none in a new year."""
    before = previous_week(week)
    if before[:4] != week[:4]:
        return {}
    published = summary_of(before)
    if published:
        return {row["code"]: row["rank"] for row in published.data["rows"]}
    kept = cells(before, ("completed",))
    if not kept:
        return {}
    targets = targets_on(monday_of(before) + timedelta(days=6), int(before[:4]))
    rates = [
        rate_of(
            {"target": targets[code], "completed": int(_read(kept, "completed", code, "", False))}
        )
        for code in sorted(targets)
    ]
    return dict(zip(sorted(targets), ranks(rates), strict=True))


def rate_of(row: Mapping[str, Any]) -> Fraction | None:
    """The unrounded share of the target that is done; none where there is no target."""
    return Fraction(row["completed"], row["target"]) if row["target"] else None


def ranks(rates: Sequence[Fraction | None]) -> list[int | None]:
    """Competition ranks, 1-2-2-4: equals share a rank, and the next ones are not moved up."""
    return [rank_of(rate, rates) for rate in rates]


def rank_of(rate: Fraction | None, rates: Sequence[Fraction | None]) -> int | None:
    """The competition rank of one rate among all; none where there is no rate."""
    if rate is None:
        return None
    return 1 + sum(other is not None and other > rate for other in rates)


def move(before: int | None, now: int | None) -> str:
    """How a rank moved since last week: up, down, or not at all."""
    if before is None or now is None:
        return NOTHING
    if before == now:
        return "="
    return f"↑{before - now}" if now < before else f"↓{now - before}"


def one_decimal(value: Fraction) -> float:
    """Rounded to one decimal, five going up."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return float(exact.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))


def columns_that_do_not_add_up(table: Table) -> list[str]:
    """The summed columns whose districts do not make the total; an honest table has none."""
    return [
        column.key
        for column in SUMMED
        if sum(row[column.key] for row in table["rows"]) != table["total"][column.key]
    ]


def text_of(key: str, value: Any) -> str:
    """A cell as it is printed."""
    if value is None:
        return "" if key == "seq" else NOTHING
    return f"{value:.1f}" if isinstance(value, float) else str(value)


def texts(row: Row) -> list[str]:
    """A row as it is printed, one text per column."""
    return [text_of(column.key, row[column.key]) for column in COLUMNS]
