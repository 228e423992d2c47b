"""Forms of publicity, objections and the appraisal meeting."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.cases.queries import open_objections
from casework.cases.states import AppraisalConclusion, ObjectionOutcome
from workflows.forms.base import ActForm, choice, count, day, long_text, offer


class PostPublicity(ActForm):
    purpose = _(
        "The notice shows a masked name and nothing about illness or disability; a minor's name "
        "never appears. Objections are taken for seven days."
    )

    posted_on = day(_("Posted on"))
    place = forms.CharField(label=_("Board"), max_length=200)


class RemovePublicity(ActForm):
    purpose = _("The notice comes off the board once the seven days are over.")


class RaiseObjection(ActForm):
    conditional = ("by_name",)

    raised_on = day(_("Raised on"))
    text = long_text(_("What is objected"))
    anonymous = forms.BooleanField(label=_("The objector stays anonymous"), required=False)
    by_name = forms.CharField(label=_("Name of the objector"), max_length=60, required=False)

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        if not said.get("anonymous") and not said.get("by_name"):
            self.add_error("by_name", _("Write the name, or mark the objection as anonymous."))
        if said.get("anonymous"):
            said["by_name"] = ""
        return said


class AboutObjection(ActForm):
    """An act that answers one open objection."""

    objection = choice(_("Objection"), [])

    def prepare(self) -> None:
        waiting = open_objections(self.subject).order_by("raised_on", "pk")
        offer(self, "objection", [(str(row.pk), f"{row.raised_on} {row.text}") for row in waiting])
        first = waiting.first()
        self.fields["objection"].initial = first.pk if first else None

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "objection": int(self.cleaned_data["objection"])}


class HoldAppraisal(AboutObjection):
    purpose = _(
        "The meeting counts only if residents' representatives are at least two thirds of those "
        "present."
    )

    held_on = day(_("Held on"))
    present = count(_("People present"), min_value=1)
    representatives = count(_("Residents' representatives"), min_value=0)
    votes_for = count(_("Votes that the facts are as verified"), min_value=0)
    votes_against = count(_("Votes that they are not"), min_value=0)
    conclusion = choice(_("Conclusion"), AppraisalConclusion.choices)


class ResolveObjection(AboutObjection):
    resolved_on = day(_("Resolved on"))
    outcome = choice(
        _("Outcome"),
        [row for row in ObjectionOutcome.choices if row[0] != ObjectionOutcome.OVERTAKEN],
    )
    reason = long_text(_("Reasons"), max_length=500)
