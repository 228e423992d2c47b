"""How far from the others of a home a photo may be taken before it is doubted."""

from django.db import migrations

from casework.directory.dated_rows import parameters

ROWS = (("check_photo_metres", 1000, "产品默认[D]:照片拍摄地与其他照片距离核对线(米)"),)


class Migration(migrations.Migration):
    dependencies = [("directory", "0008_usual_plans")]
    operations = [parameters(ROWS)]
