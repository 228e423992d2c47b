"""import_households: good rows become referrals, bad rows are told, nothing happens twice."""

import io
import json
from pathlib import Path

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from casework.cases.models import HelpCase
from casework.cases.states import CaseState
from casework.households.models import Member
from casework.ledger.models import JournalEntry
from workflows.models import WorkItem

pytestmark = pytest.mark.django_db

HEADINGS = [
    "姓名",
    "身份证号",
    "与户主关系",
    "联系电话",
    "居住地代码",
    "地址",
    "转介来源",
    "转介原因",
]
GOOD = [
    [
        "陈试勇",
        "110199196908179152",
        "户主",
        "12000000601",
        "110112901",
        "示例路1号",
        "居委会",
        "肢体一级",
    ],
    [
        "许试桂",
        "110199194707279326",
        "户主",
        "12000001101",
        "110113901",
        "示例路2号",
        "医院",
        "独居高龄",
    ],
]


def run(path: Path, *options: str) -> dict[str, object]:
    out = io.StringIO()
    call_command("import_households", str(path), "--json", *options, stdout=out)
    answer: dict[str, object] = json.loads(out.getvalue())
    return answer


def workbook(path: Path, rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [HEADINGS, *rows]:
        book.active.append(row)
    book.save(path)
    return path


def text(path: Path, rows: list[list[str]], encoding: str) -> Path:
    lines = [",".join(row) for row in [HEADINGS, *rows]]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def test_good_rows_become_referrals_with_work_to_do(tmp_path: Path) -> None:
    report = run(workbook(tmp_path / "a.xlsx", GOOD))
    assert report == {"rows": 2, "imported": 2, "unchanged": 0, "duplicates": 0, "errors": []}
    assert set(HelpCase.objects.values_list("state", flat=True)) == {CaseState.REFERRED}
    assert WorkItem.objects.filter(step="decide_referral").count() == 2
    assert JournalEntry.objects.filter(act="refer").count() == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
def test_csv_in_the_encodings_offices_use(tmp_path: Path, encoding: str) -> None:
    report = run(text(tmp_path / "a.csv", GOOD, encoding))
    assert report["imported"] == 2
    assert set(Member.objects.values_list("name", flat=True)) == {"陈试勇", "许试桂"}


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", GOOD)
    run(path)
    again = run(path)
    assert (again["imported"], again["unchanged"]) == (0, 2)
    assert HelpCase.objects.count() == 2
    as_csv = run(text(tmp_path / "b.csv", GOOD, "gbk"))
    assert (as_csv["imported"], as_csv["unchanged"]) == (0, 2)
    assert HelpCase.objects.count() == 2


def test_every_bad_row_is_told_and_the_good_ones_go_in(tmp_path: Path) -> None:
    wrong_digit = ["孙试兰", "110199193809019046", *GOOD[0][2:]]
    no_such_street = ["周试学", "110199200007159073", "户主", "", "999999901", *GOOD[0][5:]]
    no_reason = ["冯试松", "11019919310404913X", "户主", "", "110111901", "示例路3号", "居委会", ""]
    report = run(workbook(tmp_path / "a.xlsx", [GOOD[0], wrong_digit, no_such_street, no_reason]))
    errors = report["errors"]
    assert isinstance(errors, list)
    assert {(error["row"], error["column"]) for error in errors} == {
        (3, "身份证号"),
        (4, "居住地代码"),
        (5, "转介原因"),
    }
    assert all(error["message"] for error in errors)
    assert "110199193809019046" not in json.dumps(errors)
    assert (report["rows"], report["imported"]) == (4, 1)


def test_a_dry_run_reports_and_imports_nothing(tmp_path: Path) -> None:
    report = run(workbook(tmp_path / "a.xlsx", GOOD), "--dry-run")
    assert report["imported"] == 2
    assert not HelpCase.objects.exists()


def test_a_map_names_other_headings(tmp_path: Path) -> None:
    path = text(tmp_path / "a.csv", GOOD, "utf-8")
    path.write_text(path.read_text(encoding="utf-8").replace("姓名", "受助人"), encoding="utf-8")
    (tmp_path / "map.yaml").write_text("受助人: name\n", encoding="utf-8")
    assert run(path, "--map", str(tmp_path / "map.yaml"))["imported"] == 2


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", b"PK\x03\x04 not a zip", b"a,b,c\n1,2,3\n", b"\xff\xfe\x00"]
)
def test_a_file_that_is_none_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    for name in ("a.xlsx", "a.csv"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CommandError) as refusal:
            run(tmp_path / name)
        assert len(str(refusal.value)) > 3


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        run(tmp_path / "none.xlsx")
