"""The first coefficients of classified subsidy; remembered, to be confirmed by the city."""

from datetime import date

from django.db import migrations

SOURCE = "社会救助暂行办法第12条;系数待市级文件核定[K-L]"
ROWS = (("SEVERE", "1.10"), ("ELDER", "1.10"), ("MINOR", "1.05"))


def enter(apps, schema_editor):
    ClassifiedRule = apps.get_model("households", "ClassifiedRule")
    for category, coefficient in ROWS:
        ClassifiedRule.objects.create(
            category=category,
            coefficient=coefficient,
            source=SOURCE,
            effective_from=date(2014, 5, 1),
        )


def remove(apps, schema_editor):
    apps.get_model("households", "ClassifiedRule").objects.filter(source=SOURCE).delete()


class Migration(migrations.Migration):
    dependencies = [("households", "0009_classified")]
    operations = [migrations.RunPython(enter, remove)]
