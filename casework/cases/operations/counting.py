"""What a household counts as: its line while in help, and whether it counts as completed."""

from dataclasses import dataclass

from casework.cases.models import HelpCase
from casework.cases.operations.step import keep, post
from casework.cases.queries import main_line
from casework.directory.queries import parameter
from casework.ledger.act import Books


def recount_line(case: HelpCase, books: Books) -> None:
    """A household in help whose lines changed is counted under its new line, and only there."""
    line = main_line(case)
    if not case.is_in_help or line == case.counted_line:
        return
    post(case, books, "in_help", -1, line=case.counted_line)
    post(case, books, "in_help", 1, line=line)
    case.counted_line = line
    keep(case, "counted_line")


def leave_help(case: HelpCase, books: Books) -> None:
    """The household no longer counts as in help."""
    post(case, books, "in_help", -1, line=case.counted_line)


@dataclass(frozen=True)
class Minimum:
    """Which parts of the minimum of a countable case are missing."""

    missing: list[str]

    @property
    def is_met(self) -> bool:
        return not self.missing


def minimum_service(case: HelpCase) -> Minimum:
    """Needs assessed, plan signed, and enough contacts on different days, one of them at home."""
    contacts = list(case.services.values_list("served_on", "at_home"))
    days = {day for day, _at_home in contacts}
    days_at_home = {day for day, at_home in contacts if at_home}
    plan = case.plan_in_force
    parts = {
        "needs_assessment": plan is not None and bool(plan.assessment.needs),
        "signed_plan": plan is not None,
        "contacts": len(days) >= int(parameter("min_contacts", case.rule_date)),
        "home_contacts": len(days_at_home) >= int(parameter("min_home_contacts", case.rule_date)),
    }
    return Minimum([name for name, is_there in parts.items() if not is_there])
