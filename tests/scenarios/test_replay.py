"""The fifteen cases of the domain hold, and a wrong expectation is always reported."""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from casework.cases.models import HelpCase
from workflows.replay.expect_case import CASE_EXPECTATIONS
from workflows.replay.expect_order import ORDER_EXPECTATIONS
from workflows.replay.expect_world import WORLD_EXPECTATIONS
from workflows.replay.format import load
from workflows.replay.player import play
from workflows.replay.source import Place, read_source

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("*.yaml"))
# Papers take most of the time; these two say something about papers.
PRINTED = {"FX01", "FX06"}
# What picks out a row says nothing about it: another choice is another question.
SELECTORS = {"figure", "district", "line", "year", "week", "kind", "case", "order", "number"}
ROWS_WITH_SELECTORS = {"figures", "documents"}


def names(file: Path) -> str:
    return file.stem


@pytest.mark.django_db
@pytest.mark.parametrize("file", FILES, ids=names)
def test_what_the_domain_expects_comes_to_pass(file: Path) -> None:
    report = play(load(file), prints=file.stem in PRINTED)
    assert report.texts == []
    assert report.cases
    assert not HelpCase.objects.exists(), "a scenario leaves nothing behind"


def leaves(value: Any, place: Place) -> Iterator[Place]:
    """Every plain value of an expectation that says something."""
    if isinstance(value, dict):
        for key, child in value.items():
            is_row = len(place) > 1 and place[-2] in ROWS_WITH_SELECTORS
            if not (is_row and key in SELECTORS):
                yield from leaves(child, (*place, key))
    elif isinstance(value, list) and value:
        for n, child in enumerate(value):
            yield from leaves(child, (*place, n))
    else:
        yield place


def spoilt(value: Any) -> Any:
    """Another value than the right one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if value == []:
        return ["WRONG"]
    return f"WRONG{value}" if value is not None else "WRONG"


def expected_places(content: dict[str, Any]) -> list[Place]:
    found = list(leaves(content.get("expect", {}), ("expect",)))
    for n, step in enumerate(content["steps"]):
        found += leaves(step.get("expect", {}), ("steps", n, "expect"))
    return [place for place in found if place[-1] != "expect"]


def spoil(content: dict[str, Any], place: Place) -> None:
    for part in place[:-1]:
        content = content[part]
    content[place[-1]] = spoilt(content[place[-1]])


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("file", FILES, ids=names)
def test_every_wrong_expectation_is_reported_at_its_place(file: Path, tmp_path: Path) -> None:
    content = copy.deepcopy(read_source(file).content)
    places = expected_places(content)
    for place in places:
        spoil(content, place)
    wrong = tmp_path / file.name
    wrong.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
    report = play(load(wrong), prints=file.stem == "FX01")
    failed = {failure.place for failure in report.failures}
    silent = [place for place in places if not reported(place, failed)]
    assert silent == []


def reported(place: Place, failed: set[Place]) -> bool:
    """The place itself is reported, or the list or mapping it belongs to as a whole."""
    return any(place[:length] in failed for length in range(2, len(place) + 1))


def test_every_expectation_there_is_stands_in_some_scenario() -> None:
    used: set[str] = set()
    for file in FILES:
        content = read_source(file).content
        blocks = [content.get("expect", {}), *(s.get("expect", {}) for s in content["steps"])]
        for block in blocks:
            used |= set(block)
            for section in ("cases", "orders"):
                for keys in block.get(section, {}).values():
                    used |= set(keys)
    known = {*CASE_EXPECTATIONS, *ORDER_EXPECTATIONS, *WORLD_EXPECTATIONS}
    assert known - used == set()


def first_scenario(tmp_path: Path, **changes: Any) -> Path:
    content = copy.deepcopy(read_source(FOLDER / "T2-declined.yaml").content)
    content.update(changes)
    file = tmp_path / "changed.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False))
    return file


def refer_step(**more: Any) -> dict[str, Any]:
    return {
        "at": "2018-03-05 09:00",
        "act": "refer",
        "by": "CO",
        "household": "kong",
        "case": "kong",
        "facts": {"source": "COMMITTEE", "person": "kong-ren", "reason": "求助"},
        **more,
    }


@pytest.mark.django_db
class TestRefusals:
    def test_an_act_that_had_to_be_refused_but_was_not(self, tmp_path: Path) -> None:
        file = first_scenario(tmp_path, steps=[refer_step(refused="not_yours")], expect={})
        assert [f.place for f in play(load(file), prints=False).failures] == [("steps", 0)]

    def test_a_refusal_of_another_kind(self, tmp_path: Path) -> None:
        step = refer_step(by="SYS", refused="blocked")
        file = first_scenario(tmp_path, steps=[step], expect={})
        failures = play(load(file), prints=False).failures
        assert [f.place for f in failures] == [("steps", 0, "refused")]

    def test_a_refusal_in_other_words(self, tmp_path: Path) -> None:
        step = refer_step(by="SYS", refused={"kind": "not_yours", "contains": "金"})
        file = first_scenario(tmp_path, steps=[step], expect={})
        failures = play(load(file), prints=False).failures
        assert [f.place for f in failures] == [("steps", 0, "refused", "contains")]

    def test_a_refusal_nobody_expected_stops_the_scenario(self, tmp_path: Path) -> None:
        steps = [refer_step(by="SYS"), refer_step(at="2018-03-06 09:00", case="other")]
        file = first_scenario(tmp_path, steps=steps, expect={"cases": {"kong": {"state": "X"}}})
        report = play(load(file), prints=False)
        assert [f.place for f in report.failures] == [("steps", 0)]
        assert not report.holds


@pytest.mark.once
class TestCommand:
    """The command line: what it prints, and how it exits."""

    @staticmethod
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        # Files go to the test run's scratch folder; the database is the command's own.
        env = {**os.environ, "DEMO": "1", "ALLOW_TEST_IDS": "1", "LOG_LEVEL": "ERROR"}
        env["DJANGO_SETTINGS_MODULE"] = "casework.settings"
        return subprocess.run(
            [sys.executable, "manage.py", "replay", *arguments],
            cwd=settings.BASE_DIR,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_json_is_one_object_and_nothing_else(self) -> None:
        done = self.run(str(FOLDER / "FX13b.yaml"), "--json")
        assert done.returncode == 0, done.stderr
        answer = json.loads(done.stdout)
        assert set(answer) == {"holds", "scenarios"}
        assert answer["holds"] is True
        (scenario,) = answer["scenarios"]
        assert set(scenario) == {"id", "holds", "failures", "cases", "figures", "documents"}
        assert scenario["id"] == "FX13b"
        (case,) = scenario["cases"]
        assert {"ref", "state", "hold", "due", "lines"} <= set(case)
        assert (case["ref"], case["state"], case["hold"]) == ("lv", "REJECTED", "")
        assert scenario["figures"]["rejected"] == {"110109": {"all": 1}}
        assert {row["state"] for row in scenario["documents"]} == {"ISSUED"}

    def test_a_failed_expectation_exits_with_one(self, tmp_path: Path) -> None:
        wrong = {"cases": {"kong": {"state": "ACCEPTED"}}}
        done = self.run(str(first_scenario(tmp_path, expect=wrong)), "--json")
        assert done.returncode == 1
        answer = json.loads(done.stdout)
        assert answer["holds"] is False
        assert "DECLINED" in answer["scenarios"][0]["failures"][0]

    def test_a_file_that_cannot_be_played_says_where(self, tmp_path: Path) -> None:
        file = first_scenario(tmp_path, steps=[refer_step(act="fly")])
        done = self.run(str(file))
        assert done.returncode != 0
        assert f"{file}:" in done.stderr
        assert "fly" in done.stderr
        assert "accept_referral" in done.stderr
        assert done.stdout == ""
