"""The editor of a scheme: its indicators with their rules, its grades and its vetoes."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from evaluation.models import IndicatorScheme, SchemeDraft
from evaluation.scheme_content import MOST_INDICATORS, Content
from evaluation.scoring.desk import MEASURES
from evaluation.states import Grade, RuleKind
from workflows.forms.base import DressedForm, day, with_blank

MEASURE_TITLES = {
    "verification": _("home verification complete"),
    "consent": _("consent on file"),
    "plan_time": _("plan signed in time"),
    "volume": _("done of what was planned"),
    "timeliness": _("share of items in time"),
    "evidence": _("share of records proven"),
    "goals": _("share of items in full"),
    "satisfaction": _("satisfaction"),
}
EMPTY_ROWS = 3


class DrawUpForm(DressedForm):
    """From which scheme a draft begins, and what it is called."""

    base = forms.ModelChoiceField(
        label=_("Begin from"), queryset=IndicatorScheme.objects.none(), empty_label=None
    )
    code = forms.CharField(label=_("Code"), max_length=32)
    title = forms.CharField(label=_("Title"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[IndicatorScheme]", self.fields["base"])
        field.queryset = IndicatorScheme.objects.filter(published_at__isnull=False).order_by(
            "-effective_from"
        )
        self.dress()


class DraftForm(DressedForm):
    """What a scheme is called, from when it holds, its grades and its vetoes."""

    title = forms.CharField(label=_("Title"), max_length=120)
    effective_from = day(_("In force from"), required=False)
    source = forms.CharField(label=_("Decided by (paper)"), max_length=200, required=False)
    vetoes = forms.CharField(
        label=_("Vetoes"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=4000,
        required=False,
        help_text=_("One on each line: the code, a space, the title."),
    )

    def __init__(self, data: Any = None, *, draft: SchemeDraft) -> None:
        content: Content = draft.content
        initial = {
            "title": draft.title,
            "effective_from": draft.effective_from,
            "source": draft.source,
            "vetoes": "\n".join(f"{row['code']} {row['title']}" for row in content["vetoes"]),
            **{f"band_{grade}": minimum for grade, minimum in content["bands"].items()},
        }
        super().__init__(data, initial=initial)
        for grade in Grade:
            self.fields[f"band_{grade.value}"] = forms.DecimalField(
                label=grade.label, min_value=0, max_value=100, decimal_places=1
            )
        self.dress()

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if not field.name.startswith("band_")]

    @property
    def band_fields(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name.startswith("band_")]

    def bands(self) -> dict[str, str]:
        return {grade.value: str(self.cleaned_data[f"band_{grade.value}"]) for grade in Grade}

    def veto_rows(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["vetoes"].splitlines()]
        rows = [line.partition(" ") for line in lines if line]
        return [{"code": code, "title": title.strip()[:120]} for code, _space, title in rows]


class IndicatorRow(DressedForm):
    """One indicator: what it is worth, and how it is judged."""

    code = forms.CharField(label=_("Code"), max_length=8)
    level1_title = forms.CharField(label=_("First level"), max_length=60)
    title = forms.CharField(label=_("Indicator"), max_length=120)
    points = forms.DecimalField(label=_("Points"), min_value=0, max_value=100, decimal_places=1)
    kind = forms.ChoiceField(label=_("Judged"), choices=RuleKind.choices)
    numbers = forms.CharField(label=_("Numbers of the rule"), max_length=120, required=False)
    measure = forms.ChoiceField(
        label=_("Measured of the file"),
        choices=with_blank([(code, MEASURE_TITLES[code]) for code in MEASURES]),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dress()

    def clean_numbers(self) -> str:
        words = str(self.cleaned_data["numbers"]).replace("：", ":").replace("，", " ")
        parts = words.replace(",", " ").split()
        for part in parts:
            for number in part.split(":"):
                try:
                    float(number)
                except ValueError as wrong:
                    raise forms.ValidationError(
                        _("Write numbers with spaces between, steps as 0.8:12.")
                    ) from wrong
        return " ".join(parts)

    def indicator(self) -> dict[str, Any]:
        """The row as a scheme holds it; its first level is the letter of its code."""
        said = self.cleaned_data
        return {
            "code": said["code"],
            "level1": said["code"][:1],
            "level1_title": said["level1_title"],
            "title": said["title"],
            "points": str(said["points"]),
            "rule": rule_of(said["kind"], said["numbers"], said["measure"]),
        }


def rule_of(kind: str, numbers: str, measure: str) -> dict[str, Any]:
    """A rule from what was typed beside its kind."""
    parts = numbers.split()
    rule: dict[str, Any] = {"kind": kind}
    if kind == RuleKind.DEDUCT and parts:
        rule["per"] = float(parts[0])
    elif kind == RuleKind.BAND:
        rule["marks"] = [float(part) for part in parts if ":" not in part]
    elif kind == RuleKind.STEPS:
        pairs = [part.split(":") for part in parts if part.count(":") == 1]
        rule["steps"] = [[float(least), float(worth)] for least, worth in pairs]
    elif kind == RuleKind.RANGE and len(parts) == 2:  # noqa: PLR2004
        rule |= {"cap_when_similarity_from": float(parts[0]), "cap": float(parts[1])}
    return rule | ({"measure": measure} if measure else {})


def numbers_of(rule: dict[str, Any]) -> str:
    """The numbers of a rule as they are typed."""
    kind = rule.get("kind")
    if kind == RuleKind.DEDUCT:
        return f"{rule.get('per', 0):g}"
    if kind == RuleKind.BAND:
        return " ".join(f"{mark:g}" for mark in rule.get("marks", []))
    if kind == RuleKind.STEPS:
        return " ".join(f"{least:g}:{worth:g}" for least, worth in rule.get("steps", []))
    if "cap" in rule:
        return f"{rule['cap_when_similarity_from']:g} {rule['cap']:g}"
    return ""


def row_of(indicator: dict[str, Any]) -> dict[str, Any]:
    """One indicator as its row opens."""
    rule = indicator["rule"]
    return {
        **{name: indicator[name] for name in ("code", "level1_title", "title", "points")},
        "kind": rule.get("kind", ""),
        "numbers": numbers_of(rule),
        "measure": rule.get("measure", ""),
    }


class IndicatorSet(forms.BaseFormSet[IndicatorRow]):
    """The rows of a scheme; a row may be left out of the next."""

    def add_fields(self, form: IndicatorRow, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Leave out")
        form.dress()


IndicatorRows = forms.formset_factory(
    IndicatorRow,
    formset=IndicatorSet,
    extra=EMPTY_ROWS,
    max_num=MOST_INDICATORS,
    absolute_max=MOST_INDICATORS + EMPTY_ROWS,
    can_delete=True,
)
