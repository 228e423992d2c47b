"""How far from the others of a home a photo may be taken before it is doubted."""

from datetime import date

from django.db import migrations

CODE = "check_photo_metres"


def enter(apps, schema_editor):
    apps.get_model("directory", "Parameter").objects.create(
        code=CODE,
        value=1000,
        source="产品默认[D]:照片拍摄地与其他照片距离核对线(米)",
        effective_from=date(2004, 1, 1),
    )


def remove(apps, schema_editor):
    apps.get_model("directory", "Parameter").objects.filter(code=CODE).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0008_usual_plans")]
    operations = [migrations.RunPython(enter, remove)]
