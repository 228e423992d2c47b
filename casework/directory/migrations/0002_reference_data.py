"""The directory as a fresh city finds it: divisions, invented bodies, catalogue, law, calendar,
and the plans usually made of each help line, which the city changes by later rows."""

import csv
import json
from datetime import date
from pathlib import Path

from django.db import migrations

DATA = Path(__file__).parent / "data"
IN_FORCE_FROM = date(2004, 1, 1)
CALENDAR_SOURCE = "国务院办公厅节假日安排通知(经 chinesecalendar 1.11.0 整理)"

DISTRICTS = {
    "110101": "东城区", "110102": "西城区", "110105": "朝阳区", "110106": "丰台区",
    "110107": "石景山区", "110108": "海淀区", "110109": "门头沟区", "110111": "房山区",
    "110112": "通州区", "110113": "顺义区", "110114": "昌平区", "110115": "大兴区",
    "110116": "怀柔区", "110117": "平谷区", "110118": "密云区", "110119": "延庆区",
}  # fmt: skip
STREETS = {"901": "示例一街道", "902": "示例二街道", "903": "示例三街道"}
COMMUNITIES = {"001": "示例一社区", "002": "示例二社区"}
ORGANISATIONS = [
    ("52110199990000017H", "示例甲社会工作服务中心", "PROVIDER", "SWA"),
    ("52110199990000025C", "示例乙社会工作服务中心", "PROVIDER", "SWA"),
    ("521101999900000337", "示例社会组织评估中心", "EVALUATOR", ""),
    ("53110199990000041Y", "示例公益基金会", "FOUNDATION", "FND"),
    ("9111019999000005XQ", "示例居家服务有限公司", "COMPANY", "COM"),
]

PLAN_SOURCE = "产品默认[D]:常用帮扶方案"
TEMPLATES = (
    ("居家残疾人照护", 120, [
        {"code": "D01", "line": "DISABLED", "qty": 12, "freq": "每周1次"},
        {"code": "D04", "line": "DISABLED", "qty": 16, "freq": "每周1次"},
        {"code": "D06", "line": "DISABLED", "qty": 2, "freq": "按需"},
    ]),
    ("独居老人关怀", 120, [
        {"code": "E01", "line": "ELDERLY", "qty": 16, "freq": "每周1次"},
        {"code": "E03", "line": "ELDERLY", "qty": 8, "freq": "每月2次"},
        {"code": "E05", "line": "ELDERLY", "qty": 16, "freq": "每周1次"},
    ]),
    ("困难学生助学", 120, [
        {"code": "S01", "line": "STUDENT", "qty": 16, "freq": "每周1次"},
        {"code": "S02", "line": "STUDENT", "qty": 1, "freq": "每学期"},
        {"code": "S03", "line": "STUDENT", "qty": 6, "freq": "每月2次"},
    ]),
)  # fmt: skip


def rows(name):
    with (DATA / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def enter_divisions(apps):
    Division = apps.get_model("directory", "Division")
    found = [Division(code="110000", name="示例市", level="CITY", parent_id=None, order=0)]
    for order, (code, name) in enumerate(DISTRICTS.items(), start=1):
        found.append(
            Division(code=code, name=name, level="DISTRICT", parent_id="110000", order=order)
        )
        for street, street_name in STREETS.items():
            found.append(
                Division(
                    code=code + street, name=street_name, level="STREET", parent_id=code,
                    order=order,
                )  # fmt: skip
            )
            found += [
                Division(
                    code=code + street + community, name=community_name, level="COMMUNITY",
                    parent_id=code + street, order=order,
                )  # fmt: skip
                for community, community_name in COMMUNITIES.items()
            ]
    Division.objects.bulk_create(found)


def enter_bodies_and_items(apps):
    Organisation = apps.get_model("directory", "Organisation")
    for credit_code, name, kind, provider_type in ORGANISATIONS:
        Organisation.objects.create(
            credit_code=credit_code, name=name, kind=kind, provider_type=provider_type
        )
    ServiceItem = apps.get_model("directory", "ServiceItem")
    for row in rows("catalogue.csv"):
        for listed in ("provider_types", "evidence"):
            row[listed] = row[listed].split()
        ServiceItem.objects.create(**row)


def enter_rules(apps):
    for model, name in (("Limit", "limits.csv"), ("Parameter", "parameters.csv")):
        Rule = apps.get_model("directory", model)
        for row in rows(name):
            if model == "Parameter":
                row["value"] = json.loads(row["value"])
            Rule.objects.create(effective_from=IN_FORCE_FROM, **row)


def enter_calendar(apps):
    CalendarDay = apps.get_model("directory", "CalendarDay")
    days = [
        CalendarDay(
            date=date.fromisoformat(row["date"]),
            is_working=row["is_working"] == "1",
            note=row["note"],
            source=CALENDAR_SOURCE,
        )
        for row in rows("calendar_2004_2026.csv")
    ]
    CalendarDay.objects.bulk_create(days)
    CalendarYear = apps.get_model("directory", "CalendarYear")
    CalendarYear.objects.bulk_create(
        CalendarYear(year=year, source=CALENDAR_SOURCE) for year in sorted({d.date.year for d in days})
    )


def enter_usual_plans(apps):
    PlanTemplate = apps.get_model("directory", "PlanTemplate")
    for name, days, items in TEMPLATES:
        PlanTemplate.objects.create(
            name=name, days=days, items=items, source=PLAN_SOURCE, effective_from=IN_FORCE_FROM
        )


def enter(apps, schema_editor):
    enter_divisions(apps)
    enter_bodies_and_items(apps)
    enter_rules(apps)
    enter_calendar(apps)
    enter_usual_plans(apps)


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
