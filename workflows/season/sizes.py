"""How large the season is: targets and completions per district, and how the rest is dealt out."""

import random
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

YEAR = 2018
SEED = 2018
FIRST_DAY = date(YEAR, 3, 1)
LAST_DAY = date(YEAR, 10, 31)
SHOWN_STREET = "110101901"
TARGETS_FROM = date(YEAR, 1, 1)


class DistrictPlan(NamedTuple):
    """What one district has to reach, and what it will have reached on the last day."""

    code: str
    target: int
    done: int


# The fictional distribution whose totals are those of the published story: 2,200 and 2,700.
WHOLE_CITY = (
    DistrictPlan("110101", 140, 175),
    DistrictPlan("110102", 160, 200),
    DistrictPlan("110105", 240, 302),
    DistrictPlan("110106", 200, 236),
    DistrictPlan("110107", 90, 112),
    DistrictPlan("110108", 240, 300),
    DistrictPlan("110109", 90, 105),
    DistrictPlan("110111", 150, 190),
    DistrictPlan("110112", 160, 188),
    DistrictPlan("110113", 120, 150),
    DistrictPlan("110114", 150, 172),
    DistrictPlan("110115", 150, 181),
    DistrictPlan("110116", 80, 99),
    DistrictPlan("110117", 90, 112),
    DistrictPlan("110118", 80, 100),
    DistrictPlan("110119", 60, 78),
)

# Households that are not among the completed ones, at full scale, by what becomes of them.
OTHERS: Mapping[str, int] = {
    "referred": 42,
    "accepted": 26,
    "verifying": 34,
    "awaiting_confirmation": 30,
    "verified": 22,
    "publicised": 46,
    "objection": 6,
    "awaiting_approval": 20,
    "planned": 30,
    "in_help": 380,
    "suspended": 14,
    "transferring": 16,
    "rejected": 150,
    "unreachable": 12,
    "referred_again": 10,
    "appeal_open": 5,
    "appeal_upheld": 8,
    "appeal_overturned": 8,
    "appeal_late": 4,
    "declined": 40,
    "merged": 34,
    "died": 12,
    "withdrawn": 14,
    "terminated": 34,
    "ended_early": 22,
}


def dice_for(name: str) -> random.Random:
    """Dice of its own for every part, so that one part never shifts another's throws."""
    return random.Random(f"{SEED}/{name}")  # noqa: S311  repeatable on purpose


def share_out(weights: Sequence[int], total: int) -> list[int]:
    """Largest-remainder shares of a total: whole numbers whose sum is the total."""
    whole = sum(weights)
    exact = [Fraction(weight * total, whole) for weight in weights]
    shares = [int(value) for value in exact]
    by_rest = sorted(range(len(weights)), key=lambda n: (shares[n] - exact[n], n))
    for position in by_rest[: total - sum(shares)]:
        shares[position] += 1
    return shares


def scaled(scale: float) -> list[DistrictPlan]:
    """The districts' targets and completions at a scale; at 1 exactly the published table."""
    targets = [plan.target for plan in WHOLE_CITY]
    done = [plan.done for plan in WHOLE_CITY]
    return [
        DistrictPlan(plan.code, target, reached)
        for plan, target, reached in zip(
            WHOLE_CITY,
            share_out(targets, round(sum(targets) * scale)),
            share_out(done, round(sum(done) * scale)),
            strict=True,
        )
    ]


def others(scale: float) -> list[tuple[str, str]]:
    """(what becomes of it, district or street) of every other household; one of each at least."""
    dice = dice_for("others")
    districts = [plan.code for plan in WHOLE_CITY]
    weights = [plan.target for plan in WHOLE_CITY]
    found = []
    for kind, number in OTHERS.items():
        wanted = max(1, round(number * scale))
        if wanted < len(districts):
            chosen = dice.choices(districts, weights, k=wanted)
        else:
            shares = zip(districts, share_out(weights, wanted), strict=True)
            chosen = [code for code, share in shares for _ in range(share)]
        # A visitor who looks into one street meets one of each.
        found += [(kind, code) for code in (SHOWN_STREET, *chosen[1:])]
    return found
