"""The compared income of cases verified before it stood in a column of its own."""

from decimal import Decimal

from django.db import migrations

BATCH = 1000


def fill(apps, schema_editor):
    HelpCase = apps.get_model("cases", "HelpCase")
    Verification = apps.get_model("cases", "Verification")
    rows = Verification.objects.filter(assessment__isnull=False).order_by("case_id", "round")
    figures = {}
    for case_id, assessment in rows.values_list("case_id", "assessment").iterator():
        if assessment.get("per_capita"):
            figures[case_id] = Decimal(assessment["per_capita"]).quantize(Decimal("1e-10"))
    known = sorted(figures)
    for start in range(0, len(known), BATCH):
        cases = [HelpCase(pk=pk, income_figure=figures[pk]) for pk in known[start : start + BATCH]]
        HelpCase.objects.bulk_update(cases, ["income_figure"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_means")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
