"""How long files are kept, and by when a person's request is answered."""

from django.db import migrations

from casework.directory.dated_rows import parameters

ROWS = (
    ("retention_rejected_years", 2, "产品默认[D]:未通过转介保存年限"),
    ("retention_case_years", 30, "产品默认[D]:救助档案保存年限"),
    ("request_working_days", 15, "产品默认[D]:个人信息请求答复工作日(个人信息保护法第五十条)"),
)


class Migration(migrations.Migration):
    dependencies = [("directory", "0002_reference_data")]
    operations = [parameters(ROWS)]
