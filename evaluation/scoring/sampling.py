"""The draw itself: a pure function of the frame and the seed, so that anyone can repeat it."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any


@dataclass(frozen=True)
class Rule:
    """How much is drawn: the shares and the least size that held when the draw was made."""

    share: Decimal
    minimum: int
    phone: Decimal
    door: Decimal
    second: Decimal

    def to_json(self) -> dict[str, Any]:
        return {
            "share": str(self.share),
            "minimum": self.minimum,
            "phone": str(self.phone),
            "door": str(self.door),
            "second": str(self.second),
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Rule":
        return cls(
            share=Decimal(row["share"]),
            minimum=row["minimum"],
            phone=Decimal(row["phone"]),
            door=Decimal(row["door"]),
            second=Decimal(row["second"]),
        )


@dataclass(frozen=True)
class Candidate:
    """One finished case of the frame."""

    case: int
    stratum: str
    forced: tuple[str, ...] = ()
    reachable: bool = True

    def to_json(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "stratum": self.stratum,
            "forced": list(self.forced),
            "reachable": self.reachable,
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "Candidate":
        return cls(row["case"], row["stratum"], tuple(row["forced"]), row["reachable"])


@dataclass(frozen=True)
class Drawn:
    """What a draw chose: in-depth cases, whom to telephone and to visit, what to score twice."""

    chosen: tuple[int, ...]
    phone: tuple[int, ...]
    door: tuple[int, ...]
    second: tuple[int, ...]


def sample_size(population: int, rule: Rule) -> int:
    """A share rounded up, but a least number, and everybody where there are no more than that."""
    return min(population, max(rule.minimum, share_of(population, rule.share)))


def share_of(population: int, share: Decimal) -> int:
    """A share of a whole number, rounded up."""
    return int((population * share).to_integral_value(ROUND_CEILING))


def draw(frame: Sequence[Candidate], seed: int, rule: Rule) -> Drawn:
    """Draw from a frame: forced cases first, one per stratum at least, then at random."""
    # The seed makes the draw repeatable; nothing secret depends on it.
    dice = random.Random(seed)  # noqa: S311
    ordered = sorted(frame, key=lambda one: one.case)
    chosen = {one.case for one in ordered if one.forced}
    for stratum in sorted({one.stratum for one in ordered}):
        members = [one.case for one in ordered if one.stratum == stratum]
        if chosen.isdisjoint(members):
            chosen.add(dice.choice(members))
    rest = [one.case for one in ordered if one.case not in chosen]
    chosen.update(dice.sample(rest, max(0, sample_size(len(ordered), rule) - len(chosen))))
    living = [one.case for one in ordered if one.reachable]
    homes = [case for case in living if case in chosen]
    return Drawn(
        chosen=tuple(sorted(chosen)),
        phone=tuple(sorted(dice.sample(living, share_of(len(living), rule.phone)))),
        door=tuple(sorted(dice.sample(homes, share_of(len(homes), rule.door)))),
        second=tuple(sorted(dice.sample(sorted(chosen), share_of(len(chosen), rule.second)))),
    )


def strata_of(frame: Sequence[Candidate], chosen: Sequence[int]) -> dict[str, dict[str, int]]:
    """Per stratum, how many cases there were and how many were chosen."""
    strata: dict[str, dict[str, int]] = {}
    for one in sorted(frame, key=lambda one: (one.stratum, one.case)):
        row = strata.setdefault(one.stratum, {"population": 0, "chosen": 0})
        row["population"] += 1
        row["chosen"] += one.case in chosen
    return strata
