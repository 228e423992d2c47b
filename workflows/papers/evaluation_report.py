"""The evaluation report: nine parts and five annexes, the same on the page and on paper."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from casework.directory.models import Division, Organisation
from casework.directory.queries import parameter
from casework.documents.wording import chinese_date, running_list
from casework.lib import clock
from evaluation.models import IndicatorScheme
from evaluation.reporting.agreement import Agreement
from evaluation.reporting.bulletin_text import MOST_CODES
from evaluation.reporting.columns import NOTHING
from evaluation.reporting.evaluated import Evaluated, Period
from evaluation.reporting.summary_text import whole_percent
from evaluation.scoring.models import rating_title
from evaluation.scoring.states import FindingState, RevisitMode
from evaluation.states import GRADE_TITLES, Severity
from workflows.papers.blocks import Bars, Block, Pairs, Signatures, Table, Text
from workflows.papers.common import line_name

TOP: Final = 3


def evaluation_report(
    told: Evaluated,
    progress: Mapping[str, Any],
    agreed: Agreement,
    body: Organisation | None,
    *,
    names_cases: bool,
) -> list[Block]:
    """The whole report; the list of findings by case only for who works on the cases."""
    names = dict(Division.objects.values_list("code", "name"))
    return [
        *_basis(told.period, body),
        *_method(told, agreed),
        *_result(told, names),
        *_progress(progress, told.period),
        *_satisfaction(told.satisfaction),
        *_practice(told.best),
        *_problems(told.problems),
        *_rectification(told.rectification),
        Text("九、建议", _advice(told)),
        Signatures(("主评估员", "评估机构（盖章处）")),
        *_annexes(told, names, names_cases=names_cases),
    ]


def _basis(period: Period, body: Organisation | None) -> list[Block]:
    schemes = IndicatorScheme.objects.filter(
        published_at__isnull=False, effective_from__lte=period.last
    ).order_by("-effective_from")
    scheme = schemes.first()
    return [
        Pairs(
            "一、评估依据、期间与范围",
            [
                ("评估依据", f"{scheme.title}（{scheme.code}）" if scheme else NOTHING),
                ("评估期间", f"{chinese_date(period.first)}至{chinese_date(period.last)}"),
                ("评估机构", str(body) if body else "全部评估机构"),
                ("数据截至", clock.local_text(clock.now())),
            ],
        )
    ]


def _method(told: Evaluated, agreed: Agreement) -> list[Block]:
    sample = told.sample
    words = [
        f"期间共抽样{sample['draws']}次，抽样框{sample['population']}户，分为{sample['strata']}层"
        f"（按帮扶线和服务机构），抽取{sample['size']}户开展深度评估，其中{sample['second']}户"
        "进行双盲复评。每次抽样的随机种子见附件4，可据以重算。"
    ]
    if agreed.pairs:
        same = NOTHING if agreed.same is None else f"{agreed.same:.1f}%"
        kappa = NOTHING if agreed.kappa is None else f"{agreed.kappa:.2f}"
        words.append(
            f"近十二个月双盲复评{agreed.pairs}户，等级一致率{same}，加权Kappa系数{kappa}。"
        )
    rows = [
        (
            str(RevisitMode(row["mode"]).label), _n(row["drawn"]), _n(row["done"]),
            _n(row["unreachable"]), _n(row["refused"]), _n(row["open"]), _percent(row["rate"]),
        )
        for row in told.asked
    ]  # fmt: skip
    heads = ("回访方式", "应访(户)", "完成", "无法联系", "拒访或不再回访", "未结束", "成功率")
    return [
        Text("二、评估方法与样本", words),
        Table("", heads, rows, widths=(30, 20, 18, 22, 0, 18, 20)),
    ]


def _result(told: Evaluated, names: Mapping[str, str]) -> list[Block]:
    total = told.total
    if not total["scored"]:
        return [Text("三、总体结果", ["期间没有确认的评估结果。"])]
    grades = "、".join(f"{name}{total[code]}户" for code, name in GRADE_TITLES.items())
    words = f"期间确认评估结果{total['scored']}户，平均{total['mean']:.1f}分，其中{grades}。"
    return [
        Text("三、总体结果", [words]),
        Bars(
            "图1　等级分布（户）",
            [(name, float(total[code]), _n(total[code])) for code, name in GRADE_TITLES.items()],
            full=float(total["scored"]),
        ),
        Bars("图2　各区平均分", _means(told.by_district, names), full=100.0),
        Table(
            "按帮扶线",
            _HEADS,
            [_scored(row, _line(row["code"])) for row in told.by_line],
        ),
    ]


_HEADS: Final = ("类别", "评定(户)", "平均分", "优", "良", "中", "差")


def _means(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> list[Any]:
    return [
        (names.get(row["code"], row["code"]), float(row["mean"]), f"{row['mean']:.1f}")
        for row in sorted(rows, key=lambda row: (-row["mean"], row["code"]))
    ]


def _scored(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    grades = (_n(row[code]) for code in GRADE_TITLES)
    return (name, _n(row["scored"]), f"{row['mean']:.1f}", *grades)


def _progress(progress: Mapping[str, Any], period: Period) -> list[Block]:
    total = progress["total"]
    if not total["target"]:
        return [Text("四、任务进展", ["本年度尚未下达各区任务。"])]
    until = min(period.last, clock.today())
    percent = whole_percent(total, parameter("percent_rounding", until))
    words = (
        f"截至{chinese_date(until)}，全市年度任务{total['target']}户，累计完成"
        f"{total['completed']}户，完成率{percent}。"
    )
    behind = [row["name"] for row in progress["rows"] if row["is_behind"]]
    if behind:
        words += f"明显落后于时间进度的区：{running_list(behind)}。"
    return [Text("四、任务进展", [words])]


def _satisfaction(told: Mapping[str, Any]) -> list[Block]:
    words = f"回访获得总体评价{told['answers']}份。"
    if told["rate"] is None:
        words += f"不足{told['least']}份，不计算满意率。"
    else:
        words += f"满意率（总体评价4分以上）{told['rate']:.1f}%。"
    if told["money"]:
        words += f"有{told['money']}户反映被索要钱款，已转核查。"
    bars = [
        (str(rating_title(name)), mean, f"{mean:.1f}")
        for name, mean in told["means"].items()
        if mean is not None
    ]
    chart = [Bars("图3　满意度各项平均（满分5分）", bars, full=5.0)] if bars else []
    return [Text("五、满意度", [words]), *chart]


def _practice(best: Sequence[Mapping[str, Any]]) -> list[Block]:
    words = [
        f"{place}.{_line(row['line'])}个案：方案{row['items']}项，服务{row['services']}次（件），"
        f"评定{row['total']}分。"
        for place, row in enumerate(best, start=1)
    ]
    return [Text("六、典型经验（不含个人信息）", words or ["期间没有评定为优的个案。"])]


def _problems(problems: Sequence[Mapping[str, Any]]) -> list[Block]:
    if not problems:
        return [Text("七、主要问题", ["期间评估未发现问题。"])]
    rows = [
        (
            row["code"], row["title"], str(Severity(row["severity"]).label), _n(row["count"]),
            _percent(row["share"]), "；".join(map(_case, row["typical"])),
        )
        for row in problems[:MOST_CODES]
    ]  # fmt: skip
    heads = ("编码", "问题", "程度", "件数", "占比", "典型个案（不含个人信息）")
    bars = [
        (f"{row['code']}", float(row["count"]), _n(row["count"])) for row in problems[:MOST_CODES]
    ]
    return [
        Text("七、主要问题", [f"发现问题{sum(row['count'] for row in problems)}件。"]),
        Bars("图4　问题分布（件）", bars, full=float(problems[0]["count"])),
        Table("", heads, rows, widths=(13, 40, 16, 13, 17, 0)),
    ]


def _case(typical: Mapping[str, Any]) -> str:
    off = "" if typical["off"] is None else f"扣{float(typical['off']):g}分"
    return f"{_line(typical['line'])}个案{typical['indicator']}{off}"


def _rectification(told: Mapping[str, Any]) -> list[Block]:
    words = (
        f"上述问题中{told['ordered']}件下达整改，涉及整改通知{told['orders']}件，"
        f"已销号问题{told['righted']}件、已办结通知{told['closed']}件；"
        f"进入第二轮整改{told['second']}件，逾期{told['overdue']}件；"
        f"另有{told['advice']}件作为建议反馈。"
    )
    return [Text("八、整改情况", [words])]


def _advice(told: Evaluated) -> list[str]:
    """What the figures suggest; the lead evaluator words it before signing."""
    said = [
        f"针对“{row['title']}”：{row['requirement']}。"
        for row in told.problems[:TOP]
        if row["requirement"]
    ]
    weak = sorted(
        (row for row in told.indicators if row["share"] is not None),
        key=lambda row: (row["share"], row["code"]),
    )[:TOP]
    if weak:
        names = running_list([f"{row['code']}{row['title']}" for row in weak])
        said.append(f"得分率较低的指标为{names}，建议列入下期培训和督导重点。")
    return [f"{place}.{words}" for place, words in enumerate(said, start=1)] or ["暂无。"]


def _annexes(told: Evaluated, names: Mapping[str, str], *, names_cases: bool) -> list[Block]:
    indicators = [
        (
            row["code"], row["title"], f"{Decimal(row['worth']):g}", _n(row["scored"]),
            _figure(row["mean"]), _percent(row["share"]),
        )
        for row in told.indicators
    ]  # fmt: skip
    districts = [_scored(row, names.get(row["code"], row["code"])) for row in told.by_district]
    findings = [
        (row["case_no"], row["code"], row["title"], row["indicator"],
         str(FindingState(row["state"]).label))
        for row in told.findings
    ]  # fmt: skip
    seeds = [(month, names.get(code, code), str(seed)) for month, code, seed in
             told.sample["seeds"]]  # fmt: skip
    listed = [
        Table("附件3　问题清单（内部）", ("个案编号", "编码", "问题", "指标", "状态"), findings,
              widths=(46, 14, 0, 14, 26))
    ]  # fmt: skip
    return [
        Table("附件1　指标得分情况", ("编码", "指标", "分值", "评分(户)", "平均分", "得分率"),
              indicators, widths=(14, 0, 16, 20, 18, 20)),
        Table("附件2　各区评估情况", ("区", *_HEADS[1:]), districts),
        *(listed if names_cases else []),
        Table("附件4　抽样批次与随机种子", ("月份", "区", "随机种子"), seeds, widths=(30, 0, 50)),
        Text("附件5　方法的局限", LIMITS),
    ]  # fmt: skip


LIMITS: Final = (
    "1.样本按月分区抽取，户数少的区和帮扶线，平均分受个别个案影响较大。",
    "2.必查个案（申诉、投诉、近亲属、预警）全部入样，样本平均分可能低于总体。",
    "3.电话回访只反映能够联系到且愿意回答的家庭；有效回答不足规定份数的不计算比例。",
    "4.评分含评估人员判断，以双盲复评和一致性分析控制。",
)


def _line(code: str) -> str:
    return line_name(code) or NOTHING


def _n(value: int) -> str:
    return str(value)


def _figure(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}"


def _percent(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f}%"
