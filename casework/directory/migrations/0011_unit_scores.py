"""From where on the scores of a provider or of an evaluator ask a person to look."""

from django.db import migrations

from casework.directory.dated_rows import parameters

ROWS = (
    ("provider_poor_share", 20, "产品默认[D]:评定为差的个案达到百分之几时建议暂停服务机构"),
    ("evaluator_drift_points", 5, "产品默认[D]:评估人员平均分与其他人相差超过几分时提示"),
)


class Migration(migrations.Migration):
    dependencies = [("directory", "0010_bulletin")]
    operations = [parameters(ROWS)]
