"""Forms of steps taken back, of corrections after the end, and of petitions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.cases.operations.correcting import SERVICE_COLUMNS
from casework.cases.operations.returning import RETURNS
from casework.cases.queries import open_correction
from casework.cases.states import (
    CaseState,
    CorrectedFact,
    CorrectionOutcome,
    PetitionOutcome,
    ReturnReason,
    ReturnTo,
)
from casework.households.codes import CorrectionReason
from workflows.forms.base import ActForm, Section, choice, count, day, long_text, offer
from workflows.pages.afterwards import corrected_words, service_words, standing_words

_NO_ANSWER = [row for row in PetitionOutcome.choices if row[0] != PetitionOutcome.NOT_TAKEN_UP]


class ReturnStep(ActForm):
    purpose = _("What was done is kept on file; the step is done again. The reason is recorded.")

    back_to = choice(_("Back to"), ReturnTo.choices)
    reason = choice(_("Reason"), ReturnReason.choices)
    words = long_text(_("What is to be done"), max_length=500)

    def prepare(self) -> None:
        here = [step for step, state in RETURNS.items() if state == self.subject.state]
        offer(self, "back_to", [(step.value, step.label) for step in here])
        if len(here) == 1:
            self.fields["back_to"].initial = here[0].value


class ProposeCorrection(ActForm):
    conditional = ("service",)
    purpose = _(
        "The case stays closed. A second person at the district decides; what stood before is kept."
    )

    fact = choice(_("What is corrected"), [])
    score = count(_("Satisfaction, 1 to 5"), min_value=1, max_value=5, required=False)
    summary = long_text(_("Closing summary"), required=False, max_length=5000)
    done_on = day(_("Help done on"), required=False)
    counted = choice(
        _("Counted as completed"), [("true", _("yes")), ("false", _("no"))], required=False
    )
    service = choice(_("Service record"), [], required=False)
    served_on = day(_("Day"), required=False)
    quantity = count(_("Quantity"), min_value=1, required=False)
    minutes = count(_("Minutes"), min_value=1, required=False)
    worker = forms.CharField(label=_("Worker"), max_length=60, required=False)
    reason = choice(_("Reason of the correction"), CorrectionReason.choices)
    words = long_text(_("Proof"), max_length=1000)

    sections = (
        Section(_("What is corrected"), ("fact",)),
        Section(
            _("What is to stand there"),
            ("score", "summary", "done_on", "counted"),
            _("Fill in only what you have chosen above."),
        ),
        Section(
            _("For a service record"),
            ("service", "served_on", "quantity", "minutes", "worker"),
            _("What is left empty stays as it is."),
        ),
        Section(_("Why"), ("reason", "words")),
    )
    _ENTERED = {
        CorrectedFact.SATISFACTION: "score",
        CorrectedFact.SUMMARY: "summary",
        CorrectedFact.HELP_DONE_ON: "done_on",
        CorrectedFact.COUNTED: "counted",
    }

    def prepare(self) -> None:
        closed = self.subject.state == CaseState.CLOSED
        for fact, name in self._ENTERED.items():
            self.fields[name].help_text = str(standing_words(self.subject, fact))
        facts = [row for row in CorrectedFact.choices if closed or row[0] == CorrectedFact.SERVICE]
        offer(self, "fact", facts)
        services = self.subject.services.select_related("item__service").order_by("-served_on")
        offer(
            self,
            "service",
            [(str(row.pk), service_words(row)) for row in services],
        )

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        fact = said.get("fact")
        if fact == CorrectedFact.SERVICE:
            if not said.get("service"):
                self.add_error("service", _("Choose the service record."))
        elif fact and said.get(self._ENTERED[CorrectedFact(fact)]) in (None, ""):
            name = self._ENTERED[CorrectedFact(fact)]
            self.add_error(name, _("Enter what is to stand there."))
        return said

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        told = {name: said[name] for name in ("fact", "reason", "words")}
        if said["fact"] != CorrectedFact.SERVICE:
            return {**told, "value": said[self._ENTERED[CorrectedFact(said["fact"])]]}
        value = {name: said[name] for name in SERVICE_COLUMNS if name in said}
        return {**told, "service": int(said["service"]), "value": value}


class DecideCorrection(ActForm):
    outcome = choice(_("Decision"), CorrectionOutcome.choices)
    answer = long_text(_("Reasons"), max_length=500)

    def prepare(self) -> None:
        asked = open_correction(self.subject)
        if asked is not None:
            self.purpose = " ".join(map(str, corrected_words(asked)))  # type: ignore[misc]


class FilePetition(ActForm):
    purpose = _(
        "The person is told within 15 days whether it is taken up. Within 30 days of an answer the "
        "same petition asks for its review."
    )

    filed_on = day(_("Filed on"))
    text = long_text(_("What is asked"))


class InformPetitioner(ActForm):
    purpose = _("Whether it is taken up; where it is not, say why and which way is open.")

    informed_on = day(_("Told on"))
    taken_up = choice(_("Taken up"), [("yes", _("yes")), ("no", _("no"))], initial="yes")
    answer = long_text(_("Why it is not taken up"), required=False)

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        return said | {"taken_up": said["taken_up"] == "yes"}


class Extend(ActForm):
    purpose = _("Once, by 30 days, before the time is over. The person is told the reason.")

    reason = long_text(_("Reason"), max_length=300)


class AnswerPetition(ActForm):
    outcome = choice(_("Answer"), _NO_ANSWER)
    answered_on = day(_("Answered on"))
    answer = long_text(_("What was answered"))
