"""When the monthly bulletin is drafted, and how far behind the calendar a district is named."""

from datetime import date

from django.db import migrations

ROWS = (
    ("bulletin_working_day", 5, "产品默认[D]:月度通报于次月第几个工作日起草"),
    ("progress_gap_points", 10, "产品默认[D]:完成率低于时间进度多少个百分点时点名"),
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
    dependencies = [("directory", "0009_photo_check")]
    operations = [migrations.RunPython(enter, remove)]
