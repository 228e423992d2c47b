"""Two layers, written apart, say the same of everybody on the way of every scenario.

After every second step of a long one; STEPS=all asks after each.
"""

import os
from pathlib import Path

import pytest
from django.db import connection

from casework.cases.access import roles_on
from casework.cases.models import HelpCase
from casework.households.models import Household
from casework.lib import clock
from casework.staff.models import User
from casework.staff.rows import seen_by
from casework.staff.scope import forget_reach
from casework.visits.models import ElderEnrolment
from casework.visits.queries import visible_to as elders_of
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.queries import visible_to as orders_of
from tests.scenarios.test_replay import FILES, names
from workflows.replay.background import with_background
from workflows.replay.format import Step, load
from workflows.replay.player import Player

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
SHORT = 6


class Watched(Player):
    """A player who asks both layers about everybody on the way."""

    compared = 0
    taken = 0

    def _take(self, step: Step) -> bool:
        went_on = super()._take(step)
        self.taken += 1
        if self.taken % 2 and self.taken > SHORT and os.environ.get("STEPS") != "all":
            return went_on
        with clock.at(step.at):
            for user in User.objects.order_by("pk"):
                self._compare(user, step)
        return went_on

    def _compare(self, user: User, step: Step) -> None:
        forget_reach(user)
        cases = {case.pk for case in HelpCase.objects.all() if roles_on(case, user)}
        orders = orders_of(user)
        wanted = {
            "cases": cases,
            "known": cases | set(orders.values_list("items__case", flat=True)) - {None},
            "orders": set(orders.values_list("pk", flat=True)),
            "elders": set(elders_of(user).values_list("pk", flat=True)),
        }
        with seen_by(user.pk):
            # The first layer asks through the second one, and is not led astray by it.
            forget_reach(user)
            asked = {
                "cases": {case.pk for case in HelpCase.objects.all() if roles_on(case, user)},
                "orders": set(orders_of(user).values_list("pk", flat=True)),
                "elders": set(elders_of(user).values_list("pk", flat=True)),
            }
            known = set(HelpCase.objects.values_list("pk", flat=True))
            found = {
                "cases": {pk for pk in known if sees(pk)},
                "known": known,
                "orders": set(RectificationOrder.objects.values_list("pk", flat=True)),
                "elders": set(ElderEnrolment.objects.values_list("pk", flat=True)),
            }
            households = set(Household.objects.values_list("pk", flat=True))
        assert asked == {name: wanted[name] for name in asked}, f"{step.at} {step.act}: {user}"
        assert found == wanted, f"{self.scenario.id} {step.at} {step.act}: {user}"
        assert set(HelpCase.objects.filter(pk__in=cases).values_list("household", flat=True)) <= (
            households
        )
        self.compared += 1


def sees(case: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT casework_sees_case(%s)", [case])
        return bool(cursor.fetchone()[0])


@pytest.mark.parametrize("file", FILES, ids=names)
def test_both_layers_agree_after_every_step(file: Path) -> None:
    scenario = load(file)
    # Filler is left out, which would take long, where there are others to look at.
    player = Watched(scenario if scenario.people else with_background(scenario), prints=False)
    player.play()
    assert player.compared > len(player.scenario.steps)
