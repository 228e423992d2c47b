"""Fragments of translations are joined; two rooms must not translate one text differently."""

import runpy
from pathlib import Path

MERGE = runpy.run_path(str(Path(__file__).resolve().parents[2] / "bin" / "merge_messages.py"))


def catalogue(tmp_path: Path, **parts: str) -> str:
    for name, content in parts.items():
        (tmp_path / f"{name}.po").write_text(content, encoding="utf-8")
    return str(MERGE["joined"](tmp_path))


def test_fragments_become_one_catalogue(tmp_path: Path) -> None:
    joined = catalogue(
        tmp_path, cases='msgid "Case"\nmsgstr "个案"\n', staff='msgid "Role"\nmsgstr "角色"\n'
    )
    assert 'msgid "Case"\nmsgstr "个案"' in joined
    assert 'msgid "Role"\nmsgstr "角色"' in joined
    assert MERGE["contradictions"](joined) == []


def test_the_same_translation_twice_is_one_entry(tmp_path: Path) -> None:
    joined = catalogue(
        tmp_path, cases='msgid "Case"\nmsgstr "个案"\n', staff='msgid "Case"\nmsgstr "个案"\n'
    )
    assert joined.count('msgid "Case"') == 1
    assert MERGE["contradictions"](joined) == []


def test_two_translations_of_one_text_are_refused(tmp_path: Path) -> None:
    joined = catalogue(
        tmp_path, cases='msgid "Case"\nmsgstr "个案"\n', staff='msgid "Case"\nmsgstr "案件"\n'
    )
    (fault,) = MERGE["contradictions"](joined)
    assert "cases.po" in fault
    assert "staff.po" in fault


def test_a_fragment_may_bring_its_own_header(tmp_path: Path) -> None:
    header = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    joined = catalogue(tmp_path, cases=header + 'msgid "Case"\nmsgstr "个案"\n')
    assert 'msgid "Case"\nmsgstr "个案"' in joined
