"""The households still under way on the last day, each at a stage of its own."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta

from casework.directory.queries import working_days
from workflows.season import helping
from workflows.season.completed import rest
from workflows.season.people import Families, Home
from workflows.season.script import Script
from workflows.season.sizes import LAST_DAY, SHOWN_STREET, WHOLE_CITY, dice_for
from workflows.season.story import Story

# How many working days before the last day the referral came, so that just this stage is reached.
BEFORE = {
    "referred": (0, 1),
    "accepted": (1, 3),
    "verifying": (2, 4),
    "awaiting_confirmation": (4, 6),
    "verified": (6, 10),
    "publicised": (8, 10),
    "objection": (9, 11),
    "awaiting_approval": (8, 11),
    "planned": (9, 13),
    "in_help": (26, 125),
    "suspended": (45, 110),
    "transferring": (40, 110),
}
NEW_TO_RELIEF = frozenset({"publicised", "objection"})
KNOWN_TO_RELIEF = frozenset({"verified", "awaiting_approval", "planned"})
OBJECTIONS = ("听说子女每月给生活费", "家中有出租房收入", "不在本地居住")


def unfinished(kind: str, name: str, place: str, families: Families) -> Iterator[Script]:
    """The script of one household that is still under way."""
    dice = dice_for(f"{name}/home")
    back = dice.randint(*BEFORE[kind])
    home = _home_of(kind, families.invent(dice_for(f"{name}/people"), place))
    story = Story(name, home, working_days().add(LAST_DAY, -back))
    story.refer()
    STAGES.get(kind, _on_the_way)(story, kind)
    yield story.script


def _home_of(kind: str, home: Home) -> Home:
    """Whether the household has a status already decides whether it is publicised."""
    if kind in NEW_TO_RELIEF:
        return replace(home, relief="NONE", certificate="", per_capita=1200, category="F_OTHER")
    if kind in KNOWN_TO_RELIEF and home.relief == "NONE":
        return replace(home, relief="DIBAO", certificate="示例救助00000", per_capita=700)
    return home


def _on_the_way(story: Story, kind: str) -> None:
    """From the referral to the stage just before the next act."""
    steps: tuple[tuple[str, Callable[[], None]], ...] = (
        ("referred", story.accept),
        ("accepted", story.arrange),
        ("verifying", story.record),
        ("awaiting_confirmation", story.confirm),
    )
    for stage, step in steps:
        if kind == stage:
            return
        step()


def _publicised(story: Story, kind: str) -> None:
    story.accept()
    story.arrange()
    story.record()
    story.confirm()
    posted = story.publicise() - timedelta(days=8)
    if kind == "objection":
        moment = story.diary.on(posted + timedelta(days=story.dice.randint(1, 3)))
        story.act(
            moment, "raise_objection", story.offices.community,
            {
                "raised_on": moment.date().isoformat(),
                "text": story.dice.choice(OBJECTIONS),
                "anonymous": True,
            },
        )  # fmt: skip


def _planned(story: Story, kind: str) -> None:
    story.accept()
    story.verify()
    ends_on = LAST_DAY + timedelta(days=story.dice.randint(30, 75))
    helping.make_plan(story, helping.promises_of(story), ends_on)
    if kind == "planned":
        story.act(story.diary.after(0, 1), "approve_plan", story.offices.head)


def help_until(story: Story, until: date) -> date:
    """The way into help, and the services given up to a day; answers where the plan ends."""
    story.accept()
    story.verify()
    promises = helping.promises_of(story)
    ends_on = until + timedelta(days=story.dice.randint(25, 60))
    helping.make_plan(story, promises, ends_on)
    helping.begin(story)
    helping.serve(story, promises, until, last=ends_on - timedelta(days=3))
    return ends_on


def _in_help(story: Story, kind: str) -> None:
    help_until(story, LAST_DAY - timedelta(days=story.dice.randint(1, 4)))


def _suspended(story: Story, kind: str) -> None:
    start = LAST_DAY - timedelta(days=story.dice.randint(3, 15))
    help_until(story, start - timedelta(days=1))
    story.rest = (start, LAST_DAY + timedelta(days=30))
    rest(story)


def _transferring(story: Story, kind: str) -> None:
    offered = LAST_DAY - timedelta(days=story.dice.randint(0, 4))
    help_until(story, offered - timedelta(days=1))
    others = [plan.code for plan in WHOLE_CITY if plan.code != story.offices.district]
    to_street = SHOWN_STREET
    if story.offices.district == SHOWN_STREET[:6]:
        to_street = f"{story.dice.choice(others)}901"
    story.act(
        story.diary.on(offered), "offer_transfer", story.offices.caseworker,
        {"to_street": to_street, "reason": "家庭已迁居"},
    )  # fmt: skip


STAGES: dict[str, Callable[[Story, str], None]] = {
    "publicised": _publicised,
    "objection": _publicised,
    "awaiting_approval": _planned,
    "planned": _planned,
    "in_help": _in_help,
    "suspended": _suspended,
    "transferring": _transferring,
}
