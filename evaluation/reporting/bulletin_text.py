"""The printed form of a month: the six parts of the bulletin and its three tables."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from casework.directory.queries import parameter
from casework.documents import print_data
from casework.documents.wording import chinese_date, running_list
from evaluation.reporting.columns import NOTHING, TOTAL
from evaluation.reporting.month import LEAST_ANSWERS, Month
from evaluation.reporting.summary_text import issuer, whole_percent
from evaluation.reporting.weekly import text_of
from evaluation.states import GRADE_TITLES

ENDS: Final = 3
MOST_CODES: Final = 8
LEVELS: Final = {0: NOTHING, 1: "催办", 2: "督办", 3: "约谈", 4: "报局领导"}
STATUS: Final = {
    "OPEN": "整改中",
    "OVERDUE": "逾期",
    "OVERDUE_REPORTED": "逾期已报",
    "OVERDUE_CLOSED": "逾期销号",
    "CLOSED": "已销号",
}
# What a draft asks of the districts until a person says it better; {gap} are points.
USUAL: Final = (
    "完成率低于时间进度的区，要逐户排查在办个案，倒排工期，确保按期完成年度任务。",
    "对评估发现的问题，要按照整改通知书逐项整改、按期报送整改报告，同类问题举一反三。",
    "各区要严格保护救助帮扶对象个人信息，未经同意不得公开。",
)


def title_of(month: str) -> str:
    """The title of a month's bulletin."""
    return f"关于{int(month[:4])}年{int(month[5:])}月全市个案帮扶工作情况的通报"


def sections_of(figures: Month, requirements: str) -> list[print_data.Section]:
    """The six parts, as running text."""
    parts = (
        ("一、总体进展", _overall(figures)),
        ("二、各区情况", _by_district(figures)),
        ("三、评估情况", _evaluation(figures)),
        ("四、存在问题", _problems(figures)),
        ("五、整改情况", _rectification(figures)),
        ("六、下一步要求", _numbered(requirements.splitlines())),
    )
    return [{"heading": heading, "paragraphs": said} for heading, said in parts]


def _overall(figures: Month) -> list[str]:
    total, day = figures["progress"]["total"], date.fromisoformat(figures["as_of"])
    percent = whole_percent(total, parameter("percent_rounding", day))
    said = (
        f"截至{chinese_date(day)}，全市年度任务{total['target']}户，本月完成"
        f"{total['completed_month']}户，累计完成{total['completed']}户，完成率{percent}"
    )
    if total["gap"] is not None:
        said += f"，{_against(total['gap'])}"
    return [
        f"{said}。本月受理转介{total['referred_month']}户，累计{total['referred']}户；"
        f"目前在帮扶{total['in_help']}户。"
    ]


def _against(gap: float) -> str:
    if gap == 0:
        return "与时间进度持平"
    return f"{'快于' if gap > 0 else '慢于'}时间进度{abs(gap):.1f}个百分点"


def _by_district(figures: Month) -> list[str]:
    ranked = [row for row in figures["progress"]["rows"] if row["rank"]]
    if not ranked:
        return ["本年度尚未下达各区任务。"]
    ranked.sort(key=lambda row: (row["rank"], row["code"]))
    last = sorted(ranked[-ENDS:], key=lambda row: (row["rank"], row["code"]))
    said = [f"完成率居前的区：{_rates(ranked[:ENDS])}。"]
    if len(ranked) > ENDS:
        said.append(f"完成率居后的区：{_rates(last)}。")
    behind = [row["name"] for row in ranked if row["is_behind"]]
    if behind:
        points = figures["gap_points"]
        said.append(f"完成率低于时间进度{points}个百分点以上的区：{running_list(behind)}。")
    return [*said, "各区进展情况见附件1。"]


def _rates(rows: Sequence[Mapping[str, Any]]) -> str:
    return running_list([f"{row['name']}（{row['rate']:.1f}%）" for row in rows])


def _evaluation(figures: Month) -> list[str]:
    total = figures["evaluation"]["total"]
    said = []
    if total["population"]:
        said.append(f"本月完成帮扶的{total['population']}户中抽取{total['sample']}户开展深度评估。")
    if not total["scored"]:
        return [*said, "本月没有评定结果。"]
    grades = "、".join(f"{name}{total[code]}户" for code, name in GRADE_TITLES.items())
    said.append(f"本月评定{total['scored']}户，平均分{total['mean']:.1f}分，其中{grades}。")
    if total["satisfied"] is None:
        said.append(f"满意度有效回答{total['answers']}份，不足{LEAST_ANSWERS}份，不计算满意率。")
    else:
        said.append(f"满意度有效回答{total['answers']}份，满意率{total['satisfied']:.1f}%。")
    return ["".join(said) + "分区情况见附件2。"]


def _problems(figures: Month) -> list[str]:
    found = figures["findings"]
    if not found:
        return ["本月评估未发现需要通报的问题。"]
    most = [
        f"{place}.{row['title']}（{row['code']}）：{row['count']}件，占{row['share']:.1f}%，"
        f"涉及{running_list(row['districts'])}。"
        for place, row in enumerate(found[:MOST_CODES], start=1)
    ]
    rest = sum(row["count"] for row in found[MOST_CODES:])
    return [*most, *([f"其他问题{rest}件。"] if rest else [])]


def _rectification(figures: Month) -> list[str]:
    total, told = figures["progress"]["total"], figures["rectification"]
    said = (
        f"本月发出整改通知书{total['orders_issued_month']}份，销号"
        f"{total['orders_closed_month']}份；截至月末，累计发出{total['orders_issued']}份，"
        f"累计销号{total['orders_closed']}份，逾期{total['orders_overdue']}件。"
    )
    if told["summoned"]:
        said += f"因逾期整改已被约谈的区：{running_list(told['summoned'])}。"
    return [said + "整改台账见附件3。"]


def _numbered(lines: Sequence[str]) -> list[str]:
    said = [line.strip() for line in lines if line.strip()]
    if len(said) < 2:  # noqa: PLR2004
        return said
    return [f"{place}.{line}" for place, line in enumerate(said, start=1)]


def _column(key: str, heading: str, align: str = "right") -> print_data.Column:
    return {"key": key, "heading": heading, "group": "", "align": align}  # type: ignore[typeddict-item]


PROGRESS: Final = (
    _column("seq", "序号", "center"),
    _column("name", "区", "left"),
    _column("target", "年度任务(户)"),
    _column("completed_month", "本月完成(户)"),
    _column("completed", "累计完成(户)"),
    _column("rate", "完成率(%)"),
    _column("rank", "排名", "center"),
    _column("gap", "与时间进度差(百分点)"),
)
EVALUATION: Final = (
    _column("seq", "序号", "center"),
    _column("name", "区", "left"),
    _column("population", "完成(户)"),
    _column("sample", "抽样(户)"),
    _column("scored", "评定(户)"),
    _column("mean", "平均分"),
    *(_column(code, name) for code, name in GRADE_TITLES.items()),
    _column("answers", "满意度有效回答(份)"),
    _column("satisfied", "满意率(%)"),
)
LEDGER: Final = (
    _column("seq", "序号", "center"),
    _column("name", "区", "left"),
    _column("unit", "责任单位", "left"),
    _column("notices", "通知书文号", "left"),
    _column("items", "事项"),
    _column("issued_on", "发出日期", "center"),
    _column("due_on", "到期日期", "center"),
    _column("overdue_days", "逾期工作日"),
    _column("level", "措施", "center"),
    _column("status", "状态", "center"),
)


# What a column is called, for the pages on which its numbers are opened.
HEADINGS: Final = {column["key"]: column["heading"] for column in (*PROGRESS, *EVALUATION)}


def annexes_of(figures: Month) -> list[print_data.Annex]:
    """The three tables: progress, evaluation, and the ledger of rectification."""
    progress, evaluation = figures["progress"], figures["evaluation"]
    return [
        {
            "title": "各区进展情况表",
            "columns": list(PROGRESS),
            "rows": _texts(PROGRESS, progress["rows"]),
            "total": _total(PROGRESS, progress["total"]),
            "notes": ["排名按未舍入的完成率，名次并列的按行政区划代码排列。"],
        },
        {
            "title": "各区评估情况表",
            "columns": list(EVALUATION),
            "rows": _texts(EVALUATION, evaluation["rows"]),
            "total": _total(EVALUATION, evaluation["total"]),
            "notes": [f"有效回答不足{LEAST_ANSWERS}份的，不计算满意率。"],
        },
        {
            "title": "整改工作台账",
            "columns": list(LEDGER),
            "rows": _texts(LEDGER, [_ledger_row(row) for row in figures["ledger"]]),
            "total": [],
            "notes": [] if figures["ledger"] else ["本月没有在办的整改通知书。"],
        },
    ]


def _ledger_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "notices": running_list(row["notices"]) or NOTHING,
        "level": LEVELS.get(row["level"], NOTHING),
        "status": STATUS[row["status"]],
        "due_on": row["due_on"] or NOTHING,
    }


def _texts(
    columns: Sequence[print_data.Column], rows: Sequence[Mapping[str, Any]]
) -> list[list[str]]:
    return [
        [_text(column["key"], {**row, "seq": seq}) for column in columns]
        for seq, row in enumerate(rows, start=1)
    ]


def _text(key: str, row: Mapping[str, Any]) -> str:
    value = row.get(key)
    return f"{value:+.1f}" if key == "gap" and value is not None else text_of(key, value)


def _total(columns: Sequence[print_data.Column], total: Mapping[str, Any]) -> list[str]:
    named = {**total, "seq": None, "name": TOTAL}
    return [_text(column["key"], named) for column in columns]


def print_context(figures: Month, requirements: str, *, issued_on: date) -> dict[str, Any]:
    """The frozen data from which the printed bulletin is made."""
    contact = parameter("evaluation_contact", issued_on)
    month = f"{int(figures['month'][:4])}年{int(figures['month'][5:])}月"
    return {
        "issuer": issuer(),
        "addressee": "各区民政局",
        "cc": ["评估机构"],
        "opening": f"现将{month}全市个案帮扶工作情况通报如下：",
        "sections": sections_of(figures, requirements),
        "annexes": annexes_of(figures),
        "contact": print_data.Contact(name=contact["name"], phone=contact["phone"]),
        "issued_on": issued_on.isoformat(),
        "print_on": issued_on.isoformat(),
    }
