"""What each printed document says: the frozen data from which alone its PDF is made.

Every value is final text or a plain number; dates are ISO (`2018-08-06`) and are printed as
2018年8月6日. Names are already masked by whoever fills the data: a print page masks nothing.
"""

from typing import Literal, TypedDict


class Frozen(TypedDict):
    """What `issue_document` adds itself: a filler leaves these three out."""

    number: str  # 京民救改〔2018〕9号
    title_lines: list[str]  # the title broken into lines, widest above or in the middle
    sample: bool  # a demonstration prints 样例 across every page


class Contact(TypedDict):
    """Whom to ask: printed as （联系人：…；联系电话：…） under the date."""

    name: str
    phone: str


class EvaluationBasis(TypedDict):
    """The evaluation out of which the order arises."""

    evaluation_notice: str  # the notice on evaluation, with number: 《关于…的通知》（京民…号）
    evaluation_number: str  # PG-2018-110101-000012, or several joined with 、
    evaluated_on: str  # ISO date
    evaluator: str  # name of the evaluating organisation


class NoticeCase(TypedDict):
    """One case covered by the notice; the head's name is masked for the public (张*三)."""

    masked_name: str
    case_no: str


class NoticeItem(TypedDict):
    """One problem to be put right: a row of the notice's table."""

    seq: int  # 1, 2, 3 …
    code: str  # F04
    problem: str  # 帮扶项目未足量提供
    facts: str  # what was found, without names
    evidence: str  # evidence ids, 证据1、证据3
    standard: str  # the indicator: B2 服务足量
    severity: str  # 绿 / 黄 / 红 / 一票否决
    requirement: str  # what is to be done
    due_count: str  # 15个工作日, 24小时内
    due_on: str  # ISO date, or "" when it runs from receipt and the day is not yet known
    unit: str
    person: str


class RectificationNotice(TypedDict):
    """整改通知书: the fields of the notice in the order in which they are printed."""

    issuer: str  # 示例市民政局; the red mark adds 文件
    addressee: str  # 东城区民政局, printed with a full-width colon added
    cc: list[str]  # printed in the imprint as 抄送：…、…。 ; may be empty
    basis: EvaluationBasis
    cases: list[NoticeCase]
    items: list[NoticeItem]
    deadline: str  # one sentence with count and date, from `wording.deadline_sentence`
    report_requirements: list[str]  # printed 1. 2. 3.
    consequence: str  # what follows when the report is late
    explain: str  # the right to explain within 3 working days
    contact: Contact
    issued_on: str  # ISO date: the date of the document
    print_on: str  # ISO date in the imprint: 2018年8月6日印发
    round: int  # 1, or 2 for a second notice


class Column(TypedDict):
    """One column of the weekly table; neighbours with the same group share a heading."""

    key: str
    heading: str  # 完成率(%)
    group: str  # 在帮扶, or "" for none
    align: Literal["left", "center", "right"]


class WeeklySummary(TypedDict):
    """每周汇总: the district table of one sealed week, and the paragraphs before it."""

    issuer: str
    week: str  # 2018-W35
    period_from: str  # ISO date, the Monday
    period_to: str  # ISO date, the Sunday
    as_of: str  # 2018年9月3日8时, printed as it stands
    columns: list[Column]  # 21 of them
    rows: list[list[str]]  # one cell per column, already formatted: "125.0", "—", "↑2"
    total: list[str]
    prose: list[str]  # paragraphs above the table; may be empty
    notes: list[str]  # definitions and late corrections, under the table
    issued_on: str  # ISO date


class RefusalNotice(TypedDict):
    """不予救助帮扶决定书: why, on which facts, and every way to object."""

    issuer: str  # 示例一街道办事处
    addressee: str  # the applicant's full name: the notice is delivered to that person alone
    case_no: str
    applied_on: str  # ISO date
    decision: str  # one sentence
    reasons: list[str]
    basis: list[str]  # the rules applied, 《…》第…条
    remedies: list[str]  # internal review, reconsideration, litigation, each with its limit
    contact: Contact
    issued_on: str  # ISO date


class Section(TypedDict):
    """One numbered part of a bulletin."""

    heading: str  # 一、总体进展
    paragraphs: list[str]


class Annex(TypedDict):
    """One table behind a bulletin."""

    title: str  # 各区进展情况表
    columns: list[Column]
    rows: list[list[str]]
    total: list[str]  # may be empty
    notes: list[str]


class MonthlyBulletin(TypedDict):
    """月度通报: the month's progress, evaluation and rectification, district by district."""

    issuer: str
    addressee: str  # 各区民政局
    cc: list[str]
    opening: str
    sections: list[Section]
    annexes: list[Annex]
    contact: Contact
    issued_on: str  # ISO date
    print_on: str  # ISO date in the imprint


PrintData = RectificationNotice | WeeklySummary | RefusalNotice | MonthlyBulletin
