"""From where on a record of services is doubted, and which doubts refuse it."""

from django.db import migrations

from casework.directory.dated_rows import parameters

ROWS = (
    ("check_worker_minutes", 600, "产品默认[D]:同一服务人员一日服务时长核对线(分钟)"),
    ("check_identical_records", 5, "产品默认[D]:时长完全相同的服务记录核对条数"),
    ("check_plan_likeness", 90, "产品默认[D]:不同家庭方案文字相似度核对线(%)"),
    ("checks_that_refuse", [], "产品默认[D]:触发后不予登记的核对项,其余仅提示"),
)


class Migration(migrations.Migration):
    dependencies = [("directory", "0004_export_limits")]
    operations = [parameters(ROWS)]
