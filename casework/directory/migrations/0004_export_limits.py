"""How many rows of a list leave the house at once, and from how many on two people decide."""

from datetime import date

from django.db import migrations

ROWS = (
    ("export_rows_street", 200, "产品默认[D]:街道导出名单行数上限"),
    ("export_rows_alone", 1000, "产品默认[D]:区级、市级导出超过此行数须第二人批准"),
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
    dependencies = [("directory", "0003_retention")]
    operations = [migrations.RunPython(enter, remove)]
