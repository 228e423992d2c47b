"""Where a household stands to the lines, explained step by step; it proposes, a person decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from casework.directory.queries import parameter
from casework.households.models.standard import StandardLine
from casework.households.standards import line as line_on
from casework.lib.errors import Incomplete

CENT: Final = Decimal("0.01")
MOST: Final = Decimal(10**9)
Amount = Decimal | int | str


@dataclass(frozen=True, slots=True)
class Assessment:
    """The deciding figure against its line, with the way it was reached.

    `per_capita` is the figure that was compared: income, or income less rigid spending where
    the household asks as one in expenditure hardship.
    """

    per_capita: Decimal
    line: Decimal
    below: bool
    steps: list[dict[str, str]]
    proposal: str
    property_over: bool
    income_per_capita: Decimal

    @property
    def shown(self) -> str:
        """The figure as papers print it."""
        return shown(self.per_capita)

    def as_facts(self) -> dict[str, Any]:
        """The assessment as it is kept in the file."""
        return {
            "per_capita": str(self.per_capita),
            "shown": self.shown,
            "income_per_capita": shown(self.income_per_capita),
            "line": shown(self.line),
            "below": self.below,
            "proposal": self.proposal,
            "property_over": self.property_over,
            "steps": self.steps,
        }


def shown(amount: Decimal) -> str:
    """Two decimals, half up; only for reading, never for comparing."""
    return str(amount.quantize(CENT, rounding=ROUND_HALF_UP))


def assess_income(
    *,
    on: date,
    size: int,
    monthly_incomes: Iterable[Amount],
    one_off_yearly: Iterable[Amount] = (),
    rigid_spending_yearly: Amount = 0,
    cash_assets: Amount = 0,
    second_dwelling: bool = False,
    vehicle: bool = False,
    exempt_monthly: Iterable[Amount] = (),
    deductions_monthly: Iterable[Amount] = (),
    window_months: int | None = None,
) -> Assessment:
    """Compare a household's monthly income per person with the lines in force on a day.

    Exempt items (special-care pensions, relief, scholarships and the like) are told and not
    counted; necessary costs of working and of disability or grave illness are taken off
    (社会救助暂行办法, 2014-05-01, art. 9; local rules name the amounts).
    """
    if size < 1:
        raise Incomplete(_("A household has at least one person."), {"size": _("At least 1.")})
    months = window_months or int(parameter("income_window_months", on))
    dibao = line_on(StandardLine.Kind.DIBAO, on)
    low_income = line_on(StandardLine.Kind.LOW_INCOME, on)
    steps: list[dict[str, str]] = []
    total = _income(monthly_incomes, one_off_yearly, months, steps)
    total = _counted(total, exempt_monthly, deductions_monthly, steps)
    income = total / size
    _step(steps, _("Income per person a month"), income, _("÷ %(size)d people") % {"size": size})
    proposal, figure, decisive = _propose(
        income, total, _fraction(rigid_spending_yearly) / 12, size, dibao, low_income, steps
    )
    property_over = _property_over(
        _fraction(cash_assets) / size, second_dwelling, vehicle, dibao, steps, on
    )
    _difference(steps, proposal, income, size, dibao)
    return _concluded(
        figure, decisive, income, steps=steps, proposal=proposal, property_over=property_over
    )


def _concluded(
    figure: Fraction, decisive: StandardLine, income: Fraction, **found: Any
) -> Assessment:
    """The figures as they are kept; compared while they are still exact."""
    return Assessment(
        per_capita=_decimal(figure),
        line=decisive.amount,
        below=figure < Fraction(decisive.amount),
        income_per_capita=_decimal(income),
        **found,
    )


def _income(
    monthly: Iterable[Amount], one_off: Iterable[Amount], months: int, steps: list[dict[str, str]]
) -> Fraction:
    regular = sum((_fraction(amount) for amount in monthly), Fraction(0))
    single = sum((_fraction(amount) for amount in one_off), Fraction(0))
    _step(steps, _("Regular income a month"), regular, _("sum of all members"))
    if single:
        rule = _("%(amount)s ÷ %(months)d months") % {
            "amount": shown(_decimal(single)),
            "months": months,
        }
        _step(steps, _("One-off income a month"), single / months, rule)
    return regular + single / months


def _counted(
    total: Fraction,
    exempt: Iterable[Amount],
    deductions: Iterable[Amount],
    steps: list[dict[str, str]],
) -> Fraction:
    """What counts of the income, never below nothing."""
    left_out = sum((_fraction(amount) for amount in exempt), Fraction(0))
    if left_out:
        _step(steps, _("Exempt income a month"), left_out, _("not counted"))
    taken_off = sum((_fraction(amount) for amount in deductions), Fraction(0))
    if taken_off:
        _step(steps, _("Deductions a month"), taken_off, _("necessary costs, taken off"))
    return max(Fraction(0), total - taken_off)


def _propose(
    income: Fraction,
    total: Fraction,
    rigid: Fraction,
    size: int,
    dibao: StandardLine,
    low_income: StandardLine,
    steps: list[dict[str, str]],
) -> tuple[str, Fraction, StandardLine]:
    """The proposal, the figure that decided it, and the line it was held against."""
    for kind, line in (("DIBAO", dibao), ("LOW_INCOME", low_income)):
        below = income < Fraction(line.amount)
        _step(steps, str(line), Fraction(line.amount), _("below") if below else _("not below"))
        if below:
            return kind, income, line
    if not rigid:
        return "INCOME_OVER", income, low_income
    left = (total - rigid) / size
    below = left < Fraction(dibao.amount)
    _step(steps, _("Rigid spending a month"), rigid, _("recognised, unpaid by others"))
    _step(
        steps,
        _("Left per person a month"),
        left,
        _("below the subsistence line") if below else _("not below the subsistence line"),
    )
    return ("EXPENDITURE_HARDSHIP" if below else "INCOME_OVER"), left, dibao


def _difference(
    steps: list[dict[str, str]], proposal: str, income: Fraction, size: int, dibao: StandardLine
) -> None:
    """What is missing to the line for all of them (art. 12), for whoever decides."""
    if proposal == "DIBAO":
        missing = (Fraction(dibao.amount) - income) * size
        rule = _("(line − income per person) × %(size)d people") % {"size": size}
        _step(steps, _("Difference to the line a month"), missing, rule)


def _property_over(
    cash_per_person: Fraction,
    second_dwelling: bool,
    vehicle: bool,
    dibao: StandardLine,
    steps: list[dict[str, str]],
    on: date,
) -> bool:
    ceiling = Fraction(dibao.amount) * int(parameter("cash_assets_multiple", on))
    is_rich = cash_per_person > ceiling
    rule = _("at most %(ceiling)s") % {"ceiling": shown(_decimal(ceiling))}
    _step(steps, _("Cash assets per person"), cash_per_person, rule)
    for present, label in ((second_dwelling, _("Second dwelling")), (vehicle, _("Vehicle"))):
        if present:
            steps.append({"label": label, "amount": "", "rule": _("over the property limit")})
    return is_rich or second_dwelling or vehicle


def _step(steps: list[dict[str, str]], label: str, amount: Fraction, rule: str) -> None:
    steps.append({"label": label, "amount": shown(_decimal(amount)), "rule": rule})


def _fraction(amount: Amount) -> Fraction:
    """An exact number, so that a third of a sum is compared unrounded."""
    wrong = _("“%(amount)s” is not an amount of money.") % {"amount": str(amount)[:20]}
    try:
        number = Decimal(str(amount).strip() or "0")
    except InvalidOperation as error:
        raise Incomplete(wrong) from error
    if not number.is_finite() or not 0 <= number <= MOST:
        raise Incomplete(wrong)
    return Fraction(number)


def _decimal(amount: Fraction) -> Decimal:
    return Decimal(amount.numerator) / Decimal(amount.denominator)
