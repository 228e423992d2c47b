"""Forms of holds, moves, deaths, consents and endings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.cases.states import SuspensionReason, TerminationReason
from casework.directory.models import Organisation
from casework.households.codes import Basis, Purpose
from workflows.forms.base import ActForm, choice, day, long_text, offer
from workflows.forms.people import member_choices, provider_choices, street_choices


class Suspend(ActForm):
    purpose = _("Help rests for at most 90 days; every open time limit rests with it.")

    reason = choice(_("Reason"), SuspensionReason.choices)
    from_on = day(_("From"))


class Resume(ActForm):
    purpose = _("The plan and its items move on by the days of the rest.")

    on = day(_("Help goes on from"))


class Terminate(ActForm):
    purpose = _("Ends the case for good. A death locks the file.")

    reason = choice(_("Reason"), TerminationReason.choices)
    evidence = forms.CharField(label=_("Evidence"), max_length=300)
    occurred_on = day(_("When it happened"), required=False)


class NotifyKin(ActForm):
    delivered_on = day(_("Told on"))


class RecordDeath(ActForm):
    purpose = _("Services dated later than the death are reported at once.")

    member = choice(_("Who died"), [])
    died_on = day(_("Day of death"))
    evidence = forms.CharField(label=_("Evidence"), max_length=300)

    def prepare(self) -> None:
        offer(self, "member", member_choices(self.subject))

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "member": int(self.cleaned_data["member"])}


class RecordConsent(ActForm):
    purpose = _("What the household agreed to, for whom, on which day.")

    purpose_code = choice(_("For what"), Purpose.choices)
    recipient = choice(_("Recipient"), [], required=False)
    member = choice(_("Only for this member"), [], required=False)
    basis = choice(_("Basis"), Basis.choices, initial=Basis.CONSENT)
    given_on = day(_("Given on"))
    given_by_guardian = forms.BooleanField(label=_("Given by the guardian"), required=False)

    def prepare(self) -> None:
        offer(self, "recipient", provider_choices(self.today))
        offer(self, "member", member_choices(self.subject))

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        said["purpose"] = said.pop("purpose_code")
        if "member" in said:
            said["member"] = int(said["member"])
        if "recipient" in said:
            said["recipient"] = Organisation.objects.get(credit_code=said["recipient"]).pk
        return said


class WithdrawConsent(ActForm):
    purpose = _("Takes effect at once: the provider's access ends today.")

    purpose_code = choice(_("Which consent"), Purpose.choices)
    on = day(_("Withdrawn on"))
    by_whom = forms.CharField(label=_("By whom"), max_length=60)
    member = choice(_("Only for this member"), [], required=False)

    def prepare(self) -> None:
        offer(self, "member", member_choices(self.subject))

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        said["purpose"] = said.pop("purpose_code")
        if "member" in said:
            said["member"] = int(said["member"])
        return said


class OfferTransfer(ActForm):
    purpose = _("The file stays where it is until the other street takes it over.")

    to_street = choice(_("To which street"), [])
    reason = long_text(_("Reason"), max_length=300)

    def prepare(self) -> None:
        others = [row for row in street_choices() if row[0] != self.subject.handling_street]
        offer(self, "to_street", others)


class AcceptTransfer(ActForm):
    purpose = _("From this moment the case is yours; the former provider loses access.")

    provider = choice(_("New provider"), [], required=False)

    def prepare(self) -> None:
        offer(self, "provider", provider_choices(self.today))


class DeclineTransfer(ActForm):
    reason = long_text(_("Reason"), max_length=300)
