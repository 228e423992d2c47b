"""How long files are kept, and by when a person's request is answered."""

from datetime import date

from django.db import migrations

ROWS = (
    ("retention_rejected_years", 2, "产品默认[D]:未通过转介保存年限"),
    ("retention_case_years", 30, "产品默认[D]:救助档案保存年限"),
    ("request_working_days", 15, "产品默认[D]:个人信息请求答复工作日(个人信息保护法第五十条)"),
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
    dependencies = [("directory", "0002_reference_data")]
    operations = [migrations.RunPython(enter, remove)]
