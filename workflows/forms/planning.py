"""Forms of the help plan: needs, lines and items."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.cases.states import FundSource, Line
from casework.directory.models import ServiceItem
from casework.directory.queries import plan_templates
from workflows.forms.base import (
    ActForm,
    RowForm,
    RowSpec,
    Section,
    choice,
    count,
    day,
    money,
    offer,
)
from workflows.forms.people import member_choices, provider_choices, service_choices

NEED_ROWS = 3
ITEM_ROWS = 4


class NeedRow(RowForm):
    row_title = _("Need")
    long_fields = ("text",)

    code = forms.CharField(label=_("Mark"), max_length=12, required=False)
    text = forms.CharField(label=_("What is needed"), max_length=300)
    member = choice(_("For whom"), [], required=False)

    def prepare(self) -> None:
        offer(self, "member", member_choices(self.act_form.subject))

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        said.setdefault("code", f"N{int(self.prefix.rsplit('-', 1)[-1]) + 1}")  # type: ignore[union-attr]
        if "member" in said:
            said["member"] = int(said["member"])
        return said


class ItemRow(RowForm):
    row_title = _("Item")
    long_fields = ("code", "goal")

    code = choice(_("Service"), [])
    line = choice(_("Line"), Line.choices)
    member = choice(_("For whom"), [], required=False)
    goal = forms.CharField(label=_("Goal, in words one can check"), max_length=300)
    unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    qty = count(_("Quantity"), min_value=1)
    freq = forms.CharField(label=_("How often"), max_length=60, required=False)
    start = day(_("From"), required=False)
    end = day(_("To"), required=False)
    provider = choice(_("Provider"), [])
    unit_price = money(_("Price of one (yuan)"), required=False)
    fund_source = choice(_("Paid from"), FundSource.choices, required=False)

    def prepare(self) -> None:
        case, on = self.act_form.subject, self.act_form.today
        offer(self, "code", service_choices())
        offer(self, "member", member_choices(case))
        offer(self, "provider", provider_choices(on))

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        plan = self.act_form.cleaned_data
        said.setdefault("start", plan.get("starts_on"))
        said.setdefault("end", plan.get("ends_on"))
        if "member" in said:
            said["member"] = int(said["member"])
        return said


def _items_of_template(form: ActForm) -> list[dict[str, Any]]:
    """The items of the template asked for, their goals still to be written."""
    asked = str(form.initial.get("template", ""))
    if not asked.isdecimal():
        return []
    chosen = plan_templates(form.today).filter(pk=int(asked)).first()
    if chosen is None:
        return []
    known = ServiceItem.objects.in_bulk([row["code"] for row in chosen.items], field_name="code")
    return [
        {"unit": known[row["code"]].unit, "freq": known[row["code"]].frequency, **row}
        for row in chosen.items
        if row["code"] in known
    ]


class MakePlan(ActForm):
    purpose = _(
        "One plan for the household: each item has a goal that can be checked, a quantity, a "
        "provider and dates. A member signs before it is approved."
    )

    assessed_on = day(_("Needs assessed on"))
    lines = forms.MultipleChoiceField(
        label=_("Lines of help"), choices=Line.choices, widget=forms.CheckboxSelectMultiple
    )
    signed_on = day(_("Signed by a member on"))
    starts_on = day(_("Plan runs from"))
    ends_on = day(_("to"))

    sections = (
        Section(_("Assessment and lines"), ("assessed_on", "lines")),
        Section(_("Signature and period"), ("signed_on", "starts_on", "ends_on")),
    )
    row_specs = (
        RowSpec(
            "needs",
            _("Needs"),
            NeedRow,
            help=_("What the household lacks, before anything is promised."),
            shown=NEED_ROWS,
            minimum=1,
            too_few=_("Write at least one need."),
        ),
        RowSpec(
            "items",
            _("Items"),
            ItemRow,
            help=_("Without dates an item runs as long as the plan."),
            shown=ITEM_ROWS,
            minimum=1,
            too_few=_("A plan promises at least one item."),
            initial=_items_of_template,
        ),
    )

    def prepare(self) -> None:
        asked = str(self.initial.get("template", ""))
        chosen = plan_templates(self.today).filter(pk=int(asked)) if asked.isdecimal() else ()
        for template in chosen:
            lines = {row["line"] for row in template.items}
            self.fields["lines"].initial = sorted(lines)
            self.fields["starts_on"].initial = self.today
            self.fields["ends_on"].initial = self.today + timedelta(days=template.days)

    def starting_points(self) -> list[tuple[str, str]]:
        return [(row.name, f"template={row.pk}") for row in plan_templates(self.today)]

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        starts, ends = said.get("starts_on"), said.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("The plan cannot end before it starts."))
        return said


def _items_in_force(form: ActForm) -> list[dict[str, Any]]:
    plan = form.subject.plan_in_force
    rows = plan.items.select_related("provider") if plan else []
    return [
        {
            "code": item.service_id,
            "line": item.line,
            "member": item.member_id,
            "goal": item.goal,
            "unit": item.unit,
            "qty": item.qty_planned,
            "freq": item.freq,
            "start": item.starts_on,
            "end": item.ends_on,
            "provider": item.provider.credit_code if item.provider else "",
            "unit_price": item.unit_price,
            "fund_source": item.fund_source,
        }
        for item in rows
    ]


class AmendPlan(MakePlan):
    purpose = _(
        "A new version replaces the plan once it is approved. A new line or a new kind of "
        "service needs a new assessment of needs."
    )

    assessed_on = day(_("Needs assessed anew on"), required=False)

    row_specs = (
        replace(MakePlan.row_specs[0], minimum=0, shown=1),
        replace(MakePlan.row_specs[1], shown=1, initial=_items_in_force, goes_on=True),
    )

    def prepare(self) -> None:
        plan = self.subject.plan_in_force
        if plan is None:
            return
        for name in ("lines", "starts_on", "ends_on"):
            self.fields[name].initial = getattr(plan, name)

    def starting_points(self) -> list[tuple[str, str]]:
        return []

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        if not said["needs"]:
            del said["needs"]
        return said
