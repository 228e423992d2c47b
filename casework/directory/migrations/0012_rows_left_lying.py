"""How long rows of a file that nobody entered are kept."""

from django.db import migrations

from casework.directory.dated_rows import parameters

ROWS = (("import_rows_days", 30, "产品默认[D]:导入文件中未导入的各行保留天数(个人信息最短保存)"),)


class Migration(migrations.Migration):
    dependencies = [("directory", "0011_unit_scores")]
    operations = [parameters(ROWS)]
