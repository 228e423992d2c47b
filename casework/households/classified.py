"""Classified subsidy (分类施保): more of the line for elders, children and the severely disabled.

社会救助暂行办法 (2014-05-01), art. 12. It proposes, each person by the highest class that fits and
never by two; a person decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from casework.households.codes import DisabilityGrade, ReliefType
from casework.households.models import ClassifiedRule, Household, Member, StandardLine
from casework.households.standards import line

OLD_AGE: Final = 70
_SEVERE: Final = frozenset({DisabilityGrade.ONE, DisabilityGrade.TWO})
_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Classified:
    """One person's class, what the line is raised by for it, and the yuan a month it comes to."""

    member: Member
    rule: ClassifiedRule
    amount: Decimal


def classified(household: Household, on: date) -> list[Classified]:
    """Whom the rules of a day raise the line for, where the household has the allowance."""
    if household.relief_type != ReliefType.DIBAO:
        return []
    rules = {rule.category: rule for rule in ClassifiedRule.objects.in_force(on)}
    if not rules:
        return []
    amount = line(StandardLine.Kind.DIBAO, on).amount
    return [
        Classified(member, rule, _raised(amount, rule))
        for member in household.living_members.order_by("pk")
        if (rule := _highest(member, rules, on)) is not None
    ]


def _highest(
    member: Member, rules: Mapping[str, ClassifiedRule], on: date
) -> ClassifiedRule | None:
    fitting = [rules[one] for one in _classes(member, on) if one in rules]
    return max(fitting, key=lambda rule: rule.coefficient, default=None)


def _classes(member: Member, on: date) -> list[str]:
    kinds, years = ClassifiedRule.Category, member.age(on)
    found: list[str] = []
    if member.disability_grade in _SEVERE:
        found.append(kinds.SEVERE)
    if years is not None and years >= OLD_AGE:
        found.append(kinds.ELDER)
    if member.is_minor(on):
        found.append(kinds.MINOR)
    return found


def _raised(amount: Decimal, rule: ClassifiedRule) -> Decimal:
    return (amount * (rule.coefficient - 1)).quantize(_CENT, rounding=ROUND_HALF_UP)
