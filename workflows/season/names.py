"""Invented people: names with a marker, numbers of the test range, telephones that ring nowhere."""

import random
from collections import Counter
from datetime import date, timedelta

from stdnum.iso7064 import mod_11_2

from casework.lib.identity import TEST_PREFIX

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严"
MARKER = "试"
GIVEN = (
    "安宁和平顺康福祥瑞庆春夏秋冬松柏梅竹菊云海江林森荣华富文武志成立新建生光辉达思远博雅静怡欣悦佳慧敏淑玉珠凤霞燕"
    "莲萍芬娟红丽莉桃杏晨旭阳星月雪晴岚峥嵘川泉岭原野田禾谷稻麦"
)
# The fifteen persons of the acceptance cases are not met in the season.
TAKEN = frozenset(
    "赵试一 钱试二 赵试小 孙试兰 李试刚 周试学 吴试梅 郑试山 王试芳 冯试松 陈试勇"
    " 褚试英 陈试童 卫试珍 蒋试海 沈试明 韩试静 沈试乐 杨试秀 朱试国 秦试荣 尤试强"
    " 许试桂 何试军 吕试峰 施试云 吕试宁 张试琴 孔试华 曹试宇 严试芝".split()
)
# Sequence numbers from 900 on belong to the acceptance cases.
LAST_SEQUENCE = 899
FIRST_PHONE = 12010000000


class Register:
    """Who has been invented so far: no two people share a number or a telephone."""

    def __init__(self) -> None:
        self._births: Counter[tuple[date, str]] = Counter()
        self._phones = 0
        self._certificates = 0
        self._houses: Counter[str] = Counter()

    def id_number(self, born: date, sex: str) -> str:
        """The next free number of the test range for a birth date and sex ('1' or '2')."""
        while True:
            count = self._births[(born, sex)]
            sequence = 100 + 2 * count + (1 if sex == "1" else 0)
            if sequence <= LAST_SEQUENCE:
                break
            born += timedelta(days=1)
        self._births[(born, sex)] += 1
        body = f"{TEST_PREFIX}{born:%Y%m%d}{sequence:03d}"
        return body + mod_11_2.calc_check_digit(body)

    def phone(self) -> str:
        """The next telephone number of the invented range."""
        self._phones += 1
        return str(FIRST_PHONE + self._phones)

    def certificate(self) -> str:
        """The next number of an invented certificate of relief."""
        self._certificates += 1
        return f"示例救助{self._certificates:05d}"

    def address(self, community: str) -> str:
        """The next house of a community's one invented road."""
        self._houses[community] += 1
        return f"示例路{self._houses[community]}号"


def surname(dice: random.Random) -> str:
    return dice.choice(SURNAMES)


def full_name(dice: random.Random, family: str) -> str:
    """Surname, marker, given name: plainly invented, and nobody of the acceptance cases."""
    while True:
        given = dice.choice(GIVEN)
        if dice.random() < 0.3:
            given += dice.choice(GIVEN)
        name = f"{family}{MARKER}{given}"
        if name not in TAKEN:
            return name


def birth_date(dice: random.Random, year: int) -> date:
    return date(year, 1, 1) + timedelta(days=dice.randrange(365))
