"""Forms of the first acts: what becomes of a referral."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to
from workflows.forms.base import ActForm, choice, long_text, offer
from workflows.forms.people import caseworker_choices


class AcceptReferral(ActForm):
    purpose = _(
        "Accepting opens the help ledger entry. The system looks for open cases of the same "
        "person in the whole city."
    )

    caseworker = choice(_("Caseworker"), [], required=False, help_text=_("Nobody chosen: you."))

    def prepare(self) -> None:
        offer(self, "caseworker", caseworker_choices(self.subject, self.today))

    def facts(self) -> dict[str, Any]:
        named = self.cleaned_data["caseworker"]
        return {"caseworker": int(named)} if named else {}


class DeclineReferral(ActForm):
    purpose = _("The source is told the reason; a declined referral stays on file.")

    reason = long_text(_("Reason"), max_length=300)


class MergeReferral(ActForm):
    purpose = _("The referral joins the open case of the same person; both sources are kept.")

    into = forms.CharField(
        label=_("Number of the open case"),
        max_length=30,
        help_text=_("As printed, for example BF-2018-110101-000123-C."),
    )

    def clean_into(self) -> HelpCase:
        number = self.cleaned_data["into"].strip().upper()
        found = visible_to(self.by, self.today).filter(case_no=number).first()
        if found is None or found.pk == self.subject.pk:
            raise forms.ValidationError(_("No such case within your scope."))
        return found
