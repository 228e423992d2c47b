"""From where on the scores of a provider or of an evaluator ask a person to look."""

from datetime import date

from django.db import migrations

ROWS = (
    ("provider_poor_share", 20, "产品默认[D]:评定为差的个案达到百分之几时建议暂停服务机构"),
    ("evaluator_drift_points", 5, "产品默认[D]:评估人员平均分与其他人相差超过几分时提示"),
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
    dependencies = [("directory", "0010_bulletin")]
    operations = [migrations.RunPython(enter, remove)]
