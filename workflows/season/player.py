"""Plays the scripts: every act at its own moment through the one door, in the order of time."""

import heapq
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, time, timedelta

from django.db import transaction

from casework.cases.models import HelpCase
from casework.households.models import Member
from casework.households.operations import register_household
from casework.ledger.models import Answer
from casework.lib import clock
from casework.lib.errors import CaseworkError
from casework.staff.models import User
from evaluation.rectification.models import RectificationOrder
from workflows.draws import draw_and_distribute
from workflows.perform import Performed, perform
from workflows.season.bulletins import keep_bulletins
from workflows.season.judging import Judging
from workflows.season.script import Scene, Script, Step, Values
from workflows.season.sizes import LAST_DAY, SEED
from workflows.tasks import run_until

SEASON_KEYS = "season-"
DRAWN_AT = time(9, 5)
# A draw brings about so many acts for each finished case; for showing the time left only.
ACTS_AFTER_A_DRAW = 3.5


class SeasonBroken(Exception):
    """An act of the season was refused: its script, act and moment, and the refusal."""


class Player:
    """The queue of acts; told of every act done, so that somebody may watch."""

    def __init__(
        self, users: Mapping[str, User], watch: Callable[["Player", datetime], None]
    ) -> None:
        self.users = users
        self.watch = watch
        self.judging = Judging()
        self.done = 0
        self.known = 0
        self._undrawn = 0
        self.ends_at = clock.start_of(LAST_DAY + timedelta(days=1)) - timedelta(seconds=1)
        self._queue: list[tuple[datetime, int, int]] = []
        self._scripts: list[Script] = []
        self._draws: list[tuple[datetime, str, str]] = []
        self._answered = dict(
            Answer.objects.filter(key__startswith=SEASON_KEYS).values_list("key", "pk")
        )

    def take(self, scripts: Iterable[Script]) -> None:
        """Put scripts into the queue; what lies after the season is left out."""
        for script in scripts:
            script.until(self.ends_at)
            self._scripts.append(script)
            self.known += len(script.steps)
            self._undrawn += any(step.act == "finish_help" for step in script.steps)
            self._push(len(self._scripts) - 1, 0)

    @property
    def expected(self) -> int:
        """How many acts the season will have, as far as one can tell before the draws."""
        return self.known + round(self._undrawn * ACTS_AFTER_A_DRAW)

    def take_draws(self, draws: Iterable[tuple[datetime, str, str]]) -> None:
        """(moment, month, district) of each draw of the season."""
        self._draws = sorted(draws)

    def _push(self, number: int, position: int) -> None:
        steps = self._scripts[number].steps
        if position < len(steps):
            heapq.heappush(self._queue, (steps[position].moment, number, position))

    def play(self) -> None:
        """Let the season happen, act by act, and the system's own work between the days."""
        today = None
        while self._queue or self._draws:
            moment = self._next_moment()
            if (day := clock.local_date(moment)) != today:
                # The system's own acts fall due at night and in the early morning.
                today = day
                self._let_pass(moment)
            if self._draws and self._draws[0][0] == moment:
                self._draw(*self._draws.pop(0))
            else:
                _moment, number, position = heapq.heappop(self._queue)
                self._act(self._scripts[number], position)
                self._push(number, position + 1)
            self.watch(self, moment)
        self._let_pass(self.ends_at)

    def _next_moment(self) -> datetime:
        waiting = [self._queue[0][0]] if self._queue else []
        return min(waiting + [draw[0] for draw in self._draws[:1]])

    def _let_pass(self, moment: datetime) -> None:
        with clock.at(moment):
            run_until(moment)
        keep_bulletins(self.users, moment)

    def _draw(self, moment: datetime, month: str, district: str) -> None:
        draw = draw_and_distribute(
            month, district, by=self.users["le"], seed=SEED * 100 + int(month[5:]), moment=moment
        )
        self.take(self.judging.after_draw(draw))
        size = draw.cases.count()
        self.done += size
        self.known += size
        self._undrawn -= size

    def _act(self, script: Script, position: int) -> None:
        step, key = script.steps[position], script.key(position)
        scene = Scene(script, self.users)
        with clock.at(step.moment):
            if key in self._answered:
                values = self._recall(script, step, self._answered[key])
            else:
                values = self._perform(scene, step, key)
            if step.then:
                self.take(step.then(scene, values))
        self.done += 1

    def _perform(self, scene: Scene, step: Step, key: str) -> Values:
        script = scene.script
        try:
            if step.act == "refer":
                # Both or neither: an interrupted run leaves no household without its referral.
                with transaction.atomic():
                    self._enter(script, step)
                    answer = self._submit(scene, step, key, None)
            else:
                answer = self._submit(scene, step, key, script.subject)
        except CaseworkError as refusal:
            raise SeasonBroken(
                f"{script.name}: {step.act} by {step.by} at {clock.local_text(step.moment)} "
                f"was refused: {refusal.message} {getattr(refusal, 'fields', '') or ''}"
            ) from refusal
        if step.act == "refer":
            script.subject = HelpCase(pk=answer.subject[1])
        return answer.values

    def _submit(
        self, scene: Scene, step: Step, key: str, subject: HelpCase | RectificationOrder | None
    ) -> Performed:
        facts = step.facts(scene) if callable(step.facts) else step.facts
        return perform(
            step.act, subject, by=self.users[step.by], key=key, moment=step.moment, **facts
        )

    def _enter(self, script: Script, step: Step) -> None:
        """The household is entered with its referral, or is that of the host."""
        if script.host is not None:
            script.household, script.members = script.host.household, script.host.members
            return
        assert script.home is not None  # noqa: S101  whoever is referred has a home
        household = register_household(
            by=self.users[step.by], **script.home.registration(clock.local_date(step.moment))
        )
        self._know(script, household.pk)

    def _know(self, script: Script, household: int) -> None:
        script.household = household
        people = Member.objects.filter(household=household).order_by("pk")
        script.members = list(people.values_list("pk", flat=True))

    def _recall(self, script: Script, step: Step, answer_id: int) -> Values:
        """An act of an interrupted run stands: hear its answer again and go on."""
        answer = Answer.objects.select_related("entry").get(pk=answer_id)
        if step.act == "refer":
            case = HelpCase.objects.get(pk=answer.entry.subject_id)
            script.subject = HelpCase(pk=case.pk)
            self._know(script, case.household_id)
        values: Values = answer.values
        return values
