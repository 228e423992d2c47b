"""Taking in a report of need."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from casework.directory.models import Division
from casework.households.models import Household, Member
from casework.lib.errors import Incomplete
from casework.referrals.models import Referral

if TYPE_CHECKING:
    from casework.ledger.act import Books

_STREET_LENGTH = 9


def receive_referral(
    books: "Books",
    *,
    household: Household,
    source: str,
    reason: str,
    urgency: str = Referral.Urgency.NORMAL,
    division: str = "",
    person: Member | None = None,
    contact: str = "",
    external_key: str | None = None,
) -> Referral:
    """Keep a report of need with its source; the same report of the same source is kept once."""
    division = division or household.residence_division
    _check(household, source, reason, urgency, division, person)
    if external_key:
        known = Referral.objects.filter(external_key=external_key).first()
        if known is not None:
            return _same_report(known, household)
    referral = Referral.objects.create(
        source=source,
        reason=reason.strip(),
        urgency=urgency,
        household=household,
        person=person,
        division=division[:_STREET_LENGTH],
        received_at=books.moment,
        referred_by=books.by,
        contact=contact.strip(),
        external_key=external_key or None,
    )
    books.also(
        ("referral", referral.pk),
        "receive_referral",
        household=household.pk,
        source=source,
        urgency=urgency,
        division=referral.division,
    )
    return referral


def _check(
    household: Household,
    source: str,
    reason: str,
    urgency: str,
    division: str,
    person: Member | None,
) -> None:
    fields = {}
    if source not in Referral.Source.values:
        fields["source"] = _("This source is not known.")
    if urgency not in Referral.Urgency.values:
        fields["urgency"] = _("This urgency is not known.")
    if not reason.strip():
        fields["reason"] = _("Say in a sentence what the need is.")
    street = division[:_STREET_LENGTH]
    if len(street) < _STREET_LENGTH or not Division.objects.filter(pk=street).exists():
        fields["division"] = _("This is not the code of a street or community.")
    if person is not None and person.household_id != household.pk:
        fields["person"] = _("This person is not of this household.")
    if fields:
        raise Incomplete(next(iter(fields.values())), fields)


def _same_report(known: Referral, household: Household) -> Referral:
    if known.household_id != household.pk:
        raise Incomplete(
            _("The source already used this key for another report."), {"external_key": ""}
        )
    return known
