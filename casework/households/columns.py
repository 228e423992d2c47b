"""The columns of an import file: what they may be called and how each value is read."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from casework.households import codes
from casework.lib.bounds import FIRST_YEAR, LAST_YEAR
from casework.lib.identity import InvalidId, normalise, parse_id_number

# Spreadsheets keep fifteen digits of a number: an ID number typed as one has lost its end.
_LOST_DIGITS: Final = 10**15
_SCIENTIFIC: Final = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_DATE: Final = re.compile(r"(\d{4})\D{0,2}(\d{1,2})\D{0,2}(\d{1,2})日?")
_WRAPPED: Final = re.compile(r'="(.*)"')
_SEPARATORS: Final = re.compile(r"[、,，;；/\s]+")
_PHONE: Final = re.compile(r"\+?[0-9][0-9-]{4,19}")


class BadCell(ValueError):
    """A cell that cannot be read, with a sentence saying why; it never repeats the cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its field, its printed name, other names for it, and how to read it."""

    field: str
    title: str
    also: tuple[str, ...]
    read: Callable[[Any], Any]
    is_required: bool = False


def plain_text(cell: Any) -> str:
    """A cell as text, freed from the tricks spreadsheets use to keep digits as text."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    text = unicodedata.normalize("NFC", str(cell)).strip().strip("\ufeff\u200b")
    wrapped = _WRAPPED.fullmatch(text)
    if wrapped:
        text = wrapped.group(1)
    if any(unicodedata.category(character) == "Cc" and character != "\n" for character in text):
        raise BadCell(_("The cell holds a control character."))
    return text.removeprefix("'").strip()


def _number(cell: Any) -> str:
    if isinstance(cell, int | float) and abs(cell) >= _LOST_DIGITS:
        raise BadCell(_("Stored as a number, its last digits are lost: format the column as text."))
    text = plain_text(cell)
    if _SCIENTIFIC.fullmatch(text):
        raise BadCell(_("Stored as a number, its last digits are lost: format the column as text."))
    return text


def _identity(cell: Any) -> str:
    text = _number(cell)
    if not text:
        return ""
    try:
        return parse_id_number(text).number
    except InvalidId as error:
        raise BadCell(str(error)) from error


def _text(longest: int) -> Callable[[Any], str]:
    def read(cell: Any) -> str:
        text = plain_text(cell)
        if len(text) > longest:
            raise BadCell(_("Longer than %(count)d characters.") % {"count": longest})
        return text

    return read


def _phone(cell: Any) -> str:
    text = _number(cell)
    if text and not _PHONE.fullmatch(normalise(text)):
        raise BadCell(_("This is not a telephone number."))
    return normalise(text)


def _code(cell: Any) -> str:
    return normalise(_number(cell))


def _date(cell: Any) -> str:
    """A day as ISO text, so that it can be kept with the row."""
    if isinstance(cell, datetime):
        return _likely(cell.date())
    if isinstance(cell, date):
        return _likely(cell)
    text = plain_text(cell)
    if not text:
        return ""
    found = _DATE.fullmatch(normalise(text))
    if found is None:
        raise BadCell(_("Write a date as 2018-03-05."))
    try:
        return _likely(date(*map(int, found.groups())))
    except ValueError as error:
        if isinstance(error, BadCell):
            raise
        raise BadCell(_("This date does not exist.")) from error


def _likely(day: date) -> str:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadCell(
            _("Enter a date between the years %(first)s and %(last)s.")
            % {"first": FIRST_YEAR, "last": LAST_YEAR}
        )
    return day.isoformat()


def _yes(cell: Any) -> bool:
    text = plain_text(cell).lower()
    if text in {"", "否", "0", "n", "no", "false", "普通", "一般"}:
        return False
    if text in {"是", "1", "y", "yes", "true", "紧急", "急"}:
        return True
    raise BadCell(_("Write 是 or 否."))


def _one_of(names: dict[str, str], allowed: list[str]) -> Callable[[Any], str]:
    def read(cell: Any) -> str:
        text = plain_text(cell)
        if not text:
            return ""
        found = names.get(text) or names.get(text.upper()) or text.upper()
        if found not in allowed:
            raise BadCell(_("This value is not in the code list."))
        return found

    return read


def _disability_types(cell: Any) -> list[str]:
    found = []
    for part in _SEPARATORS.split(plain_text(cell)):
        if not part:
            continue
        code = _DISABILITIES.get(part.removesuffix("残疾"), part)
        if code not in codes.DisabilityType.values:
            raise BadCell(_("This value is not in the code list."))
        found.append(code)
    return found


_CATEGORIES: Final = {value[0]: value for value in codes.Category.values} | {
    "救助对象": "A_RELIEF", "低保低收入特困": "A_RELIEF", "社会救助对象": "A_RELIEF",
    "困难老年人": "B_ELDER", "老年人": "B_ELDER", "困境儿童": "C_CHILD", "儿童": "C_CHILD",
    "重度残疾人": "D_DISABLED", "残疾人": "D_DISABLED", "突发困难": "E_SUDDEN",
    "重病突发": "E_SUDDEN", "其他": "F_OTHER",
}  # fmt: skip
_RELIEF: Final = {
    "无": "NONE", "低保": "DIBAO", "最低生活保障": "DIBAO", "低收入": "LOW_INCOME",
    "特困": "TEKUN", "特困供养": "TEKUN", "边缘": "MARGINAL", "低保边缘": "MARGINAL",
    "支出型": "EXPENDITURE", "支出型困难": "EXPENDITURE",
}  # fmt: skip
SOURCES: Final = {
    "居委会": "COMMITTEE", "村委会": "COMMITTEE", "社区": "COMMITTEE", "医院": "HOSPITAL",
    "学校": "SCHOOL", "12345": "HOTLINE_12345", "热线": "HOTLINE_12345",
    "12345热线": "HOTLINE_12345", "本人": "SELF", "本人申请": "SELF", "自行求助": "SELF",
    "数据筛查": "DATA_SCREENING", "大数据": "DATA_SCREENING", "巡视探访": "ELDER_VISIT",
    "主动发现": "ACTIVE_DISCOVERY", "街道": "STREET", "乡镇": "STREET",
}  # fmt: skip
_RELATIONS: Final = {
    "本人": "01", "户主": "02", "配偶": "10", "夫": "11", "丈夫": "11", "妻": "12", "妻子": "12",
    "子": "20", "儿子": "20", "独生子": "21", "女": "30", "女儿": "30", "独生女": "31",
    "孙子": "40", "孙女": "40", "外孙": "40", "外孙子": "40", "外孙女": "40", "父母": "50",
    "父": "51", "父亲": "51", "母": "52", "母亲": "52", "公公": "53", "婆婆": "54",
    "岳父": "55", "岳母": "56", "祖父母": "60", "祖父": "61", "祖母": "62", "外祖父": "63",
    "外祖母": "64", "兄弟姐妹": "70", "兄": "73", "弟": "75", "姐": "77", "妹": "79",
    "其他": "80",
}  # fmt: skip
_DISABILITIES: Final = {
    "视力": "1", "听力": "2", "言语": "3", "肢体": "4", "智力": "5", "精神": "6", "多重": "7",
}  # fmt: skip
_GRADES: Final = {
    "一级": "1", "二级": "2", "三级": "3", "四级": "4", "1级": "1", "2级": "2", "3级": "3",
    "4级": "4", "无": "",
}  # fmt: skip
_SCHOOLS: Final = {
    "学前": "PRE", "小学": "PRI", "初中": "JUN", "高中": "SEN", "普高": "SEN", "中职": "VOC",
    "中专": "VOC", "专科": "COL", "大专": "COL", "本科": "UNI", "特教": "SPE", "否": "OUT",
    "不在校": "OUT", "是": "", "在校": "",
}  # fmt: skip


def _school(cell: Any) -> str:
    text = plain_text(cell)
    return "" if text in {"是", "在校"} else _one_of(_SCHOOLS, codes.School.values)(text)


def _grade(cell: Any) -> str:
    text = plain_text(cell)
    return "" if text == "无" else _one_of(_GRADES, codes.DisabilityGrade.values)(text)


COLUMNS: Final = (
    Column("name", "姓名", ("名字", "申请人姓名", "成员姓名", "name"), _text(60), True),
    Column(
        "id_no", "身份证号",
        ("身份证", "身份证号码", "公民身份号码", "证件号", "证件号码", "id_no"), _identity, True,
    ),
    Column("relation", "与户主关系", ("关系", "与户主的关系", "relation"),
           _one_of(_RELATIONS, codes.Relation.values)),
    Column("head_id_no", "户主身份证号",
           ("户主身份证", "户主身份证号码", "户主证件号", "head_id_no"), _identity),
    Column("birth_date", "出生日期", ("出生年月日", "生日", "birth_date"), _date),
    Column("phone", "联系电话", ("电话", "手机", "手机号", "联系方式", "phone"), _phone),
    Column(
        "division", "居住地代码",
        ("居住地", "街道代码", "居住街道代码", "所属街道代码", "行政区划代码", "division"),
        _code, True,
    ),
    Column("address", "地址", ("居住地址", "家庭住址", "住址", "详细地址", "address"), _text(200),
           True),
    Column("category", "类别", ("台账类别", "对象类别", "人员类别", "category"),
           _one_of(_CATEGORIES, codes.Category.values)),
    Column("relief_type", "救助类型", ("救助类别", "救助情况", "relief_type"),
           _one_of(_RELIEF, codes.ReliefType.values)),
    Column("source", "转介来源", ("来源", "转介单位", "source"),
           _one_of(SOURCES, sorted(set(SOURCES.values()))), True),
    Column("reason", "转介原因", ("原因", "困难情况", "转介事由", "reason"), _text(2000), True),
    Column("received_on", "转介日期", ("日期", "登记日期", "received_on"), _date),
    Column("disability_types", "残疾类别", ("残疾类型", "disability_types"), _disability_types),
    Column("disability_grade", "残疾等级", ("残疾级别", "disability_grade"), _grade),
    Column("in_school", "是否在校", ("在校", "就学阶段", "学段", "in_school"), _school),
    Column("urgent", "紧急", ("是否紧急", "紧急程度", "urgent"), _yes),
    Column("guardian", "监护人姓名", ("监护人", "guardian"), _text(60)),
    Column("guardian_consent_on", "监护人同意日期",
           ("监护人同意", "监护人签字日期", "guardian_consent_on"), _date),
)  # fmt: skip
BY_FIELD: Final = {column.field: column for column in COLUMNS}


def header_key(cell: Any) -> str:
    """A header without its marks of duty, remarks in brackets, and blanks."""
    text = unicodedata.normalize("NFKC", str(cell)).casefold()
    text = re.sub(r"\(.*?\)", "", text)
    return re.sub(r"[\s*:_]", "", text)


_NAMES: Final = {
    header_key(name): column
    for column in COLUMNS
    for name in (column.title, column.field, *column.also)
}


def column_named(cell: Any, mapping: dict[str, str] | None = None) -> Column | None:
    """The column a header means, by the file's own mapping first."""
    name = str(cell).strip()
    if mapping and name in mapping:
        return _NAMES.get(header_key(mapping[name]))
    return _NAMES.get(header_key(name)) if name else None
