"""When the monthly bulletin is drafted, and how far behind the calendar a district is named."""

from django.db import migrations

from casework.directory.dated_rows import parameters

ROWS = (
    ("bulletin_working_day", 5, "产品默认[D]:月度通报于次月第几个工作日起草"),
    ("progress_gap_points", 10, "产品默认[D]:完成率低于时间进度多少个百分点时点名"),
)


class Migration(migrations.Migration):
    dependencies = [("directory", "0009_photo_check")]
    operations = [parameters(ROWS)]
