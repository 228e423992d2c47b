"""Households from a workbook, with all checks and a referral each, beside the bare rows.

`python -m tests.benchmarks.imports HOUSEHOLDS`: three people a household. The peer writes the same
households and people with `bulk_create` and nothing else, the limit sends them with COPY.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.faults import driver  # sets Django up

from django.db import connection, transaction  # isort: skip

import xlsxwriter

from casework.cases.models import HelpCase
from casework.households.columns import COLUMNS
from casework.households.models import Household, Member
from casework.staff.models import User
from tests.benchmarks.tools import seconds
from tests.factories import id_number
from workflows.intake import import_households

PEOPLE = 3


def imports(households: int) -> dict[str, Any]:
    """Households a second: ours, bulk_create, COPY."""
    by = User.objects.get(username="cw")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "样例.xlsx"
        _workbook(path, households)
        content = path.read_bytes()
        ours = seconds(lambda: import_households(content, by=by, file_name=path.name))
        again = seconds(lambda: import_households(content, by=by, file_name=path.name))
    assert HelpCase.objects.count() == households, "every household is referred, and once"
    members = list(Member.objects.order_by("pk")[: households * PEOPLE])
    homes = list(Household.objects.filter(pk__in={one.household_id for one in members}))
    bare = seconds(lambda: _bulk(homes, members))
    copied = seconds(lambda: _copy(homes, members))
    return {
        "ours": households / ours,
        "peer": len(homes) / bare,
        "limit": len(homes) / copied,
        "details": {"the same file once more": f"{households / again:.0f} households/s, none new"},
    }


def _workbook(path: Path, households: int) -> None:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [column.title for column in COLUMNS])
    row = 0
    for home in range(households):
        head = id_number(home * PEOPLE)
        for place in range(PEOPLE):
            row += 1
            told = {
                "姓名": f"试{row}", "身份证号": id_number(home * PEOPLE + place),
                "户主身份证号": head, "与户主关系": "本人" if place == 0 else "子",
                "居住地代码": driver.STREET, "地址": f"示例路{home}号", "转介来源": "居委会",
                "转介原因": "试", "联系电话": f"120{row:08d}", "类别": "",
            }  # fmt: skip
            sheet.write_row(row, 0, [told.get(column.title, "") for column in COLUMNS])
    book.close()


def _bulk(homes: list[Household], members: list[Member]) -> None:
    """The same rows without a head, a check, a case or a line in the books; then taken back."""
    with transaction.atomic():
        fresh = {home.pk: _without_key(home, head=None) for home in homes}
        Household.objects.bulk_create(fresh.values(), batch_size=1000)
        people = [_without_key(one, household=fresh[one.household_id]) for one in members]
        Member.objects.bulk_create(people, batch_size=1000)
        transaction.set_rollback(True)


def _without_key(row: Any, **changed: Any) -> Any:
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    for name in ("id", *(f"{name}_id" for name in changed)):
        values.pop(name)
    return type(row)(**values, **changed)


def _copy(homes: list[Household], members: list[Member]) -> None:
    """The same rows as text through COPY, into tables with the same indexes; then taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model, rows in ((Household, homes), (Member, members)):
            table = model._meta.db_table
            cursor.execute(
                f"CREATE TEMP TABLE held ON COMMIT DROP AS SELECT * FROM {table}"
                " WHERE id = ANY(%s)",
                [[row.pk for row in rows]],
            )
            with cursor.connection.cursor().copy("COPY held TO STDOUT") as out:
                lines = b"".join(bytes(part) for part in out)
            cursor.execute(f"CREATE TEMP TABLE into_{table} (LIKE {table} INCLUDING ALL)")
            with cursor.connection.cursor().copy(f"COPY into_{table} FROM STDIN") as sink:
                sink.write(lines)
            cursor.execute("DROP TABLE held")
        transaction.set_rollback(True)


if __name__ == "__main__":
    print(json.dumps(imports(int(sys.argv[1]))))
