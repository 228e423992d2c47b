"""The households that left the way before its end: refused, declined, merged, moved, died."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from casework.cases.models import HelpCase
from casework.directory.queries import working_days
from workflows.season import helping
from workflows.season.people import Families
from workflows.season.script import Facts, Scene, Script
from workflows.season.sizes import FIRST_DAY, LAST_DAY, YEAR, dice_for
from workflows.season.story import Story
from workflows.season.unfinished import help_until

REFUSALS = (
    ("INCOME_OVER", 40), ("PROPERTY_OVER", 14), ("NO_NEED", 14), ("ALREADY_SERVED", 10),
    ("NOT_RESIDENT", 8), ("UNCOOPERATIVE", 8), ("FALSE_DECLARATION", 6),
)  # fmt: skip
DECLINED = ("不属于本区居住或户籍", "诉求属于其他部门职责，已转交", "经了解仅为政策咨询，已答复")
ENDINGS = ("MOVED_OUT_OF_CITY", "INCOME_IMPROVED", "INSTITUTIONALISED")
PROOF = {
    "MOVED_OUT_OF_CITY": "户籍迁出证明",
    "INCOME_IMPROVED": "经济状况核对报告",
    "INSTITUTIONALISED": "养老机构入住协议",
}
ABOVE_THE_LINE = (2100, 3600)


class Ended:
    """Writes the scripts of those who leave early; `hosts` are open cases that others may join."""

    def __init__(self, families: Families, hosts: list[Script]) -> None:
        self.families = families
        self.hosts = hosts

    def scripts(self, kind: str, name: str, place: str) -> Iterator[Script]:
        """The script, or for a second referral the two scripts, of one household."""
        makers: dict[str, Callable[[str, str, str], Iterator[Script]]] = {
            "rejected": self._rejected,
            "unreachable": self._unreachable,
            "referred_again": self._referred_again,
            "declined": self._declined,
            "merged": self._merged,
            "died": self._died,
            "withdrawn": self._withdrawn,
            "terminated": self._terminated,
            "ended_early": self._ended_early,
        }
        return makers.get(kind, self._appealed)(kind, name, place)

    def _story(
        self,
        name: str,
        place: str,
        first: date,
        last: date,
        *,
        alone: bool = False,
        means: tuple[int, int] | None = None,
    ) -> Story:
        """A story that begins on some working day between two."""
        day = first + timedelta(days=dice_for(f"{name}/first").randrange((last - first).days + 1))
        people = dice_for(f"{name}/people")
        return Story(name, self.families.invent(people, place, alone=alone, means=means), day)

    def _refuse(self, story: Story, reason: str) -> None:
        story.refer()
        story.accept()
        story.arrange()
        story.record(rejection=reason)
        story.confirm(rejection=reason)
        story.deliver_refusal()

    def _rejected(self, _kind: str, name: str, place: str) -> Iterator[Script]:
        dice = dice_for(f"{name}/refusal")
        reason = dice.choices([row[0] for row in REFUSALS], [row[1] for row in REFUSALS])[0]
        means = ABOVE_THE_LINE if reason == "INCOME_OVER" else (1100, 1900)
        story = self._story(name, place, FIRST_DAY, date(YEAR, 10, 12), means=means)
        self._refuse(story, reason)
        yield story.script

    def _unreachable(self, _kind: str, name: str, place: str) -> Iterator[Script]:
        yield self._nobody_home(name, place, date(YEAR, 9, 20)).script

    def _nobody_home(self, name: str, place: str, last: date) -> Story:
        story = self._story(name, place, FIRST_DAY, last, alone=True)
        story.refer("HOSPITAL")
        story.accept()
        story.arrange()
        story.attempt(3)
        story.record(rejection="UNREACHABLE")
        story.confirm(rejection="UNREACHABLE")
        story.deliver_refusal()
        return story

    def _referred_again(self, _kind: str, name: str, place: str) -> Iterator[Script]:
        """Not reached in spring; the hospital reports the same person again in September."""
        first = self._nobody_home(f"{name}a", place, date(YEAR, 6, 1))
        yield first.script
        reported = date(YEAR, 9, 3) + timedelta(days=first.dice.randrange(14))
        again = Story(f"{name}b", first.home, reported)
        again.script.host = first.script
        again.refer("HOSPITAL")
        help_until(again, LAST_DAY - timedelta(days=2))
        yield again.script

    def _declined(self, _kind: str, name: str, place: str) -> Iterator[Script]:
        story = self._story(name, place, FIRST_DAY, date(YEAR, 10, 26))
        story.refer("HOTLINE_12345")
        story.act(
            story.diary.after(0, 1), "decline_referral", story.offices.caseworker,
            {"reason": story.dice.choice(DECLINED)},
        )  # fmt: skip
        yield story.script

    def _merged(self, _kind: str, name: str, _place: str) -> Iterator[Script]:
        """A second referral of a household whose case is open already."""
        host = self.hosts[dice_for(f"{name}/host").randrange(len(self.hosts))]
        home = host.home
        assert home is not None  # noqa: S101  every host is a household
        story = Story(name, home, working_days().add(host.steps[0].moment.date(), 4))
        story.script.host = host
        story.refer("HOTLINE_12345")

        def asked(_scene: Scene) -> Facts:
            assert host.subject is not None  # noqa: S101  the host was referred days before
            return {"into": HelpCase(pk=host.subject.pk)}

        story.act(story.diary.after(0, 1), "merge_referral", story.offices.caseworker, asked)
        yield story.script

    def _appealed(self, kind: str, name: str, place: str) -> Iterator[Script]:
        first, last = {
            "appeal_open": (date(YEAR, 9, 27), date(YEAR, 10, 9)),
            "appeal_upheld": (FIRST_DAY, date(YEAR, 9, 10)),
            "appeal_overturned": (date(YEAR, 5, 7), date(YEAR, 7, 20)),
            "appeal_late": (FIRST_DAY, date(YEAR, 6, 29)),
        }[kind]
        story = self._story(name, place, first, last, means=ABOVE_THE_LINE)
        self._refuse(story, "INCOME_OVER")
        if kind == "appeal_late":
            moment = story.diary.on(story.diary.day + timedelta(days=story.dice.randint(70, 90)))
            self._file(story, "RECONSIDERATION", moment.date())
        else:
            self._file(story, "INTERNAL", story.diary.after(2, 7).date())
        if kind in {"appeal_upheld", "appeal_overturned"}:
            self._decide(story, kind.removeprefix("appeal_").upper())
        yield story.script

    def _file(self, story: Story, route: str, on: date) -> None:
        story.act(
            story.diary.now(), "file_appeal", story.offices.caseworker,
            {
                "route": route,
                "filed_on": on.isoformat(),
                "ground": "收入中有一次性补偿，不应计入月收入",
            },
        )  # fmt: skip

    def _decide(self, story: Story, outcome: str) -> None:
        story.act(
            story.diary.after(2, 8), "decide_appeal", story.offices.supervisor,
            {"outcome": outcome, "reason": "经复核收入构成，作出决定"},
        )  # fmt: skip
        if outcome == "OVERTURNED":
            story.verify_again(means=1500)
            promises = helping.promises_of(story)
            ends_on = LAST_DAY + timedelta(days=story.dice.randint(20, 40))
            helping.make_plan(story, promises, ends_on)
            helping.begin(story)
            until = LAST_DAY - timedelta(days=3)
            helping.serve(story, promises, until, last=ends_on - timedelta(days=3))

    def _died(self, _kind: str, name: str, place: str) -> Iterator[Script]:
        story = self._story(name, place, FIRST_DAY, date(YEAR, 8, 10), alone=True)
        story.refer()
        day = story.diary.day + timedelta(days=story.dice.randint(50, 75))
        help_until(story, day - timedelta(days=2))
        moment = story.diary.on(day + timedelta(days=1))
        died_on = moment.date() - timedelta(days=1)

        def asked(scene: Scene) -> Facts:
            member = scene.script.members[0]
            return {"member": member, "died_on": died_on.isoformat(), "evidence": "死亡医学证明"}

        story.act(moment, "record_death", story.offices.caseworker, asked)
        self._end(story, "DEATH_SOLE_MEMBER", "死亡医学证明")
        yield story.script

    def _withdrawn(self, _kind: str, name: str, place: str) -> Iterator[Script]:
        story = self._story(name, place, FIRST_DAY, date(YEAR, 8, 20))
        story.refer()
        help_until(story, story.diary.day + timedelta(days=story.dice.randint(50, 70)))
        moment = story.diary.after(1, 2)
        story.act(
            moment, "withdraw_consent", story.offices.caseworker,
            {"purpose": "SHARE_PROVIDER", "on": moment.date().isoformat(), "by_whom": "户主"},
        )  # fmt: skip
        self._end(story, "WITHDRAWN", "书面退出申请")
        yield story.script

    def _terminated(self, _kind: str, name: str, place: str) -> Iterator[Script]:
        story = self._story(name, place, FIRST_DAY, date(YEAR, 8, 31))
        story.refer()
        reason = story.dice.choice(ENDINGS)
        if story.dice.random() < 0.6:
            help_until(story, story.diary.day + timedelta(days=story.dice.randint(50, 60)))
        else:
            story.accept()
            story.verify()
        self._end(story, reason, PROOF[reason])
        yield story.script

    def _end(self, story: Story, reason: str, evidence: str) -> None:
        moment = story.diary.after(1, 2)
        story.act(
            moment, "terminate", story.offices.head,
            {"reason": reason, "evidence": evidence, "occurred_on": moment.date().isoformat()},
        )  # fmt: skip
        moment = story.diary.after(1, 3)
        facts = {"delivered_on": moment.date().isoformat()}
        story.act(moment, "notify_kin", story.offices.caseworker, facts)

    def _ended_early(self, _kind: str, name: str, place: str) -> Iterator[Script]:
        """Every line ends before its time: summed up and closed, but not counted."""
        story = self._story(name, place, FIRST_DAY, date(YEAR, 8, 15))
        story.refer()
        help_until(story, story.diary.day + timedelta(days=story.dice.randint(50, 70)))
        for line in story.home.lines:
            reason = {"STUDENT": "STUDENT_LEFT_EDUCATION"}.get(line, "INSTITUTIONALISED")
            facts = {"line": line, "reason": reason}
            story.act(story.diary.after(0, 1), "end_line", story.offices.caseworker, facts)
        helping.finish(story, story.diary.day)
        yield story.script
