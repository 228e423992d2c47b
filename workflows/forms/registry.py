"""Forms that keep the register right: what is known of a household, who joins it, who leaves it."""

from collections.abc import Iterable
from typing import Any, ClassVar, Final, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.directory.models import Division
from casework.households import codes
from casework.households.models import Member
from casework.lib.identity import InvalidId, parse_id_number
from workflows.forms.base import ActForm, Section, choice, day, given, money, offer
from workflows.forms.people import Choices, member_choices

_LISTS: Final = frozenset({"chronic_diseases"})
_ABILITY: Final = [(level, str(level)) for level in range(5)]


class Words(forms.CharField):
    """Several short entries on one line, parted by 、 or a comma."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, list):
            return value
        text = str(value or "")
        for mark in "，,;；":
            text = text.replace(mark, "、")
        return [part.strip() for part in text.split("、") if part.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "、".join(map(str, value)) if isinstance(value, list) else value


def _id_field(**options: Any) -> forms.CharField:
    return forms.CharField(
        label=_("ID number"),
        max_length=18,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        **options,
    )


class PersonFields(ActForm):
    """What may be known of one person."""

    name = forms.CharField(label=_("Name"), max_length=60)
    id_type = choice(_("Kind of document"), codes.IdType.choices, initial=codes.IdType.RESIDENT)
    id_no = _id_field()
    sex = choice(_("Sex"), codes.Sex.choices, required=False)
    birth_date = day(_("Born on"), required=False)
    relation_to_head = choice(_("Relation to the head"), codes.Relation.choices, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=20, required=False)
    ethnicity = choice(_("Ethnic group"), codes.ETHNICITY_CHOICES, required=False)
    marital = choice(_("Marital status"), codes.Marital.choices, required=False)
    hukou_type = choice(_("Kind of registration"), codes.HukouType.choices, required=False)
    education = choice(_("Education"), codes.Education.choices, required=False)
    in_school = choice(_("Stage of school"), codes.School.choices, required=False)
    school = forms.CharField(label=_("School"), max_length=100, required=False)
    grade = forms.CharField(label=_("Grade at school"), max_length=20, required=False)
    health = choice(_("Health"), codes.Health.choices, required=False)
    chronic_diseases = Words(label=_("Chronic illnesses"), max_length=200, required=False)
    disability_types = forms.MultipleChoiceField(
        label=_("Kinds of disability"),
        choices=codes.DisabilityType.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    disability_grade = choice(_("Disability grade"), codes.DisabilityGrade.choices, required=False)
    ability_level = forms.TypedChoiceField(
        label=_("Ability level"),
        choices=[("", _("Choose…")), *_ABILITY],
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("0 intact to 4 lost, as the assessment says."),
    )
    self_care = choice(_("Self-care"), codes.SelfCare.choices, required=False)
    employment = choice(_("Employment"), codes.Employment.choices, required=False)
    work_capacity = choice(_("Capacity for work"), codes.WorkCapacity.choices, required=False)
    is_dependent = forms.BooleanField(label=_("Dependent"), required=False)
    guardian = choice(_("Guardian"), [], required=False)
    guardian_consent_on = day(
        _("The guardian agreed on"),
        required=False,
        help_text=_("Needed before anything about a child under 14 is kept."),
    )

    person_fields: ClassVar[tuple[str, ...]] = (
        "name", "id_type", "id_no", "sex", "birth_date", "relation_to_head", "phone", "ethnicity",
        "marital", "hukou_type", "education", "in_school", "school", "grade", "health",
        "chronic_diseases", "disability_types", "disability_grade", "ability_level", "self_care",
        "employment", "work_capacity", "is_dependent",
    )  # fmt: skip
    person_sections: ClassVar[tuple[Section, ...]] = (
        Section(
            _("Who the person is"),
            (
                "name", "id_type", "id_no", "sex", "birth_date", "relation_to_head", "phone",
                "ethnicity", "marital", "hukou_type",
            ),
            _("Birth and sex are read from a resident ID number."),
        ),
        Section(_("Guardian"), ("guardian", "guardian_consent_on")),
        Section(
            _("School and work"),
            ("education", "in_school", "school", "grade", "employment", "work_capacity",
             "is_dependent"),
        ),
        Section(
            _("Health"),
            ("health", "chronic_diseases", "disability_types", "disability_grade",
             "ability_level", "self_care"),
        ),
    )  # fmt: skip

    def clean_id_no(self) -> str:
        typed = str(self.cleaned_data["id_no"])
        kind = self.cleaned_data.get("id_type", codes.IdType.RESIDENT)
        if not typed or kind != codes.IdType.RESIDENT:
            return typed
        try:
            return parse_id_number(typed).number
        except InvalidId as fault:
            raise forms.ValidationError(str(fault)) from fault

    def person(self, names: Iterable[str]) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in names}

    def guarding(self) -> dict[str, Any]:
        said = given(self.cleaned_data)
        found: dict[str, Any] = {}
        if "guardian" in said:
            found["guardian"] = int(said["guardian"])
        if "guardian_consent_on" in said:
            found["guardian_consent_on"] = said["guardian_consent_on"]
        return found


class CorrectMember(PersonFields):
    """The whole person as on file; what differs afterwards is the correction."""

    purpose = _("What stood here before is kept, with the reason, the person and the moment.")

    member = forms.CharField(widget=forms.HiddenInput)
    reason = choice(_("Reason of the correction"), codes.CorrectionReason.choices)

    sections = (*PersonFields.person_sections, Section(_("Why"), ("reason",)))

    def prepare(self) -> None:
        self.chosen = self._chosen()
        offer(self, "guardian", _adults(self, besides=self.chosen))
        self.fields["id_no"].help_text = _("Leave empty to keep the number on file.")
        self.fields["member"].initial = str(self.chosen.pk)
        for name in self.person_fields:
            if name != "id_no":
                self.fields[name].initial = getattr(self.chosen, name)
        if self.chosen.guardian_id:
            self.fields["guardian"].initial = str(self.chosen.guardian_id)

    def _chosen(self) -> Member:
        people = self.subject.household.members.select_related("guardian")
        asked = str(self.data.get("member") or self.initial.get("member") or "")
        named = people.filter(pk=int(asked)).first() if asked.isdecimal() else None
        found: Member = (
            named or self.subject.subject_member or people.get(pk=self.subject.household.head_id)
        )
        return found

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        names = [name for name in self.person_fields if name != "id_no" or said["id_no"]]
        told = self.person(names)
        # A new number tells birth and sex anew; what the old one told is not held against it.
        if told.get("id_no") and told["id_no"] != self.chosen.id_no:
            told = {
                name: value for name, value in told.items() if name not in {"birth_date", "sex"}
            }
        changes = {
            name: value for name, value in told.items() if value != getattr(self.chosen, name)
        }
        guarding = self.guarding()
        if guarding.get("guardian") == self.chosen.guardian_id:
            guarding.pop("guardian", None)
        facts = {"member": self.chosen.pk, "reason": said["reason"], "changes": changes}
        return facts | guarding


class AddMember(PersonFields):
    """A person who joins the household."""

    purpose = _("From the day of joining the person counts among those who share the household.")

    joined_on = day(_("Belongs to the household since"))
    reason = choice(_("How the person joined"), codes.JoinReason.choices)

    sections = (Section(_("Joining"), ("reason", "joined_on")), *PersonFields.person_sections)

    def prepare(self) -> None:
        offer(self, "guardian", _adults(self))
        heads = {codes.Relation.HEAD, codes.Relation.SELF}
        relations = [row for row in codes.Relation.choices if row[0] not in heads]
        offer(self, "relation_to_head", relations)
        self.fields["relation_to_head"].required = True

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        person = given(self.person(self.person_fields))
        told = {"person": person, "joined_on": said["joined_on"], "reason": said["reason"]}
        return told | self.guarding()


class RemoveMember(ActForm):
    """A person who no longer shares the household; nothing about them is deleted."""

    purpose = _("The person stays on file, and no longer counts in the size of the household.")

    member = choice(_("Who left"), [])
    reason = choice(_("Reason"), codes.LeaveReason.choices)
    left_on = day(_("Left on"))
    new_head = choice(
        _("Who becomes head"), [], required=False, help_text=_("Only when the head leaves.")
    )

    def prepare(self) -> None:
        present = _present(self)
        helped = self.subject.subject_member
        others = [row for row in present if helped is None or row[0] != str(helped.pk)]
        offer(self, "member", others)
        offer(self, "new_head", _adults(self))

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        numbers = {name: int(said[name]) for name in ("member", "new_head") if name in said}
        return said | numbers


class CorrectHousehold(ActForm):
    """The household as on file; what differs afterwards is the correction."""

    purpose = _("What stood here before is kept, with the reason, the person and the moment.")

    residence_division = choice(_("Community or street of residence"), [])
    address = forms.CharField(label=_("Address"), max_length=200)
    hukou_division = forms.CharField(
        label=_("Registered division"),
        max_length=12,
        required=False,
        help_text=_("Code of the division where the household is registered."),
    )
    category = choice(_("Category"), codes.Category.choices)
    relief_type = choice(_("Relief received"), codes.ReliefType.choices)
    relief_cert_no = forms.CharField(
        label=_("Relief certificate no."), max_length=40, required=False
    )
    housing = choice(_("Dwelling"), codes.Housing.choices, required=False)
    floor_area_m2 = money(_("Floor area (m²)"), required=False)
    vehicles = Words(label=_("Vehicles"), max_length=200, required=False)
    relative_register_flag = forms.BooleanField(
        label=_("Near relative of staff or of the committee"), required=False
    )
    relative_note = forms.CharField(label=_("Which relation"), max_length=200, required=False)
    reason = choice(_("Reason of the correction"), codes.CorrectionReason.choices)

    household_fields: ClassVar[tuple[str, ...]] = (
        "residence_division", "address", "hukou_division", "category", "relief_type",
        "relief_cert_no", "housing", "floor_area_m2", "vehicles", "relative_register_flag",
        "relative_note",
    )  # fmt: skip
    sections = (
        Section(_("Where they live"), ("residence_division", "address", "hukou_division")),
        Section(
            _("How they live"),
            ("category", "relief_type", "relief_cert_no", "housing", "floor_area_m2", "vehicles"),
        ),
        Section(_("Near relatives"), ("relative_register_flag", "relative_note")),
        Section(_("Why"), ("reason",)),
    )

    def prepare(self) -> None:
        offer(self, "residence_division", _places(self))
        for name in self.household_fields:
            self.fields[name].initial = getattr(self.subject.household, name)

    def facts(self) -> dict[str, Any]:
        home = self.subject.household
        changes = {
            name: self.cleaned_data[name]
            for name in self.household_fields
            if self.cleaned_data[name] != getattr(home, name)
        }
        return {"reason": self.cleaned_data["reason"], "changes": changes}


class SplitHousehold(ActForm):
    """Who moves out together, and where they live."""

    purpose = _(
        "Those who move are entered anew in a household of their own, which is referred to the "
        "street at once. The case stays here."
    )

    members = forms.MultipleChoiceField(
        label=_("Who moves"), choices=[], widget=forms.CheckboxSelectMultiple
    )
    head = choice(_("Head of the new household"), [])
    residence_division = choice(_("Community or street of residence"), [])
    address = forms.CharField(label=_("Address"), max_length=200)
    left_on = day(_("Moved out on"))

    def prepare(self) -> None:
        helped, home = self.subject.subject_member, self.subject.household
        fixed = {str(home.head_id), str(helped.pk) if helped else ""}
        offer(self, "head", [row for row in _adults(self) if row[0] not in fixed])
        offered = cast("forms.MultipleChoiceField", self.fields["members"])
        offered.choices = [row for row in _present(self) if row[0] not in fixed]
        offer(self, "residence_division", _places(self))

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        moving = [int(number) for number in self.cleaned_data["members"]]
        return said | {"members": moving, "head": int(said["head"])}


class MergeHousehold(ActForm):
    """Which household joins, by the number of a case of it."""

    purpose = _("Its people are entered here; it stays on file with nobody in it.")

    other = forms.CharField(label=_("Case number of the other household"), max_length=30)
    joined_on = day(_("Moved in on"))


def _places(form: ActForm) -> Choices:
    """The handling street and its communities."""
    near = Division.objects.filter(code__startswith=form.subject.handling_street)
    return [(row.code, str(row)) for row in near.order_by("code")]


def _present(form: ActForm) -> Choices:
    gone = {str(member.pk) for member in form.subject.household.members.all() if not member.shares}
    return [row for row in member_choices(form.subject) if row[0] not in gone]


def _adults(form: ActForm, besides: Member | None = None) -> Choices:
    minors = {
        str(member.pk)
        for member in form.subject.household.members.all()
        if member.is_minor(form.today)
    }
    if besides is not None:
        minors.add(str(besides.pk))
    return [row for row in _present(form) if row[0] not in minors]
