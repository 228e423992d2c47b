"""docs/scenarios.md names everything there is, and its example plays as it says."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from casework.ledger.figures import FIGURES
from evaluation.reporting.columns import COLUMNS
from workflows.acts import ACTS
from workflows.deadline_rules import CASE_RULES, ORDER_RULES
from workflows.replay.acts_beside import BESIDE
from workflows.replay.expect_case import CASE_EXPECTATIONS
from workflows.replay.expect_order import ORDER_EXPECTATIONS
from workflows.replay.expect_world import WORLD_EXPECTATIONS
from workflows.replay.format import load
from workflows.replay.player import play
from workflows.replay.schema import (
    BACKGROUND,
    CONSENT,
    HOUSEHOLD,
    ORGANISATION,
    PERSON,
    REFUSALS,
    SCENARIO,
    STEP,
)

PAGE = (Path(settings.BASE_DIR) / "docs" / "scenarios.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[A-Za-z][A-Za-z0-9_]*", PAGE))


def row_of(act: str) -> str:
    """What the page says of an act."""
    rows = [line for line in PAGE.splitlines() if f"`{act}`" in line]
    return "\n".join(rows)


@pytest.mark.parametrize("act", sorted({*ACTS, *BESIDE}))
def test_every_act_is_described_with_its_facts(act: str) -> None:
    facts = BESIDE[act].fact_names if act in BESIDE else set(ACTS[act].fact_names)
    described = row_of(act)
    assert described, act
    # Amending a plan and the system's own acts are described by reference.
    if act in {"amend_plan", "enter_sample", "leave_to_self_check"} or not (
        act in BESIDE or ACTS[act].roles
    ):
        return
    missing = {name for name in facts - {"household"} if f"`{name}`" not in described}
    assert missing == set()


def test_every_expectation_key_and_code_is_described() -> None:
    names = {
        *CASE_EXPECTATIONS,
        *ORDER_EXPECTATIONS,
        *WORLD_EXPECTATIONS,
        *REFUSALS,
        *FIGURES,
        *(rule.kind for rule in (*CASE_RULES, *ORDER_RULES)),
        *(column.key for column in COLUMNS if column.kind not in ("order", "name")),
    }
    for schema in (SCENARIO, PERSON, HOUSEHOLD, CONSENT, STEP, BACKGROUND, ORGANISATION):
        names |= set(schema["properties"])
    assert names - WORDS == set()


@pytest.mark.django_db
def test_the_first_scenario_of_the_page_plays_as_it_says(tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(id: first\n.*?)```", PAGE, re.DOTALL)
    assert example
    file = tmp_path / "first.yaml"
    file.write_text(example[1], encoding="utf-8")
    report = play(load(file), prints=False)
    assert report.texts == []
    assert report.cases[0]["case_no"] in PAGE
    assert [row["number"] for row in report.documents] == re.findall(
        r"^ {4}(京民救.〔2018〕\d号) ISSUED$", PAGE, re.MULTILINE
    )
