"""Invented households: who lives there, why they need help, and on which lines."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from workflows.season.names import Register, birth_date, full_name, surname
from workflows.season.sizes import YEAR

DISABLED, ELDERLY, STUDENT = "DISABLED", "ELDERLY", "STUDENT"
# How the lines are spread over the city's households.
MIX = (((ELDERLY,), 40), ((DISABLED,), 26), ((STUDENT,), 21), (("COMBINED",), 13))
COMBINATIONS = ((ELDERLY, DISABLED), (ELDERLY, STUDENT), (DISABLED, STUDENT))
CATEGORY = {ELDERLY: "B_ELDER", DISABLED: "D_DISABLED", STUDENT: "C_CHILD"}
RELIEFS = (("DIBAO", 44), ("LOW_INCOME", 20), ("TEKUN", 6), ("NONE", 30))
STAGES = ((12, "PRI", "小学"), (15, "JUN", "初中"), (25, "SEN", "高中"))
AGE_OF_GUARDED = 14
STREET_LENGTH = 9


@dataclass(frozen=True)
class Home:
    """One invented household: what is entered of it, and whom each line is for."""

    street: str
    address: str
    community: str
    members: list[dict[str, Any]] = field(repr=False)
    lines: tuple[str, ...]
    beneficiary: dict[str, int]
    relief: str
    certificate: str
    category: str
    per_capita: int
    near_relative: bool = False

    @property
    def size(self) -> int:
        return len(self.members)

    def registration(self, on: date) -> dict[str, Any]:
        """The facts of `register_household` on a day; guardians agree on that day."""
        members = [
            member | {"guardian_consent_on": on} if "guardian" in member else member
            for member in self.members
        ]
        return {
            "address": self.address,
            "residence_division": self.community,
            "hukou_division": self.street,
            "members": members,
            "category": self.category,
            "relief_type": self.relief,
            "relief_cert_no": self.certificate,
            "housing": "PUBLIC_RENT" if self.per_capita < 1000 else "OWN",
            "relative_register_flag": self.near_relative,
            "relative_note": "近亲属在居委会任职" if self.near_relative else "",
        }

    def income(self, per_capita: int | None = None) -> dict[str, Any]:
        """The facts of an income assessment that comes to the household's means."""
        each = self.per_capita if per_capita is None else per_capita
        return {"size": self.size, "monthly_incomes": [str(each * self.size)]}


def _leave_facts_only(members: list[dict[str, Any]]) -> None:
    """Drop what only the invention needed to know; the head is guardian of the young."""
    for member in members:
        del member["_for"]
        if member.pop("_young", False):
            member["guardian"] = 0


def _relief_of(dice: random.Random, members: list[dict[str, Any]]) -> str:
    """Support for the destitute is for people alone; a family has the allowance instead."""
    relief = str(_weighted(dice, RELIEFS))
    return "DIBAO" if relief == "TEKUN" and len(members) > 1 else relief


class Families:
    """Invents households one after the other; the same dice give the same families."""

    def __init__(self, register: Register) -> None:
        self.register = register

    def invent(
        self,
        dice: random.Random,
        place: str,
        *,
        alone: bool = False,
        means: tuple[int, int] | None = None,
    ) -> Home:
        """A household of a district or street: `alone` one elder, `means` an income so high."""
        street = place if len(place) == STREET_LENGTH else f"{place}90{dice.choice('11112233')}"
        community = f"{street}00{dice.choice('12')}"
        lines = (ELDERLY,) if alone else _lines(dice)
        members = self._members(dice, lines, alone=alone)
        beneficiary = {line: _position(members, line) for line in lines}
        _leave_facts_only(members)
        relief = "NONE" if means else _relief_of(dice, members)
        low, high = means or _means_of(relief)
        return Home(
            street=street,
            address=self.register.address(community),
            community=community,
            members=members,
            lines=lines,
            beneficiary=beneficiary,
            relief=relief,
            certificate="" if relief == "NONE" else self.register.certificate(),
            category="A_RELIEF" if relief in {"DIBAO", "TEKUN"} else CATEGORY[lines[0]],
            per_capita=dice.randrange(low, high, 10),
        )

    def _members(
        self, dice: random.Random, lines: tuple[str, ...], *, alone: bool
    ) -> list[dict[str, Any]]:
        if alone:
            return [self._elder(dice, surname(dice))]
        makers: dict[tuple[str, ...], Callable[..., list[dict[str, Any]]]] = {
            (ELDERLY,): self._elders,
            (DISABLED,): self._disabled,
            (STUDENT,): self._student,
            (ELDERLY, DISABLED): self._elder_with_disabled_child,
            (ELDERLY, STUDENT): self._elder_with_grandchild,
            (DISABLED, STUDENT): self._disabled_parent_with_child,
        }
        return makers[lines](dice, surname(dice))

    def _person(
        self, dice: random.Random, family: str, year: int, relation: str, **more: Any
    ) -> dict[str, Any]:
        sex = more.pop("sex", dice.choice("12"))
        known = {
            "_for": "",
            "name": full_name(dice, family),
            "id_no": self.register.id_number(birth_date(dice, year), sex),
            "relation_to_head": relation,
            "hukou_type": "URBAN",
            "ethnicity": dice.choice(["01"] * 12 + ["11", "03", "02"]),
        }
        if year < YEAR - AGE_OF_GUARDED:
            known["phone"] = self.register.phone()
        return known | more

    def _elder(self, dice: random.Random, family: str, **more: Any) -> dict[str, Any]:
        level = dice.choice([0, 1, 1, 2, 2, 3])
        known: dict[str, Any] = {
            "health": "30",
            "chronic_diseases": [dice.choice(["高血压", "糖尿病", "冠心病", "关节炎"])],
            "ability_level": level,
            "self_care": ("FULL", "PARTIAL", "PARTIAL", "LOST")[level],
            "employment": "80",
            "marital": "30",
        }
        year = YEAR - dice.randint(68, 91)
        return self._person(dice, family, year, "02", **(known | more)) | {"_for": ELDERLY}

    def _elders(self, dice: random.Random, family: str) -> list[dict[str, Any]]:
        head = self._elder(dice, family)
        if dice.random() < 0.6:
            return [head]
        sex = "2" if head["id_no"][16] in "13579" else "1"
        partner = self._elder(dice, surname(dice), sex=sex, marital="20") | {
            "relation_to_head": "12" if sex == "2" else "11"
        }
        head["marital"] = "20"
        return [head, partner]

    def _disabled_person(
        self, dice: random.Random, family: str, age: tuple[int, int], relation: str
    ) -> dict[str, Any]:
        kind, grade = dice.choice("1244456"), dice.choice("112234")
        person = self._person(
            dice, family, YEAR - dice.randint(*age), relation, health="60",
            disability_types=[kind], disability_grade=grade, employment="70",
            self_care="PARTIAL" if grade in "12" else "FULL", work_capacity="PARTIAL",
        )  # fmt: skip
        person["disability_cert_no"] = f"{person['id_no']}{kind}{grade}"
        return person | {"_for": DISABLED}

    def _disabled(self, dice: random.Random, family: str) -> list[dict[str, Any]]:
        head = self._disabled_person(dice, family, (32, 61), "02")
        if dice.random() < 0.4:
            return [head | {"marital": "10"}]
        mother = self._person(
            dice, surname(dice), YEAR - dice.randint(62, 80), "52", sex="2", employment="80"
        )
        return [head, mother]

    def _child(self, dice: random.Random, family: str, relation: str) -> dict[str, Any]:
        age = dice.randint(7, 17)
        stage, place = next((code, word) for top, code, word in STAGES if age <= top)
        young = age <= AGE_OF_GUARDED
        return self._person(
            dice, family, YEAR - age, relation, in_school=stage, school=f"示例{place}",
            employment="31", is_dependent=True,
        ) | {"_for": STUDENT, "_young": young}  # fmt: skip

    def _student(self, dice: random.Random, family: str) -> list[dict[str, Any]]:
        parent = self._person(
            dice, family, YEAR - dice.randint(36, 50), "02", employment=dice.choice(["24", "70"])
        )
        child = self._child(dice, family, dice.choice(["20", "30"]))
        if dice.random() < 0.5:
            return [parent, child]
        return [parent, child, self._child(dice, family, dice.choice(["20", "30"]))]

    def _elder_with_disabled_child(self, dice: random.Random, family: str) -> list[dict[str, Any]]:
        grown = self._disabled_person(dice, family, (38, 52), dice.choice(["20", "30"]))
        return [self._elder(dice, family), grown]

    def _elder_with_grandchild(self, dice: random.Random, family: str) -> list[dict[str, Any]]:
        return [self._elder(dice, family), self._child(dice, family, "40")]

    def _disabled_parent_with_child(self, dice: random.Random, family: str) -> list[dict[str, Any]]:
        parent = self._disabled_person(dice, family, (34, 50), "02")
        return [parent, self._child(dice, family, dice.choice(["20", "30"]))]


def _lines(dice: random.Random) -> tuple[str, ...]:
    chosen = _weighted(dice, MIX)
    return dice.choice(COMBINATIONS) if chosen == ("COMBINED",) else chosen


def _position(members: Sequence[dict[str, Any]], line: str) -> int:
    return next(n for n, member in enumerate(members) if member["_for"] == line)


def _means_of(relief: str) -> tuple[int, int]:
    return {"LOW_INCOME": (1050, 1900), "NONE": (1100, 1900)}.get(relief, (300, 950))


def _weighted(dice: random.Random, choices: Sequence[tuple[Any, int]]) -> Any:
    values, weights = zip(*choices, strict=True)
    return dice.choices(values, weights)[0]
