"""What a writer may get wrong is told with the line, and with what is known instead."""

from pathlib import Path

import pytest

from workflows.replay.background import with_background
from workflows.replay.cast import Actor, parse_actor
from workflows.replay.facts import days_of
from workflows.replay.format import load, load_all
from workflows.replay.player import validate
from workflows.replay.source import ScenarioError, read_source

GOOD = """\
id: one
title: 一个场景
people:
  - {ref: kong, name: 孔试人, id_no: '110199197001018814'}
households:
  - {ref: home, street: 110117901, address: 示例一社区, members: [kong]}
steps:
  - at: 2018-03-05 09:00
    act: refer
    by: CO
    household: home
    case: one
    facts: {source: COMMITTEE, person: kong, reason: 求助}
  - at: 2018-03-06 09:00
    act: decline_referral
    by: CW
    case: one
    facts: {reason: 需求已满足}
expect:
  cases:
    one: {state: DECLINED}
"""


def check(tmp_path: Path, text: str) -> None:
    file = tmp_path / "one.yaml"
    file.write_text(text)
    validate(with_background(load(file)))


def test_a_good_file_is_accepted(tmp_path: Path) -> None:
    check(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("title: 一个场景", "titel: 一个场景", 2, "titel"),
        ("title: 一个场景", "title: 一个场景\ntitle: 两次", 3, "title"),
        ("name: 孔试人, ", "nmae: 孔试人, ", 4, "nmae"),
        ("members: [kong]", "members: [kang]", 6, "kong"),
        ("members: [kong]", "members: [kong], head: kang", 6, "kong"),
        ("at: 2018-03-06 09:00", "at: 2018-03-04 09:00", 14, ""),
        ("at: 2018-03-06 09:00", "at: 2018-02-30 09:00", 14, "2018-02-30"),
        ("at: 2018-03-06 09:00", "at: tomorrow", 14, "tomorrow"),
        ("act: decline_referral", "act: declin_referral", 15, "decline_referral"),
        ("facts: {reason: 需求已满足}", "facts: {raison: 需求已满足}", 18, "reason"),
        ("facts: {reason: 需求已满足}", "facts: {}", 14, "reason"),
        ("    facts: {reason: 需求已满足}", "    reason: 需求已满足", 18, "facts"),
        ("    by: CW\n", "", 14, "by"),
        ("    case: one\n    facts: {reason", "    facts: {reason", 14, "case"),
        ("facts: {reason: 需求已满足}", "refused: forbidden", 18, ""),
        ("{state: DECLINED}", "{staet: DECLINED}", 21, "state"),
        ("{state: DECLINED}", "{}", 21, ""),
        ("{state: DECLINED}", "{due: {}}", 21, ""),
        ("{state: DECLINED}", "{can_see: {CW: perhaps}}", 21, ""),
        ("  cases:\n", "  caeses:\n", 20, "cases"),
        ("    one: {state: DECLINED}", "    one: {state: DECLINED}\n  figures: []", 22, ""),
        (
            "    one: {state: DECLINED}",
            "    one: {state: DECLINED}\n  figures: [{figure: referred}]",
            22,
            "is",
        ),
        (
            "    one: {state: DECLINED}",
            "    one: {state: DECLINED}\n  documents: [{kind: REFUSAL_NOTICE}]",
            22,
            "count",
        ),
        ("    case: one\n    facts: {reason", "    case: two\n    facts: {reason", 17, "one"),
        (
            "expect:\n",
            "  - {at: 2018-03-07 09:00, act: refer, by: CO, household: home, case: one,"
            " facts: {source: SELF, reason: 求助}}\nexpect:\n",
            19,
            "one",
        ),
        ("expect:\n  cases", "until: 2018-03-05 08:00\nexpect:\n  cases", 19, "until"),
    ],
)
def test_a_fault_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, told: str
) -> None:
    assert old in GOOD
    with pytest.raises(ScenarioError) as error:
        check(tmp_path, GOOD.replace(old, new, 1))
    assert error.value.line == line
    assert told in error.value.message


def test_a_check_that_checks_nothing_is_an_error(tmp_path: Path) -> None:
    step = "  - {at: 2018-03-07 09:00, act: check}\nexpect:"
    with pytest.raises(ScenarioError) as error:
        check(tmp_path, GOOD.replace("expect:", step, 1))
    assert error.value.line == 19


def test_text_that_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as error:
        check(tmp_path, GOOD.replace("members: [kong]", "members: [kong", 1))
    assert error.value.line


def test_two_files_may_not_share_an_id(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text(GOOD)
    with pytest.raises(ScenarioError, match=r"b\.yaml:1"):
        load_all(tmp_path)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError):
        load_all(tmp_path)


def test_codes_dates_and_the_word_on_are_plain_text(tmp_path: Path) -> None:
    file = tmp_path / "plain.yaml"
    file.write_text("relation: 02\non: 2018-06-19\nyes: no\nstreet: 110101901\nscore: 6.5\n")
    assert read_source(file).content == {
        "relation": "02",
        "on": "2018-06-19",
        "yes": "no",
        "street": 110101901,
        "score": 6.5,
    }


def test_merge_keys_bring_in_a_mapping_that_can_be_overridden(tmp_path: Path) -> None:
    file = tmp_path / "merge.yaml"
    file.write_text("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n")
    assert read_source(file).content["b"] == {"x": 1, "y": 3}


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("CW", Actor("CW")),
        ("CW/2", Actor("CW", 2)),
        ("DS 110115", Actor("DS", 1, "110115")),
        ("PR/3 provider_b", Actor("PR", 3, "provider_b")),
        ("wang", None),
        ("CWX", None),
    ],
)
def test_who_acts_is_a_role_a_number_and_a_unit(text: str, actor: Actor | None) -> None:
    assert parse_actor(text) == actor


def test_a_series_of_days_is_written_out() -> None:
    assert days_of({"from": "2018-05-30", "every": 7, "times": 3}) == [
        "2018-05-30",
        "2018-06-06",
        "2018-06-13",
    ]
    assert days_of("2018-05-30") == ["2018-05-30"]
    with pytest.raises(ScenarioError):
        days_of({"from": "2018-05-30", "times": 3})


def test_background_cases_are_ordinary_steps_with_valid_people(tmp_path: Path) -> None:
    group = (
        "background:\n"
        "  - {street: 110117901, count: 3, line: STUDENT, referred_on: 2018-01-08,"
        " done_on: 2018-02-28}\n"
        "steps:"
    )
    file = tmp_path / "one.yaml"
    file.write_text(GOOD.replace("steps:", group, 1))
    scenario = with_background(load(file))
    validate(scenario)
    assert len(scenario.people) == 4
    assert [step.at for step in scenario.steps] == sorted(step.at for step in scenario.steps)
    assert sum(step.act == "finish_help" for step in scenario.steps) == 3
