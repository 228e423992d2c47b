"""Forms before help: referral, acceptance, missing papers, the home visit, income, publicity."""

from casework.cases.models import HelpCase, Verification
from casework.cases.queries import current_publicity, current_verification
from casework.households.codes import Housing
from casework.lib import clock
from workflows.pages.sight import Sight
from workflows.papers.blocks import Block, Letter, Pairs, Room, Signatures, Table, Text
from workflows.papers.common import (
    contact,
    day,
    office,
    people_table,
    person_pairs,
    referral_of,
)

INCOME_KINDS = ("工资性收入", "经营净收入", "财产净收入", "转移净收入", "其他收入")


def referral_form(case: HelpCase, _sight: Sight) -> list[Block]:
    """转介单 (T1)."""
    found = referral_of(case)
    return [
        person_pairs(case),
        Pairs(
            "转介情况",
            [
                ("转介来源", str(found.get_source_display()) if found else ""),
                ("紧急程度", str(found.get_urgency_display()) if found else ""),
                ("转介时间", day(case.referred_at)),
                ("来源联系人", found.contact if found else ""),
                ("转介理由", found.reason if found else ""),
            ],
        ),
        people_table(case),
        Room("受理意见", 34),
        Signatures(("转介人", "受理人")),
    ]


def acceptance_notice(case: HelpCase, _sight: Sight) -> list[Block]:
    """受理通知书 (T2)."""
    paragraphs = [
        f"{day(case.referred_at)}收到的精准救助个案帮扶转介（个案编号：{case.case_no}），"
        f"经审查，已于{day(case.accepted_at)}受理。",
        "我们将安排两名核查人员入户核查，请您在核查时出示居民身份证、户口簿及有关证明材料。"
        "核查人员会出示工作证件；未出示的，您可以拒绝。",
        "对您提供的个人信息，我们依法保密，只用于个案帮扶。您可以查阅、复制、更正您的信息，"
        "也可以撤回同意。",
    ]
    return [_letter(case, paragraphs, on=day(case.accepted_at))]


def decline_notice(case: HelpCase, _sight: Sight) -> list[Block]:
    """不予受理通知书 (T2)."""
    paragraphs = [
        f"{day(case.referred_at)}收到的精准救助个案帮扶转介（个案编号：{case.case_no}），"
        "经审查，决定不予受理。理由如下：",
        case.declined_reason or "　",
        "如有异议，可以自收到本通知之日起向区民政局反映。情况发生变化的，可以再次提出。",
    ]
    return [_letter(case, paragraphs, on=day(clock.today()))]


def deficiency_notice(case: HelpCase, _sight: Sight) -> list[Block]:
    """一次性告知书: everything that is missing, told once."""
    return [
        Letter(
            addressee=case.household.display_head,
            paragraphs=[
                f"关于您的精准救助个案帮扶申请（个案编号：{case.case_no}），尚缺下列材料，现一次性告知。"
                "能够通过政务平台查询的材料，无需您提供。",
            ],
            issuer="",
            issued_on="",
        ),
        Table("需补充的材料", ("序号", "材料名称", "份数", "说明"), [],
              widths=(14, 60, 18, 0), blank=6),
        Signatures((f"告知单位：{office(case)}　经办人", "被告知人")),
    ]  # fmt: skip


def visit_form(case: HelpCase, _sight: Sight) -> list[Block]:
    """入户核查表 (T4): prefilled for the visit; what was found is printed once it is entered."""
    round_, home = current_verification(case), case.household
    verifiers = list(round_.verifiers.order_by("pk")) if round_ else []
    housing = home.get_housing_display() if home.housing in Housing.values else ""
    entered = round_ is not None and round_.entered_at is not None
    who = [f"核查人（{row.name}）" for row in verifiers] or ["核查人一", "核查人二"]
    return [
        person_pairs(case, "核查对象"),
        Pairs(
            "核查安排",
            [
                ("核查轮次", f"第{round_.round}轮" if round_ else ""),
                ("计划日期", day(round_.visit_on) if round_ else ""),
                ("入户日期", day(round_.visited_on) if round_ else ""),
                ("入户地点", round_.place if round_ else ""),
                ("核查人", "、".join(str(row.name) for row in verifiers)),
                ("住房类型", str(housing)),
                ("住房面积", f"{home.floor_area_m2}平方米" if home.floor_area_m2 else ""),
                ("机动车辆", "、".join(map(str, home.vehicles))),
            ],
        ),
        people_table(case, blank=0 if entered else 2),
        *(_found(round_) if round_ is not None and entered else _to_be_found()),
        Signatures((*who, "家庭成员")),
    ]


def _found(round_: Verification) -> list[Block]:
    why = f"（{round_.get_proposal_reason_display()}）" if round_.proposal_reason else ""
    return [
        Text(
            "核查情况",
            [
                round_.findings_text or "无补充说明。",
                f"经济状况核对：{round_.get_econ_check_display() or '未查询'}；"
                f"照片{round_.photos}张；初审意见：{round_.get_proposal_display()}{why}。",
            ],
        )
    ]


def _to_be_found() -> list[Block]:
    rows = [(kind, "", "", "") for kind in INCOME_KINDS]
    return [
        Table("家庭收入（元／月）", ("项目", "姓名", "金额", "依据"), rows, widths=(34, 34, 30, 0)),
        Room("入户所见、邻里访问情况", 46),
        Room("初审意见", 26),
    ]


def income_assessment(case: HelpCase, _sight: Sight) -> list[Block]:
    """家庭收入核算表: every line with its rule, as it was compared."""
    round_ = current_verification(case)
    kept = (round_.assessment if round_ else None) or {}
    result = "低于" if kept.get("below") else "不低于"
    return [
        person_pairs(case),
        Table(
            "核算过程",
            ("项目", "金额（元）", "规则或依据"),
            [
                (str(row.get("label", "")), str(row.get("amount", "")), str(row.get("rule", "")))
                for row in kept.get("steps", [])
            ],
            widths=(52, 28, 0),
        ),
        Text(
            "核算结论",
            [
                f"家庭月人均{kept.get('shown', '')}元，对照标准{kept.get('line', '')}元，"
                f"{result}标准。"
                "比较以未经四舍五入的金额进行，恰好等于标准的不低于标准。",
                f"家庭财产：{'超过' if kept.get('property_over') else '未超过'}限定。"
                "本表为核算建议，由街道负责人审定。",
            ],
        ),
        Signatures(("核算人", "审核人")),
    ]


def publicity_notice(case: HelpCase, _sight: Sight) -> list[Block]:
    """公示 (T5): what the whitelist of the notice holds, and nothing else."""
    posted = current_publicity(case)
    notice = posted.notice if posted else {}
    place = "".join(str(notice.get(name, "")) for name in ("street", "committee"))
    return [
        Letter(
            addressee="",
            paragraphs=[
                "经入户核查和审核，下列家庭拟享受社会救助，现予公示。公示期内如有异议，"
                "请向我单位反映，可以署名，也可以匿名；我们将在规定时限内调查答复，并为反映人保密。",
                f"公示期限：{day(posted.posted_on if posted else None)}至"
                f"{day(posted.last_day if posted else None)}。",
            ],
            issuer="",
            issued_on="",
        ),
        Table(
            "公示内容",
            ("序号", "姓名", "家庭人口", "所在街道、社区"),
            [("1", str(notice.get("name", "")), str(notice.get("household_size", "")), place)],
            widths=(16, 40, 28, 0),
        ),
        Letter(
            addressee="",
            paragraphs=[],
            issuer=office(case),
            issued_on=day(posted.posted_on if posted else None),
            contact=contact(case),
        ),
    ]


def _letter(case: HelpCase, paragraphs: list[str], *, on: str) -> Letter:
    return Letter(
        addressee=case.household.display_head,
        paragraphs=paragraphs,
        issuer=office(case),
        issued_on=on,
        contact=contact(case),
    )
