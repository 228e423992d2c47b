"""Forms of help while it is given: start, services, endings."""

import base64
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.cases.models import HelpCase, PlanItem
from casework.cases.queries import roles_on
from casework.cases.states import Evidence, ItemStatus, LineState, PlanState, TerminationReason
from casework.lib.photos import MOST_BYTES
from casework.staff.models import Role
from casework.staff.scope import reach_of
from workflows.forms.base import ActForm, RowForm, RowSpec, choice, count, day, long_text, offer

SERVICE_ROWS = 4


def open_items(case: HelpCase) -> list[PlanItem]:
    """The items of the plan in force that are not settled."""
    plan = case.plan_in_force
    if plan is None:
        return []
    waiting = plan.items.exclude(status__in=[ItemStatus.DONE, ItemStatus.ENDED_EARLY])
    return list(waiting.select_related("service", "member"))


def item_choices(form: ActForm) -> list[tuple[str, str]]:
    """Open items by name, with how much of each is done; a provider chooses among its own."""
    case: HelpCase = form.subject
    items = open_items(case)
    if not roles_on(case, form.by, form.today) & {Role.CW, Role.SH, Role.DS}:
        own = reach_of(form.by, form.today).organisations(Role.PR)
        items = [item for item in items if item.provider_id in own]
    return [
        (
            str(item.pk),
            f"{item.service.code} {item.service.name}"
            + (f" · {item.member.name}" if item.member else "")
            + f"（{item.qty_done}/{item.qty_planned}）",
        )
        for item in items
    ]


class ApprovePlan(ActForm):
    conditional = ("reason",)
    purpose = _("A second person approves: not the one who entered the plan.")

    outcome = choice(
        _("Decision"),
        [(PlanState.APPROVED, _("Approve")), (PlanState.RETURNED, _("Return for more work"))],
        initial=PlanState.APPROVED,
    )
    reason = forms.CharField(label=_("Why it is returned"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        if said.get("outcome") == PlanState.RETURNED and not said.get("reason"):
            self.add_error("reason", _("Say what is to be changed."))
        return said


class StartHelp(ActForm):
    purpose = _(
        "The provider begins. Sharing the household's data with the provider needs the "
        "household's consent on file."
    )

    started_on = day(_("Started on"))
    agreement_no = forms.CharField(label=_("Number of the service agreement"), max_length=60)


class ServiceRow(RowForm):
    row_title = _("Service")
    long_fields = ("item",)

    item = choice(_("Item"), [])
    served_on = day(_("Day"))
    quantity = count(_("Quantity"), min_value=1, initial=1)
    began_at = forms.TimeField(
        label=_("Began at"), required=False, widget=forms.TimeInput(attrs={"type": "time"})
    )
    minutes = count(_("Minutes"), min_value=1, initial=60)
    worker = forms.CharField(label=_("Worker"), max_length=60, required=False)
    at_home = forms.BooleanField(label=_("At the home"), required=False, initial=True)
    evidence = forms.MultipleChoiceField(
        label=_("Evidence on file"),
        choices=Evidence.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def prepare(self) -> None:
        offer(self, "item", item_choices(self.act_form))

    @property
    def is_blank(self) -> bool:
        return not self.is_bound

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "item": int(self.cleaned_data["item"])}


class RecordServices(ActForm):
    purpose = _(
        "One row for each service. A date after a death, during a hospital stay or before the "
        "plan was signed is refused and reported."
    )

    row_specs = (RowSpec("services", _("Services"), ServiceRow, shown=SERVICE_ROWS, minimum=1),)


class PhotoInput(forms.ClearableFileInput):
    """Several photos at once; a phone offers its camera."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """The files that were chosen, each as base64 text."""

    widget = PhotoInput

    def clean(self, data: Any, initial: Any = None) -> list[str]:
        files = data if isinstance(data, list | tuple) else [data]
        chosen = [one for one in files if one]
        if not chosen:
            raise forms.ValidationError(_("Choose at least one photo."))
        if any(one.size > MOST_BYTES for one in chosen):
            raise forms.ValidationError(
                _("A photo may have at most %(most)d MB."), params={"most": MOST_BYTES >> 20}
            )
        return [base64.b64encode(one.read()).decode() for one in chosen]


class AddPhotos(ActForm):
    purpose = _(
        "Only what shows the service or the home, and nobody who did not agree. Each photo is "
        "written anew; where and when it was taken is kept apart."
    )

    service = choice(
        _("Service record"),
        [],
        required=False,
        help_text=_("Nothing chosen: the current home verification."),
    )
    photos = PhotosField(
        label=_("Photos"),
        help_text=_("JPEG, PNG or WebP, at most six at once."),
        widget=PhotoInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def prepare(self) -> None:
        case = self.subject
        rows = case.services.select_related("item__service").order_by("-served_on", "-pk")
        reach = reach_of(self.by, self.today)
        if not reach.covers(case.handling_street, Role.CW, Role.SH):
            rows = rows.filter(provider__in=reach.organisations(Role.PR))
        offer(
            self,
            "service",
            [(str(row.pk), f"{row.served_on} · {row.item.service.name}") for row in rows[:60]],
        )


class FinishItem(ActForm):
    conditional = ("reason",)

    item = choice(_("Item"), [])
    early = forms.BooleanField(label=_("It ends before the planned quantity"), required=False)
    reason = forms.CharField(label=_("Reason for ending early"), max_length=300, required=False)

    def prepare(self) -> None:
        offer(self, "item", item_choices(self))

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        if said.get("early") and not said.get("reason"):
            self.add_error("reason", _("Say why the item ends early."))
        return said

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "item": int(self.cleaned_data["item"])}


class EndLine(ActForm):
    purpose = _("Every open item of the line ends early with it.")

    line = choice(_("Line"), [])
    reason = choice(_("Reason"), TerminationReason.choices)

    def prepare(self) -> None:
        running = self.subject.lines.filter(state__in=[LineState.PLANNED, LineState.ACTIVE])
        offer(self, "line", [(row.line, row.get_line_display()) for row in running])


class FinishHelp(ActForm):
    purpose = _(
        "Every item is settled. The household counts as completed only with at least three "
        "contacts on different days, one of them at home."
    )

    summary = long_text(_("Closing summary"))
    satisfaction = forms.TypedChoiceField(
        label=_("How satisfied is the household?"),
        choices=[
            (5, _("5 very satisfied")),
            (4, _("4 satisfied")),
            (3, _("3 so-so")),
            (2, _("2 dissatisfied")),
            (1, _("1 very dissatisfied")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
    )
