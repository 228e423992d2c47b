"""Forms of the rectification loop: order, receipt, report, recheck, strike-off."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to
from casework.cases.states import CaseState
from evaluation.rectification.models import RectificationItem
from evaluation.rectification.states import ItemState, RecheckMethod, Verdict
from evaluation.scoring.models import Finding
from evaluation.scoring.states import FindingState
from workflows.forms.base import ActForm, RowForm, RowSpec, choice, day, given, long_text, offer
from workflows.forms.people import provider_choices


def _open_findings(form: ActForm) -> list[dict[str, Any]]:
    found = Finding.objects.filter(case=form.subject, state=FindingState.OPEN).select_related(
        "code"
    )
    return [
        {"finding": row.pk, "title": str(row.code), "requirement": row.code.requirement}
        for row in found
    ]


class RequirementRow(RowForm):
    finding = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(widget=forms.HiddenInput, required=False)
    requirement = forms.CharField(
        label=_("What is to be done"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    @property
    def row_title(self) -> Any:
        return self["title"].value()


class IssueOrder(ActForm):
    purpose = _(
        "Gives the notice its number and orders the paper. Each finding becomes an item with a "
        "time limit of its own, counted from receipt."
    )

    provider = choice(
        _("Unit that answers for it"),
        [],
        required=False,
        help_text=_("Nothing chosen: the provider of the plan."),
    )
    person = forms.CharField(label=_("Person in charge"), max_length=60, required=False)
    also = forms.MultipleChoiceField(
        label=_("Further cases of the same unit in this order"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    row_specs = (
        RowSpec(
            "requirements",
            _("Requirements"),
            RequirementRow,
            shown=0,
            initial=_open_findings,
            may_grow=False,
        ),
    )

    def prepare(self) -> None:
        waiting = (
            visible_to(self.by, self.today)
            .filter(state=CaseState.EVALUATING, handling_street=self.subject.handling_street)
            .filter(findings__state=FindingState.OPEN)
            .exclude(pk=self.subject.pk)
            .distinct()
        )
        offer(self, "provider", provider_choices(self.today))
        field = self.fields["also"]
        field.choices = [(str(case.pk), case.case_no) for case in waiting]  # type: ignore[attr-defined]
        if not waiting:
            del self.fields["also"]

    def facts(self) -> dict[str, Any]:
        rows = self.rows("requirements").formset.forms
        chosen = self.cleaned_data.get("also", [])
        named = {name: self.cleaned_data[name] for name in ("provider", "person")}
        return given(named) | {
            "also": list(HelpCase.objects.filter(pk__in=chosen)),
            "requirements": {
                row.cleaned_data["finding"]: row.cleaned_data["requirement"] for row in rows
            },
        }


class ConfirmReceipt(ActForm):
    purpose = _("The time limits of the items run from this day.")

    received_on = day(_("Received on"))


def _items_to_report(form: ActForm) -> list[dict[str, Any]]:
    waiting = form.subject.items.filter(
        round=form.subject.round, state=ItemState.OPEN
    ).select_related("finding__code", "case")
    return [{"item": item.pk, "title": item_title(item)} for item in waiting]


def _items_to_recheck(form: ActForm) -> list[dict[str, Any]]:
    waiting = form.subject.items.filter(state=ItemState.REPORTED).select_related(
        "finding__code", "case"
    )
    return [{"item": item.ref, "title": item_title(item)} for item in waiting]


def item_title(item: RectificationItem) -> str:
    """An item by its number, finding and case."""
    return f"{item.seq}. {item.finding.code} · {item.case.case_no}"


class ReportRow(RowForm):
    conditional = ("measure", "result", "evidence", "root_cause", "long_term")

    item = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(widget=forms.HiddenInput, required=False)
    measure = long_text(_("What was done"), required=False)
    result = long_text(_("What came of it"), required=False)
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One piece on each line."),
    )
    root_cause = long_text(_("Root cause"), required=False)
    long_term = long_text(_("Lasting measure"), required=False)

    @property
    def row_title(self) -> Any:
        return self["title"].value()

    @property
    def is_blank(self) -> bool:
        return not self.is_bound

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        if any(said.get(name) for name in self.conditional):
            for name in self.conditional:
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, _("A report on an item answers this too."))
        return said

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        said.pop("title", None)
        said["evidence"] = [line.strip() for line in said["evidence"].splitlines() if line.strip()]
        return said


class ReportItems(ActForm):
    purpose = _(
        "Items may be reported one by one; leave the others blank. The order moves on once every "
        "item is reported."
    )

    row_specs = (
        RowSpec(
            "items",
            _("Items to put right"),
            ReportRow,
            shown=0,
            minimum=1,
            too_few=_("Report on at least one item."),
            initial=_items_to_report,
            may_grow=False,
        ),
    )


class VerdictRow(RowForm):
    conditional = ("reason",)

    item = forms.CharField(widget=forms.HiddenInput)
    title = forms.CharField(widget=forms.HiddenInput, required=False)
    verdict = choice(_("Verdict"), Verdict.choices)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    @property
    def row_title(self) -> Any:
        return self["title"].value()

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        if said.get("verdict") == Verdict.FAIL and not said.get("reason"):
            self.add_error("reason", _("Say what is still missing."))
        return said


class Recheck(ActForm):
    purpose = _("Every reported item gets a verdict; two people recheck, neither scored it first.")

    method = choice(_("How"), RecheckMethod.choices)
    second = forms.CharField(label=_("Second rechecker"), max_length=60)

    row_specs = (
        RowSpec(
            "verdicts",
            _("Verdicts"),
            VerdictRow,
            shown=0,
            minimum=1,
            initial=_items_to_recheck,
            may_grow=False,
        ),
    )

    def facts(self) -> dict[str, Any]:
        rows = [row.cleaned_data for row in self.rows("verdicts").formset.forms]
        return {
            "method": self.cleaned_data["method"],
            "second": self.cleaned_data["second"],
            "verdicts": {row["item"]: row["verdict"] for row in rows},
            "reasons": {row["item"]: row["reason"] for row in rows if row["reason"]},
        }


class TakeOver(ActForm):
    purpose = _("The district does itself what the unit failed to do twice.")

    reason = long_text(_("Reason"), max_length=300)


class Extend(ActForm):
    purpose = _("Once, asked for in good time, never for serious findings.")

    item = choice(_("Item"), [], required=False, help_text=_("Nothing chosen: all open items."))
    days = forms.IntegerField(label=_("Working days"), min_value=1, max_value=10)
    reason = long_text(_("Reason"), max_length=200)

    def prepare(self) -> None:
        waiting = self.subject.items.filter(state=ItemState.OPEN).select_related(
            "finding__code", "case"
        )
        offer(self, "item", [(item.ref, item_title(item)) for item in waiting])

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "item": self.cleaned_data["item"] or "all"}
