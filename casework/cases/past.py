"""Where a case stood at a past moment, read from what was recorded by then."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from casework.cases.models import HelpCase, HelpPlan, PlanItem, ServiceRecord
from casework.ledger.models import JournalEntry


class ItemThen(NamedTuple):
    """An item of the plan, and how much of it was on record."""

    item: PlanItem
    done: int


def entries_until(case: HelpCase, moment: datetime) -> QuerySet[JournalEntry]:
    """What was recorded of the case by a moment, the newest first."""
    found = JournalEntry.objects.filter(subject_type="case", subject_id=case.pk)
    return found.filter(moment__lte=moment).order_by("-seq")


def state_at(case: HelpCase, moment: datetime) -> str:
    """The state of the case at a moment; nothing before its referral."""
    entry = entries_until(case, moment).first()
    return entry.to_state if entry else ""


def plan_at(case: HelpCase, moment: datetime) -> HelpPlan | None:
    """The plan that was in force: the latest version approved by then."""
    found: HelpPlan | None = case.plans.filter(approved_at__lte=moment).order_by("-version").first()
    return found


def items_at(plan: HelpPlan, moment: datetime) -> list[ItemThen]:
    """The items of a plan, each with the quantity of services recorded by a moment."""
    recorded = ServiceRecord.objects.filter(item__plan=plan, recorded_at__lte=moment)
    done = dict(recorded.values_list("item").annotate(total=Sum("quantity")))
    rows = plan.items.select_related("service", "provider", "member").order_by("pk")
    return [ItemThen(item, done.get(item.pk, 0)) for item in rows]
