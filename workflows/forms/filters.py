"""Filters of the lists: they live in the address of the page, but for the words of a search."""

from typing import Any, NamedTuple, cast

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from casework.cases.states import CaseState, Line
from casework.documents.models import DocumentKind
from casework.lib import clock
from casework.staff.models import User
from casework.staff.scope import reach_of
from workflows import searches
from workflows.forms.base import DressedForm
from workflows.lists import URGENCIES
from workflows.pages.tasks import search_hint


class Chip(NamedTuple):
    """One filter in force, and the address without it."""

    label: str
    remove_url: str


class FilterForm(DressedForm):
    """A list's filters, read from the address; the words of a search from the session."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(self, request: HttpRequest) -> None:
        data = request.GET.copy()
        self.token = data.pop(searches.TOKEN, [""])[-1]
        data["q"] = searches.words_of(request)
        super().__init__(data, auto_id="filter_%s")
        self.by = request.user
        self.prepare()
        self.dress()
        # An address that was mistyped filters by what can be read of it.
        self.is_valid()

    def prepare(self) -> None:
        """Fill in choices that depend on the reader."""
        reach = reach_of(cast("User", self.by), clock.today())
        self.fields["q"].widget.attrs["placeholder"] = search_hint(reach)

    def said(self, name: str) -> str:
        """The value of one filter, empty when it is not in force."""
        return str(self.cleaned_data.get(name) or "")

    def chips(self) -> list[Chip]:
        """The filters in force, each with the address that lifts it."""
        found = []
        for name, field in self.fields.items():
            value = self.said(name)
            if not value:
                continue
            words: Any = value
            if isinstance(field, forms.ChoiceField):
                words = dict(field.choices).get(value, value)  # type: ignore[arg-type]
            found.append(Chip(f"{field.label}：{words}", self._without(name)))
        return found

    def _without(self, name: str) -> str:
        rest = self.query()
        rest.pop(searches.TOKEN if name == "q" else name, None)
        return f"?{rest.urlencode()}"

    def query(self) -> QueryDict:
        """The filters in force, without the page number."""
        kept = QueryDict(mutable=True)
        for name in self.fields:
            if not self.said(name):
                continue
            if name == "q":
                kept[searches.TOKEN] = self.token
            else:
                kept[name] = self.said(name)
        return kept


def _any(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", _("All")), *choices])


class WorkFilter(FilterForm):
    whose = _any(_("Whose"), [("mine", _("Taken by me")), ("free", _("Not taken"))])
    urgency = _any(_("How urgent"), [("late", _("Everything overdue")), *URGENCIES.items()])


class CaseFilter(FilterForm):
    state = _any(_("State"), [("open", _("All open")), *CaseState.choices])
    line = _any(_("Line"), Line.choices)
    whose = _any(_("Whose"), [("mine", _("Mine"))])


class OrderFilter(FilterForm):
    late = _any(_("Overdue"), [("yes", _("Only overdue"))])

    def prepare(self) -> None:
        self.fields["q"].widget.attrs["placeholder"] = _("Number or provider")


class DocumentFilter(FilterForm):
    kind = _any(_("Kind"), DocumentKind.choices)

    def prepare(self) -> None:
        self.fields["q"].widget.attrs["placeholder"] = _("Number or title")


class AuditFilter(FilterForm):
    who = forms.CharField(label=_("Account"), required=False, max_length=150)
    kind = forms.CharField(label=_("Act or address"), required=False, max_length=80)
    since = forms.DateField(
        label=_("Since"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def prepare(self) -> None:
        self.fields["q"].widget.attrs["placeholder"] = _("Case or order number")
