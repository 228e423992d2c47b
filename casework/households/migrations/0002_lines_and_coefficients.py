"""Beijing's monthly lines by date, with how sure each is, and coefficients of classified subsidy.

Lines of 2025 and later must be entered by the city; the coefficients are remembered ones, to be
confirmed by it.
"""

from datetime import date, timedelta

from django.db import migrations

SEED = "中国社会报2019-01-10"
KNOWN = "一般知识,未见原件"
# effective_from, amount, source; each row holds until the day before the next one.
DIBAO = [
    (date(2015, 1, 1), 710, f"{KNOWN}[K-M]"),
    (date(2016, 1, 1), 800, f"{KNOWN}[K-M]"),
    (date(2017, 1, 1), 900, f"{SEED}(调整前标准);起始日[K-M]"),
    (date(2018, 1, 1), 1000, f"{SEED};起始日[K-M]"),
    (date(2019, 1, 1), 1100, "北京日报2019-12-23(25%为275元)"),
    (date(2020, 7, 1), 1170, f"{KNOWN}[K-H]"),
    (date(2021, 7, 1), 1245, f"{KNOWN}[K-H]"),
    (date(2022, 7, 1), 1320, f"{KNOWN}[K-H]"),
    (date(2023, 7, 1), 1395, f"{KNOWN}[K-H]"),
    (date(2024, 7, 1), 1450, f"{KNOWN}[K-M]"),
]
LOW_INCOME = [
    (date(2016, 1, 1), 1050, f"{KNOWN}[K-M]"),
    (date(2017, 1, 1), 1410, f"{SEED}(调整前标准);起始日[K-M]"),
    (date(2018, 1, 1), 2000, f"{SEED};起始日[K-M]"),
    (date(2019, 1, 1), 2120, f"{KNOWN}[K-M]"),
    (date(2019, 7, 1), 2200, "北京日报2019-12-23;随最低工资,起始日[K-H]"),
    (date(2021, 8, 1), 2320, f"{KNOWN}[K-M]"),
    (date(2023, 9, 1), 2420, f"{KNOWN}[K-M]"),
]
# The lines of 2025 were not established: silence is safer than an old figure.
LAST_ESTABLISHED_DAY = date(2024, 12, 31)
ONE_DAY = timedelta(days=1)
CLASSIFIED_SOURCE = "社会救助暂行办法第12条;系数待市级文件核定[K-L]"
CLASSIFIED = (("SEVERE", "1.10"), ("ELDER", "1.10"), ("MINOR", "1.05"))


def enter_lines(apps):
    StandardLine = apps.get_model("households", "StandardLine")
    for kind, lines in (("DIBAO", DIBAO), ("LOW_INCOME", LOW_INCOME)):
        for position, (start, amount, source) in enumerate(lines):
            following = lines[position + 1 : position + 2]
            StandardLine.objects.create(
                kind=kind,
                amount=amount,
                effective_from=start,
                effective_to=following[0][0] - ONE_DAY if following else LAST_ESTABLISHED_DAY,
                source=source,
            )


def enter_coefficients(apps):
    ClassifiedRule = apps.get_model("households", "ClassifiedRule")
    for category, coefficient in CLASSIFIED:
        ClassifiedRule.objects.create(
            category=category,
            coefficient=coefficient,
            source=CLASSIFIED_SOURCE,
            effective_from=date(2014, 5, 1),
        )


def enter(apps, schema_editor):
    enter_lines(apps)
    enter_coefficients(apps)


class Migration(migrations.Migration):
    dependencies = [("households", "0001_initial")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
