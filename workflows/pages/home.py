"""The first page: what waits, by role, and how the week stands."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from casework.directory.models import Division
from casework.ledger.figures import cells
from casework.ledger.weeks import week_of_day
from casework.lib.keyset import Amount, amount_of
from casework.staff.models import Role, User
from casework.staff.scope import Reach, reach_of
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.queries import visible_to as visible_orders
from evaluation.rectification.states import OrderState
from evaluation.reporting.queries import targets_on
from workflows.acts import REFERRERS
from workflows.letters import RUNGS, unread
from workflows.lists import in_order, of_urgency, reachable_by, unassigned
from workflows.models import WorkItem
from workflows.pages.fieldwork import counts
from workflows.pages.tasks import tasks
from workflows.pages.words import Words

SHOWN = 6
# Steps that a second person decides, and steps of evaluation, as panels of their own.
APPROVALS = (
    "confirm_verification",
    "approve_plan",
    "approve_amendment",
    "decide_appeal",
    "resolve_objection",
    "confirm_result",
    "close_self_checked",
    "close_rectified",
)
EVALUATIONS = ("assign_evaluator", "submit_scores", "rescore", "recheck")
RECTIFICATIONS = ("confirm_receipt", "report_items", "issue_order", "strike_off", "take_over")


class Tile(NamedTuple):
    """One number at the top, and where it leads."""

    label: Words
    value: int | str | Amount
    url: str = ""
    note: Words = ""
    tone: str = "plain"


def home(user: User, today: date) -> dict[str, Any]:
    """What a person finds on arriving."""
    reach = reach_of(user, today)
    found: dict[str, Any] = {
        "tiles": _tiles(user, reach, today),
        "panels": _panels(user, reach, today),
        "quick": [],
        "letters": _letters(user),
    }
    if reach.has(Role.SEC, Role.SYS):
        found["quick"].append(
            {"title": _("Administration"), "url": reverse("admin:index"), "primary": True}
        )
    if reach.has(*REFERRERS):
        found["quick"].append(
            {"title": _("New referral"), "url": reverse("refer"), "primary": True, "key": "N"}
        )
    return found


class Missive(NamedTuple):
    """One unread letter on the first page."""

    pk: int
    title: Words
    about: str
    sent_at: datetime


def _letters(user: User) -> list[Missive]:
    letters = list(unread(user)[:SHOWN])
    orders = RectificationOrder.objects.in_bulk([letter.subject_id for letter in letters])
    return [
        Missive(
            letter.pk, RUNGS[letter.level], str(orders.get(letter.subject_id, "")), letter.sent_at
        )
        for letter in letters
    ]


def _tiles(user: User, reach: Reach, today: date) -> list[Tile]:
    if not reach.has(*_WORKING):
        return _week_tiles(reach, today)
    work = reachable_by(user, today)
    url = reverse("work_list")
    late = amount_of(of_urgency(work, "late", today))
    open_orders = visible_orders(user, today).exclude(state=OrderState.CLOSED)
    return [
        Tile(_("Overdue"), late, f"{url}?urgency=late", tone="late" if late else "plain"),
        Tile(_("Waiting in all"), amount_of(work.filter(on_hold=False)), url),
        Tile(_("Open rectifications"), amount_of(open_orders), reverse("order_list")),
        *(Tile(*one) for one in _fieldwork(user, reach, today)),
        *_week_tiles(reach, today),
    ]


def _fieldwork(user: User, reach: Reach, today: date) -> list[tuple[Words, int, str]]:
    return counts(user, reach, today) if reach.has(Role.EV, Role.LE) else []


_WORKING = (Role.CW, Role.SH, Role.DS, Role.CA, Role.PR, Role.EV, Role.LE)
_WATCHING = (Role.CW, Role.SH, Role.DS, Role.CA, Role.AU)


def _week_tiles(reach: Reach, today: date) -> list[Tile]:
    """This week's and this year's completions of the district, or of the whole city."""
    if not reach.has(*_WATCHING):
        return []
    week = week_of_day(today)
    codes = {code[:6] for code in reach.divisions(*_WATCHING)}
    whole = any(code.endswith("0000") for code in codes)
    done = [
        cell
        for (_figure, district, _line), cell in cells(week, ["completed"]).items()
        if whole or district in codes
    ]
    targets = targets_on(today, int(week[:4]))
    target = sum(amount for code, amount in targets.items() if whole or code in codes)
    total = int(sum(cell.closing for cell in done))
    return [
        Tile(
            _("Completed this week"),
            int(sum(cell.moved for cell in done)),
            reverse("week_page", args=[week]),
        ),
        Tile(
            _("Completed this year"),
            total,
            reverse("week_page", args=[week]),
            note=_("of %(target)s") % {"target": target} if target else "",
        ),
    ]


def _panels(user: User, reach: Reach, today: date) -> list[dict[str, Any]]:
    work = reachable_by(user, today)
    found = []
    if reach.has(Role.SH, Role.DS, Role.CA):
        found.append(
            _panel(_("Waiting for your decision"), work.filter(step__in=APPROVALS), user, today)
        )
        found.append(
            _panel(_("Overdue in your unit"), of_urgency(work, "late", today), user, today)
        )
    if reach.has(Role.EV, Role.LE):
        found.append(_panel(_("To evaluate"), work.filter(step__in=EVALUATIONS), user, today))
    if reach.has(Role.CW):
        mine = work.filter(owner=user)
        found.append(_panel(_("Taken by you"), mine, user, today))
        found.append(_panel(_("Not taken by anyone"), unassigned(user, today), user, today))
    if reach.has(Role.PR):
        found.append(_panel(_("Your work"), work, user, today))
    if reach.has(Role.CW, Role.SH, Role.DS, Role.PR):
        found.append(_panel(_("Rectification"), work.filter(step__in=RECTIFICATIONS), user, today))
    if reach.has(Role.CA):
        found.append(_districts(today))
    return found


def _panel(title: Words, items: Any, user: User, today: date) -> dict[str, Any]:
    rows: list[WorkItem] = list(in_order(items.select_related("owner"))[:SHOWN])
    return {
        "title": title,
        "url": reverse("work_list") if rows else "",
        "tasks": tasks(rows, user, today),
        "empty": _("Nothing waits here."),
    }


def _districts(today: date) -> dict[str, Any]:
    """The sixteen districts at a glance: done, target, overdue."""
    week = week_of_day(today)
    kept = cells(week, ["completed", "in_help", "orders_overdue"])
    targets = targets_on(today, int(week[:4]))
    names = Division.objects.filter(level="DISTRICT").order_by("order", "code")

    def closing(figure: str, code: str) -> int:
        return int(
            sum(
                cell.closing
                for (at, where, _l), cell in kept.items()
                if (at, where) == (figure, code)
            )
        )

    rows = []
    for row in names:
        late = closing("orders_overdue", row.code)
        rows.append(
            [
                {"text": row.name, "url": reverse("week_page", args=[week])},
                {"text": closing("in_help", row.code), "num": True},
                {"text": closing("completed", row.code), "num": True},
                {"text": targets.get(row.code, 0), "num": True},
                {"text": late, "num": True, "tone": "late" if late else ""},
            ]
        )
    counted = (_("In help"), _("Completed"), _("Target"), _("Rectification overdue"))
    heads: list[dict[str, Any]] = [{"text": _("District")}]
    heads += [{"text": words, "num": True} for words in counted]
    return {
        "title": _("Districts this week"),
        "url": reverse("week_page", args=[week]),
        "table": {"title": _("Districts this week"), "heads": heads, "rows": rows},
    }
