"""Appeals against a refusal: filed in time or not, decided by somebody new."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import Appeal, HelpCase, Verification
from casework.cases.operations import facts
from casework.cases.operations.decision import withdraw_decision
from casework.cases.operations.extending import extend_once
from casework.cases.operations.step import (
    ensure_lawful,
    ensure_second_person,
    force_into_sample,
    keep,
)
from casework.cases.queries import current_verification, open_appeal
from casework.cases.states import AppealOutcome, AppealRoute, AppealStatus, ForcedReason
from casework.directory.queries import due_on, parameter, working_days
from casework.ledger.act import Books
from casework.lib import clock
from casework.lib.errors import NotLawfulNow

_LONGEST_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def file_appeal(
    case: HelpCase, books: Books, *, route: str, filed_on: facts.Day, ground: str
) -> dict[str, Any]:
    """Keep an appeal; one filed too late leaves the refusal as it is and shows the petition."""
    ensure_lawful(case, books, "file_appeal")
    if open_appeal(case):
        raise NotLawfulNow(_("An appeal is already open; wait for its decision."))
    chosen = facts.choice(AppealRoute, route, "route")
    filed = facts.past_day(filed_on, "filed_on", books)
    words = facts.text(ground, "ground", at_most=2000)
    round_ = _refused_round(case)
    known_on = round_.refusal_delivered_on or round_.decided_on or filed
    if round_.decided_on and filed < round_.decided_on:
        facts.refuse("filed_on", _("The refusal was decided later than this."))
    last_day = _last_day(case, round_, chosen, known_on)
    in_time = filed <= last_day
    Appeal.objects.create(
        case=case,
        verification=round_,
        route=chosen,
        filed_on=filed,
        last_day=last_day,
        in_time=in_time,
        ground=words,
        due_on=_answer_due(chosen, filed, case.rule_date) if in_time else None,
        filed_by=books.by,
    )
    case.appeal_status = chosen if in_time else AppealStatus.OUT_OF_TIME
    keep(case, "appeal_status")
    books.note(route=chosen, filed_on=filed, last_day=last_day, in_time=in_time)
    if not in_time:
        return {"in_time": False, "last_day": last_day.isoformat(), "routes": ["PETITION"]}
    force_into_sample(case, ForcedReason.APPEAL)
    return {"in_time": True, "last_day": last_day.isoformat(), "routes": [chosen.value]}


def _refused_round(case: HelpCase) -> Verification:
    round_ = current_verification(case)
    if round_ is None or not round_.is_confirmed:
        raise NotLawfulNow(_("There is no refusal to appeal against."))
    return round_


def _last_day(case: HelpCase, round_: Verification, route: AppealRoute, known_on: date) -> date:
    """The last day to file; after a reconsideration the way to court is short."""
    before = round_.appeals.filter(route=AppealRoute.RECONSIDERATION, outcome=AppealOutcome.UPHELD)
    decided = before.values_list("decided_at", flat=True).last()
    if route == AppealRoute.LITIGATION and decided is not None:
        told_on = clock.local_date(decided)
        return due_on("litigation_after_file", told_on, rule_date=case.rule_date, roll=True)
    return last_day_to_file(route, known_on, rule_date=case.rule_date)


def last_day_to_file(route: AppealRoute, known_on: date, *, rule_date: date) -> date:
    """The last day on which an appeal by this route is in time."""
    if route == AppealRoute.INTERNAL:
        return due_on("internal_review_file", known_on, rule_date=rule_date)
    if route == AppealRoute.RECONSIDERATION:
        return due_on("reconsideration_file", known_on, rule_date=rule_date, roll=True)
    months = int(parameter("litigation_months", rule_date))
    return working_days().roll(months_after(known_on, months))


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of a month that is too short."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    leap = month == 1 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
    return date(year, month + 1, min(day.day, _LONGEST_MONTH_DAYS[month] + leap))


def _answer_due(route: AppealRoute, filed: date, rule_date: date) -> date | None:
    if route == AppealRoute.INTERNAL:
        return due_on("internal_review_answer", filed, rule_date=rule_date)
    if route == AppealRoute.RECONSIDERATION:
        return due_on("reconsideration_answer", filed, rule_date=rule_date)
    return None


def decide_appeal(case: HelpCase, books: Books, *, outcome: str, reason: str) -> dict[str, Any]:
    """Somebody who had no part in the refusal upholds it, or sends the case to a new pair."""
    ensure_lawful(case, books, "decide_appeal")
    appeal = open_appeal(case)
    if appeal is None:
        raise NotLawfulNow(_("There is no open appeal to decide."))
    decided = facts.choice(AppealOutcome, outcome, "outcome")
    # A court decides by itself, and a household takes its own appeal back: both are only entered.
    if appeal.route != AppealRoute.LITIGATION and decided != AppealOutcome.WITHDRAWN:
        ensure_second_person(
            books,
            _earlier_deciders(case),
            _("Whoever took part in the refusal or an earlier appeal cannot decide this one."),
        )
    words = facts.text(reason, "reason", at_most=500)
    appeal.outcome = decided
    appeal.outcome_reason = words
    appeal.decided_at = books.moment
    appeal.decided_by = books.by
    appeal.save(update_fields=["outcome", "outcome_reason", "decided_at", "decided_by"])
    case.appeal_status = AppealStatus(decided.value)
    keep(case, "appeal_status")
    books.note(outcome=decided, route=appeal.route)
    if decided == AppealOutcome.OVERTURNED:
        round_ = withdraw_decision(case, books)
        return {"outcome": decided.value, "round": round_.round}
    return {"outcome": decided.value}


def extend_appeal(case: HelpCase, books: Books, *, reason: str) -> dict[str, Any]:
    """Take more time for a reconsideration once (行政复议法, 2017-09-01, art. 31: 30 days)."""
    ensure_lawful(case, books, "extend_appeal")
    appeal = open_appeal(case)
    if appeal is None or appeal.route != AppealRoute.RECONSIDERATION or appeal.due_on is None:
        raise NotLawfulNow(_("Only the time of an open reconsideration is extended."))
    later = extend_once(
        appeal,
        appeal.due_on,
        books,
        limit="reconsideration_extension",
        rule_date=case.rule_date,
        reason=reason,
    )
    return {"due_on": later}


def _earlier_deciders(case: HelpCase) -> set[int | None]:
    people: set[int | None] = set()
    for row in case.verifications.values_list(
        "entered_by_id", "confirmed_by_id", "verifiers__user_id"
    ):
        people.update(row)
    people.update(case.appeals.values_list("decided_by_id", flat=True))
    return people - {None}
