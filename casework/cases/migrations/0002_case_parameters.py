"""Settings of the case procedure that the directory does not yet hold."""

from datetime import date

from django.db import migrations

IN_FORCE_FROM = date(2004, 1, 1)
PARAMETERS = [
    (
        "publicity_required_for",
        ["DIBAO", "LOW_INCOME", "TEKUN", "MARGINAL", "EXPENDITURE"],
        "产品默认[D]:认定何种救助身份须公示",
    ),
    ("crisis_items", ["C02"], "产品默认[D]:可先于方案签署实施的危机干预项目"),
    ("litigation_months", 6, "行政诉讼法:起诉期限(月)"),
    ("street_contact_phone", "12000000000", "示例数据:街道救助服务所联系电话"),
]
LIMITS = [("reconsideration_answer", 60, "CD", "社会救助暂行办法第65条;行政复议法")]


def enter(apps, _editor):
    Parameter = apps.get_model("directory", "Parameter")
    Limit = apps.get_model("directory", "Limit")
    for code, value, source in PARAMETERS:
        if not Parameter.objects.filter(code=code).exists():
            Parameter.objects.create(
                code=code, value=value, effective_from=IN_FORCE_FROM, source=source
            )
    for code, amount, unit, source in LIMITS:
        if not Limit.objects.filter(code=code).exists():
            Limit.objects.create(
                code=code, amount=amount, unit=unit, effective_from=IN_FORCE_FROM, source=source
            )


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("directory", "0002_reference_data")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
