"""The published form of a weekly table: its paragraphs, its notes and its print data."""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Sum

from casework.directory.queries import CITY_CODE, division_of, parameter
from casework.documents import print_data
from casework.documents.wording import chinese_date, running_list
from casework.ledger.figures import cells
from casework.ledger.models import Movement
from casework.ledger.weeks import monday_of
from evaluation.reporting.columns import BY_KEY, COLUMNS
from evaluation.reporting.weekly import Table, other_year, rate_of, texts

MOST_NOTES = 12
LEADERS = 3


def title_of(week: str) -> str:
    """The title of a week's published table."""
    return f"全市个案帮扶工作每周汇总（{week[:4]}年第{int(week[6:])}周）"


def issuer() -> str:
    """The city's bureau, in whose name documents go out."""
    return division_of(CITY_CODE, "CITY").name + "民政局"


def whole_percent(row: Mapping[str, Any], rounding: str) -> str:
    """A rate as running text gives it: a whole percentage, cut off unless the city rounds."""
    rate = rate_of(row)
    if rate is None:
        return "—"
    exact = Decimal(rate.numerator * 100) / Decimal(rate.denominator)
    how = ROUND_DOWN if rounding == "TRUNCATE" else ROUND_HALF_UP
    return f"{exact.quantize(Decimal(1), rounding=how)}%"


def prose_of(table: Table) -> list[str]:
    """The paragraphs above the table."""
    total, day = table["total"], date.fromisoformat(table["as_of"])
    percent = whole_percent(total, parameter("percent_rounding", day))
    in_help = sum(value for key, value in total.items() if key.startswith("help_"))
    said = [
        f"截至{chinese_date(day)}，全市年度任务{total['target']}户，"
        f"累计完成{total['completed']}户，完成率{percent}；"
        f"本周转介{total['referred_week']}户，完成{total['completed_week']}户；"
        f"在帮扶{in_help}户。"
    ]
    leaders = [row for row in table["rows"] if row["rank"] and row["rank"] <= LEADERS]
    if leaders and total["completed"]:
        leaders.sort(key=lambda row: (row["rank"], row["code"]))
        said.append(f"完成率居前的有：{running_list([row['name'] for row in leaders])}。")
    said.append(
        f"累计发出整改通知书{total['orders_issued']}份，"
        f"已销号{total['orders_closed']}份，逾期{total['orders_overdue']}件。"
    )
    return said


def notes_of(table: Table) -> list[str]:
    """How to read the table, and what became known only now of earlier weeks."""
    return [
        "同一家庭有两条及以上帮扶线的，只计入“综合”。",
        "排名按未舍入的完成率，名次并列的按行政区划代码排列；合计完成率由合计数计算。",
        *of_other_year(table["week"]),
        *late_entries(table["week"], {row["code"]: row["name"] for row in table["rows"]}),
    ]


def of_other_year(week: str) -> list[str]:
    """What this week's days of another calendar year add to that year's totals."""
    other = other_year(week)
    if other is None:
        return []
    completed = sum(int(cell.moved) for cell in cells(week, ["completed"], year=other).values())
    return [f"本周含{other}年度完成{completed}户，计入该年度累计。"] if completed else []


def late_entries(week: str, names: Mapping[str, str]) -> list[str]:
    """Movements of this week that belong to earlier days: a sealed week never changes."""
    headings = {column.figure: column for column in COLUMNS if column.figure}
    rows = (
        Movement.objects.filter(week=week, occurred_on__lt=monday_of(week))
        .exclude(figure="score_sum")
        .values_list("district", "figure")
        .annotate(net=Sum("amount"))
        .exclude(net=0)
        .order_by("district", "figure")
    )
    said = [
        f"{names.get(district, district)}“{_heading(headings[figure].key)}”"
        f"含以前周事项{int(net):+}。"
        for district, figure, net in rows
    ]
    if len(said) > MOST_NOTES:
        return [*said[:MOST_NOTES], f"另有{len(said) - MOST_NOTES}项以前周事项。"]
    return said


def _heading(key: str) -> str:
    column = BY_KEY[key]
    return "在帮扶" if column.group == "在帮扶" else column.group + column.heading


def print_context(table: Table, *, issued_on: date) -> dict[str, Any]:
    """The frozen data from which the printed weekly table is made."""
    last_day = date.fromisoformat(table["as_of"])
    columns = [
        print_data.Column(
            key=column.key, heading=column.heading, group=column.group, align=column.align
        )
        for column in COLUMNS
    ]
    return {
        "issuer": issuer(),
        "week": table["week"],
        "period_from": monday_of(table["week"]).isoformat(),
        "period_to": last_day.isoformat(),
        "as_of": f"{chinese_date(last_day)}24时",
        "columns": columns,
        "rows": [texts(row) for row in table["rows"]],
        "total": texts(table["total"]),
        "prose": prose_of(table),
        "notes": notes_of(table),
        "issued_on": issued_on.isoformat(),
    }
