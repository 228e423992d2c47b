"""What is usually promised to a household of each line; the city changes it by later rows."""

from datetime import date

from django.db import migrations

SOURCE = "产品默认[D]:常用帮扶方案"
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


def enter(apps, schema_editor):
    PlanTemplate = apps.get_model("directory", "PlanTemplate")
    for name, days, items in TEMPLATES:
        PlanTemplate.objects.create(
            name=name, days=days, items=items, source=SOURCE, effective_from=date(2004, 1, 1)
        )


def remove(apps, schema_editor):
    apps.get_model("directory", "PlanTemplate").objects.filter(source=SOURCE).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0007_plan_template")]
    operations = [migrations.RunPython(enter, remove)]
