"""How long rows of a file that nobody entered are kept."""

from datetime import date

from django.db import migrations

CODE = "import_rows_days"


def enter(apps, schema_editor):
    apps.get_model("directory", "Parameter").objects.create(
        code=CODE,
        value=30,
        source="产品默认[D]:导入文件中未导入的各行保留天数(个人信息最短保存)",
        effective_from=date(2004, 1, 1),
    )


def remove(apps, schema_editor):
    apps.get_model("directory", "Parameter").objects.filter(code=CODE).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0011_unit_scores")]
    operations = [migrations.RunPython(enter, remove)]
