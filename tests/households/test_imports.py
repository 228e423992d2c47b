import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.utils import timezone

from casework.households.imports import HouseholdGroup, ImportReport, enter_household, read_rows
from casework.households.models import Household, ImportBatch, ImportRow, Member
from casework.households.staging import import_file
from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow

pytestmark = pytest.mark.django_db

HEADERS = ["姓名*", "身份证号码", "与户主关系", "户主身份证号", "电话", "居住地代码", "家庭住址"]
HEADERS += ["类别(A–F)", "来源", "困难情况", "转介日期", "监护人", "监护人同意日期", "是否紧急"]
ZHAO = ["赵试一", "110199197605129013", "户主", "", "12000000001", "110101901", "示例路1号"]
ZHAO += ["F", "居委会", "收入下降", "2018-03-05", "", "", "否"]
QIAN = ["钱试二", "110199197811039027", "妻", "110199197605129013", "", "110101901", "示例路1号"]
QIAN += ["F", "居委会", "收入下降", "2018-03-05", "", "", ""]
FENG = ["冯试松", "11019919310404913x", "本人", "", "", "110111901", "示例路2号"]
FENG += ["A", "巡视探访", "独居高龄", "2018年3月6日", "", "", "是"]


@pytest.fixture(autouse=True)
def _in_spring() -> Iterator[None]:
    with clock.at(timezone.make_aware(datetime(2018, 3, 20, 9))):
        yield


def table(*rows: list[Any], header: list[str] | None = None, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header or HEADERS, *rows])
    return text.getvalue().encode(encoding)


def workbook(*rows: list[Any], header: list[str] | None = None) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate([header or HEADERS, *rows]):
        for position, cell in enumerate(row):
            sheet.write(number, position, cell)
    book.close()
    return content.getvalue()


def enter(group: HouseholdGroup, _undone: int) -> None:
    enter_household(group, by=None)


def run(content: bytes | Path, **options: Any) -> ImportReport:
    return import_file(content, by=None, apply=options.pop("apply", enter), **options)


def faults(content: bytes) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in run(content).errors]


def changed(row: list[Any], **cells: Any) -> list[Any]:
    names = {"name": 0, "id_no": 1, "head": 3, "division": 5, "address": 6, "category": 7}
    names |= {"source": 8, "received": 10, "guardian": 11, "agreed": 12}
    row = list(row)
    for name, value in cells.items():
        row[names[name]] = value
    return row


class TestImportFile:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
    def test_text_tables_in_every_common_encoding(self, encoding: str) -> None:
        report = run(table(ZHAO, QIAN, FENG, encoding=encoding))
        assert (report.rows, report.imported, report.errors) == (3, 3, [])
        assert Household.objects.count() == 2
        assert Member.objects.get(name="钱试二").household.display_head == "赵试一"

    def test_a_workbook_reads_the_same(self, tmp_path: Path) -> None:
        path = tmp_path / "户.xlsx"
        path.write_bytes(workbook(ZHAO, [], QIAN, FENG))
        report = run(path)
        assert (report.imported, report.errors) == (3, [])
        assert ImportBatch.objects.get().file_name == "户.xlsx"

    def test_the_group_carries_the_facts_of_the_referral(self) -> None:
        seen: list[HouseholdGroup] = []
        run(table(QIAN, ZHAO, FENG), apply=lambda group, _undone: seen.append(group))
        assert [group.rows[0].values["name"] for group in seen] == ["赵试一", "冯试松"]
        assert seen[1].referral == {
            "source": "ELDER_VISIT",
            "reason": "独居高龄",
            "urgency": "SUDDEN",
            "division": "110111901",
        }

    def test_the_same_file_twice_changes_nothing(self) -> None:
        content = table(ZHAO, QIAN, FENG)
        run(content)
        again = run(content)
        assert (again.imported, again.unchanged, again.errors) == (0, 3, [])
        assert (Member.objects.count(), ImportBatch.objects.count()) == (3, 1)

    def test_the_same_rows_in_another_file_change_nothing(self) -> None:
        run(table(ZHAO, QIAN))
        again = run(workbook(QIAN, ZHAO, FENG))
        assert (again.imported, again.unchanged) == (1, 2)
        assert Member.objects.count() == 3

    def test_a_dry_run_tells_and_keeps_nothing(self) -> None:
        report = run(table(ZHAO, changed(FENG, id_no="1")), dry_run=True)
        assert (report.imported, len(report.errors)) == (1, 1)
        assert not Household.objects.exists() and not ImportBatch.objects.exists()

    def test_a_refused_household_is_told_and_tried_again_next_time(self) -> None:
        def refuse(group: HouseholdGroup, _undone: int) -> None:
            enter(group, _undone)
            raise NotLawfulNow("Merge it.")

        content = table(ZHAO, FENG)
        report = run(content, apply=refuse)
        assert (report.imported, [e.message for e in report.errors]) == (0, ["Merge it."] * 2)
        assert not Household.objects.exists()
        assert ImportRow.objects.filter(state="REFUSED").count() == 2
        assert run(content).imported == 2

    def test_a_crash_halfway_goes_on_where_it_stopped(self) -> None:
        def crash(group: HouseholdGroup, _undone: int) -> None:
            enter(group, _undone)
            if group.rows[0].values["name"] == "冯试松":
                raise KeyboardInterrupt

        content = table(ZHAO, FENG)
        with pytest.raises(KeyboardInterrupt):
            run(content, apply=crash)
        assert Household.objects.count() == 1
        again = run(content)
        assert (again.imported, again.unchanged, Household.objects.count()) == (1, 1, 2)

    def test_no_number_lies_readable_in_the_staging_table(self) -> None:
        run(table(ZHAO))
        row = ImportRow.objects.get()
        assert row.facts["id_no"] == "110199197605129013"
        stored = ImportRow.objects.values_list("natural_key", "group_key").get()
        assert "110199197605129013" not in str(stored)

    def test_headers_of_ones_own_are_mapped(self) -> None:
        header = ["客户", *HEADERS[1:]]
        with pytest.raises(Incomplete):
            run(table(ZHAO, header=header))
        assert run(table(ZHAO, header=header), mapping={"客户": "姓名"}).imported == 1

    def test_a_title_above_the_header_is_passed_over(self) -> None:
        content = "示例街道转介名单,,\n,,\n".encode() + table(ZHAO)
        assert run(content).imported == 1


class TestBadRows:
    def test_every_fault_is_told_by_row_column_and_reason(self) -> None:
        others = ["110199193809019045", "110199195101069118", "110199195311229124"]
        content = table(
            ZHAO,
            changed(FENG, id_no="110199193104049130"),
            changed(FENG, id_no=others[0], division="110199901"),
            changed(FENG, id_no=others[1], received="2018-02-30"),
            changed(FENG, id_no=others[2], category="Z"),
            changed(FENG, name="", source="邻居"),
        )
        report = run(content)
        assert report.imported == 1
        assert [(error.row, error.column) for error in report.errors] == [
            (3, "身份证号"),
            (4, "居住地代码"),
            (5, "转介日期"),
            (6, "类别"),
            (7, "姓名"),
            (7, "转介来源"),
        ]
        assert all(error.message for error in report.errors)
        assert "1101991931" not in str([error.message for error in report.errors])

    def test_a_person_twice_is_counted_and_told(self) -> None:
        report = run(table(ZHAO, changed(ZHAO, address="别处")))
        assert (report.imported, report.duplicates, len(report.errors)) == (1, 1, 1)
        assert (3, "身份证号") in [(e.row, e.column) for e in report.errors]

    def test_a_bad_row_holds_its_whole_household_back(self) -> None:
        report = run(table(ZHAO, changed(QIAN, id_no="110199197811039028"), FENG))
        assert report.imported == 1
        assert {error.row for error in report.errors} == {2, 3}

    def test_a_number_that_lost_its_digits_is_noticed(self) -> None:
        assert faults(workbook(changed(ZHAO, id_no=110199197605129013))) == [(2, "身份证号")]
        assert faults(table(changed(ZHAO, id_no="1.10199E+17"))) == [(2, "身份证号")]

    def test_tricks_that_keep_digits_as_text_are_understood(self) -> None:
        assert run(table(changed(ZHAO, id_no='="110199197605129013"'))).imported == 1
        assert run(table(changed(FENG, id_no="'11019919310404913X"))).imported == 1

    def test_a_date_cell_and_a_number_cell_are_read(self) -> None:
        row = changed(ZHAO, division=110101901)
        assert run(workbook(row)).imported == 1

    def test_a_child_without_consent_is_told_before_anything_is_kept(self) -> None:
        grandmother = changed(FENG, name="严试芝", id_no="110199195006209442", division="110119901")
        child = changed(
            grandmother,
            name="曹试宇",
            id_no="110199200712259432",
            head="110199195006209442",
            guardian="严试芝",
        )
        report = run(table(grandmother, child))
        assert (3, "监护人同意日期") in [(e.row, e.column) for e in report.errors]
        assert not Household.objects.exists()
        assert run(table(grandmother, changed(child, agreed="2018-03-01"))).imported == 2
        assert Member.objects.get(name="曹试宇").guardian.name == "严试芝"

    def test_a_guardian_or_head_not_in_the_file_is_told(self) -> None:
        assert faults(table(changed(ZHAO, guardian="某人"))) == [(2, "监护人姓名")]
        assert faults(table(QIAN)) == [(2, "户主身份证号")]

    def test_merged_cells_leave_rows_that_are_told(self) -> None:
        content = io.BytesIO()
        book = xlsxwriter.Workbook(content, {"in_memory": True})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADERS)
        sheet.write_row(1, 0, ZHAO)
        sheet.write_row(2, 0, changed(FENG, address=""))
        sheet.merge_range(1, 6, 2, 6, "示例路1号")
        book.close()
        assert faults(content.getvalue()) == [(3, "地址")]

    def test_a_member_for_a_household_already_entered_is_told(self) -> None:
        run(table(ZHAO))
        report = run(table(ZHAO, QIAN))
        assert (report.unchanged, report.imported) == (1, 0)
        assert [error.row for error in report.errors] == [3]


class TestBadFiles:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"   \n",
            b"\xd0\xcf\x11\xe0" + b"\x00" * 600,
            b"PK\x03\x04 broken",
            b"\xff\xfe\x00",
            b"\x89PNG\r\n\x1a\n\x00\x00",
            "姓名,电话\n张,1\n".encode(),
            b"\x80\x81\xff\xff\xff",
            ("姓名,身份证号\n" + '"' + "a" * 200_000).encode(),
            b"x" * (20 * 1024 * 1024 + 1),
            ",".join(["姓名", "姓名", "身份证号"]).encode(),
        ],
    )
    def test_a_file_that_is_no_table_is_refused_with_a_sentence(self, content: bytes) -> None:
        with pytest.raises(Incomplete) as refusal:
            list(read_rows(content))
        assert refusal.value.message

    def test_missing_columns_are_named(self) -> None:
        with pytest.raises(Incomplete, match="地址"):
            list(read_rows("姓名,身份证号\n".encode()))

    def test_too_many_rows_are_refused(self) -> None:
        line = (",".join(map(str, FENG)) + "\n").encode()
        with pytest.raises(Incomplete):
            for _row in read_rows(table() + line * 100_001):
                pass

    def test_a_bomb_is_refused_before_it_unpacks(self) -> None:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet1.xml", b" " * 40_000_000)
        with pytest.raises(Incomplete):
            list(read_rows(content.getvalue()))

    def test_too_many_parts_are_refused(self) -> None:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for number in range(501):
                archive.writestr(f"{number}.xml", b"")
        with pytest.raises(Incomplete):
            list(read_rows(content.getvalue()))

    def test_one_far_cell_does_not_reserve_the_whole_sheet(self) -> None:
        content = io.BytesIO()
        book = xlsxwriter.Workbook(content, {"in_memory": True})
        book.add_worksheet().write(1_048_575, 16_383, "x")
        book.close()
        with pytest.raises(Incomplete):
            list(read_rows(content.getvalue()))

    def test_an_entry_that_lies_about_its_size_is_found_out(self) -> None:
        honest = workbook(ZHAO)
        with zipfile.ZipFile(io.BytesIO(honest)) as archive:
            size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
        lying = honest.replace(size.to_bytes(4, "little"), (size // 2).to_bytes(4, "little"))
        assert lying != honest
        with pytest.raises(Incomplete):
            list(read_rows(lying))

    @pytest.mark.parametrize("cut", [30, 500, -400, -30])
    def test_a_truncated_workbook_is_refused(self, cut: int) -> None:
        with pytest.raises(Incomplete):
            list(read_rows(workbook(ZHAO)[:cut]))
