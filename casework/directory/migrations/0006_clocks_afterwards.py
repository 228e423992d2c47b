"""Clocks of petitions, of longer reconsiderations, of the way to court, and of corrections."""

from datetime import date

from django.db import migrations

ROWS = (
    ("petition_inform", 15, "CD", "信访条例(2005年5月1日起施行)第22条"),
    ("petition_answer", 60, "CD", "信访条例第33条"),
    ("petition_extension", 30, "CD", "信访条例第33条"),
    ("petition_review_file", 30, "CD", "信访条例第34条、第35条"),
    ("petition_review_answer", 30, "CD", "信访条例第34条、第35条"),
    ("reconsideration_extension", 30, "CD", "行政复议法第31条"),
    ("litigation_after_file", 15, "CD", "行政诉讼法第45条"),
    ("correction", 10, "WD", "产品默认[D]:结案档案更正的决定期限"),
)


def enter(apps, schema_editor):
    Limit = apps.get_model("directory", "Limit")
    for code, amount, unit, source in ROWS:
        Limit.objects.create(
            code=code, amount=amount, unit=unit, source=source, effective_from=date(2004, 1, 1)
        )


def remove(apps, schema_editor):
    Limit = apps.get_model("directory", "Limit")
    Limit.objects.filter(code__in=[row[0] for row in ROWS]).delete()


class Migration(migrations.Migration):
    dependencies = [("directory", "0005_service_checks")]
    operations = [migrations.RunPython(enter, remove)]
