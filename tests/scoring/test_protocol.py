"""An outsider with the printed protocol alone, and no line of ours, comes to the same cases."""

import json
import math
import random
import re
from fractions import Fraction
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from casework.ledger.models import JournalEntry
from casework.lib import clock
from evaluation.scoring.models import SampleDraw
from evaluation.scoring.operations import draw_sample
from tests.evaluation.conftest import Cast
from tests.evaluation.world import PROVIDER_A, PROVIDER_B, STREET, case_of, on
from workflows.papers.blocks import Pairs, Table, Text
from workflows.papers.drawing import protocol

pytestmark = pytest.mark.django_db
MONTH, DISTRICT = "2018-07", STREET[:6]
LINES = ("DISABLED", "ELDERLY", "STUDENT")


@pytest.fixture
def made(cast: Cast) -> SampleDraw:
    for number in range(40):
        case_of(
            number + 1, line=LINES[number % 3], provider=(PROVIDER_A, PROVIDER_B)[number % 2],
            forced_reasons=["APPEAL"] if number in {3, 17} else [],
        )  # fmt: skip
    with clock.at(on("2018-08-01 09:00")):
        return draw_sample(MONTH, DISTRICT, seed=20180801)


def printed(made: SampleDraw) -> tuple[dict[str, str], list[str], list[tuple[str, ...]]]:
    blocks = protocol(made)
    pairs = next(block for block in blocks if isinstance(block, Pairs))
    steps = next(block for block in blocks if isinstance(block, Text))
    frame = next(b for b in blocks if isinstance(b, Table) and b.title == "抽样框与结果")
    return dict(pairs.rows), list(steps.paragraphs), [tuple(row) for row in frame.rows]


def by_hand(facts: dict[str, str], frame: list[tuple[str, ...]]) -> list[set[int]]:
    """The eight steps as the paper tells them."""
    dice = random.Random(int(facts["随机种子"]))
    share, least = re.findall(r"[\d.]+", facts["抽样比例"])
    phone, door = re.findall(r"[\d.]+", facts["回访比例"])
    rows = [(int(row[0]), row[2], row[3], row[4]) for row in frame]
    chosen = {place for place, _stratum, forced, _living in rows if forced}
    for stratum in sorted({row[1] for row in rows}):
        own = [row[0] for row in rows if row[1] == stratum]
        if not chosen & set(own):
            chosen.add(dice.choice(own))
    size = min(len(rows), max(int(least), part(len(rows), share)))
    rest = [row[0] for row in rows if row[0] not in chosen]
    chosen |= set(dice.sample(rest, max(0, size - len(chosen))))
    living = [row[0] for row in rows if row[3] == "是"]
    called = set(dice.sample(living, part(len(living), phone)))
    homes = [place for place in living if place in chosen]
    visited = set(dice.sample(homes, part(len(homes), door)))
    twice = re.findall(r"[\d.]+", facts["双盲复评比例"])[0]
    return [chosen, called, visited, set(dice.sample(sorted(chosen), part(len(chosen), twice)))]


def part(of: int, percent: str) -> int:
    return math.ceil(of * Fraction(percent) / 100)


def test_the_paper_is_enough(made: SampleDraw) -> None:
    facts, steps, frame = printed(made)
    marked = [{int(row[0]) for row in frame if row[column] == "√"} for column in (5, 6, 7, 8)]
    assert by_hand(facts, frame) == marked
    assert (len(marked[0]), len(marked[3])) == (made.size, 1) == (8, 1)
    assert len(steps) == 8
    assert facts["打印时重算"] == "与记录一致"


def test_a_changed_record_is_told(made: SampleDraw) -> None:
    SampleDraw.objects.update(seed=made.seed + 1)
    made.refresh_from_db()
    assert printed(made)[0]["打印时重算"].startswith("与记录不一致")


class TestCommand:
    def test_it_repeats_the_draw(self, made: SampleDraw) -> None:
        out = StringIO()
        call_command("redraw_sample", MONTH, DISTRICT, stdout=out)
        told = json.loads(out.getvalue())
        kept = made.cases.filter(chosen=True).order_by("case_id")
        assert told["same"] is True
        assert told["drawn"] == list(kept.values_list("case__case_no", flat=True))

    def test_it_fails_where_the_record_was_changed(self, made: SampleDraw) -> None:
        SampleDraw.objects.update(seed=made.seed + 1)
        with pytest.raises(CommandError, match="does not come to"):
            call_command("redraw_sample", MONTH, DISTRICT, stdout=StringIO())

    def test_no_draw_no_answer(self, db: None) -> None:
        with pytest.raises(CommandError, match="no draw"):
            call_command("redraw_sample", MONTH, DISTRICT)
        assert not JournalEntry.objects.filter(act="draw_sample").exists()
