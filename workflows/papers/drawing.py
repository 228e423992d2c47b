"""The protocol of a draw: frame, rule, seed and steps; an outsider can repeat it by hand."""

from casework.cases.models import HelpCase
from casework.cases.states import ForcedReason
from casework.directory.models import Organisation
from casework.documents.wording import chinese_date
from casework.lib import clock
from evaluation.scoring.models import SampleDraw
from evaluation.scoring.operations.draw import comes_again, redraw
from evaluation.scoring.sampling import Candidate, Drawn, Rule, sample_size, share_of
from workflows.papers.blocks import Block, Pairs, Signatures, Table, Text
from workflows.papers.common import line_name

_REASONS = {**dict(ForcedReason.choices), "MARKED": "人工标记"}


def protocol(draw: SampleDraw) -> list[Block]:
    """Everything that is needed to come to the same cases, and what was drawn."""
    rule, frame, again = Rule.from_json(draw.rule), _frame(draw), redraw(draw)
    return [
        _facts(draw, rule, frame, again),
        Text("抽取步骤（任何人可据此重算）", _steps(draw, rule, frame)),
        Table(
            "分层情况",
            ("分层编码", "帮扶线", "服务机构", "完成(户)", "抽中(户)"),
            _strata(draw),
            widths=(34, 24, 0, 22, 22),
        ),
        Table(
            "抽样框与结果",
            ("序号", "个案编号", "分层编码", "必查原因", "可回访", "抽中", "电话", "入户", "复评"),
            _rows(frame, again),
            widths=(11, 46, 30, 0, 14, 11, 11, 11, 11),
        ),
        Signatures(("抽样人", "监督人")),
    ]


def _frame(draw: SampleDraw) -> list[Candidate]:
    """The frame in the order in which it is drawn from: its numbers are those of the table."""
    return sorted(map(Candidate.from_json, draw.frame), key=lambda one: one.case)


def _facts(draw: SampleDraw, rule: Rule, frame: list[Candidate], again: Drawn) -> Pairs:
    return Pairs(
        "抽样情况",
        [
            ("区", str(draw.district)),
            ("月份", f"{int(draw.month[:4])}年{int(draw.month[5:])}月"),
            ("抽样框", f"{draw.population}户"),
            ("抽中", f"{draw.size}户"),
            ("随机种子", str(draw.seed)),
            ("抽取时间", f"{clock.local_text(draw.drawn_at)}"),
            ("抽样比例", f"{rule.share:%}，不少于{rule.minimum}户"),
            ("回访比例", f"电话{rule.phone:%}，入户{rule.door:%}"),
            ("双盲复评比例", f"{rule.second:%}"),
            ("抽样人", str(draw.drawn_by or "系统自动抽取")),
            (
                "打印时重算",
                "与记录一致" if comes_again(draw, again) else "与记录不一致，请立即核查",
            ),
            ("必查", f"{sum(bool(one.forced) for one in frame)}户"),
            ("打印日期", chinese_date(clock.today())),
        ],
    )


def _steps(draw: SampleDraw, rule: Rule, frame: list[Candidate]) -> list[str]:
    size = sample_size(len(frame), rule)
    living = [one for one in frame if one.reachable]
    return [
        f"1.以随机种子{draw.seed}初始化梅森旋转随机数发生器（Python标准库random.Random），"
        "以下各步依次使用同一发生器，choice、sample均为其同名方法。",
        f"2.应抽户数为抽样框户数乘以{rule.share:%}后向上取整，不少于{rule.minimum}户，"
        f"不超过抽样框：本次为{size}户。",
        "3.有必查原因的个案全部抽中。",
        "4.分层编码按字符顺序排列；尚无抽中个案的分层，在该层个案（按序号排列）中以choice抽1户。",
        "5.抽中户数不足应抽户数的，在其余个案（按序号排列）中以sample补足。",
        f"6.电话回访：在可回访的{len(living)}户（按序号排列）中以sample抽"
        f"{share_of(len(living), rule.phone)}户。",
        f"7.入户回访：在抽中且可回访的个案（按序号排列）中以sample抽取，比例{rule.door:%}，"
        "向上取整。",
        f"8.双盲复评：在抽中的个案（按序号排列）中以sample抽取，比例{rule.second:%}，向上取整。",
    ]


def _strata(draw: SampleDraw) -> list[tuple[str, ...]]:
    bodies = {str(row.pk): str(row) for row in Organisation.objects.all()}
    told: list[tuple[str, ...]] = []
    for code, row in sorted(draw.strata.items()):
        line, _bar, body = code.partition("|")
        told.append(
            (
                code,
                line_name(line),
                bodies.get(body, "—"),
                str(row["population"]),
                str(row["chosen"]),
            )
        )
    return told


def _rows(frame: list[Candidate], drawn: Drawn) -> list[tuple[str, ...]]:
    numbers = dict(
        HelpCase.objects.filter(pk__in=[one.case for one in frame]).values_list("pk", "case_no")
    )
    return [
        (
            str(place),
            numbers.get(one.case, "—"),
            one.stratum,
            "、".join(str(_REASONS.get(code, code)) for code in one.forced),
            "是" if one.reachable else "否",
            _mark(one.case in drawn.chosen),
            _mark(one.case in drawn.phone),
            _mark(one.case in drawn.door),
            _mark(one.case in drawn.second),
        )
        for place, one in enumerate(frame, start=1)
    ]


def _mark(is_drawn: bool) -> str:
    return "√" if is_drawn else ""
