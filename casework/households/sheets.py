"""Opening a spreadsheet that a stranger may have made: bounded first, read after."""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from casework.lib.errors import Incomplete

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 100
# A title and blank lines may stand above and between the rows that count.
MAX_LINES: Final = MAX_ROWS + 1_000
MAX_ENTRIES: Final = 500
MAX_UNPACKED: Final = 150 * 1024 * 1024
MAX_RATIO: Final = 150
_SMALL: Final = 1024 * 1024
_CHUNK: Final = 256 * 1024
_ZIP: Final = b"PK\x03\x04"
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
_CELL_PLACE: Final = re.compile(rb"""\br=["']([A-Z]{0,3})([0-9]{1,9})["']""")
_OVERLAP: Final = 32
_SHEET_NAME: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)

_ZIP_FAULTS: Final = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, RuntimeError, EOFError, OSError,
    ValueError,
)  # fmt: skip

Cells = list[Any]


def read_cells(content: bytes) -> Iterator[Cells]:
    """The lines of a workbook's first sheet or of a text table, one list of cells each."""
    if len(content) > MAX_BYTES:
        raise Incomplete(_("The file is larger than 20 MB. Split it and import the parts."))
    if not content.strip():
        raise Incomplete(_("The file is empty."))
    if content.startswith(_OLD_OFFICE):
        raise Incomplete(
            _("The file is an old .xls or protected by a password. Save it as a plain .xlsx.")
        )
    lines = _workbook(content) if content.startswith(_ZIP) else _text_table(content)
    for count, cells in enumerate(lines, start=1):
        if count > MAX_LINES:
            raise Incomplete(_("The file has more than 100,000 rows. Split it."))
        yield cells


def _workbook(content: bytes) -> Iterator[Cells]:
    _check_archive(content)
    damaged = _("The workbook cannot be read; it may be damaged.")
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0)
        # skip_empty_area would shift the row numbers that people see in their own program.
        lines = sheet.to_python(skip_empty_area=False, nrows=MAX_LINES + 1)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise Incomplete(damaged) from error
    except BaseException as error:
        # A panic inside the Rust reader derives from BaseException alone and has no public name.
        if type(error).__name__ == "PanicException":
            raise Incomplete(damaged) from error
        raise
    yield from lines


def _check_archive(content: bytes) -> None:
    """Refuse a bomb before any spreadsheet code sees it; declared sizes are verified."""
    damaged = _("The workbook cannot be read; it may be damaged.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ENTRIES:
                raise Incomplete(_("The workbook is not plausible: it holds too many parts."))
            _check_sizes(entries)
            for entry in entries:
                _check_entry(archive, entry)
    except _ZIP_FAULTS as error:
        raise Incomplete(damaged) from error


def _check_sizes(entries: list[zipfile.ZipInfo]) -> None:
    too_big = _("The workbook is not plausible: it unpacks to far more than its size.")
    if sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise Incomplete(too_big)
    for entry in entries:
        if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Incomplete(_("The workbook is packed in an unusual way; save it again."))
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > _SMALL and ratio > MAX_RATIO:
            raise Incomplete(too_big)


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    # Reading to the end checks the sum: an entry that lies about its size is found out here.
    is_sheet = bool(_SHEET_NAME.fullmatch(entry.filename))
    tail = b""
    with archive.open(entry) as part:
        while chunk := part.read(_CHUNK):
            if is_sheet:
                _check_places(tail + chunk)
                tail = chunk[-_OVERLAP:]


def _check_places(xml: bytes) -> None:
    """A single far-away cell would make the reader reserve the whole rectangle before it."""
    if b"\x00" in xml:
        raise Incomplete(_("The workbook cannot be read; it may be damaged."))
    for column, row in _CELL_PLACE.findall(xml):
        if int(row) > MAX_LINES:
            raise Incomplete(_("The file has more than 100,000 rows. Split it."))
        if column and _column_number(column) > MAX_COLUMNS:
            raise Incomplete(_("The file has more than 100 columns."))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _text_table(content: bytes) -> Iterator[Cells]:
    text = _decode(content)
    if "\x00" in text:
        raise Incomplete(_("The file is neither an .xlsx workbook nor a text table."))
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(cells) > MAX_COLUMNS:
                raise Incomplete(_("The file has more than 100 columns."))
            yield list(cells)
    except csv.Error as error:
        raise Incomplete(_("The text table cannot be read: look for a quote left open.")) from error


def _decode(content: bytes) -> str:
    """UTF-8 with or without its mark, or the Chinese national encoding that contains GBK."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Incomplete(_("The text is neither UTF-8 nor GBK/GB18030."))
