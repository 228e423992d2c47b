"""Names as they sound: what a name is found by when it is typed in pinyin or as initials."""

import re
from collections.abc import Iterator
from typing import Final

from pypinyin import lazy_pinyin

LONGEST: Final = 400
# Characters that are read otherwise in a surname than elsewhere (通用规范汉字字典, 姓氏音).
_SURNAMES: Final = {
    "单": "shan", "解": "xie", "曾": "zeng", "仇": "qiu", "查": "zha", "区": "ou", "朴": "piao",
    "盖": "ge", "缪": "miao", "秘": "bi", "种": "chong", "翟": "zhai", "员": "yun", "洗": "xian",
    "覃": "qin", "卜": "bu", "郇": "xun", "繁": "po", "折": "she", "乐": "yue", "召": "shao",
    "祭": "zhai", "牟": "mu", "黑": "he", "句": "gou", "都": "du", "车": "che", "粘": "nian",
    "谌": "chen", "隗": "wei", "尉": "wei", "乜": "nie", "幺": "yao", "眭": "sui", "逄": "pang",
    "藏": "zang", "薄": "bo", "柏": "bai", "费": "fei", "颉": "xie", "郗": "xi", "佴": "nai",
    "缴": "jiao", "撒": "sa", "呙": "guo", "占": "zhan", "应": "ying", "重": "chong", "贲": "ben",
    "褚": "chu", "宓": "fu", "相": "xiang", "过": "guo", "曲": "qu", "万": "wan", "任": "ren",
    "华": "hua", "葛": "ge", "宁": "ning", "燕": "yan", "纪": "ji", "那": "na", "哈": "ha",
    "尹": "yin", "冯": "feng", "沈": "shen", "瞿": "qu", "臧": "zang", "殷": "yin",
}  # fmt: skip
_COMPOUND: Final = {
    "尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "长孙": ("zhang", "sun"), "单于": ("chan", "yu"),
    "澹台": ("tan", "tai"), "令狐": ("ling", "hu"), "宿六": ("su", "lu"), "呼延": ("hu", "yan"),
    "欧阳": ("ou", "yang"), "司马": ("si", "ma"), "上官": ("shang", "guan"), "诸葛": ("zhu", "ge"),
    "夏侯": ("xia", "hou"), "皇甫": ("huang", "fu"), "慕容": ("mu", "rong"),
    "东方": ("dong", "fang"),
    "宇文": ("yu", "wen"), "端木": ("duan", "mu"), "百里": ("bai", "li"), "公孙": ("gong", "sun"),
}  # fmt: skip
_NOT_TYPED: Final = re.compile(r"[^a-z]")


def sounds_of(name: str) -> str:
    """Every way to type a name: whole and as initials, the surname's reading and the common one.

    Each begins after a blank, so that a search for ` zhangs` finds beginnings alone.
    """
    ways = dict.fromkeys(_ways(name.strip()))
    return (" " + " ".join(way for way in ways if way))[:LONGEST].rstrip() if ways else ""


def typed_sound(words: str) -> str:
    """What was typed, as it is looked for; nothing where it is no pinyin."""
    letters = words.strip().lower().replace("ü", "v").replace("'", "").replace("’", "")
    letters = "".join(letters.split())
    return f" {letters}" if letters and not _NOT_TYPED.search(letters) else ""


def _ways(name: str) -> Iterator[str]:
    common = [syllable.lower() for syllable in lazy_pinyin(name)]
    long = 2 if name[:2] in _COMPOUND else 1
    surname = [*_COMPOUND.get(name[:2], ())] or [
        _SURNAMES.get(name[:1], syllable) for syllable in common[:1]
    ]
    for syllables in (surname + common[long:], common, common[long:]):
        kept = [cleaned for part in syllables if (cleaned := _NOT_TYPED.sub("", part))]
        for spelt in (kept, [part.replace("v", "yu") for part in kept]):
            yield "".join(spelt)
        yield "".join(part[0] for part in kept)
