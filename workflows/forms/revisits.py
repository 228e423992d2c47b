"""Forms of asking again after the help: who asks, attempts, and the script with its answers."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from casework.cases.queries import items_in_force
from casework.staff.scope import reach_of
from evaluation.scoring.models import Revisit, rating_title
from evaluation.scoring.operations.revisits import outcomes_of
from evaluation.scoring.queries import evaluator_body, open_revisits
from evaluation.scoring.states import RATINGS, NeutralFact, Received, RevisitMode, RevisitState
from workflows.forms.base import ActForm, Section, choice, long_text, moment, offer
from workflows.forms.people import evaluator_choices

_YES_NO = [("yes", _("Yes")), ("no", _("No"))]
_RATED = [(n, n) for n in range(5, 0, -1)]
_DOOR_ONLY = ("companion", "guardian_present", "device_works")


def yes_or_no(label: Any, **options: Any) -> forms.TypedChoiceField:
    """A question that is asked aloud: neither answer is taken for granted."""
    return forms.TypedChoiceField(
        label=label,
        choices=_YES_NO,
        coerce=lambda said: said == "yes",
        empty_value=None,
        widget=forms.RadioSelect,
        **options,
    )


class OfRevisit(ActForm):
    """A form about one of the re-visits of a case that are still to be made."""

    revisit = choice(_("Re-visit"), [])

    def prepare(self) -> None:
        self.choices = list(self.selected())
        offer(self, "revisit", [(str(row.pk), row.get_mode_display()) for row in self.choices])
        if len(self.choices) == 1:
            self.fields["revisit"].initial = str(self.choices[0].pk)
            self.fields["revisit"].widget = forms.HiddenInput()

    def selected(self) -> QuerySet[Revisit]:
        """The re-visits the person may choose among."""
        return open_revisits(self.subject)

    @property
    def chosen(self) -> Revisit | None:
        """The re-visit the form is about: as posted, as linked, or the only one."""
        said = self.data.get("revisit") if self.is_bound else self.initial.get("revisit")
        named = [row for row in self.choices if str(row.pk) == str(said)]
        return next(iter(named or self.choices), None)

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "revisit": int(self.cleaned_data["revisit"])}


class AssignRevisit(OfRevisit):
    purpose = _("Whoever asks has no tie to the street or the provider; the window is usual.")

    evaluator = choice(_("Evaluator"), [])

    def prepare(self) -> None:
        super().prepare()
        bodies = reach_of(self.by, self.today).organisations("LE", "EV")
        offer(self, "evaluator", evaluator_choices(bodies, self.today))

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "evaluator": int(self.cleaned_data["evaluator"])}


class _Assigned(OfRevisit):
    def selected(self) -> QuerySet[Revisit]:
        return super().selected().filter(state=RevisitState.ASSIGNED)


class RecordRevisitAttempt(_Assigned):
    purpose = _(
        "Attempts at different hours on at least two days are needed before a household counts as "
        "not reached; a door visit then takes the place of the call."
    )

    made_at = moment(_("When"))
    outcome = choice(_("How it went"), [])

    def prepare(self) -> None:
        super().prepare()
        mode = self.chosen.mode if self.chosen else RevisitMode.PHONE
        offer(self, "outcome", [(said.value, said.label) for said in outcomes_of(mode)])


class RecordRevisit(_Assigned):
    """The script of a re-visit: who answers, what was received, how satisfied they are."""

    identity = forms.MultipleChoiceField(
        label=_("The one who answers knows"),
        choices=NeutralFact.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Two neutral facts at least. Never read out an ID number."),
    )
    money_asked = yes_or_no(_("Did anybody ask for money?"))
    wish = long_text(_("What they wish for"), required=False, max_length=1000)
    allows_door = yes_or_no(_("May somebody come to the door?"), required=False)
    companion = choice(_("Second evaluator"), [], required=False)
    guardian_present = yes_or_no(_("Was a guardian present?"), required=False)
    device_works = yes_or_no(_("Does the device or the alteration work?"), required=False)

    conditional = ("companion", "guardian_present")

    def prepare(self) -> None:
        super().prepare()
        self.items = list(items_in_force(self.subject))
        for item in self.items:
            self.fields[f"received_{item.pk}"] = forms.ChoiceField(
                label=f"{item.service.name} × {item.qty_done:g} {item.unit}",
                choices=Received.choices,
                widget=forms.RadioSelect,
            )
        for name in RATINGS:
            self.fields[f"rating_{name}"] = forms.TypedChoiceField(
                label=rating_title(name),
                choices=[*_RATED, ("", _("Would not say"))],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
        self._of_mode()

    def _of_mode(self) -> None:
        row = self.chosen
        if row is None or row.mode == RevisitMode.PHONE:
            for name in _DOOR_ONLY:
                del self.fields[name]
            return
        del self.fields["allows_door"]
        body = evaluator_body(self.by, self.today)
        known = evaluator_choices([body.pk] if body else [], self.today)
        offer(self, "companion", [one for one in known if one[0] != str(self.by.pk)])

    @property
    def sections(self) -> tuple[Section, ...]:  # type: ignore[override]
        """The order in which the questions are asked."""
        received = tuple(f"received_{item.pk}" for item in self.items)
        parts = (
            (_("Who answers"), ("revisit", "identity", *_DOOR_ONLY[:2])),
            (_("What was received"), (*received, "device_works", "money_asked")),
            (_("How satisfied they are"), tuple(f"rating_{name}" for name in RATINGS)),
            (_("At the end"), ("wish", "allows_door")),
        )
        return tuple(
            Section(title, tuple(name for name in names if self._is_asked(name)))
            for title, names in parts
        )

    def _is_asked(self, name: str) -> bool:
        return name in self.fields and not self.fields[name].widget.is_hidden

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        plain = {
            name: said[name]
            for name in ("wish", "allows_door", "guardian_present", "device_works")
            if said.get(name) not in (None, "")
        }
        if said.get("companion"):
            plain["companion"] = int(said["companion"])
        return {
            **plain,
            "revisit": int(said["revisit"]),
            "identity": said["identity"],
            "money_asked": said["money_asked"],
            "received": {str(item.pk): said[f"received_{item.pk}"] for item in self.items},
            "ratings": {name: said[f"rating_{name}"] for name in RATINGS},
        }
