"""Forms that are not acts on a case: a new referral, an import file, a reason for reading."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.households.codes import Category, Relation, ReliefType
from casework.households.columns import COLUMNS
from casework.households.models import ImportMapping
from casework.lib.errors import CaseworkError, Incomplete
from casework.lib.identity import InvalidId, age_on, parse_id_number
from casework.referrals.models import Referral
from casework.staff.scope import reach_of
from workflows.forms.base import ActForm, Section, choice, day, long_text, offer
from workflows.forms.people import street_choices
from workflows.reading import FileReason, ReadingReason

GUARDED_AGE = 14


class ReferForm(ActForm):
    """The first word of need: who, where, why, from whom."""

    name = forms.CharField(label=_("Name"), max_length=60)
    id_no = forms.CharField(
        label=_("ID number"),
        max_length=18,
        required=False,
        help_text=_("Birth and sex are read from it. Leave empty if it is not known yet."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    division = choice(_("Street of residence"), [])
    address = forms.CharField(label=_("Address"), max_length=200)
    category = choice(_("Category"), Category.choices)
    relief_type = choice(_("Relief received"), ReliefType.choices, initial=ReliefType.NONE)
    head_name = forms.CharField(label=_("Name of the head"), max_length=60, required=False)
    head_id_no = forms.CharField(
        label=_("ID number of the head"),
        max_length=18,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    relation = choice(_("Relation to the head"), Relation.choices, required=False)
    guardian_consent_on = day(
        _("The guardian agreed on"),
        required=False,
        help_text=_("Needed before anything about a child under 14 is kept."),
    )
    relative_register_flag = forms.BooleanField(
        label=_("Near relative of staff or of the committee"), required=False
    )
    source = choice(_("Source"), Referral.Source.choices)
    urgency = choice(_("Urgency"), Referral.Urgency.choices, initial=Referral.Urgency.NORMAL)
    contact = forms.CharField(label=_("Contact of the source"), max_length=100, required=False)
    reason = long_text(_("Why help may be needed"))

    sections: ClassVar[tuple[Section, ...]] = (
        Section(
            _("Person to be helped"),
            ("name", "id_no", "phone", "division", "address", "category", "relief_type"),
        ),
        Section(
            _("Head of the household"),
            (
                "head_name",
                "head_id_no",
                "relation",
                "guardian_consent_on",
                "relative_register_flag",
            ),
            _("Only where the person is not the head. For a child the head is the guardian."),
        ),
        Section(_("The referral"), ("source", "urgency", "contact", "reason")),
    )

    def prepare(self) -> None:
        reach = reach_of(self.by, self.today)
        within = {code[:9].removesuffix("0000") for code in reach.divisions()}
        offer(self, "division", street_choices(within or None))

    def clean_id_no(self) -> str:
        return self._number("id_no")

    def clean_head_id_no(self) -> str:
        return self._number("head_id_no")

    def _number(self, name: str) -> str:
        typed = str(self.cleaned_data[name])
        if not typed:
            return ""
        try:
            return parse_id_number(typed).number
        except InvalidId as fault:
            raise forms.ValidationError(str(fault)) from fault

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        if said.get("head_name") and not said.get("relation"):
            self.add_error("relation", _("Say how the person is related to the head."))
        number = said.get("id_no")
        if number and age_on(parse_id_number(number).birth_date, self.today) < GUARDED_AGE:
            if not said.get("head_name"):
                self.add_error("head_name", _("A child under 14 has a guardian: the head."))
            if not said.get("guardian_consent_on"):
                self.add_error("guardian_consent_on", _("The guardian must have agreed first."))
        return said

    def household_facts(self) -> dict[str, Any]:
        """The facts of the household, as `register_household` takes them."""
        said = self.cleaned_data
        person: dict[str, Any] = {
            "name": said["name"],
            "id_no": said["id_no"],
            "phone": said["phone"],
        }
        members = [person | {"relation_to_head": Relation.HEAD}]
        if said["head_name"]:
            person["relation_to_head"] = said["relation"]
            if said["guardian_consent_on"]:
                person |= {"guardian": 0, "guardian_consent_on": said["guardian_consent_on"]}
            head = {
                "name": said["head_name"],
                "id_no": said["head_id_no"],
                "relation_to_head": Relation.HEAD,
            }
            members = [head, person]
        return {
            "address": said["address"],
            "residence_division": said["division"],
            "category": said["category"],
            "relief_type": said["relief_type"],
            "relative_register_flag": said["relative_register_flag"],
            "members": members,
        }

    @property
    def person_at(self) -> int:
        """Where the person to be helped stands among the members: after a head who is named."""
        return 1 if self.cleaned_data["head_name"] else 0

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {name: said[name] for name in ("source", "reason", "urgency", "division", "contact")}

    def refuse(self, refusal: CaseworkError) -> None:
        """Faults of people are told beside the fields in which those people were entered."""
        if isinstance(refusal, Incomplete):
            renamed = {self._field_of(name): words for name, words in refusal.fields.items()}
            refusal = Incomplete(refusal.message, renamed)
        super().refuse(refusal)

    def _field_of(self, name: str) -> str:
        root, _dot, rest = name.partition(".")
        if root == "residence_division":
            return "division"
        if root != "members":
            return name
        place, _dot, field = rest.partition(".")
        is_head = place == "0" and bool(self.cleaned_data.get("head_name"))
        return f"head_{field}" if is_head and f"head_{field}" in self.fields else field


class ImportForm(ActForm):
    """A file of households."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("A workbook (.xlsx) or CSV with Chinese headings, up to 100,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )
    source = choice(
        _("Source of the file"),
        [],
        required=False,
        help_text=_("Nothing chosen: the headings below, or others that mean the same."),
    )

    def prepare(self) -> None:
        kept = ImportMapping.objects.filter(kept_by=self.by)
        offer(self, "source", [(str(row.pk), row.name) for row in kept])

    def headings(self) -> dict[str, str]:
        """What the chosen source calls the columns."""
        chosen = self.cleaned_data.get("source") or "0"
        kept = ImportMapping.objects.filter(kept_by=self.by, pk=int(chosen)).first()
        return dict(kept.headings) if kept else {}


class HeadingsForm(ActForm):
    """For each column of the import the heading that one source gives it."""

    purpose = _(
        "Write beside each column what the file calls it; leave empty what it does not have or "
        "calls the same."
    )

    name = forms.CharField(label=_("Source of the file"), max_length=60)

    def prepare(self) -> None:
        known: dict[str, str] = {}
        if self.subject is not None:
            self.fields["name"].initial = self.subject.name
            known = {title: heading for heading, title in self.subject.headings.items()}
        for column in COLUMNS:
            self.fields[f"column-{column.field}"] = forms.CharField(
                label=column.title, max_length=60, required=False,
                initial=known.get(column.title, ""),
            )  # fmt: skip

    def headings(self) -> dict[str, str]:
        """Heading in the file → column of the import."""
        said = self.cleaned_data
        return {
            said[f"column-{column.field}"].strip(): column.title
            for column in COLUMNS
            if said.get(f"column-{column.field}", "").strip()
        }

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        written = [str(said.get(f"column-{column.field}", "")).strip() for column in COLUMNS]
        named = [heading for heading in written if heading]
        if not named:
            self.add_error(None, _("Write at least one heading."))
        twice = {heading for heading in named if named.count(heading) > 1}
        for heading in sorted(twice):
            self.add_error(None, _("“%(name)s” stands for two columns.") % {"name": heading})
        return said


class ReasonForm(ActForm):
    """Why a file or a number is opened by somebody who does not work on it daily."""

    reason = choice(_("Reason"), ReadingReason.choices)


class FileReasonForm(ActForm):
    """What the whole file is printed for."""

    purpose = _("The printed file holds everything on record. Who printed it, and why, is kept.")

    reason = choice(_("What it is for"), FileReason.choices)

    @property
    def reason_label(self) -> str:
        return str(FileReason(self.cleaned_data["reason"]).label)
