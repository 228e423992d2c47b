"""The whole season: its accounts, its targets, its scripts and its draws."""

import gc
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime

from casework.directory.models import Division, Level
from casework.directory.queries import working_days
from casework.lib import clock
from casework.staff.demo import create_demo_accounts, create_demo_program
from casework.staff.models import User
from evaluation.reporting.models import Target
from workflows.season.completed import completed
from workflows.season.ended import Ended
from workflows.season.names import Register
from workflows.season.people import Families
from workflows.season.player import DRAWN_AT, Player
from workflows.season.script import Script
from workflows.season.sizes import (
    FIRST_DAY,
    TARGETS_FROM,
    WHOLE_CITY,
    YEAR,
    DistrictPlan,
    others,
    scaled,
)
from workflows.season.unfinished import BEFORE, unfinished

PASSWORD = "demo-2018-season"  # noqa: S105  known to everybody, and accepted in demonstrations only
# A month is drawn on the first working day of the next one: none was finished before May, and
# October's draw falls after the season.
MONTHS = range(5, 10)

Watch = Callable[[Player, datetime], None]


def play_season(scale: float, watch: Watch) -> Player:
    """Play the season at a scale; an interrupted one goes on where it stopped."""
    with clock.at(clock.start_of(TARGETS_FROM)):
        users = accounts()
        set_targets(scaled(scale))
    player = Player(users, watch)
    player.take(scripts(scale))
    player.take_draws(draws())
    # The scripts live as long as the season: no collection need look through them.
    gc.freeze()
    player.play()
    create_demo_program()
    return player


def accounts() -> Mapping[str, User]:
    """The demonstration accounts of every street, district, agency and the city."""
    streets = Division.objects.filter(level=Level.STREET).order_by("code")
    return create_demo_accounts(
        password=PASSWORD, streets=list(streets.values_list("code", flat=True))
    )


def set_targets(plans: list[DistrictPlan]) -> None:
    """Enter each district's target of the year, once."""
    for plan in plans:
        Target.objects.get_or_create(
            district_id=plan.code,
            year=YEAR,
            effective_from=TARGETS_FROM,
            defaults={"amount": plan.target, "source": "示例数据"},
        )


def scripts(scale: float) -> Iterator[Script]:
    """Every household's script, always in the same order."""
    families = Families(Register())
    yield from completed(scaled(scale), families)
    hosts: list[Script] = []
    rest: list[tuple[str, str, str]] = []
    for number, (kind, place) in enumerate(others(scale), start=1):
        name = f"{kind.replace('_', '-')}-{number:04d}"
        if kind not in BEFORE:
            rest.append((kind, name, place))
            continue
        for script in unfinished(kind, name, place, families):
            hosts += [script] if kind == "in_help" else []
            yield script
    ended = Ended(families, hosts)
    for kind, name, place in rest:
        yield from ended.scripts(kind, name, place)


def draws() -> Iterator[tuple[datetime, str, str]]:
    """(moment, month, district) of every draw."""
    for month in MONTHS:
        day = working_days().roll(max(date(YEAR, month + 1, 1), FIRST_DAY))
        moment = clock.moment_on(day, DRAWN_AT)
        for plan in WHOLE_CITY:
            yield moment, f"{YEAR}-{month:02d}", plan.code
