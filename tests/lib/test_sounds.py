"""Names as they are typed: pinyin, initials, the surname's own reading."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.lib.sounds import LONGEST, sounds_of, typed_sound


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("陈试勇", "chenshiyong"),
        ("陈试勇", "chen shi yong"),
        ("陈试勇", "ChenShi"),
        ("陈试勇", "csy"),
        ("陈试勇", "cs"),
        ("陈试勇", "shiyong"),
        # Two characters.
        ("王试", "wangshi"),
        ("王试", "ws"),
        # The surname's own reading, and the common one for who does not know it.
        ("单试雄", "shanshixiong"),
        ("单试雄", "danshixiong"),
        ("解试", "xieshi"),
        ("曾试", "zengshi"),
        ("仇试", "qs"),
        ("查试", "zhashi"),
        ("朴试", "piaoshi"),
        ("翟试", "zhaishi"),
        # Compound surnames.
        ("尉迟试", "yuchishi"),
        ("万俟试", "moqishi"),
        ("长孙试", "zhangsunshi"),
        ("欧阳试", "oys"),
        # ü as it is typed.
        ("吕试", "lvshi"),
        ("吕试", "lüshi"),
        ("吕试", "lyushi"),
        # A rare character, letters among characters, a foreign name.
        ("陈试喆", "chenshizhe"),
        ("Anna 陈", "anna"),
        ("阿依试·买买提", "ayishi"),
    ],
)
def test_a_name_is_found_as_it_is_typed(name: str, typed: str) -> None:
    assert typed_sound(typed) in sounds_of(name)


@pytest.mark.parametrize(("name", "typed"), [("陈试勇", "yong"), ("陈试勇", "hen"), ("李", "csy")])
def test_what_is_no_beginning_is_not_found(name: str, typed: str) -> None:
    assert typed_sound(typed) not in sounds_of(name)


@pytest.mark.parametrize("words", ["陈", "", "  ", "12", "a1", "%", "陈shi", "'"])
def test_what_is_no_pinyin_is_not_looked_for(words: str) -> None:
    assert typed_sound(words) == ""


@given(st.text(max_size=80))
def test_any_name_has_a_sound_that_fits(name: str) -> None:
    found = sounds_of(name)
    assert len(found) <= LONGEST
    assert not set(found) - set(" abcdefghijklmnopqrstuvwxyz")
