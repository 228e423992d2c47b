"""Forms of requests about the own data, of legal holds and of forgetting."""

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.cases.models import HelpCase
from casework.cases.states import HoldReason, RequestKind, RequestOutcome
from workflows.forms.base import ActForm, choice, day, long_text, offer


class RecordRequest(ActForm):
    purpose = _("What a person asks about the own data. The time to answer runs from receipt.")

    kind = choice(_("What is asked"), RequestKind.choices)
    received_on = day(_("Request received on"))
    words = long_text(_("In the person's words"), required=False)


class AnswerRequest(ActForm):
    purpose = _("What the person is told, and whether it was done. The person hears the reasons.")

    request = choice(_("Which request"), [])
    outcome = choice(_("Answer"), RequestOutcome.choices)
    answer = long_text(_("What the person was told"))

    def prepare(self) -> None:
        case: HelpCase = self.subject
        open_requests = case.requests.filter(outcome="")
        offer(
            self,
            "request",
            [(str(row.pk), f"{row.get_kind_display()} · {row.due_on}") for row in open_requests],
        )


class SetLegalHold(ActForm):
    purpose = _("The file is kept whatever its age, until the hold is lifted.")

    reason = choice(_("Reason"), HoldReason.choices)


class ForgetHousehold(ActForm):
    purpose = _(
        "Names, numbers, addresses and free words of the household go for good. Codes, dates, "
        "figures and issued papers stay."
    )

    sure = forms.BooleanField(label=_("I have checked that nothing speaks for keeping this file"))

    def facts(self) -> dict[str, object]:
        return {name: value for name, value in super().facts().items() if name != "sure"}
