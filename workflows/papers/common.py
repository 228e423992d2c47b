"""Facts of a case that several forms print."""

from datetime import date, datetime

from casework.cases.models import HelpCase, HelpPlan, PlanItem
from casework.cases.states import Line
from casework.directory.models import Division
from casework.directory.queries import parameter
from casework.documents.wording import chinese_date
from casework.households.models import Member
from casework.lib import clock
from casework.referrals.models import Referral
from workflows.pages.register import people_rows
from workflows.papers.blocks import Pairs, Table


def day(value: date | datetime | None) -> str:
    """A day as official papers write it, or room to write one."""
    if value is None:
        return "　　年　月　日"
    return chinese_date(clock.local_date(value) if isinstance(value, datetime) else value)


def names(code: str) -> str:
    """A division with the one above it."""
    found = Division.objects.select_related("parent").filter(pk=code).first()
    return f"{found.parent or ''}{found}" if found else code


def office(case: HelpCase) -> str:
    """The street office that issues the papers of a case."""
    found = Division.objects.filter(pk=case.handling_street).first()
    return f"{found or case.handling_street}办事处"


def contact(case: HelpCase) -> str:
    """Whom to ask, printed under a notice."""
    street = Division.objects.filter(pk=case.handling_street).first()
    phone = parameter("street_contact_phone", clock.today())
    return f"（联系人：{street or ''}救助服务所；联系电话：{phone}）"


def referral_of(case: HelpCase) -> Referral | None:
    """The first word of need of a case."""
    link = case.referral_links.select_related("referral").order_by("linked_at", "pk").first()
    return link.referral if link else None


def person_pairs(case: HelpCase, title: str = "帮扶对象") -> Pairs:
    """Who is helped and where the household lives."""
    member, home = case.subject_member, case.household
    return Pairs(
        title,
        [
            ("姓名", member.name if member else ""),
            ("证件号码", member.masked_id if member else ""),
            ("出生日期", day(member.birth_date) if member and member.birth_date else ""),
            ("联系电话", member.phone if member else ""),
            ("台账类别", str(home.get_category_display())),
            ("救助类型", str(home.get_relief_type_display())),
            ("居住地", f"{names(home.residence_division)}{home.address}"),
        ],
    )


def people_table(case: HelpCase, *, blank: int = 0) -> Table:
    """The people who share the household, with what is known of each."""
    people = [row for row in case.household.members.select_related("guardian") if row.shares]
    shown = people_rows(people, clock.today())
    return Table(
        "共同生活的家庭成员",
        ("姓名", "登记情况"),
        [
            (row["name"], " · ".join([row["words"], *map(str, row["tags"])]).strip(" ·"))
            for row in shown
        ],
        widths=(30, 0),
        blank=blank,
    )


def item_rows(items: list[PlanItem]) -> list[tuple[str, ...]]:
    """Items of a plan as a table shows them."""
    return [
        (
            f"{item.service_id} {item.service.name}",
            str(Line(item.line).label),
            name_of(item.member),
            str(item.provider or ""),
            f"{item.qty_planned}{item.unit}，{item.freq}",
            f"{item.starts_on:%Y-%m-%d}至{item.ends_on:%Y-%m-%d}",
        )
        for item in items
    ]


def name_of(member: Member | None) -> str:
    return member.name if member else ""


def plan_of(case: HelpCase) -> HelpPlan | None:
    """The plan in force, or the one that waits for approval."""
    found: HelpPlan | None = case.plan_in_force or case.plans.order_by("-version").first()
    return found


def line_name(code: str) -> str:
    """A help line as papers call it, the combination of several included."""
    named = {**dict(Line.choices), "COMBINED": "综合"}
    return str(named.get(code, code))
