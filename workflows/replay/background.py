"""Filler: ordinary cases carried to the end of their help by real acts, for a draw to draw from."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

from casework.lib import clock
from workflows.replay.format import Scenario, Step, parse_day
from workflows.replay.source import Place

PREFIX = "110199"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
SURNAMES = "金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
# The member's age follows from the line of help; the item is one that any agency may give.
BORN = {"STUDENT": date(1997, 1, 1), "ELDERLY": date(1940, 1, 1), "DISABLED": date(1970, 1, 1)}
ITEMS = {"STUDENT": ("S04", "次"), "ELDERLY": ("E06", "次"), "DISABLED": ("D07", "次")}
VISITS = 3
EVIDENCE = ["SLP", "REC", "ATT", "PHO", "SAT"]
NEEDED_DAYS = 30


def with_background(scenario: Scenario) -> Scenario:
    """The scenario with its filler written out as people, households and steps."""
    if not scenario.background:
        return scenario
    people, households = dict(scenario.people), dict(scenario.households)
    steps = list(scenario.steps)
    for n, group in enumerate(scenario.background):
        place: Place = ("background", n)
        if (parse_day(group["done_on"]) - parse_day(group["referred_on"])).days < NEEDED_DAYS:
            raise scenario.source.error(place, "done_on must be 30 days after referred_on or later")
        for turn in range(group["count"]):
            ref = f"background-{n + 1}-{turn + 1}"
            people[ref] = _person(ref, group, n, turn)
            households[ref] = _household(ref, group)
            steps += _steps(ref, group, place)
    return replace(
        scenario,
        people=people,
        households=households,
        steps=sorted(steps, key=lambda step: step.at),
    )


def _person(ref: str, group: Mapping[str, Any], n: int, turn: int) -> dict[str, Any]:
    line = group.get("line", "ELDERLY")
    born = BORN[line] + timedelta(days=n * 200 + turn)
    body = f"{PREFIX}{born:%Y%m%d}{700 + 2 * (turn % 100):03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True))
    return {
        "ref": ref,
        "name": f"{SURNAMES[turn % len(SURNAMES)]}试填",
        "id_no": body + CHECK_CHARACTERS[total % 11],
        "relation": "02",
        "consents": [{"purpose": "SHARE_PROVIDER", "given_on": group["referred_on"]}],
    }


def _household(ref: str, group: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "ref": ref,
        "street": group["street"],
        "address": f"示例社区{ref}",
        "category": "F_OTHER",
        "members": [ref],
    }


def _step(ref: str, place: Place, day: date, hour: int, act: str, by: str, **facts: Any) -> Step:
    at = clock.start_of(day) + timedelta(hours=hour)
    return Step(at, act, place, by=by, case=ref, facts=facts)


def _steps(ref: str, group: Mapping[str, Any], place: Place) -> Iterator[Step]:
    start, end = parse_day(group["referred_on"]), parse_day(group["done_on"])
    line = group.get("line", "ELDERLY")
    item, unit = ITEMS[line]
    provider = group.get("provider", "provider_a")

    step = partial(_step, ref, place)
    signed = start + timedelta(days=4)
    begins = start + timedelta(days=5)
    yield replace(
        step(start, 9, "refer", "CW", source="STREET", reason="日常走访", person=ref),
        household=ref,
    )
    yield step(start, 10, "accept_referral", "CW")
    yield step(
        start, 11, "arrange_verification", "CW",
        verifiers=[{"user": "CW"}, {"user": "CW/2"}], visit_on=start.isoformat(),
    )  # fmt: skip
    yield step(
        start, 16, "record_verification", "CW", visited_on=start.isoformat(), member_signed=True,
        verifiers_signed=True, photos=1, econ_check="WAIVED", proposal="VERIFIED",
    )  # fmt: skip
    yield step(start, 17, "confirm_verification", "SH", outcome="VERIFIED", publicity=False)
    yield step(
        signed, 9, "make_plan", "CW", assessed_on=signed.isoformat(),
        needs=[{"code": item, "text": "日常帮扶"}], lines=[line],
        items=[{
            "code": item, "line": line, "goal": "按月服务", "unit": unit,
            "qty": VISITS, "freq": "按月", "start": begins.isoformat(), "end": end.isoformat(),
            "provider": provider,
        }],
        signed_on=signed.isoformat(), starts_on=begins.isoformat(), ends_on=end.isoformat(),
    )  # fmt: skip
    yield step(signed, 15, "approve_plan", "SH")
    yield step(
        begins, 9, "start_help", f"PR {provider}", started_on=begins.isoformat(),
        agreement_no="示例协议",
    )  # fmt: skip
    yield from _service_steps(step, begins, end, item, provider)


def _service_steps(step: Any, begins: date, end: date, item: str, provider: str) -> Iterator[Step]:
    gap = max((end - begins).days // (VISITS + 1), 1)
    days = [(begins + timedelta(days=gap * (turn + 1))).isoformat() for turn in range(VISITS)]
    yield step(
        end, 9, "record_services", f"PR {provider}",
        services=[{"item": item, "served_on": days, "evidence": EVIDENCE}],
    )  # fmt: skip
    yield step(end, 10, "finish_item", "CW", item=item)
    yield step(end, 11, "finish_help", "CW", summary="目标达成", satisfaction=5)
