"""Reading what a plan promises: needs, lines and items, each checked before anything is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, PlanItem
from casework.cases.operations import facts
from casework.cases.states import FundSource, Line
from casework.directory.models import Organisation, ServiceItem
from casework.directory.queries import parameter, service_item
from casework.households.models import Member
from casework.ledger.act import Books
from casework.lib.errors import Incomplete


@dataclass(frozen=True)
class Frame:
    """The lines and dates within which the items of a plan lie."""

    lines: list[Line]
    signed_on: date
    starts_on: date
    ends_on: date


def read_frame(
    books: Books,
    *,
    lines: Sequence[str],
    signed_on: facts.Day,
    starts_on: facts.Day,
    ends_on: facts.Day,
) -> Frame:
    """The lines, signature and period of a plan."""
    if isinstance(lines, str) or not lines:
        facts.refuse("lines", _("Choose at least one line of help."))
    frame = Frame(
        lines=list(dict.fromkeys(facts.choice(Line, line, "lines") for line in lines)),
        signed_on=facts.past_day(signed_on, "signed_on", books),
        starts_on=facts.day(starts_on, "starts_on"),
        ends_on=facts.day(ends_on, "ends_on"),
    )
    if frame.ends_on < frame.starts_on:
        facts.refuse("ends_on", _("The plan cannot end before it starts."))
    return frame


def read_needs(case: HelpCase, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The needs found, each with its mark, its words and whom it concerns."""
    return [
        {
            "code": facts.text(row.get("code"), "needs", at_most=40),
            "text": facts.text(row.get("text"), "needs"),
            "member": facts.member(case, row["member"], "needs").pk if row.get("member") else None,
        }
        for row in facts.rows(rows, "needs")
    ]


def read_items(
    case: HelpCase, books: Books, rows: Sequence[Mapping[str, Any]], frame: Frame
) -> list[PlanItem]:
    """The items of a plan, not yet kept; every line has one and no service is promised twice."""
    items = [_read_item(case, books, row, frame) for row in facts.rows(rows, "items")]
    promised = [(item.service_id, item.member_id) for item in items]
    if len(set(promised)) < len(promised):
        facts.refuse("items", _("A service is planned twice for the same person; join the two."))
    bare = set(frame.lines) - {item.line for item in items}
    if bare:
        names = ", ".join(str(Line(line).label) for line in sorted(bare))
        facts.refuse("items", _("No item is planned for: %(lines)s.") % {"lines": names})
    return items


def _read_item(case: HelpCase, books: Books, row: Mapping[str, Any], frame: Frame) -> PlanItem:
    service = _service(row.get("code"))
    starts, ends = _dates(row, frame, service)
    fund = row.get("fund_source") or FundSource.PURCHASE
    return PlanItem(
        service=service,
        line=_line(row.get("line"), service, frame),
        member=_member(case, row.get("member")),
        need=str(row.get("need") or "")[:40],
        goal=facts.text(row.get("goal"), "items"),
        unit=str(row.get("unit") or service.unit)[:40],
        qty_planned=facts.count(row.get("qty"), "items", at_least=1),
        freq=str(row.get("freq") or "")[:60],
        starts_on=starts,
        ends_on=ends,
        provider=_provider(row.get("provider"), service, books),
        unit_price=facts.money(row.get("unit_price"), "items"),
        fund_source=facts.choice(FundSource, fund, "items"),
        promised_on=frame.signed_on,
    )


def _service(code: Any) -> ServiceItem:
    try:
        return service_item(str(code or ""))
    except Incomplete as missing:
        facts.refuse("items", missing.message)


def _line(value: Any, service: ServiceItem, frame: Frame) -> Line:
    line = facts.choice(Line, value, "items")
    if line not in frame.lines:
        facts.refuse("items", _("The item lies on a line that the plan does not have."))
    if service.line not in {ServiceItem.Line.ANY, line}:
        facts.refuse(
            "items",
            _("“%(service)s” belongs to another line.") % {"service": service.name},
        )
    return line


def _member(case: HelpCase, value: Any) -> Member | None:
    if value is None or value == "":
        return None
    found = facts.member(case, value, "items")
    if found.death_date:
        facts.refuse("items", _("This member has died."))
    if found.left_on:
        facts.refuse("items", _("This person no longer belongs to the household."))
    return found


def _dates(row: Mapping[str, Any], frame: Frame, service: ServiceItem) -> tuple[date, date]:
    starts = facts.day(row.get("start") or frame.starts_on, "items")
    ends = facts.day(row.get("end") or frame.ends_on, "items")
    if ends < starts:
        facts.refuse("items", _("An item cannot end before it starts."))
    # A crisis is met within a day, long before a plan is signed.
    is_crisis = service.code in parameter("crisis_items", frame.signed_on)
    if ends > frame.ends_on or (starts < frame.starts_on and not is_crisis):
        facts.refuse("items", _("The dates of an item must lie within those of the plan."))
    return starts, ends


def _provider(value: Any, service: ServiceItem, books: Books) -> Organisation | None:
    if value is None or value == "":
        if Organisation.ProviderType.STR not in service.provider_types:
            facts.refuse("items", _("Each item needs a provider."))
        return None
    return facts.provider(value, "items", on=books.on)
