"""How many rows of a list leave the house at once, and from how many on two people decide."""

from django.db import migrations

from casework.directory.dated_rows import parameters

ROWS = (
    ("export_rows_street", 200, "产品默认[D]:街道导出名单行数上限"),
    ("export_rows_alone", 1000, "产品默认[D]:区级、市级导出超过此行数须第二人批准"),
)


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_retention")]
    operations = [parameters(ROWS)]
