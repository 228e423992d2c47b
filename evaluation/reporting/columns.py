"""The twenty-one columns of the weekly table, as data."""

from typing import Literal, NamedTuple

Kind = Literal["order", "name", "sum", "rate", "rank", "mean", "move"]


class Column(NamedTuple):
    """One column: its key, headings, meaning, how it is made and what it reads."""

    key: str
    heading: str
    group: str
    definition: str
    kind: Kind
    figure: str = ""
    line: str = ""
    week_only: bool = False

    @property
    def align(self) -> Literal["left", "center", "right"]:
        """Names stand left, ranks in the middle, numbers right."""
        if self.kind == "name":
            return "left"
        return "center" if self.kind in ("order", "rank", "move") else "right"


COLUMNS = (
    Column("seq", "序号", "", "按行政区划代码排序", "order"),
    Column("district", "区", "", "报送单位", "name"),
    Column("target", "年度任务(户)", "", "本年度应帮扶户数", "sum"),
    Column("referred_week", "本周", "转介", "本周受理的转介数", "sum", "referred", week_only=True),
    Column("referred", "累计", "转介", "本年度累计受理的转介数", "sum", "referred"),
    Column(
        "verified",
        "累计入户核查",
        "",
        "核查表已确认（通过与未通过之和）",
        "sum",
        "verified",
    ),
    Column("rejected", "核查未通过", "", "核查确认为未通过", "sum", "rejected"),
    Column("help_disabled", "助残", "在帮扶", "在帮扶户，单一助残", "sum", "in_help", "DISABLED"),
    Column("help_elderly", "助老", "在帮扶", "在帮扶户，单一助老", "sum", "in_help", "ELDERLY"),
    Column("help_student", "助学", "在帮扶", "在帮扶户，单一助学", "sum", "in_help", "STUDENT"),
    Column(
        "help_combined",
        "综合",
        "在帮扶",
        "在帮扶户，两条及以上帮扶线，仅计入综合",
        "sum",
        "in_help",
        "COMBINED",
    ),
    Column(
        "completed_week", "本周", "完成", "本周完成帮扶的户数", "sum", "completed", week_only=True
    ),
    Column("completed", "累计", "完成", "达到最低服务量的完成户，减去撤销", "sum", "completed"),
    Column("rate", "完成率(%)", "", "累计完成÷年度任务，保留一位小数", "rate"),
    Column("rank", "排名", "", "按未舍入的完成率，并列同名次，按代码排列", "rank"),
    Column("evaluated", "已评估", "评估", "完成深度评估的户数", "sum", "evaluated"),
    Column("mean_score", "平均分", "评估", "评估得分平均数，保留一位小数", "mean", "score_sum"),
    Column("orders_issued", "发出", "整改", "发出的整改通知书", "sum", "orders_issued"),
    Column("orders_closed", "销号", "整改", "已销号的整改通知书", "sum", "orders_closed"),
    Column("orders_overdue", "逾期", "整改", "截止时点逾期未报告的整改", "sum", "orders_overdue"),
    Column("rank_move", "较上周(名次)", "", "与上周名次相比", "move"),
)

KEYS = tuple(column.key for column in COLUMNS)
BY_KEY = {column.key: column for column in COLUMNS}
SUMMED = tuple(column for column in COLUMNS if column.kind == "sum")
FIGURES = tuple(sorted({column.figure for column in COLUMNS if column.figure}))
NOTHING = "—"
TOTAL = "合计"
