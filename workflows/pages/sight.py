"""How much of a case a reader sees: the data rules of each role."""

from dataclasses import dataclass
from datetime import date

from casework.cases.access import FORMER
from casework.cases.models import HelpCase, PlanItem
from casework.cases.queries import roles_on
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from evaluation.scoring.queries import is_blind

_FILE_ROLES = frozenset({Role.CW, Role.SH, Role.DS, FORMER})


@dataclass(frozen=True)
class Sight:
    """What one reader sees of one case."""

    roles: frozenset[str]
    providers: frozenset[int]
    # Still to score the case, without knowing what the other evaluator found.
    blind: bool = False

    @property
    def whole_file(self) -> bool:
        """Everything on file; a city administrator gets here by stating a reason."""
        return bool(self.roles & _FILE_ROLES) or Role.CA in self.roles

    @property
    def needs_reason(self) -> bool:
        """The city reads a case only with a stated reason, and the reading is recorded."""
        return Role.CA in self.roles and not self.roles & _FILE_ROLES

    @property
    def evaluation(self) -> bool:
        """What indicators need, and the sheets."""
        return self.whole_file or bool(self.roles & {Role.EV, Role.LE})

    @property
    def delivery(self) -> bool:
        """Plan items and services: all of them, or a provider's own."""
        return self.evaluation or Role.PR in self.roles

    @property
    def contact(self) -> bool:
        """Address and telephone: for the file, the item's provider and the revisit."""
        return self.delivery

    def of_items(self, items: list[PlanItem]) -> list[PlanItem]:
        """The plan items the reader may know of."""
        if self.evaluation:
            return items
        return [item for item in items if item.provider_id in self.providers]


def sight_of(case: HelpCase, user: User, on: date) -> Sight:
    """What a person sees of a case on a day; no roles means the case does not exist for them."""
    bodies = reach_of(user, on).organisations(Role.PR)
    roles = frozenset(roles_on(case, user, on))
    blind = Role.EV in roles and is_blind(case, user)
    return Sight(roles, frozenset(bodies), blind)
