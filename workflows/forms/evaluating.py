"""Forms of evaluation: assignment and the score sheet."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from casework.staff.scope import reach_of
from evaluation.models import Indicator
from evaluation.scheme import SchemeRules, finding_codes_on, rules_of, scheme_on
from evaluation.scoring.desk import Suggested, desk_review
from evaluation.scoring.models import ScoreSheet
from evaluation.scoring.operations.results import indicators_to_rescore
from evaluation.scoring.queries import latest_sheet
from workflows.deadlines import plan_days_late
from workflows.forms.base import ActForm, RowForm, RowSpec, choice, long_text, offer
from workflows.forms.people import evaluator_choices


class AssignEvaluator(ActForm):
    purpose = _(
        "An evaluator sees the case only within the window, and has no tie to the street or the "
        "provider."
    )

    evaluator = choice(_("Evaluator"), [])

    def prepare(self) -> None:
        bodies = reach_of(self.by, self.today).organisations("LE", "EV")
        offer(self, "evaluator", evaluator_choices(bodies, self.today))

    def facts(self) -> dict[str, Any]:
        return {"evaluator": int(self.cleaned_data["evaluator"])}


class AssignSecond(AssignEvaluator):
    purpose = _(
        "Somebody else scores the case without knowing the first score. Until then the result "
        "cannot be confirmed."
    )


class FindingRow(RowForm):
    row_title = _("Finding")

    code = choice(_("Kind"), [])
    indicator = choice(_("Indicator"), [])
    description = forms.CharField(
        label=_("What is wrong"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    evidence = forms.CharField(
        label=_("Evidence"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def prepare(self) -> None:
        codes = finding_codes_on(self.act_form.subject.rule_date).values()
        offer(self, "code", [(row.code, f"{row.code} {row.title}") for row in codes])
        asked = cast("ScoresForm", self.act_form).asked
        offer(self, "indicator", [(row.code, f"{row.code} {row.title}") for row in asked])


@dataclass(frozen=True)
class ScoreRow:
    """One indicator on the sheet: what it is worth, how it is judged, and its inputs."""

    code: str
    title: str
    cap: str
    rubric: str
    points: forms.BoundField
    na: forms.BoundField
    evidence: forms.BoundField
    said: tuple[str, ...] = ()
    # What the file says by itself.
    measured: str = ""

    @property
    def wrong(self) -> bool:
        return bool(self.points.errors or self.evidence.errors)


class ScoresForm(ActForm):
    """A sheet of every indicator of the scheme, grouped as the scheme groups them."""

    veto = forms.MultipleChoiceField(
        label=_("Vetoes"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Any one of these makes the grade poor whatever the points."),
    )

    row_specs: ClassVar[tuple[RowSpec, ...]] = (
        RowSpec(
            "findings",
            _("Findings"),
            FindingRow,
            help=_("Each finding names what shows it. Serious ones lead to a rectification."),
            shown=2,
        ),
    )

    def prepare(self) -> None:
        scheme = self.scheme = scheme_on(self.subject.rule_date)
        self.asked = self.indicators(list(scheme.indicators.all()))
        self.worth = {row.code: row.points for row in self.asked}
        vetoes = [(row.code, row.title) for row in scheme.vetoes.all()]
        if "veto" in self.fields:
            self.fields["veto"].choices = vetoes  # type: ignore[attr-defined]
        for row in self.asked:
            self._ask(row)
        self.suggested = self.suggestions(rules_of(scheme))
        for code, one in self.suggested.items():
            self._fill_in(code, one)

    def suggestions(self, rules: SchemeRules) -> dict[str, Suggested]:
        """What the file says by itself, filled in before the evaluator looks."""
        return desk_review(rules, self.subject, plan_days_late(self.subject))

    def _fill_in(self, code: str, one: Suggested) -> None:
        points = self.fields.get(f"points_{code}")
        if points is None:
            return
        points.initial = one.points.normalize()
        if one.points < self.worth[code]:
            self.fields[f"evidence_{code}"].initial = one.words

    def indicators(self, rows: list[Indicator]) -> list[Indicator]:
        """The indicators this sheet asks for."""
        return rows

    def _ask(self, row: Indicator) -> None:
        cap = f"{row.points.normalize():f}"
        self.fields[f"points_{row.code}"] = forms.DecimalField(
            label=f"{row.code} {row.title}",
            min_value=0,
            max_value=row.points,
            decimal_places=2,
            required=False,
            widget=forms.NumberInput(
                attrs={"data-cap": cap, "step": "0.01", "aria-describedby": f"rule-{row.code}"}
            ),
        )
        self.fields[f"na_{row.code}"] = forms.BooleanField(
            label=_("does not apply"), required=False
        )
        self.fields[f"evidence_{row.code}"] = forms.CharField(
            label=f"{row.code} {row.title}", max_length=300, required=False
        )

    def clean(self) -> dict[str, Any]:
        said = dict(super().clean() or {})
        for row in self.asked:
            points = said.get(f"points_{row.code}")
            if said.get(f"na_{row.code}") or f"points_{row.code}" in self.errors:
                continue
            if points is None:
                self.add_error(f"points_{row.code}", _("Give points, or mark as not applying."))
            elif points < row.points and not said.get(f"evidence_{row.code}"):
                self.add_error(
                    f"evidence_{row.code}", _("Points are taken off: say what shows it.")
                )
        return said

    def facts(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "points": {row.code: self._points(row.code) for row in self.asked},
            "evidence": {
                row.code: said[f"evidence_{row.code}"]
                for row in self.asked
                if said[f"evidence_{row.code}"]
            },
            "findings": self.rows("findings").facts() if self.row_sets else [],
            "veto": said.get("veto", []),
        }

    def _points(self, code: str) -> Decimal | None:
        said = self.cleaned_data
        points: Decimal | None = said[f"points_{code}"]
        return None if said[f"na_{code}"] else points

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The sheet as the page shows it: first-level headings with their indicators."""
        found: dict[str, dict[str, Any]] = {}
        for row in self.asked:
            part = found.setdefault(
                row.level1,
                {"code": row.level1, "title": row.level1_title, "points": Decimal(0), "rows": []},
            )
            part["points"] += row.points
            part["rows"].append(self._row(row))
        for part in found.values():
            part["points"] = f"{part['points'].normalize():f}"
        return list(found.values())

    def _row(self, row: Indicator) -> ScoreRow:
        return ScoreRow(
            code=row.code,
            title=row.title,
            cap=f"{row.points.normalize():f}",
            rubric=rubric_of(row),
            points=self[f"points_{row.code}"],
            na=self[f"na_{row.code}"],
            evidence=self[f"evidence_{row.code}"],
            said=self.said_of(row.code),
            measured=one.words if (one := self.suggested.get(row.code)) else "",
        )

    def said_of(self, code: str) -> tuple[str, ...]:
        """What others said of an indicator, where the form shows it."""
        return ()


class SecondScores(ScoresForm):
    """The second score: points alone; what has to be put right is said elsewhere."""

    row_specs = ()

    def facts(self) -> dict[str, Any]:
        return {name: fact for name, fact in super().facts().items() if name != "findings"}


class SettleScores(ScoresForm):
    """Both scores side by side; what the two agree on is filled in."""

    reason = long_text(_("Why it is settled so"), max_length=1000)

    def prepare(self) -> None:
        sheets = self.subject.sheets.select_related("evaluator")
        self.two = list(sheets.filter(kind__in=("FIRST", "SECOND")).order_by("kind"))
        super().prepare()
        for row in self.asked:
            given = [sheet.points.get(row.code) for sheet in self.two]
            if given and len(set(given)) == 1:
                self.fields[f"points_{row.code}"].initial = given[0]
                self.fields[f"na_{row.code}"].initial = given[0] is None

    def suggestions(self, rules: SchemeRules) -> dict[str, Suggested]:
        # Two people have looked: what they say stands here.
        return {}

    def said_of(self, code: str) -> tuple[str, ...]:
        return tuple(_said(sheet, code) for sheet in self.two)

    def facts(self) -> dict[str, Any]:
        return {**super().facts(), "reason": self.cleaned_data["reason"]}


def _said(sheet: ScoreSheet, code: str) -> str:
    """One evaluator's points and evidence for an indicator."""
    points = sheet.points.get(code)
    words = _("does not apply") if points is None else f"{points:g}"
    why = str((sheet.deductions.get(code) or {}).get("evidence", ""))
    return " · ".join(filter(None, [f"{sheet.evaluator} {words}", why]))


class Rescore(ScoresForm):
    """Only what the findings touched is judged again; the earlier sheet keeps standing."""

    def suggestions(self, rules: SchemeRules) -> dict[str, Suggested]:
        # The file as it was at the end of the help; what was put right lies in the reports.
        return {}

    veto = None  # type: ignore[assignment]
    row_specs = ()

    def indicators(self, rows: list[Indicator]) -> list[Indicator]:
        sheet = latest_sheet(self.subject)
        asked = indicators_to_rescore(self.subject, sheet) if sheet else set()
        return [row for row in rows if row.code in asked]

    def facts(self) -> dict[str, Any]:
        said = super().facts()
        return {"points": said["points"], "evidence": said["evidence"]}


def rubric_of(row: Indicator) -> str:
    """How an indicator is judged, in one sentence."""
    rule = row.rule
    words = {
        "binary": _("All points or none."),
        "deduct": _("Take off %(per)s for each fault."),
        "range": _("Judged within the range."),
        "band": _("One of: %(marks)s."),
        "share": _("Share reached, times the points."),
        "steps": _("By steps: %(steps)s."),
    }
    steps = "; ".join(f"≥ {float(least):.0%}: {worth}" for least, worth in rule.get("steps", []))
    marks = " / ".join(str(mark) for mark in rule.get("marks", []))
    return str(words.get(rule.get("kind", ""), "")) % {
        "per": rule.get("per", ""),
        "marks": marks,
        "steps": steps,
    }
