"""Every column of an import file meets every kind of bad cell, and files that are none."""

import csv
import io
import json
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from casework.households.columns import COLUMNS
from casework.households.models import Household, ImportBatch
from casework.lib.errors import CaseworkError
from tests.hostile.words import ALL
from tests.walk import Walk
from workflows.intake import import_households

pytestmark = [pytest.mark.django_db, pytest.mark.once]

GOOD = {
    "姓名": "赵试一", "身份证号": "110199197605129013", "与户主关系": "户主",
    "居住地代码": "110112901", "家庭住址": "示例路1号", "类别": "F", "来源": "居委会",
    "困难情况": "收入下降", "转介日期": "2018-03-05",
}  # fmt: skip
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def walk(clock_at: Callable[[str], datetime]) -> Walk:
    made = Walk()
    clock_at("2018-05-20 09:00")
    return made


def good_row() -> dict[str, Any]:
    titles = {column.title for column in COLUMNS}
    names = {name: column.title for column in COLUMNS for name in (column.title, *column.also)}
    return {
        names.get(name, name): value for name, value in GOOD.items() if names.get(name) in titles
    }


def text_table(rows: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, [column.title for column in COLUMNS])
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def book(rows: list[dict[str, Any]]) -> bytes:
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_urls": False,
                                     "nan_inf_to_errors": True})  # fmt: skip
    sheet = made.add_worksheet()
    titles = [column.title for column in COLUMNS]
    for number, row in enumerate([dict(zip(titles, titles, strict=True)), *rows]):
        for position, title in enumerate(titles):
            value = row.get(title, "")
            if isinstance(value, str):
                sheet.write_string(number, position, value[:32_000])
            else:
                sheet.write(number, position, value)
    made.close()
    return out.getvalue()


CELLS: dict[str, Any] = {
    **ALL, "true": True, "float": 1.5, "negative": -3, "day number": 43164, "huge float": 1e300,
    "minus huge": -1e300, "early day": datetime(1900, 1, 1), "last day": datetime(9999, 12, 31),
}  # fmt: skip


@pytest.mark.parametrize("column", [column.title for column in COLUMNS])
@pytest.mark.parametrize("made", [text_table, book])
def test_no_cell_breaks_an_import(
    walk: Walk, column: str, made: Callable[[list[dict[str, Any]]], bytes]
) -> None:
    good = good_row()
    cells = {k: v for k, v in CELLS.items() if k != "nul"} if made is book else CELLS
    for kind, cell in cells.items():
        before = Household.objects.count()
        content = made([good | {column: cell}])
        try:
            report = import_households(content, by=walk.person("SH"), file_name=f"{kind}.csv")
        except CaseworkError:
            # A file that is none is refused as a whole, in words.
            assert Household.objects.count() == before
            continue
        kept = Household.objects.count() - before
        assert kept <= report.imported
        # A row is imported, or known already, or its fault is told.
        assert report.imported + report.unchanged or report.errors, (kind, report)
        assert all(error.message for error in report.errors)


def archive(parts: dict[str, bytes], **options: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, **options) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def unpacked() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(book([good_row()]))) as sound:
        return {name: sound.read(name) for name in sound.namelist()}


def with_entity(declared: bytes, used: bytes) -> bytes:
    parts = unpacked()
    name = "xl/sharedStrings.xml"
    body = parts[name].split(b"?>", 1)[1]
    parts[name] = b'<?xml version="1.0"?>' + declared + body.replace("赵试一".encode(), used)
    return archive(parts)


def laughs() -> bytes:
    levels = b"".join(
        b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol" * 10) for n in range(9)
    )
    return with_entity(b"<!DOCTYPE sst [" + levels + b"]>", b"&l8;")


FILES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "spaces": lambda: b" \r\n\t" * 1000,
    "zeros": lambda: b"\x00" * 100_000,
    "picture": lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 500,
    "pdf": lambda: b"%PDF-1.7\n1 0 obj<<>>endobj",
    "old office": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4096,
    "cut short": lambda: book([good_row()])[:-200],
    "only the mark": lambda: b"PK\x03\x04",
    "no sheets": lambda: archive({"[Content_Types].xml": b"<Types/>"}),
    "bomb": lambda: archive({"xl/worksheets/sheet1.xml": b"\x20" * 160_000_000}),
    "many parts": lambda: archive({f"p{n}.xml": b"x" for n in range(2000)}),
    "paths": lambda: archive({**unpacked(), "../../../../tmp/evil": b"x"}),
    "external entity": lambda: with_entity(
        b'<!DOCTYPE sst [<!ENTITY x SYSTEM "file:///etc/passwd">]>', b"&x;"
    ),
    "billion laughs": laughs,
    "far cell": lambda: archive(
        {
            **unpacked(),
            "xl/worksheets/sheet1.xml": unpacked()["xl/worksheets/sheet1.xml"].replace(
                b'r="A2"', b'r="XFD1048576"'
            ),
        }
    ),
    "long line": lambda: b"a," * 2_000_000,
    "open quote": lambda: text_table([good_row()]) + b'"' + b"x" * 300_000,
    "deep quotes": lambda: b'"' * 2_000_001,
    "utf-16 half": lambda: b"\xff\xfe\x00",
    "bad utf-8": lambda: b"\xff\xfe\xfd" * 1000,
    "a million lines": lambda: text_table([good_row()]) + b"\n" * 1_000_000,
    "columns twice": lambda: "姓名,姓名,身份证号\n".encode(),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_that_is_none_is_refused_in_words(walk: Walk, kind: str) -> None:
    before = Household.objects.count()
    try:
        report = import_households(FILES[kind](), by=walk.person("SH"), file_name=kind)
    except CaseworkError as refusal:
        assert refusal.message
    else:
        assert kind in {"paths", "external entity", "billion laughs"}
        assert report.imported + len(report.errors) <= 1
    assert "root:" not in str(list(ImportBatch.objects.values_list("report", flat=True)))
    assert Household.objects.count() - before <= 1


READER = """
import json, resource, sys
import django
django.setup()
from casework.households.imports import read_rows
from casework.lib.errors import CaseworkError
try:
    said = f"{len(list(read_rows(open(sys.argv[1], 'rb').read())))} rows"
except CaseworkError as refusal:
    said = "refused"
used = resource.getrusage(resource.RUSAGE_SELF)
# Of this program alone: the peak that getrusage tells began with the size of who forked it.
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(json.dumps([said, int(peak.split()[1]) / 1024, used.ru_utime]))
"""
MOST_MB, MOST_CPU_SECONDS = 400, 5


def read_apart(path: Path) -> tuple[str, float, float]:
    """Reading a file in a process of its own: what came of it, megabytes, seconds of CPU."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))

    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        cwd=ROOT, capture_output=True, text=True, check=True, preexec_fn=bounded,
    )  # fmt: skip
    said, megabytes, seconds = json.loads(done.stdout.splitlines()[-1])
    return said, megabytes, seconds


@pytest.mark.parametrize(
    "kind", ["bomb", "billion laughs", "long line", "deep quotes", "a million lines", "far cell"]
)
def test_a_bomb_costs_little(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(FILES[kind]())
    _said, megabytes, seconds = read_apart(path)
    assert megabytes < MOST_MB
    # CPU of the child, not time on the wall: a limit on work, whatever else the machine does.
    assert seconds < MOST_CPU_SECONDS * 2
