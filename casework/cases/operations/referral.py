"""The first acts: a referral opens a case and is accepted, declined or merged."""

from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import CaseReferral, CaseSeries, HelpCase
from casework.cases.operations import facts
from casework.cases.operations.step import ensure_lawful, keep, lawful_step, post, subject_of
from casework.cases.queries import cases_about, cases_of_same_person
from casework.cases.states import ENDED_STATES, OPEN_STATES
from casework.households.models import Household, Member
from casework.ledger.act import Books
from casework.ledger.models import JournalEntry
from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow
from casework.lib.identity import case_number
from casework.referrals.models import Referral
from casework.referrals.operations import receive_referral
from casework.staff.models import Role, User
from casework.staff.scope import reach_of

NUMBER_PREFIX = "BF"
# A case that was merged away or declined says nothing about the person's earlier help.
_EARLIER = ENDED_STATES - {"MERGED", "DECLINED"}


def open_case(
    case: None,
    books: Books,
    *,
    household: Household,
    source: str,
    reason: str,
    urgency: str = Referral.Urgency.NORMAL,
    division: str = "",
    person: Member | int | None = None,
    contact: str = "",
    external_key: str | None = None,
) -> dict[str, Any]:
    """Take in a referral and open a case for the street it concerns."""
    referral = receive_referral(
        books,
        household=household,
        source=source,
        reason=reason,
        urgency=urgency,
        division=division,
        person=_of_household(household, person),
        contact=contact,
        external_key=external_key,
    )
    known = HelpCase.objects.filter(referral_links__referral=referral).first()
    opened = known or _open(referral, books)
    return {"subject": opened, "case": opened.pk, "case_no": opened.case_no}


def _of_household(household: Household, person: Member | int | None) -> Member | None:
    if person is None or isinstance(person, Member):
        return person
    found = household.members.filter(pk=person).first()
    if found is None:
        facts.refuse("person", _("This person is not a member of the household."))
    return found


def _open(referral: Referral, books: Books) -> HelpCase:
    household, person = referral.household, referral.person
    on = clock.local_date(referral.received_at)
    district = referral.division[:6]
    serial = CaseSeries.next_serial(year=on.year, district=district)
    opened: HelpCase = HelpCase.objects.create(
        case_no=case_number(NUMBER_PREFIX, on.year, district, serial),
        household=household,
        person=person,
        home_district=district,
        handling_district=district,
        handling_street=referral.division,
        category=household.category,
        sudden=referral.urgency == Referral.Urgency.SUDDEN,
        previous_case=_previous_case(household, person),
        rule_date=on,
        referred_at=referral.received_at,
    )
    CaseReferral.objects.create(case=opened, referral=referral, linked_at=books.moment)
    books.note(referral=referral.pk, previous_case=opened.previous_case_id)
    return opened


def _previous_case(household: Household, person: Member | None) -> HelpCase | None:
    earlier = cases_about(household.pk, person or household.head)
    return earlier.filter(state__in=_EARLIER).order_by("-referred_at", "-pk").first()


def accept_referral(
    case: HelpCase, books: Books, *, caseworker: User | int | None = None
) -> dict[str, Any]:
    """The street takes the case on; the household enters the help ledger."""
    ensure_lawful(case, books, "accept_referral")
    responsible = facts.person(caseworker, "caseworker") if caseworker else books.by
    if responsible and not reach_of(responsible, books.on).covers(case.handling_street, Role.CW):
        facts.refuse("caseworker", _("This person is not a caseworker of the street."))
    _ensure_right_district(case)
    _ensure_only_case(case)
    with lawful_step(case):
        case.accept(at=books.moment)
    case.caseworker = responsible
    keep(case, "state", "accepted_at", "caseworker")
    post(case, books, "referred", 1)
    return {"caseworker": responsible.pk if responsible else None}


def _ensure_right_district(case: HelpCase) -> None:
    home = case.household
    places = [code for code in (home.hukou_division, home.residence_division) if code]
    if not any(code.startswith(case.handling_district) for code in places):
        raise Incomplete(
            _(
                "The household neither lives nor is registered in this district; "
                "offer the case to the street where it does, or decline it."
            )
        )


def _ensure_only_case(case: HelpCase) -> None:
    # The sentence must not tell where in the city the other case is.
    if cases_of_same_person(case).filter(state__in=OPEN_STATES).exists():
        raise Incomplete(
            _(
                "There is already an open case for this person or household; merge this "
                "referral into it, or ask the city's desk for duplicates."
            )
        )


def decline_referral(case: HelpCase, books: Books, *, reason: str) -> dict[str, Any]:
    """The street does not take the case on; the source is told why."""
    ensure_lawful(case, books, "decline_referral")
    words = facts.text(reason, "reason")
    with lawful_step(case):
        case.decline(reason=words)
    keep(case, "state", "declined_reason")
    return {}


def take_back_referral(case: HelpCase, books: Books) -> dict[str, Any]:
    """A referral entered by mistake ends where nobody has worked on it; the entry stays on file."""
    ensure_lawful(case, books, "take_back_referral")
    done = JournalEntry.objects.filter(subject_type="case", subject_id=case.pk).exclude(act="refer")
    if done.exists():
        raise NotLawfulNow(_("Somebody has worked on this referral; decline it instead."))
    with lawful_step(case):
        case.decline(reason=_("Entered by mistake and taken back."))
    keep(case, "state", "declined_reason")
    return {}


def merge_referral(case: HelpCase, books: Books, *, into: HelpCase | int | str) -> dict[str, Any]:
    """The referral joins the open case of the same person; both sources are kept."""
    ensure_lawful(case, books, "merge_referral")
    other = facts.case_named(into, "into")
    same = cases_of_same_person(case).filter(state__in=OPEN_STATES)
    if not same.filter(pk=other.pk).exists():
        facts.refuse("into", _("This is not an open case of the same person; check the number."))
    with lawful_step(case):
        case.merge(into=other)
    keep(case, "state", "merged_into")
    linked = set(other.referral_links.values_list("referral_id", flat=True))
    for link in case.referral_links.exclude(referral_id__in=linked):
        CaseReferral.objects.create(
            case=other, referral_id=link.referral_id, linked_at=books.moment
        )
    books.also(
        subject_of(other), "receive_merged", other.state, other.state, merged_from=case.case_no
    )
    return {"into": other.case_no}
