"""The form of an act: shape is checked here, law in the operation."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, NamedTuple, cast

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from casework.lib.bounds import FIRST_YEAR, LAST_YEAR, MOST_COUNTED, MOST_MONEY
from casework.lib.errors import CaseworkError, Incomplete
from casework.staff.models import User

MORE_ROWS = 3


class Fault(NamedTuple):
    """One line of the summary above a form, and the field it leads to."""

    text: str
    anchor: str


class Section(NamedTuple):
    """Fields that belong together, under a heading of their own."""

    title: Any
    fields: tuple[str, ...]
    help: Any = ""


class DressedField(forms.BoundField):
    """A field that knows how it is laid out."""

    @property
    def is_check(self) -> bool:
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def is_long(self) -> bool:
        if isinstance(self.form, RowForm) and isinstance(self.field.widget, forms.Textarea):
            return True
        return self.name in getattr(self.form, "long_fields", ())

    @property
    def is_wide(self) -> bool:
        widget = self.field.widget
        if isinstance(widget, forms.Textarea):
            return not isinstance(self.form, RowForm)
        return isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect)

    @property
    def is_optional(self) -> bool:
        """May be left empty whatever else was said."""
        conditional = getattr(self.form, "conditional", ())
        return not self.field.required and self.name not in conditional


class DressedForm(forms.Form):
    """A form in the look of the house."""

    bound_field_class = DressedField
    required_css_class = ""
    use_required_attribute = False

    def dress(self) -> None:
        """Give every input the class its kind has in the stylesheet."""
        for field in self.fields.values():
            field.widget.attrs.setdefault("class", _css_class(field.widget))
            if isinstance(field, forms.DecimalField | forms.IntegerField):
                field.widget.attrs.setdefault("inputmode", "decimal")


def _css_class(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxSelectMultiple | forms.RadioSelect):
        return ""
    if isinstance(widget, forms.CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


def _within_reason(value: date) -> None:
    """Refuse a date that no file of this house can hold: a slip of the hand, or worse."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise forms.ValidationError(
            _("Enter a date between the years %(first)s and %(last)s."),
            params={"first": FIRST_YEAR, "last": LAST_YEAR},
        )


def day(label: Any, **options: Any) -> forms.DateField:
    """A date, entered with the browser's own picker."""
    options.setdefault("validators", [_within_reason])
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def moment(label: Any, **options: Any) -> forms.DateTimeField:
    """A local date and time of day."""
    options.setdefault("validators", [_within_reason])
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    return forms.DateTimeField(label=label, widget=widget, input_formats=formats, **options)


def count(label: Any, **options: Any) -> forms.IntegerField:
    """A whole number, within what can be counted."""
    options.setdefault("max_value", MOST_COUNTED)
    return forms.IntegerField(label=label, **options)


def money(label: Any, **options: Any) -> forms.DecimalField:
    """An amount in yuan, to the fen."""
    return forms.DecimalField(
        label=label, min_value=0, max_value=MOST_MONEY - 1, decimal_places=2, **options
    )


def long_text(label: Any, **options: Any) -> forms.CharField:
    """Several sentences."""
    options.setdefault("max_length", 2000)
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3}), **options)


def with_blank(choices: Sequence[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """A list of choices in which nothing is chosen yet."""
    return [("", _("Choose…")), *choices]


def choice(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    """One of a code list, nothing chosen beforehand."""
    return forms.ChoiceField(label=label, choices=with_blank(list(choices)), **options)


def offer(form: forms.Form, name: str, choices: Sequence[tuple[Any, Any]]) -> None:
    """Put choices that depend on the subject into a field made by `choice`."""
    cast("forms.ChoiceField", form.fields[name]).choices = with_blank(choices)


class RowForm(DressedForm):
    """One line of a list within an act; a line left blank does not count."""

    row_title: Any = ""

    def __init__(self, *args: Any, act_form: "ActForm", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.act_form = act_form
        self.prepare()
        self.dress()

    def prepare(self) -> None:
        """Fill in choices that depend on the subject of the act."""

    @property
    def is_blank(self) -> bool:
        return not self.is_bound and not self.initial

    def facts(self) -> dict[str, Any]:
        """What this line says, without what was left empty."""
        return given(self.cleaned_data)


class RowFormSet(forms.BaseFormSet[RowForm]):
    """The lines of one list."""

    def filled(self) -> list[RowForm]:
        """The lines that say something."""
        return [row for row in self.forms if hasattr(row, "cleaned_data") and self._counts(row)]

    def _counts(self, row: RowForm) -> bool:
        if not self.can_delete:
            return row.has_changed()
        # Lines that stood there already hold unless they are taken out.
        stood = not row.empty_permitted
        left_out = bool(row.cleaned_data.get("DELETE"))
        return not left_out and (stood or row.has_changed())

    def add_fields(self, form: RowForm, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Leave this out of the new version")
            form.dress()


@dataclass(frozen=True)
class RowSpec:
    """A list that an act asks for: a title, the form of a line, and how many lines are shown."""

    name: str
    title: Any
    form: type[RowForm]
    help: Any = ""
    shown: int = 2
    minimum: int = 0
    too_few: Any = _("Fill in at least one row.")
    initial: Callable[["ActForm"], list[dict[str, Any]]] | None = None
    may_grow: bool = True
    goes_on: bool = False


class Rows:
    """A list of an act as the page shows it."""

    def __init__(self, spec: RowSpec, form: "ActForm", data: Mapping[str, Any] | None) -> None:
        self.spec = spec
        self.name = spec.name
        self.title = spec.title
        self.help = spec.help
        self.may_grow = spec.may_grow
        self.faults: list[str] = []
        initial = spec.initial(form) if spec.initial else None
        factory = forms.formset_factory(
            spec.form,
            formset=RowFormSet,
            extra=spec.shown,
            max_num=60,
            absolute_max=60,
            can_delete=spec.goes_on,
            can_delete_extra=False,
        )
        self.formset = cast(
            "RowFormSet",
            factory(data, prefix=spec.name, initial=initial, form_kwargs={"act_form": form}),
        )

    def is_valid(self) -> bool:
        """Every filled line is well formed, and there are enough of them."""
        sound = self.formset.is_valid()
        self.faults = [str(fault) for fault in self.formset.non_form_errors()]
        if sound and len(self.formset.filled()) < self.spec.minimum:
            self.faults.append(str(self.spec.too_few))
        return sound and not self.faults

    def facts(self) -> list[dict[str, Any]]:
        return [row.facts() for row in self.formset.filled()]


class ActForm(DressedForm):
    """What a person enters to perform one act, and the facts it comes to."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)

    purpose: ClassVar[Any] = ""
    sections: ClassVar[tuple[Section, ...]] = ()
    row_specs: ClassVar[tuple[RowSpec, ...]] = ()

    def __init__(
        self,
        data: QueryDict | None = None,
        files: Any = None,
        *,
        subject: Any,
        by: User,
        on: date,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, files, initial={"key": uuid.uuid4().hex, **(initial or {})})
        self.subject = subject
        self.by = by
        self.today = on
        self.prepare()
        self.row_sets = [Rows(spec, self, data) for spec in self.row_specs]
        self.dress()

    def prepare(self) -> None:
        """Fill in choices and first values that depend on the subject."""

    def starting_points(self) -> list[tuple[str, str]]:
        """Names and queries under which the form opens filled in otherwise."""
        return []

    def rows(self, name: str) -> Rows:
        return next(rows for rows in self.row_sets if rows.name == name)

    def is_valid(self) -> bool:
        own = super().is_valid()
        lists = [rows.is_valid() for rows in self.row_sets]
        return own and all(lists)

    @property
    def submission_key(self) -> str:
        return str(self.cleaned_data["key"])

    def facts(self) -> dict[str, Any]:
        """The keyword facts of the act."""
        plain = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return given(plain) | {rows.name: rows.facts() for rows in self.row_sets}

    def refuse(self, refusal: CaseworkError) -> None:
        """Show why the act was refused, beside the fields it names."""
        named = refusal.fields if isinstance(refusal, Incomplete) else {}
        lists = {rows.name: rows for rows in self.row_sets}
        for name, words in named.items():
            root = name.split(".")[0].split("[")[0]
            if root in self.fields:
                self.add_error(root, words)
            elif root in lists:
                lists[root].faults.append(words)
        placed = {name.split(".")[0].split("[")[0] for name in named} & {*self.fields, *lists}
        if not placed or str(refusal.message) not in {str(words) for words in named.values()}:
            self.add_error(None, refusal.message)

    def hold_judgement(self) -> None:
        """Keep what was typed without finding fault: only more rows were asked for."""
        self._errors = ErrorDict()
        for rows in self.row_sets:
            for row in rows.formset.forms:
                row._errors = ErrorDict()  # type: ignore[attr-defined]

    @property
    def faults(self) -> list[Fault]:
        """Every fault of the form, in the order of the page."""
        if not self.is_bound:
            return []
        found = [Fault(str(words), "") for words in self.non_field_errors()]
        found += _faults(self)
        for rows in self.row_sets:
            place = f"rows-{rows.name}"
            found += [Fault(labelled(rows.title, fault), place) for fault in rows.faults]
            for number, row in enumerate(rows.formset.forms, start=1):
                lead = f"{rows.title} {number} · "
                found += [Fault(lead + text, anchor) for text, anchor in _faults(row)]
                found += [Fault(lead + str(text), place) for text in row.non_field_errors()]
        return found

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """The visible fields under their headings; those without one come first."""
        titled = {name for section in self.sections for name in section.fields}
        rest = [field for field in self.visible_fields() if field.name not in titled]
        found: list[dict[str, Any]] = [{"title": "", "help": "", "fields": rest}] if rest else []
        for section in self.sections:
            fields = [self[name] for name in section.fields if name in self.fields]
            found.append({"title": section.title, "help": section.help, "fields": fields})
        return found


def _faults(form: DressedForm) -> list[Fault]:
    return [
        Fault(labelled(field.label, *field.errors), _anchor(field))
        for field in form.visible_fields()
        if field.errors
    ]


def labelled(label: Any, *words: Any) -> str:
    """A label and what is said of it."""
    return str(label) + pgettext("label", ": ") + " ".join(map(str, words))


def _anchor(field: forms.BoundField) -> str:
    return f"field-{field.auto_id}" if field.use_fieldset else field.id_for_label


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was said; an empty box says nothing, an unticked one says no."""
    return {
        name: value
        for name, value in values.items()
        if name != "DELETE" and value not in (None, "")
    }


def grown(data: QueryDict, name: str) -> QueryDict:
    """The posted form with more blank rows in one of its lists."""
    copy = data.copy()
    total = f"{name}-TOTAL_FORMS"
    shown = copy.get(total, "")
    if shown.isdigit():
        copy[total] = str(min(int(shown) + MORE_ROWS, 60))
    return copy
