"""The households that are helped to the end: how each came there, by the last day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from casework.directory.queries import working_days
from workflows.season import helping
from workflows.season.people import Families
from workflows.season.script import Offices, Script
from workflows.season.sizes import FIRST_DAY, WHOLE_CITY, YEAR, DistrictPlan, dice_for
from workflows.season.story import PROVIDERS, Story

# Out of a hundred completions, how many fall into each month.
MONTHS = ((5, 6), (6, 13), (7, 17), (8, 20), (9, 22), (10, 22))
FIRST_DONE, LAST_DONE = date(YEAR, 5, 10), date(YEAR, 10, 30)
# What is not ordinary about some of them; the first thirteen hold one of each.
FLAVOURS = ("rested", "moved", "related", "amended", "sudden")
RARITY = 16
SHORTEST_DAYS, LONGEST_DAYS = 35, 95


def completed(plans: list[DistrictPlan], families: Families) -> Iterator[Script]:
    """One script for each household that a district will have helped to the end."""
    position = 0
    for plan in plans:
        for number in range(1, plan.done + 1):
            name = f"{plan.code}-{number:03d}"
            yield _complete(name, plan.code, _flavour(position, name), families)
            position += 1


def _flavour(position: int, name: str) -> str:
    if position % 2 and position // 2 < len(FLAVOURS):
        return FLAVOURS[position // 2]
    dice = dice_for(f"{name}/flavour")
    return dice.choice(FLAVOURS) if dice.randrange(RARITY) == 0 else ""


def _done_on(name: str) -> date:
    """A working day of the season, later months more often."""
    dice = dice_for(f"{name}/done")
    month = dice.choices([row[0] for row in MONTHS], [row[1] for row in MONTHS])[0]
    day = working_days().roll(date(YEAR, month, dice.randint(1, 30)))
    return min(max(day, FIRST_DONE), LAST_DONE)


def first_day_before(name: str, start: date, *, publicity: bool) -> date:
    """The day of the referral for a help that is to start about a day."""
    dice = dice_for(f"{name}/first")
    day = working_days().add(start, -dice.randint(9, 13))
    day -= timedelta(days=10 if publicity else 0)
    return max(day, FIRST_DAY + timedelta(days=dice.randrange(6)))


def _complete(name: str, district: str, flavour: str, families: Families) -> Script:
    dice = dice_for(f"{name}/home")
    done_on = _done_on(name)
    lasting = timedelta(days=dice.randint(SHORTEST_DAYS, LONGEST_DAYS))
    came_from = _other_district(name, district) if flavour == "moved" else district
    home = families.invent(dice_for(f"{name}/people"), came_from)
    if flavour == "related":
        home = replace(home, near_relative=True)
    first = first_day_before(name, done_on - lasting, publicity=home.relief == "NONE")
    story = Story(name, home, first)
    story.refer(sudden=flavour == "sudden")
    story.accept(at_once=flavour == "sudden")
    story.verify(by_district=flavour == "related")
    promises = helping.promises_of(story)
    ends_on = done_on + timedelta(days=story.dice.randint(0, 6))
    helping.make_plan(story, promises, ends_on)
    helping.begin(story)
    _help(story, flavour, district, promises, ends_on, done_on)
    helping.finish(story, done_on)
    return story.script


def _other_district(name: str, district: str) -> str:
    others = [plan.code for plan in WHOLE_CITY if plan.code != district]
    return dice_for(f"{name}/origin").choice(others)


def _help(
    story: Story,
    flavour: str,
    district: str,
    promises: list[helping.Promise],
    ends_on: date,
    done_on: date,
) -> None:
    """The help as it runs, with what comes between for some."""
    last = done_on - timedelta(days=2)
    middle = story.services_from + (done_on - story.services_from) / 2
    back = story.diary.calendar.roll(middle + timedelta(days=10))
    # A stay near the end, or over the holidays, would leave no time for what is still to come.
    is_roomy = back <= done_on - timedelta(days=8)
    if flavour == "rested" and is_roomy:
        story.rest = (middle, back)
    given: set[int] = set()
    if story.rest or flavour == "moved" or (flavour == "amended" and is_roomy):
        given = helping.serve(story, promises, middle, last=last)
    if story.rest:
        rest(story)
    elif flavour == "moved":
        move(story, f"{district}902")
        promises = [replace(row, provider=PROVIDERS[story.provider]) for row in promises]
    elif given:
        added = helping.promise(story, story.home.lines[0], helping.MEDIATION)
        helping.amend_plan(story, [*promises, added], ends_on, middle)
        promises = [*promises, replace(added, since=story.diary.day)]
    helping.serve(story, promises, done_on - timedelta(days=1), last=last, given=given)


def rest(story: Story) -> None:
    """A stay in hospital or away; help goes on afterwards."""
    assert story.rest is not None  # noqa: S101  told apart by the flavour
    start, back = story.rest
    moment = story.diary.on(start)
    story.act(
        moment, "suspend", story.offices.caseworker,
        {"reason": story.dice.choice(["HOSPITAL", "AWAY"]), "from_on": moment.date().isoformat()},
    )  # fmt: skip
    moment = story.diary.on(back)
    story.rest = (start, moment.date())
    story.act(moment, "resume", story.offices.caseworker, {"on": moment.date().isoformat()})


def move(story: Story, to_street: str) -> None:
    """The household moves; the other street takes the case over with a provider of its own."""
    story.act(
        story.diary.now(), "offer_transfer", story.offices.caseworker,
        {"to_street": to_street, "reason": "家庭已迁居"},
    )  # fmt: skip
    story.offices = Offices(to_street)
    story.provider = "b" if story.provider == "a" else "a"
    story.act(
        story.diary.after(1, 4), "accept_transfer", story.offices.caseworker,
        {"provider": PROVIDERS[story.provider]},
    )  # fmt: skip
