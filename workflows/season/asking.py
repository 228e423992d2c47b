"""What the evaluator does beside the first scores: re-visits, and second scores made blind."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from casework.cases.models import HelpCase
from casework.cases.queries import items_in_force
from casework.lib import clock
from evaluation.scoring.models import Revisit, SampleDraw
from evaluation.scoring.operations.second import disagrees
from evaluation.scoring.queries import first_sheet
from evaluation.scoring.states import RATINGS, RevisitMode
from workflows.season.diary import Diary
from workflows.season.scores import FULL
from workflows.season.script import EVALUATORS, LEAD, Facts, Scene, Script, Values
from workflows.season.sizes import dice_for

NOT_REACHED, REFUSES, COMPLAINS = 0.10, 0.03, 0.06
FACTS: Final = ("STREET", "PEOPLE", "HELPER", "KIND", "SINCE")
WISHES: Final = ("", "", "希望增加上门次数", "希望继续得到帮扶", "希望介绍就近的老年餐桌")
APART: Final = 0.3


class Asking:
    """Deals out answers and second scores, with dice of its own: the rest stays the same."""

    def __init__(self) -> None:
        self.dice = dice_for("asking")

    def revisits(self, draw: SampleDraw, *, is_last: bool) -> Iterator[Script]:
        """The re-visits of a draw: most are answered, some households are not reached.

        Of the last draw a third is not given out yet when the season ends.
        """
        for row in draw.revisits.select_related("case").order_by("pk"):
            if is_last and self.dice.random() < 1 / 3:
                continue
            yield self._revisit(row, Diary.since(self.dice, draw.drawn_at))

    def _revisit(self, row: Revisit, diary: Diary) -> Script:
        script = Script(f"ask-{row.pk}", subject=row.case)
        who, companion = self.dice.sample(EVALUATORS, 2)
        named = {"revisit": row.pk}

        def assigned(scene: Scene) -> Facts:
            return {**named, "evaluator": scene.users[who].pk}

        script.add(diary.after(0, 2), "assign_revisit", LEAD, assigned)
        fate = self.dice.random()
        if row.mode == RevisitMode.PHONE and fate < NOT_REACHED:
            self._in_vain(script, diary, who, row)
        elif fate > 1 - REFUSES:
            made_at = diary.after(1, 3)
            facts = {**named, "outcome": "DECLINED", "made_at": made_at}
            script.add(made_at, "record_revisit_attempt", who, facts)
        else:
            script.add(diary.after(1, 5), "record_revisit", who, self._answers(row, companion))
        return script

    def _in_vain(self, script: Script, diary: Diary, who: str, row: Revisit) -> None:
        """Three calls at different hours on two days, then the door visit in their place."""
        day = diary.calendar.add(diary.day, 1)
        moments = [
            clock.start_of(day) + timedelta(hours=hour, minutes=self.dice.randrange(60))
            for hour in (9, 15, 18 + 24)
        ]

        def door(_scene: Scene, values: Values) -> list[Script]:
            made = Revisit.objects.filter(pk=values["door"]).select_related("case").first()
            later = Diary.since(self.dice, moments[-1])
            return [self._revisit(made, later)] if made and made.replaces_id == row.pk else []

        for place, made_at in enumerate(moments, start=1):
            facts = {"revisit": row.pk, "outcome": "NO_ANSWER", "made_at": made_at}
            then = door if place == len(moments) else None
            script.add(made_at, "record_revisit_attempt", who, facts, then)

    def _answers(self, row: Revisit, companion: str) -> Any:
        """What a household says: content with most things, now and then with little."""
        complains = self.dice.random() < COMPLAINS
        low, high = (1, 3) if complains else (4, 5)
        ratings = {name: self.dice.randint(low, high) for name in RATINGS}
        received = "PARTLY" if complains else "YES"
        identity = sorted(self.dice.sample(FACTS, 2))
        wish = self.dice.choice(WISHES)

        def answered(scene: Scene) -> Facts:
            at_door = {"companion": scene.users[companion].pk, "guardian_present": True}
            return {
                "revisit": row.pk,
                "identity": identity,
                "received": {str(item.pk): received for item in items_in_force(row.case)},
                "money_asked": False,
                "ratings": ratings,
                "wish": wish,
                **(at_door if row.mode == RevisitMode.DOOR else {"allows_door": True}),
            }

        return answered

    def assign_second(self, script: Script, diary: Diary, first: str) -> None:
        """Have a case scored a second time by somebody else."""
        other = _other_than(first)

        def assigned(scene: Scene) -> Facts:
            return {"evaluator": scene.users[other].pk}

        script.add(diary.now(), "assign_second", LEAD, assigned)

    def second_scores(self, script: Script, diary: Diary, case: HelpCase, facts: Facts) -> None:
        """Add a blind second score and, where it lies apart, what the lead settles on that day."""
        second = self._otherwise(facts["points"])
        other = _other_than(script.steps[-1].by)
        submitted_at = diary.after(0, 1)
        settled_at = diary.now()

        def settle(_scene: Scene, _values: Values) -> list[Script]:
            after = Script(f"settle-{case.pk}", subject=case)
            first = first_sheet(case)
            # Asked again by a season that goes on: then it is settled already.
            if first is not None and disagrees(case, clock.local_date(settled_at)):
                said = {"points": first.points, "evidence": dict(facts["evidence"])}
                reason = "复核档案与服务确认单，以首次评分为准"
                after.add(settled_at, "settle_scores", LEAD, {**said, "reason": reason})
            return [after]

        lost = [code for code, value in second.items() if Decimal(value) < Decimal(FULL[code])]
        evidence = dict.fromkeys(lost, "复评抽查")
        given = {"points": second, "evidence": evidence}
        script.add(submitted_at, "submit_second", other, given, settle)

    def _otherwise(self, points: Facts) -> dict[str, str]:
        """The same sheet through other eyes: a point here or there, sometimes more."""
        seen = {code: Decimal(value) for code, value in points.items()}
        for code, off in (("E3", "0.5"), ("B1", "0.5")):
            if self.dice.random() < APART and seen[code] >= Decimal(off):
                seen[code] -= Decimal(off)
        if self.dice.random() < APART:
            seen["E1"] = max(Decimal(0), seen["E1"] - 3)
        return {code: str(value) for code, value in seen.items()}


def judges_of(first: str, *, twice: bool) -> frozenset[str]:
    """Who judged a case: the first evaluator; scored twice, also the other and the lead."""
    return frozenset({first, _other_than(first), LEAD} if twice else {first})


def _other_than(first: str) -> str:
    return next(name for name in EVALUATORS if name != first)
