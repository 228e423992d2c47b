"""The stages of a case as its people live them: each writes its acts into the script."""

from datetime import date, datetime, timedelta
from typing import Any

from casework.households.models import Household
from casework.staff.demo import PROVIDER_A, PROVIDER_B
from workflows.season.diary import Diary
from workflows.season.people import DISABLED, ELDERLY, STUDENT, Home
from workflows.season.script import Asked, Facts, Offices, Scene, Script, Then
from workflows.season.sizes import dice_for

PROVIDERS = {"a": PROVIDER_A, "b": PROVIDER_B}
PUBLICITY_DAYS = 8
SOURCES = {
    ELDERLY: ("COMMITTEE", "ELDER_VISIT", "ACTIVE_DISCOVERY", "HOSPITAL", "SELF"),
    DISABLED: ("COMMITTEE", "HOTLINE_12345", "ACTIVE_DISCOVERY", "DATA_SCREENING", "SELF"),
    STUDENT: ("SCHOOL", "COMMITTEE", "DATA_SCREENING", "SELF"),
}
NEEDS = {
    ELDERLY: ("独居，需要定期探访和照护", "行动不便，需要助洁和监测", "缺少陪伴，需要助餐和慰藉"),
    DISABLED: ("需要康复训练指导", "照护压力大，需要喘息服务", "需要陪同就医和社会融入"),
    STUDENT: ("学业跟不上，需要课业辅导", "缺少陪伴，需要成长辅导", "需要助学物资和升学规划"),
}  # fmt: skip


class Story:
    """One household's way, from a first day on, with the offices of its street."""

    def __init__(self, name: str, home: Home, first_day: date) -> None:
        self.name = name
        self.home = home
        self.dice = dice_for(name)
        self.diary = Diary(self.dice, first_day)
        self.script = Script(name, home=home)
        self.offices = Offices(home.street)
        # Districts in the south and east buy mostly from one agency, the others from the other.
        self.provider = self.dice.choice("aaab" if int(home.street[:6]) % 2 else "abbb")
        self.plan_from = self.services_from = self.visit_on = self.diary.day
        self.rest: tuple[date, date] | None = None

    @property
    def needs_publicity(self) -> bool:
        """Who is granted a status for the first time is publicised."""
        return self.home.relief == "NONE"

    @property
    def provider_account(self) -> str:
        return f"pr.{self.provider}"

    def refer(self, source: str = "", *, sudden: bool = False) -> None:
        """Somebody reports the need; the household is entered with it."""
        line = self.home.lines[0]
        source = source or self.dice.choice(SOURCES[line])
        by = {
            "COMMITTEE": self.offices.community,
            "ELDER_VISIT": self.offices.community,
            "DATA_SCREENING": self.offices.supervisor,
            "STREET": self.offices.head,
        }.get(source, self.offices.caseworker)
        facts = {
            "source": source,
            "reason": self.dice.choice(NEEDS[line]),
            "urgency": "SUDDEN" if sudden else "NORMAL",
            "division": self.home.street,
        }
        alone = self.home.lines[0] if len(self.home.lines) == 1 else ""

        def asked(scene: Scene) -> Facts:
            people = scene.script.members
            person = people[self.home.beneficiary[alone]] if alone else None
            household = Household(pk=scene.script.household)
            return facts | {"household": household, "person": person}

        self.script.add(self.diary.on(self.diary.day), "refer", by, asked)

    def accept(self, *, at_once: bool = False) -> None:
        """The street takes the case on."""
        slow = 0 if at_once else self.dice.choice([0, 1, 1, 1, 1, 2])
        self.script.add(self.diary.after(slow, slow), "accept_referral", self.offices.caseworker)

    def arrange(self, *, by_district: bool = False, pair: str = "") -> None:
        """Two people are named for the home visit."""
        visit_on = self.diary.calendar.add(self.diary.day, self.dice.randint(1, 3))
        names = [self.offices.caseworker, self.offices.second_caseworker]
        if pair == "new":
            names = [self.offices.community]
        if by_district:
            names = [self.offices.second_supervisor]

        def asked(scene: Scene) -> Facts:
            verifiers: list[dict[str, Any]] = [{"user": scene.users[name].pk} for name in names]
            if by_district:
                verifiers.append({"name": "示例·区级核查员", "unit": "DISTRICT"})
            if pair == "new":
                verifiers.append({"name": "示例·街道核查员", "unit": "STREET"})
            return {"verifiers": verifiers, "visit_on": visit_on.isoformat()}

        by = self.offices.second_supervisor if by_district else self.offices.caseworker
        self.script.add(self.diary.now(), "arrange_verification", by, asked)
        self.visit_on = visit_on

    def record(
        self, *, rejection: str = "", by_district: bool = False, means: int | None = None
    ) -> None:
        """What the verifiers found is entered; the household's consents with it."""
        by = self.offices.second_supervisor if by_district else self.offices.caseworker
        facts: dict[str, Any] = {
            "proposal": "REJECTED" if rejection else "VERIFIED",
            "reason": rejection,
            "findings_text": "核查情况见核查表。" if rejection else "入户核查，与申报相符。",
        }  # fmt: skip
        if rejection == "UNREACHABLE":
            moment = self.diary.now()
            facts["econ_check"] = "WAIVED"
        else:
            moment = self.diary.on(self.visit_on)
            facts |= self._form(moment.date()) | self._means(rejection, means)
        self.script.add(moment, "record_verification", by, facts)
        if not rejection:
            self._agree()

    def _form(self, visited_on: date) -> dict[str, Any]:
        return {
            "visited_on": visited_on.isoformat(),
            "member_signed": True,
            "verifiers_signed": True,
            "photos": self.dice.randint(1, 4),
            "place": "家中",
        }

    def _means(self, rejection: str, means: int | None) -> dict[str, Any]:
        if self.home.relief != "NONE" and not rejection:
            return {"econ_check": "WAIVED"}
        income = self.home.income(means)
        if rejection == "PROPERTY_OVER":
            income["second_dwelling"] = True
        return {
            "econ_check": "PRESENT",
            "econ_report_on": self.diary.day.isoformat(),
            "income": income,
        }

    def _agree(self) -> None:
        """On the visit the household agrees to the sharing that help needs."""
        on = self.diary.day.isoformat()
        self.script.add(
            self.diary.now(), "record_consent", self.offices.caseworker,
            {"purpose": "SHARE_PROVIDER", "given_on": on},
        )  # fmt: skip

    def attempt(self, number: int) -> None:
        """Nobody opens, on three days, once in the evening."""
        for turn in range(number):
            day = self.visit_on + timedelta(days=2 * turn)
            moment = self.diary.evening(day) if turn == 1 else self.diary.on(day)
            said = {
                "at": moment.isoformat(),
                "outcome": self.dice.choice(["NO_ANSWER", "NOT_HOME"]),
            }
            self.script.add(moment, "record_attempt", self.offices.caseworker, said)
        self.diary.after(1, 1)

    def confirm(self, *, rejection: str = "", by_district: bool = False) -> None:
        """A second person decides."""
        by = self.offices.supervisor if by_district else self.offices.head
        facts = {"outcome": "REJECTED" if rejection else "VERIFIED", "reason": rejection}
        self.script.add(self.diary.after(0, 3), "confirm_verification", by, facts)

    def deliver_refusal(self) -> None:
        """The refusal reaches the household."""
        moment = self.diary.after(1, 3)
        self.script.add(
            moment, "notify_refusal", self.offices.caseworker,
            {"delivered_on": moment.date().isoformat(), "method": "直接送达"},
        )  # fmt: skip

    def publicise(self) -> date:
        """The masked notice hangs for seven days; answers the first day after it."""
        moment = self.diary.after(0, 2)
        posted = moment.date()
        self.script.add(
            moment, "post_publicity", self.offices.head,
            {"posted_on": posted.isoformat(), "place": "社区公告栏"},
        )  # fmt: skip
        return posted + timedelta(days=PUBLICITY_DAYS)

    def verify(self, *, by_district: bool = False) -> None:
        """From the acceptance to the day on which a plan may be made."""
        self.arrange(by_district=by_district)
        self.record(by_district=by_district)
        self.confirm(by_district=by_district)
        if self.needs_publicity:
            over = self.publicise()
            # The timer takes the notice down; the plan waits for the day after.
            self.diary.day = max(self.diary.day, self.diary.calendar.roll(over))

    def verify_again(self, *, means: int) -> None:
        """After an appeal a new pair visits; this time the means are below the line."""
        self.arrange(pair="new")
        self.record(means=means)
        self.confirm()
        self.diary.day = max(self.diary.day, self.diary.calendar.roll(self.publicise()))

    def not_resting(self, day: date, later: int) -> date:
        """The day itself, or some days after the rest it would fall into."""
        if self.rest and self.rest[0] <= day < self.rest[1]:
            return self.rest[1] + timedelta(days=later)
        return day

    def then(self, follow: Then) -> None:
        """What the answer to the last act brings about."""
        self.script.steps[-1].then = follow

    def act(self, moment: datetime, act: str, by: str, facts: Asked | None = None) -> None:
        """Any other act of this case."""
        self.script.add(moment, act, by, facts)
