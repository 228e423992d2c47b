"""What follows a monthly draw: evaluations, confirmations, and orders for what was found."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from casework.cases.models import HelpCase
from casework.lib import clock
from evaluation.scoring.models import SampleDraw
from evaluation.scoring.queries import providers_of
from workflows.season.asking import Asking, judges_of
from workflows.season.diary import Diary
from workflows.season.rectifying import Orders
from workflows.season.scores import FAILING, sheet
from workflows.season.script import EVALUATORS, LEAD, Facts, Offices, Scene, Script
from workflows.season.sizes import LAST_DAY, dice_for

# Dealt out in turn, so that a small season has some of each; after them chance decides.
FIRST_DEALS = (
    "EXCELLENT",
    "GOOD",
    "FAIR",
    "GOOD",
    "EXCELLENT",
    "FAIR",
    "RED",
    "GOOD",
    "FAIR",
    "POOR",
)
CHANCES = {"EXCELLENT": 36, "GOOD": 45, "FAIR": 13, "RED": 3, "POOR": 3}
# The evaluations that the last day finds unfinished, by the last act that was done.
CUT = ("", "assign_evaluator", "", "submit_scores", "", "confirm_result", "", "draw", *[""] * 14)
LAST_DRAW_FROM = LAST_DAY - timedelta(days=30)
SELF_CHECKED_LATE = 0.08


# The script, the case, and who may not recheck it.
Failing = tuple[Script, HelpCase, frozenset[str]]


class Judging:
    """Deals out what evaluators find, in the order of the draws."""

    def __init__(self) -> None:
        self.dice = dice_for("judging")
        self.orders = Orders(dice_for("rectifying"))
        self.asking = Asking()
        self._dealt = 0
        self._cut = 0

    def after_draw(self, draw: SampleDraw) -> list[Script]:
        """The scripts of every case of a draw."""
        drawn_at = draw.drawn_at
        rows = draw.cases.select_related("case").order_by("case_id")
        chosen = [row.case for row in rows if row.chosen]
        passed_over = [row.case for row in rows if not row.chosen]
        return [
            *self._evaluations(chosen, drawn_at, frozenset(draw.second)),
            *(self._self_check(case, drawn_at) for case in passed_over),
            *self.asking.revisits(draw, is_last=_is_last(drawn_at)),
        ]

    def _self_check(self, case: HelpCase, drawn_at: datetime) -> Script:
        script = Script(f"check-{case.pk}", subject=case)
        if self.dice.random() >= SELF_CHECKED_LATE or not _is_last(drawn_at):
            diary = Diary.since(self.dice, drawn_at)
            by = Offices(case.handling_street).supervisor
            script.add(diary.after(2, 14), "close_self_checked", by)
        return script

    def _evaluations(
        self, cases: list[HelpCase], drawn_at: datetime, twice: frozenset[int]
    ) -> Iterator[Script]:
        """Each chosen case is scored; what failed of one unit goes into orders of its own."""
        providers = providers_of(cases)
        failing: dict[tuple[str, int], list[Failing]] = defaultdict(list)
        for case in cases:
            outcome = self._deal()
            first = self.dice.choice(EVALUATORS)
            script = self._evaluation(case, drawn_at, outcome, first, twice=case.pk in twice)
            if outcome in FAILING and script.steps and script.steps[-1].act == "confirm_result":
                unit = (case.handling_street, next(iter(providers.get(case.pk, [])), 0))
                judges = judges_of(first, twice=case.pk in twice)
                failing[unit].append((script, case, judges))
            yield script
        for unit, found in sorted(failing.items()):
            yield from self._ordered(unit[0], found, drawn_at)

    def _deal(self) -> str:
        self._dealt += 1
        if self._dealt <= len(FIRST_DEALS):
            return FIRST_DEALS[self._dealt - 1]
        return self.dice.choices(list(CHANCES), list(CHANCES.values()))[0]

    def _evaluation(
        self, case: HelpCase, drawn_at: datetime, outcome: str, first: str, *, twice: bool
    ) -> Script:
        script = Script(f"score-{case.pk}", subject=case)
        diary = Diary.since(self.dice, drawn_at)
        facts = sheet(self.dice, outcome)

        def assigned(scene: Scene) -> Facts:
            return {"evaluator": scene.users[first].pk}

        script.add(diary.after(0, 1), "assign_evaluator", LEAD, assigned)
        if twice:
            self.asking.assign_second(script, diary, first)
        script.add(diary.after(2, 6), "submit_scores", first, facts)
        if twice:
            self.asking.second_scores(script, diary, case, facts)
        supervisor = Offices(case.handling_street).supervisor
        script.add(diary.after(1, 3), "confirm_result", supervisor)
        if _is_last(drawn_at):
            self._cut_short(script)
        return script

    def _cut_short(self, script: Script) -> None:
        """Of the last draw some evaluations are not finished by the last day."""
        last = CUT[self._cut % len(CUT)]
        self._cut += 1
        acts = [step.act for step in script.steps]
        if last:
            script.steps = script.steps[: acts.index(last) + 1] if last in acts else []

    def _ordered(self, street: str, found: list[Failing], drawn_at: datetime) -> Iterator[Script]:
        """One order for up to two failing cases of a unit, once both results are confirmed."""
        for pair in _pairs(found):
            confirmed = max(script.steps[-1].moment for script, _case, _judges in pair)
            yield self.orders.issue(
                street,
                [case for _script, case, _judges in pair],
                frozenset[str]().union(*(judges for _script, _case, judges in pair)),
                clock.local_date(confirmed),
                is_last=_is_last(drawn_at),
            )


def _pairs(found: list[Failing]) -> Iterator[list[Failing]]:
    """Two and two, as long as somebody is left who judged neither and can recheck them."""
    waiting: list[Failing] = []
    for one in found:
        judged = frozenset[str]().union(*(judges for _s, _c, judges in [*waiting, one]))
        if waiting and judged >= set(EVALUATORS):
            yield waiting
            waiting = []
        waiting.append(one)
        if len(waiting) == 2:  # noqa: PLR2004
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _is_last(drawn_at: datetime) -> bool:
    """The last draw of the season: what it began is not all finished by its end."""
    return clock.local_date(drawn_at) >= LAST_DRAW_FROM
