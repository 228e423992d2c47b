"""What is promised and given: items of a plan, service records, and the summing up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from workflows.season.diary import spread_days
from workflows.season.people import DISABLED, ELDERLY, STUDENT
from workflows.season.script import Facts, Scene
from workflows.season.sizes import FIRST_DAY, dice_for
from workflows.season.story import PROVIDERS, Story

FOUNDATION = "53110199990000041Y"
COMPANY = "9111019999000005XQ"
BATCH_DAYS = 42


@dataclass(frozen=True)
class Service:
    """One item of the catalogue as plans here promise it."""

    code: str
    unit: str
    least: int
    most: int
    at_home: bool
    minutes: int
    evidence: tuple[str, ...]
    goal: str
    each: int = 1
    provider: str = ""


MENU: dict[str, tuple[Service, ...]] = {
    ELDERLY: (
        Service("E01", "次", 6, 10, True, 30, ("PHO", "REC"), "按期探访，及时发现风险"),
        Service("E05", "次", 5, 9, True, 20, ("REC",), "每次记录血压血糖，数值稳定"),
        Service("E03", "次", 3, 5, True, 90, ("SLP", "PHO"), "居室和个人卫生达标"),
        Service("E02", "餐", 20, 40, True, 15, ("DEL", "ATT"), "按约定送餐到户", each=5),
        Service("E06", "次", 3, 6, True, 45, ("REC", "SAT"), "情绪自评改善"),
        Service("E04", "次", 1, 3, False, 180, ("SLP", "REC"), "按预约完成就医"),
        Service("E09", "次", 2, 3, False, 60, ("ATT",), "能独立使用智能手机并识别诈骗"),
        Service("E08", "套", 1, 1, True, 60, ("DEL", "REC"), "设备安装并测试", provider=COMPANY),
    ),
    DISABLED: (
        Service("D01", "次", 6, 10, True, 60, ("SLP", "REC", "RPT"), "完成康复训练并有阶段评估"),
        Service("D04", "次", 4, 8, True, 90, ("SLP", "PHO", "REC"), "按次完成助浴和居家照护"),
        Service("D07", "次", 2, 4, True, 240, ("SLP", "REC"), "照护者每月得到休整"),
        Service("D06", "次", 1, 3, False, 180, ("SLP", "REC"), "完成就医和证件办理"),
        Service("D08", "次", 2, 4, False, 120, ("ATT", "REC"), "参加小组活动并有互动记录"),
        Service("D02", "件", 1, 1, True, 60, ("RPT", "DEL"), "辅具适配并会用", provider=COMPANY),
    ),
    STUDENT: (
        Service("S01", "次", 8, 14, True, 90, ("ATT", "REC"), "完成辅导，主科成绩有进步"),
        Service("S03", "次", 3, 6, True, 50, ("REC", "SAT"), "同伴关系改善"),
        Service("S05", "次", 2, 3, False, 60, ("REC",), "形成书面升学规划"),
        Service("S04", "次", 2, 3, False, 120, ("ATT",), "参加活动并分享感受"),
        Service("S07", "次", 2, 3, True, 60, ("REC", "ATT"), "家长掌握沟通方法"),
        Service("S02", "份", 1, 2, True, 30, ("DEL", "INV"), "物资送达并签收", provider=FOUNDATION),
    ),
}  # fmt: skip
ADVICE = Service("C01", "次", 1, 2, False, 30, ("REC",), "了解政策并完成资源链接")
MEDIATION = Service("C03", "次", 2, 2, True, 60, ("REC",), "家庭关系得到调适")
WORKERS = ("试社工甲", "试社工乙", "试社工丙", "试护理员甲", "试护理员乙", "试志愿者甲")
SUMMARIES = (
    "方案各项目已完成，家庭生活状况改善，转入日常探访。",
    "目标基本达成，已链接社区资源，后续由社区跟进。",
    "服务按计划完成，服务对象反馈良好。",
    "主要需求得到满足，余下事项已转介有关单位。",
)


@dataclass(frozen=True)
class Promise:
    """One item promised to one household."""

    service: Service
    line: str
    quantity: int
    member: int
    provider: str
    since: date = FIRST_DAY

    def records(self) -> int:
        """How many service records deliver it."""
        return -(-self.quantity // self.service.each)


def promises_of(story: Story) -> list[Promise]:
    """What this household's plan promises, on each of its lines."""
    dice, found = story.dice, []
    for line in story.home.lines:
        # The first of each menu is given at home: a countable case has a contact at home.
        first, *rest = MENU[line]
        more = dice.sample(rest, dice.choice([1, 1, 2]) if len(story.home.lines) == 1 else 1)
        chosen = [first, *more] if dice.random() < 0.7 else [MENU[line][1], *more]
        unique = {service.code: service for service in chosen}
        found += [promise(story, line, service) for service in unique.values()]
    if dice.random() < 0.15:
        found.append(promise(story, story.home.lines[0], ADVICE))
    return found


def promise(story: Story, line: str, service: Service) -> Promise:
    """A service promised to this household, in a quantity within its usual range."""
    return Promise(
        service=service,
        line=line,
        quantity=story.dice.randint(service.least, service.most) // service.each * service.each,
        member=story.home.beneficiary[line],
        provider=service.provider or PROVIDERS[story.provider],
    )


def make_plan(story: Story, promises: list[Promise], ends_on: date) -> None:
    """The needs are assessed, the plan is written and a member signs it."""
    moment = story.diary.after(0, 3)
    story.plan_from = moment.date()
    _write_plan(story, promises, ends_on, moment, "make_plan")


def amend_plan(story: Story, promises: list[Promise], ends_on: date, on: date) -> None:
    """A new need shows; the household signs a new version and the street approves it."""
    moment = story.diary.on(on)
    _write_plan(story, promises, ends_on, moment, "amend_plan")
    story.act(story.diary.after(0, 1), "approve_amendment", story.offices.head)


def _write_plan(
    story: Story, promises: list[Promise], ends_on: date, moment: datetime, act: str
) -> None:
    signed_on = moment.date()

    def asked(scene: Scene) -> Facts:
        members = scene.script.members
        return {
            "assessed_on": signed_on.isoformat(),
            "needs": [_need(n, row, members) for n, row in enumerate(promises, start=1)],
            "lines": list(story.home.lines),
            "items": [_item(row, members) for row in promises],
            "signed_on": signed_on.isoformat(),
            "starts_on": story.plan_from.isoformat(),
            "ends_on": ends_on.isoformat(),
        }

    story.act(moment, act, story.offices.caseworker, asked)


def _need(number: int, row: Promise, members: list[int]) -> dict[str, Any]:
    return {
        "code": f"N{number}",
        "text": f"需要{row.service.goal}",
        "member": members[row.member],
    }


def _item(row: Promise, members: list[int]) -> dict[str, Any]:
    return {
        "code": row.service.code,
        "line": row.line,
        "member": members[row.member],
        "goal": f"{row.service.goal}，共{row.quantity}{row.service.unit}",
        "unit": row.service.unit,
        "qty": row.quantity,
        "freq": "按月安排",
        "provider": row.provider,
        "fund_source": "CHARITY" if row.provider == FOUNDATION else "PURCHASE",
    }


def begin(story: Story) -> None:
    """The plan is approved and the provider begins."""
    story.act(story.diary.after(0, 1), "approve_plan", story.offices.head)
    moment = story.diary.after(1, 3)
    story.act(
        moment, "start_help", story.provider_account,
        {"started_on": moment.date().isoformat(), "agreement_no": f"示例协议{story.name}"},
    )  # fmt: skip
    story.services_from = moment.date()


def serve(
    story: Story, promises: list[Promise], until: date, *, last: date, given: set[int] | None = None
) -> set[int]:
    """Give what falls before a day of a course that ends on another; what was given is answered."""
    done = given if given is not None else set()
    records = sorted(_records(story, promises, last), key=lambda record: record[1])
    batch = story.services_from + timedelta(days=BATCH_DAYS)
    while True:
        upto = min(batch, until)
        due = [record for record in records if record[0] not in done and record[1] <= upto]
        for account in ("", story.offices.caseworker):
            _enter(
                story, [row for row in due if _account_of(row[2]) == bool(account)], upto, account
            )
        done |= {record[0] for record in due}
        if upto >= until:
            return done
        batch += timedelta(days=BATCH_DAYS)


Record = tuple[int, date, Promise]


def _account_of(row: Promise) -> bool:
    """Goods of others are entered by the caseworker; the agency enters its own services."""
    return row.provider not in PROVIDERS.values()


def _records(story: Story, promises: list[Promise], last: date) -> list[Record]:
    """Every service to come, numbered, each item spread evenly over the course."""
    # Dice of its own: the same services whenever they are asked for.
    dice = dice_for(f"{story.name}/services")
    found: list[Record] = []
    for row in promises:
        first = max(story.services_from, row.since) + timedelta(days=dice.randint(1, 4))
        for day in spread_days(first, max(first, last), row.records()):
            found.append((len(found), story.not_resting(day, dice.randint(1, 4)), row))
    return found


def _enter(story: Story, due: list[Record], upto: date, account: str) -> None:
    if not due:
        return
    worker = story.dice.choice(WORKERS)

    def asked(scene: Scene) -> Facts:
        return {
            "services": [
                {
                    "item": row.service.code,
                    "member": scene.script.members[row.member],
                    "served_on": day.isoformat(),
                    "quantity": min(row.service.each, row.quantity),
                    "at_home": row.service.at_home,
                    "minutes": row.service.minutes + number % 5,
                    "worker": worker,
                    "evidence": list(row.service.evidence),
                }
                for number, day, row in due
            ]
        }

    moment = story.diary.on(max(upto, due[-1][1]))
    story.act(moment, "record_services", account or story.provider_account, asked)


def finish(story: Story, done_on: date) -> None:
    """The caseworker sums up; the household says how satisfied it is."""
    story.act(
        story.diary.on(done_on), "finish_help", story.offices.caseworker,
        {
            "summary": story.dice.choice(SUMMARIES),
            "satisfaction": story.dice.choice([3, 4, 4, 5, 5, 5]),
        },
    )  # fmt: skip
