"""Identity and credit codes, their check characters, and what may be shown of them."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError as InvalidNumber
from stdnum.iso7064 import mod_11_2, mod_37_36

from casework.lib import clock

TEST_PREFIX: Final = "110199"
OLDEST_AGE: Final = 130
ID_LENGTH: Final = 18
# GB/T 2260 provinces, and 81-83 of the residence permits for Hong Kong, Macao and Taiwan.
_PROVINCES: Final = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_COMPOUND_SURNAMES: Final = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "宇文",
        "长孙",
        "夏侯",
        "司徒",
        "司空",
        "端木",
        "百里",
        "东郭",
        "南宫",
        "呼延",
        "轩辕",
        "闻人",
        "澹台",
        "公冶",
        "宗政",
        "濮阳",
        "淳于",
        "单于",
        "太叔",
        "申屠",
        "仲孙",
        "钟离",
        "鲜于",
        "闾丘",
    ]
)


class InvalidId(ValueError):
    """A number that cannot be right, with a sentence saying why; it never repeats the number."""


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A resident identity number that passed every check of GB 11643-1999."""

    number: str = field(repr=False)
    birth_date: date = field(repr=False)
    sex: str
    prefix: str = field(repr=False)

    def __str__(self) -> str:
        return mask_id(self.number)


def normalise(text: str) -> str:
    """Full-width digits, blanks and a small x are how people type, not errors."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def parse_id_number(text: str) -> IdNumber:
    """Read a resident identity number, or say what is wrong with it."""
    number = normalise(text)
    if len(number) != ID_LENGTH:
        raise InvalidId(_("An ID number has 18 characters."))
    if not (number[:-1].isascii() and number[:-1].isdigit() and number[-1] in "0123456789X"):
        raise InvalidId(_("An ID number has 17 digits and a last digit or X."))
    _check_region(number[:6])
    birth_date = _birth_date(number[6:14])
    if not mod_11_2.is_valid(number):
        raise InvalidId(_("The last character does not fit the ID number: look for a slip."))
    sex = "1" if int(number[16]) % 2 else "2"
    return IdNumber(number=number, birth_date=birth_date, sex=sex, prefix=number[:6])


def _check_region(prefix: str) -> None:
    if prefix[:2] not in _PROVINCES:
        raise InvalidId(_("The ID number begins with no known region."))
    if prefix == TEST_PREFIX and not settings.ALLOW_TEST_IDS:
        raise InvalidId(_("This is a test number; it is not accepted here."))


def _birth_date(digits: str) -> date:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise InvalidId(_("The ID number holds a birth date that does not exist.")) from error
    today = clock.today()
    if born > today:
        raise InvalidId(_("The ID number holds a birth date in the future."))
    if today.year - born.year > OLDEST_AGE:
        raise InvalidId(_("The ID number says the person is over 130 years old."))
    return born


def is_test_number(number: str) -> bool:
    """The number belongs to the invented people of demonstrations and tests."""
    return number.startswith(TEST_PREFIX)


def check_credit_code(text: str) -> str:
    """Read an organisation's unified social credit code, or say that it is wrong."""
    try:
        return str(uscc.validate(normalise(text)))
    except InvalidNumber as error:
        raise InvalidId(_("This is not a valid unified social credit code.")) from error


def age_on(birth_date: date, day: date) -> int:
    """Full years of life on a day; someone born on 29 February ages on 1 March."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def mask_name(name: str) -> str:
    """The form a name takes on a public notice."""
    name = name.strip()
    if len(name) <= 1:
        return "*" if name else ""
    if len(name) == 2:
        return name[0] + "*"
    if len(name) == 3:
        return f"{name[0]}*{name[2]}"
    surname = name[:2] if name[:2] in _COMPOUND_SURNAMES else name[0]
    return surname + "**"


def log_name(name: str) -> str:
    """The form a name takes in logs and exports: the surname's first character only."""
    return name.strip()[:1] + "**" if name.strip() else ""


def mask_id(number: str) -> str:
    """First six and last four, as working screens show an ID number."""
    if len(number) <= 10:
        return "*" * len(number)
    return number[:6] + "*" * (len(number) - 10) + number[-4:]


def mask_phone(number: str) -> str:
    """First three and last four, as working screens show a telephone number."""
    if len(number) <= 7:
        return "*" * len(number)
    return number[:3] + "*" * (len(number) - 7) + number[-4:]


def mask_address(address: str) -> str:
    """An address cut at its first digit, so that neither lane, house nor flat is named."""
    for position, character in enumerate(unicodedata.normalize("NFKC", address)):
        if character.isdigit():
            return address[:position] + "***"
    return address[:6] + "***" if address else ""


def case_number(prefix: str, year: int, district: str, serial: int) -> str:
    """A printed number whose last character tells a slip of the pen."""
    body = f"{prefix}-{year:04d}-{district}-{serial:06d}"
    return f"{body}-{mod_37_36.calc_check_digit(body.replace('-', ''))}"


def is_case_number(text: str) -> bool:
    """The check character fits; says nothing about whether such a case exists."""
    return bool(mod_37_36.is_valid(normalise(text).replace("-", "")))
