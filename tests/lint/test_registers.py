"""Registers and tables of proofs: complete, and every proof they name exists."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
STANDS: Final = ("met", "part", "site", "n/a", "open")
# Requirements of levels 1 and 2 in ASVS 5.0.0, a number for each chapter.
IN_CHAPTER: Final = {
    1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9,
    13: 13, 14: 9, 15: 13, 16: 16, 17: 7,
}  # fmt: skip
ROW: Final = re.compile(r"^\| V(\d+)\.(\d+)\.(\d+) \| ([12]) \| (\S+) \| (.*) \| (.*) \|$", re.M)


def test_every_requirement_of_the_standard_stands_in_the_register_once() -> None:
    rows = ROW.findall((ROOT / "docs" / "asvs.md").read_text())
    numbers = [row[:3] for row in rows]
    assert len(set(numbers)) == len(numbers)
    assert Counter(int(chapter) for chapter, *_ in numbers) == IN_CHAPTER
    for *number, _level, stands, how, proof in rows:
        assert stands in STANDS, number
        assert how, number
        assert proof or stands in ("n/a", "open"), number


def test_the_sum_above_the_register_is_that_of_its_rows() -> None:
    text = (ROOT / "docs" / "asvs.md").read_text()
    counted = Counter(row[4] for row in ROW.findall(text))
    told = re.search(r"^\| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", text, re.M)
    assert told is not None
    assert [int(number) for number in told.groups()] == [counted[name] for name in STANDS]


@pytest.mark.parametrize("page", ["asvs", "privacy", "access", "accounts", "audit"])
def test_every_proof_that_a_page_names_exists(page: str) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text()
    rooms = "tests|casework|workflows|evaluation|docs|bin|templates"
    named = re.findall(rf"`((?:{rooms})/[^`*{{}}<> ]+)`", text)
    missing = [name for name in named if not (ROOT / name.split("::")[0]).exists()]
    assert missing == []
    assert named
