"""Reading service records, and the contradictions that refuse them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, PlanItem, ServiceRecord
from casework.cases.operations import facts
from casework.cases.queries import items_in_force
from casework.cases.states import Evidence, ItemStatus, SuspensionReason
from casework.directory.queries import parameter
from casework.ledger.act import Books
from casework.lib.errors import Blocked, NotYours
from casework.staff.models import Role
from casework.staff.scope import reach_of

CONTRADICTION = "F06"
AFTER_DEATH = "AFTER_DEATH"
IN_HOSPITAL = "IN_HOSPITAL"
BEFORE_SIGNATURE = "BEFORE_SIGNATURE"


def item_named(
    case: HelpCase,
    value: Any,
    name: str,
    *,
    member: Any = None,
    among: Sequence[PlanItem] | None = None,
) -> PlanItem:
    """An item of the plan in force, by its id or by its service code."""
    found = list(items_in_force(case)) if among is None else among
    key = str(value.pk if isinstance(value, PlanItem) else value or "").strip()
    chosen = [item for item in found if key in {str(item.pk), item.service_id}]
    if member:
        whom = str(getattr(member, "pk", member))
        chosen = [item for item in chosen if str(item.member_id) == whom]
    if not chosen:
        if member:
            facts.member(case, member, name)
        refusal = _("“%(item)s” is not an item of the plan.") % {"item": key}
        facts.refuse(name, refusal)
    if len(chosen) > 1:
        facts.refuse(name, _("Several members have this item; say whose is meant."))
    return chosen[0]


def read_services(
    case: HelpCase, books: Books, rows: Sequence[Mapping[str, Any]]
) -> list[ServiceRecord]:
    """Service records as reported, not yet kept."""
    items = list(items_in_force(case))
    return [_read_service(case, books, row, items) for row in facts.rows(rows, "services")]


def _read_service(
    case: HelpCase, books: Books, row: Mapping[str, Any], items: Sequence[PlanItem]
) -> ServiceRecord:
    named, member = row.get("item"), row.get("member")
    item = item_named(case, named, "services", member=member, among=items)
    _ensure_own_item(case, books, item)
    evidence = row.get("evidence") or []
    return ServiceRecord(
        case=case,
        item=item,
        provider=item.provider,
        served_on=facts.past_day(row.get("served_on"), "services", books),
        quantity=facts.count(row.get("quantity", 1), "services", at_least=1),
        at_home=bool(row.get("at_home", True)),
        minutes=facts.count(row.get("minutes", 60), "services", at_least=1),
        began_at=facts.time_of_day(row.get("began_at"), "services"),
        worker=str(row.get("worker") or "").strip()[:60],
        evidence=sorted({facts.choice(Evidence, code, "services").value for code in evidence}),
        recorded_by=books.by,
        recorded_at=books.moment,
    )


def _ensure_own_item(case: HelpCase, books: Books, item: PlanItem) -> None:
    if books.by is None:
        return
    reach = reach_of(books.by, books.on)
    if reach.covers(case.handling_street, Role.CW, Role.SH):
        return
    if item.provider_id not in reach.organisations(Role.PR):
        raise NotYours(_("This item is served by another provider."))


def ensure_no_contradiction(case: HelpCase, services: Sequence[ServiceRecord]) -> None:
    """Refuse, as a finding, a service the file says cannot have taken place."""
    stays = hospital_stays(case)
    for service in services:
        rule = contradiction(case, service, stays)
        if rule:
            raise Blocked(
                _sentence(rule),
                finding_code=CONTRADICTION,
                detail={
                    "item": service.item.service_id,
                    "served_on": service.served_on.isoformat(),
                    "rule": rule,
                },
            )


Stays = Sequence[tuple[date, date | None]]


def hospital_stays(case: HelpCase) -> Stays:
    """From which day to which the person was in hospital; no end while still there."""
    rests = case.suspensions.filter(reason=SuspensionReason.HOSPITAL)
    return list(rests.values_list("from_on", "resumed_on"))


def contradiction(case: HelpCase, service: ServiceRecord, stays: Stays) -> str:
    """Which fact of the file a service contradicts; empty when none."""
    if _all_dead(case, service.item, service.served_on):
        return AFTER_DEATH
    day = service.served_on
    if any(start <= day and not _is_back(end, day) for start, end in stays):
        return IN_HOSPITAL
    if service.served_on < service.item.promised_on and not _is_crisis(service):
        return BEFORE_SIGNATURE
    return ""


def _all_dead(case: HelpCase, item: PlanItem, day: date) -> bool:
    """Everybody the item serves had died before that day."""
    one = item.member or case.person
    served = [one] if one else list(case.household.members.all())
    deaths = [member.death_date for member in served]
    return bool(deaths) and all(died is not None and died < day for died in deaths)


def _is_back(end: date | None, day: date) -> bool:
    return end is not None and end <= day


def _is_crisis(service: ServiceRecord) -> bool:
    # A crisis is met within a day, long before a plan is signed.
    return service.item.service_id in parameter("crisis_items", service.case.rule_date)


def _sentence(rule: str) -> str:
    sentences = {
        AFTER_DEATH: _("The service is dated after the person's death; it cannot be entered."),
        IN_HOSPITAL: _("The service is dated during a hospital stay; it cannot be entered."),
        BEFORE_SIGNATURE: _("The service is dated before the plan was signed."),
    }
    return sentences[rule]


def ensure_within_plan(case: HelpCase, services: Sequence[ServiceRecord]) -> None:
    """Services belong to open items, to the time of help, and to the quantity planned."""
    asked: Counter[int] = Counter()
    items: dict[int, PlanItem] = {}
    for service in services:
        asked[service.item_id] += service.quantity
        items[service.item_id] = service.item
        started = case.help_started_on
        if started and service.served_on < started and not _is_crisis(service):
            facts.refuse("services", _("The service is dated before the help started."))
        if service.served_on < case.rule_date:
            facts.refuse("services", _("The service is dated before the referral."))
    for key, quantity in asked.items():
        item = items[key]
        if item.status != ItemStatus.ACTIVE:
            facts.refuse("services", _("“%(item)s” is finished.") % {"item": item.service.name})
        left = item.qty_planned - item.qty_done
        if quantity > left:
            facts.refuse(
                "services",
                _("Of “%(item)s” only %(left)d are left in the plan; amend the plan first.")
                % {"item": item.service.name, "left": left},
            )
