"""What a played scenario says: whether it holds, and how everything stands at its end."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.documents.models import Document
from casework.ledger import figures
from casework.ledger.weeks import week_of
from workflows.models import Deadline
from workflows.replay.compare import Difference
from workflows.replay.world import World


@dataclass(frozen=True)
class Report:
    """The outcome of one scenario."""

    id: str
    title: str
    failures: list[Difference]
    texts: list[str]
    cases: list[dict[str, Any]]
    figures: dict[str, Any]
    documents: list[dict[str, Any]]

    @property
    def holds(self) -> bool:
        return not self.failures

    def as_json(self) -> dict[str, Any]:
        """The scenario's part of the command's answer."""
        return {
            "id": self.id,
            "holds": self.holds,
            "failures": self.texts,
            "cases": self.cases,
            "figures": self.figures,
            "documents": self.documents,
        }


def report_on(world: World, failures: list[Difference]) -> Report:
    """Read the end of a scenario while its world still stands."""
    return Report(
        id=world.scenario.id,
        title=world.scenario.title,
        failures=failures,
        texts=[told(world, failure) for failure in failures],
        cases=[_case(ref, HelpCase.objects.get(pk=number)) for ref, number in world.cases.items()],
        figures=_figures(world),
        documents=[
            {
                "kind": row.kind,
                "number": row.number,
                "title": row.title,
                "state": row.state,
                "pages": row.pages,
            }
            for row in Document.objects.order_by("issued_at", "pk")
        ],
    )


def told(world: World, failure: Difference) -> str:
    """A failure as a sentence with its line and place."""
    source = world.scenario.source
    place = ".".join(str(part) for part in failure.place)
    act = ""
    if len(failure.place) > 1 and failure.place[0] == "steps":
        step = source.content["steps"][failure.place[1]]
        act = f" ({step['at']} {step['act']})"
    return _("line %(line)s: %(place)s: %(problem)s") % {
        "line": source.line(failure.place),
        "place": place + act,
        "problem": failure.text,
    }


def _case(ref: str, case: HelpCase) -> dict[str, Any]:
    due = Deadline.objects.filter(
        subject_type="case", subject_id=case.pk, met_on__isnull=True, dropped_on__isnull=True
    ).order_by("due_on", "kind")
    return {
        "ref": ref,
        "case_no": case.case_no,
        "state": case.state,
        "hold": case.hold,
        "due": [{"kind": row.kind, "on": row.due_on.isoformat()} for row in due],
        "lines": dict(case.lines.values_list("line", "state")),
    }


def _figures(world: World) -> dict[str, Any]:
    """Every figure at the end, by figure, then district, then line where it has one."""
    table: dict[str, Any] = {}
    cells = figures.cells(week_of(world.moment))
    for (figure, district, line), cell in sorted(cells.items()):
        place = table.setdefault(figure, {}).setdefault(district, {})
        place[line or "all"] = _number(cell.closing)
    return table


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
