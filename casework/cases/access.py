"""Who may see which cases, and in which roles: the rule every list and every act asks."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from casework.cases.models import CaseReferral, HelpCase, PlanItem, Transfer
from casework.cases.states import CaseState, Hold, ItemStatus, PlanState, TransferState
from casework.directory.queries import parameter
from casework.households.codes import Purpose
from casework.households.models import Consent
from casework.lib import clock
from casework.staff.models import Role, User
from casework.staff.scope import Reach, code_prefix, lies_in, reach_of

# A former street reads the file it handed over; no act is open to this role.
FORMER = "FORMER"
_STREET_ROLES = (Role.CW, Role.SH, Role.DS)

RolesOn = Callable[[HelpCase, User, date], set[str]]
CasesOf = Callable[[User, date], Q | None]


class RoleSource(NamedTuple):
    """A higher app that gives roles of its own towards a case, and knows which cases."""

    roles: RolesOn
    cases: CasesOf | None


_sources: list[RoleSource] = []


def register_role_source(roles: RolesOn, cases: CasesOf | None = None) -> None:
    """Let a higher app say who else has a role towards a case, such as its evaluators."""
    source = RoleSource(roles, cases)
    if source not in _sources:
        _sources.append(source)


def visible_to(user: User, on: date | None = None) -> QuerySet[HelpCase]:
    """The cases a person may see on a day; everything else does not exist for them."""
    day = on or clock.today()
    reach = reach_of(user, day)
    cases: QuerySet[HelpCase] = HelpCase.objects.all()
    if reach.has(Role.CA):
        return cases
    seen = Q(pk__in=[])
    streets = reach.divisions(*_STREET_ROLES)
    for code in streets:
        seen |= lies_in(code, street="handling_street", district="handling_district")
    if streets:
        seen |= Q(pk__in=list(_in_transfer(streets, day)))
    if reach.has(Role.CO):
        own = CaseReferral.objects.filter(case=OuterRef("pk"), referral__referred_by=user)
        seen |= Q(Exists(own))
    providers = reach.organisations(Role.PR)
    if providers:
        served = provider_items(day).filter(provider__in=providers, plan__case=OuterRef("pk"))
        seen |= Q(Exists(served))
    for source in _sources:
        more = source.cases(user, day) if source.cases else None
        if more is not None:
            seen |= more
    return cases.filter(seen)


def _in_transfer(codes: set[str], day: date) -> QuerySet[Transfer, int]:
    """The cases offered to divisions, or handed over by them of late.

    Read at once, since they are few: a condition asked beside that of the street would keep the
    database from finding the street's cases by their index.
    """
    offered, handed_over = Q(pk__in=[]), Q(pk__in=[])
    for code in codes:
        offered |= Q(to_street__startswith=code_prefix(code))
        handed_over |= Q(from_street__startswith=code_prefix(code))
    offers = Q(state=TransferState.OFFERED, case__hold=Hold.TRANSFERRING) & offered
    found = Transfer.objects.filter(offers | _of_late(day) & handed_over)
    return found.values_list("case_id", flat=True)


def _of_late(day: date) -> Q:
    """Transfers accepted so lately that the giving street may still read the file."""
    since = day - timedelta(days=int(parameter("old_street_read_days", day)))
    return Q(state=TransferState.ACCEPTED, decided_at__gte=clock.start_of(since))


def provider_items(day: date) -> QuerySet[PlanItem]:
    """Unfinished plan items whose provider may know of the case: consent and contract hold."""
    agreed = Consent.objects.in_force(day).filter(
        Q(recipient=None) | Q(recipient=OuterRef("provider")),
        household=OuterRef("plan__case__household"),
        purpose=Purpose.SHARE_PROVIDER,
    )
    return PlanItem.objects.filter(
        Q(provider__suspended_on=None) | Q(provider__suspended_on__gt=day),
        Exists(agreed),
        plan__state=PlanState.APPROVED,
        plan__case__state__in=[CaseState.PLANNED, CaseState.IN_HELP],
        plan__case__locked=False,
        status__in=[ItemStatus.PLANNED, ItemStatus.ACTIVE],
        provider__isnull=False,
    )


def roles_on(case: HelpCase, user: User, on: date | None = None) -> set[str]:
    """The roles a person holds towards a case on a day; none means it does not exist for them."""
    day = on or clock.today()
    reach = reach_of(user, day)
    held = {str(role) for role in _STREET_ROLES if reach.covers(case.handling_street, role)}
    if not held or case.hold == Hold.TRANSFERRING:
        # Who works on the case here gains nothing by having handed it over before.
        held |= _roles_in_transfers(case, reach, day)
    if reach.has(Role.CA):
        held.add(Role.CA.value)
    if _is_known_to_community(case, user, reach):
        held.add(Role.CO.value)
    providers = reach.organisations(Role.PR)
    if providers and provider_items(day).filter(provider__in=providers, plan__case=case).exists():
        held.add(Role.PR.value)
    for source in _sources:
        held |= source.roles(case, user, day)
    return held


def _roles_in_transfers(case: HelpCase, reach: Reach, day: date) -> set[str]:
    """What a street has that is offered the case, and a street that handed it over of late."""
    if not reach.has(*_STREET_ROLES):
        return set()
    held: set[str] = set()
    if case.hold == Hold.TRANSFERRING:
        offers = case.transfers.filter(state=TransferState.OFFERED)
        for street in offers.values_list("to_street", flat=True):
            held |= {str(role) for role in _STREET_ROLES if reach.covers(street, role)}
    elsewhere = Transfer.objects.filter(_of_late(day), case=case).exclude(
        from_street=F("case__handling_street")
    )
    if any(reach.covers(street, *_STREET_ROLES) for street in _streets(elsewhere)):
        held.add(FORMER)
    return held


def _streets(transfers: QuerySet[Transfer]) -> QuerySet[Transfer, str]:
    return transfers.values_list("from_street", flat=True)


def _is_known_to_community(case: HelpCase, user: User, reach: Reach) -> bool:
    """Community workers know of whom they referred, and of the notice on their own board."""
    if not reach.has(Role.CO):
        return False
    if case.referral_links.filter(referral__referred_by=user).exists():
        return True
    boards = reach.divisions(Role.CO)
    return case.state == CaseState.PUBLICISED and any(
        board.startswith(case.handling_street) for board in boards
    )
