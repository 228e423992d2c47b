"""Home verification: two people visit, one enters, another confirms."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase, Verification, Verifier, VisitAttempt
from casework.cases.operations import facts
from casework.cases.operations.decision import decide
from casework.cases.operations.step import (
    ensure_lawful,
    ensure_second_person,
    force_into_sample,
    keep,
    lawful_step,
)
from casework.cases.operations.visit import ensure_form_complete, ensure_unreachable
from casework.cases.queries import current_verification
from casework.cases.recalculation import band_of
from casework.cases.states import (
    AttemptOutcome,
    EconCheck,
    Finding,
    ForcedReason,
    RejectionReason,
    VerifierUnit,
)
from casework.households.eligibility import assess_income
from casework.ledger.act import Books
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from casework.staff.models import Role, User
from casework.staff.scope import reach_of

PAIR = 2
_MEANS_REASONS = frozenset({RejectionReason.INCOME_OVER, RejectionReason.PROPERTY_OVER})
_UNIT_OF_ROLE = (
    (Role.CW, VerifierUnit.STREET),
    (Role.SH, VerifierUnit.STREET),
    (Role.DS, VerifierUnit.DISTRICT),
    (Role.CO, VerifierUnit.COMMUNITY),
)


def arrange_verification(
    case: HelpCase, books: Books, *, verifiers: list[Mapping[str, Any]], visit_on: facts.Day
) -> dict[str, Any]:
    """Name the people who visit together; a near relative of staff is visited by the district."""
    ensure_lawful(case, books, "arrange_verification")
    ensure_right_office(case, books)
    current = current_verification(case)
    if current is not None and current.verifiers.exists():
        raise NotLawfulNow(_("The verifiers of this round are already named."))
    day = facts.day(visit_on, "visit_on")
    chosen = [_read_verifier(row, case, books) for row in facts.rows(verifiers, "verifiers")]
    _ensure_lawful_pair(case, chosen)
    with lawful_step(case):
        case.begin_verification()
    keep(case, "state")
    round_ = current or Verification.objects.create(case=case, round=1)
    round_.visit_on = day
    round_.save(update_fields=["visit_on"])
    for verifier in chosen:
        verifier.verification = round_
    Verifier.objects.bulk_create(chosen)
    if case.household.relative_register_flag:
        force_into_sample(case, ForcedReason.NEAR_RELATIVE)
    books.note(round=round_.round, units=sorted(verifier.unit for verifier in chosen))
    return {"round": round_.round, "visit_on": day.isoformat()}


def ensure_right_office(case: HelpCase, books: Books) -> None:
    """The street verifies; where it is recused, its district does so itself."""
    if books.by is None:
        return
    reach = reach_of(books.by, books.on)
    if case.household.relative_register_flag:
        if not reach.covers(case.handling_street, Role.DS):
            raise NotYours(_("The street is recused; the district verifies this household."))
    elif not reach.covers(case.handling_street, Role.CW, Role.SH):
        raise NotYours(_("The street verifies this household; the district confirms."))


def _read_verifier(row: Mapping[str, Any], case: HelpCase, books: Books) -> Verifier:
    if row.get("relative_of"):
        facts.refuse("verifiers", _("A near relative of the household cannot verify it."))
    if row.get("user"):
        user = facts.person(row["user"], "verifiers")
        return Verifier(user=user, name=str(user), unit=_unit_of(user, case, books))
    return Verifier(
        name=facts.text(row.get("name"), "verifiers", at_most=60),
        unit=facts.choice(VerifierUnit, row.get("unit"), "verifiers"),
    )


def _unit_of(user: User, case: HelpCase, books: Books) -> str:
    reach = reach_of(user, books.on)
    held = {role for role in Role if reach.covers(case.handling_street, role)}
    if any(code.startswith(case.handling_street) for code in reach.divisions(Role.CO)):
        held.add(Role.CO)
    units = [unit for role, unit in _UNIT_OF_ROLE if role in held]
    if not units:
        facts.refuse(
            "verifiers", _("This person belongs neither to the street nor to its district.")
        )
    return units[0]


def _ensure_lawful_pair(case: HelpCase, chosen: list[Verifier]) -> None:
    if len({verifier.name for verifier in chosen}) < max(PAIR, len(chosen)):
        facts.refuse("verifiers", _("Name at least two different verifiers."))
    earlier = Verifier.objects.filter(verification__case=case)
    users = set(earlier.values_list("user_id", flat=True)) - {None}
    names = set(earlier.values_list("name", flat=True))
    if any(verifier.user_id in users or verifier.name in names for verifier in chosen):
        facts.refuse("verifiers", _("Who verified this case before cannot verify it again."))
    units = {verifier.unit for verifier in chosen}
    if case.household.relative_register_flag:
        if units != {VerifierUnit.DISTRICT}:
            facts.refuse("verifiers", _("The street is recused; name verifiers of the district."))
    elif VerifierUnit.STREET not in units:
        facts.refuse("verifiers", _("At least one verifier must come from the street."))


def record_attempt(
    case: HelpCase, books: Books, *, at: facts.Moment, outcome: str
) -> dict[str, Any]:
    """Note one attempt to meet the household."""
    ensure_lawful(case, books, "record_attempt")
    ensure_right_office(case, books)
    round_ = _round_with_pair(case)
    when = facts.past_moment(at, "at", books)
    if round_.attempts.filter(at=when).exists():
        facts.refuse("at", _("This attempt is already on file."))
    VisitAttempt.objects.create(
        verification=round_,
        at=when,
        outcome=facts.choice(AttemptOutcome, outcome, "outcome"),
        recorded_by=books.by,
    )
    return {"attempts": round_.attempts.count()}


def _round_with_pair(case: HelpCase) -> Verification:
    current = current_verification(case)
    if current is None or current.is_confirmed or not current.verifiers.exists():
        raise NotLawfulNow(_("Name the verifiers first."))
    return current


def record_verification(
    case: HelpCase,
    books: Books,
    *,
    econ_check: str,
    proposal: str,
    visited_on: facts.Day | None = None,
    member_signed: bool = False,
    verifiers_signed: bool = False,
    photos: int = 0,
    place: str = "",
    econ_report_on: facts.Day | None = None,
    income: Mapping[str, Any] | None = None,
    reason: str = "",
    findings_text: str = "",
    neighbours_asked: int = 0,
    neighbours_words: str = "",
) -> dict[str, Any]:
    """Enter what the verifiers found and what they propose; a second person confirms it."""
    ensure_lawful(case, books, "record_verification")
    ensure_right_office(case, books)
    round_ = _round_with_pair(case)
    round_.proposal = facts.choice(Finding, proposal, "proposal")
    round_.proposal_reason = read_reason(round_.proposal, reason)
    round_.visited_on = facts.past_day(visited_on, "visited_on", books) if visited_on else None
    round_.member_signed = bool(member_signed)
    round_.verifiers_signed = bool(verifiers_signed)
    round_.photos = facts.count(photos, "photos")
    round_.place = place.strip()[:200]
    round_.findings_text = findings_text.strip()
    round_.neighbours_asked = facts.count(neighbours_asked, "neighbours_asked")
    round_.neighbours_words = neighbours_words.strip()
    _read_means(round_, books, econ_check, econ_report_on, income)
    _ensure_grounds(round_)
    round_.entered_by = books.by
    round_.entered_at = books.moment
    round_.save()
    assessment = _keep_means(case, round_)
    books.note(proposal=round_.proposal, proposal_reason=round_.proposal_reason)
    return _told(round_, assessment)


def _told(round_: Verification, assessment: Mapping[str, Any]) -> dict[str, Any]:
    """What the entry came to, and whether it differs from what the system worked out."""
    told = {"round": round_.round, "assessment": round_.assessment}
    if assessment:
        over = assessment["proposal"] == "INCOME_OVER"
        told["differs"] = over and round_.proposal == "VERIFIED"
    return told


def read_reason(outcome: str, reason: str) -> str:
    """A refusal names its reason; a confirmation has none."""
    if outcome == Finding.VERIFIED:
        return ""
    return facts.choice(RejectionReason, reason, "reason")


def _read_means(
    round_: Verification,
    books: Books,
    econ_check: str,
    econ_report_on: facts.Day | None,
    income: Mapping[str, Any] | None,
) -> None:
    round_.econ_check = facts.choice(EconCheck, econ_check, "econ_check")
    round_.econ_report_on = None
    if round_.econ_check == EconCheck.PRESENT:
        round_.econ_report_on = facts.past_day(econ_report_on, "econ_report_on", books)
    round_.assessment = None
    if income:
        # The rules of the day of referral hold for the whole case.
        try:
            found = assess_income(on=round_.case.rule_date, **income)
        except TypeError as misfit:
            message = _("The income facts are not complete or not known.")
            raise Incomplete(message, fields={"income": message}) from misfit
        round_.assessment = found.as_facts()


def _keep_means(case: HelpCase, round_: Verification) -> Mapping[str, Any]:
    """What was compared, and how it came out, where every open household is compared anew."""
    assessment: Mapping[str, Any] = round_.assessment or {}
    if assessment:
        case.income_figure = Decimal(assessment["per_capita"])
        case.means_band = band_of(case.income_figure, case.rule_date)
        keep(case, "income_figure", "means_band")
    return assessment


def _ensure_grounds(round_: Verification) -> None:
    """The form is complete for what it proposes, and a refusal has its proof."""
    if round_.proposal_reason == RejectionReason.UNREACHABLE:
        ensure_unreachable(round_)
        return
    ensure_form_complete(round_)
    if round_.proposal_reason not in _MEANS_REASONS:
        return
    if round_.econ_check != EconCheck.PRESENT:
        facts.refuse("econ_check", _("A refusal for income or property needs the check report."))
    if round_.proposal_reason == RejectionReason.INCOME_OVER and not round_.assessment:
        facts.refuse("income", _("A refusal for income needs the amounts."))


def confirm_verification(
    case: HelpCase,
    books: Books,
    *,
    outcome: str,
    reason: str = "",
    relief_granted: str = "",
    publicity: bool | None = None,
) -> dict[str, Any]:
    """A second person decides on the verification: the case is verified or rejected."""
    ensure_lawful(case, books, "confirm_verification")
    round_ = current_verification(case)
    if round_ is None or not round_.is_recorded:
        raise NotLawfulNow(_("Enter the home verification first."))
    ensure_second_person(
        books,
        [round_.entered_by_id, *round_.verifiers.values_list("user_id", flat=True)],
        _("Whoever verified or entered the verification cannot confirm it; ask a colleague."),
    )
    _ensure_confirming_office(case, books)
    decided = facts.choice(Finding, outcome, "outcome")
    code = read_reason(decided, reason or round_.proposal_reason)
    if code == RejectionReason.UNREACHABLE:
        ensure_unreachable(round_)
    else:
        ensure_form_complete(round_, is_refusal=decided == Finding.REJECTED)
    return decide(
        case, books, round_, decided, code, relief_granted=relief_granted, publicity=publicity
    )


def _ensure_confirming_office(case: HelpCase, books: Books) -> None:
    if books.by is None or not case.household.relative_register_flag:
        return
    if not reach_of(books.by, books.on).covers(case.handling_street, Role.DS):
        raise NotYours(_("The street is recused; the district confirms this verification."))


def notify_refusal(
    case: HelpCase, books: Books, *, delivered_on: facts.Day, method: str
) -> dict[str, Any]:
    """Record that the refusal reached the household; the times to appeal begin."""
    ensure_lawful(case, books, "notify_refusal")
    round_ = current_verification(case)
    if round_ is None or round_.confirmed_at is None:
        raise NotLawfulNow(_("There is no refusal to deliver."))
    if round_.refusal_delivered_on:
        raise NotLawfulNow(_("The refusal has already been delivered."))
    day = facts.past_day(delivered_on, "delivered_on", books)
    if round_.decided_on and day < round_.decided_on:
        facts.refuse("delivered_on", _("The refusal was decided later than this."))
    round_.refusal_delivered_on = day
    round_.refusal_method = facts.text(method, "method", at_most=60)
    round_.save(update_fields=["refusal_delivered_on", "refusal_method"])
    books.note(delivered_on=day, method=round_.refusal_method)
    return {"delivered_on": day.isoformat()}
