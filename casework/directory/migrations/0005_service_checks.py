"""From where on a record of services is doubted, and which doubts refuse it."""

from datetime import date

from django.db import migrations

ROWS = (
    ("check_worker_minutes", 600, "产品默认[D]:同一服务人员一日服务时长核对线(分钟)"),
    ("check_identical_records", 5, "产品默认[D]:时长完全相同的服务记录核对条数"),
    ("check_plan_likeness", 90, "产品默认[D]:不同家庭方案文字相似度核对线(%)"),
    ("checks_that_refuse", [], "产品默认[D]:触发后不予登记的核对项,其余仅提示"),
)


def enter(apps, schema_editor):
    Parameter = apps.get_model("directory", "Parameter")
    for code, value, source in ROWS:
        Parameter.objects.create(
            code=code, value=value, source=source, effective_from=date(2004, 1, 1)
        )


def remove(apps, schema_editor):
    Parameter = apps.get_model("directory", "Parameter")
    Parameter.objects.filter(code__in=[code for code, _value, _source in ROWS]).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0004_export_limits")]
    operations = [migrations.RunPython(enter, remove)]
