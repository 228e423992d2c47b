"""An order at each stage of its way, by the dates of FX06."""

from typing import Any

from casework.cases.models import HelpCase
from casework.cases.states import CaseState
from evaluation.rectification.models import RectificationOrder
from evaluation.rectification.operations import (
    confirm_receipt,
    issue_order,
    issue_second_notice,
    recheck,
    report_items,
)
from evaluation.scoring.operations import assign_evaluator, confirm_result, submit_scores
from tests.evaluation.conftest import Cast
from tests.evaluation.world import FAIR_POINTS, FINDINGS, REPORT, act, case_of

ALL_ITEMS = ("F03", "F04", "F07", "F07-2", "F08")


def confirmed(
    cast: Cast, number: int = 1, findings: list[dict[str, str]] = FINDINGS, **fields: Any
) -> HelpCase:
    """A case with a fair result that a supervisor has confirmed on 3 August."""
    case = case_of(number, state=CaseState.EVALUATING, caseworker=cast.caseworker, **fields)
    act(assign_evaluator, case, by=cast.lead, at="2018-08-01", evaluator=cast.first)
    act(submit_scores, case, by=cast.first, at="2018-08-02", points=FAIR_POINTS, findings=findings)
    act(confirm_result, case, by=cast.supervisor, at="2018-08-03")
    return case


def issued(
    cast: Cast, case: HelpCase | None = None, at: str = "2018-08-06", **facts: Any
) -> RectificationOrder:
    answer, _books = act(issue_order, case or confirmed(cast), by=cast.supervisor, at=at, **facts)
    return RectificationOrder.objects.get(pk=answer["order"])


def received(cast: Cast, at: str = "2018-08-06 15:00", **facts: Any) -> RectificationOrder:
    order = issued(cast, at=at[:10], **facts)
    act(confirm_receipt, order, by=cast.provider, at=at, received_on=at[:10])
    return order


def reported(cast: Cast) -> RectificationOrder:
    """F08 comes early, the rest on 24 August."""
    order = received(cast)
    report(cast, order, "2018-08-17", "F08")
    report(cast, order, "2018-08-24", "F03", "F04", "F07", "F07-2")
    return order


def report(cast: Cast, order: RectificationOrder, at: str, *names: str) -> dict[str, Any]:
    values, _books = act(
        report_items, order, by=cast.provider, at=at,
        items=[{"item": name, **REPORT} for name in names],
    )  # fmt: skip
    return values


def rechecked(cast: Cast, *failed: str) -> RectificationOrder:
    order = reported(cast)
    judge(
        cast, order, "2018-08-29", dict.fromkeys(ALL_ITEMS, "PASS") | dict.fromkeys(failed, "FAIL")
    )
    return order


def judge(cast: Cast, order: RectificationOrder, at: str, verdicts: dict[str, str]) -> None:
    act(
        recheck, order, by=cast.second, at=at, verdicts=verdicts, method="DOOR", second="复核员",
        reasons={name: "仍不符合要求" for name, said in verdicts.items() if said == "FAIL"},
    )  # fmt: skip


def second_round(cast: Cast) -> RectificationOrder:
    """F04 and F07 failed; the second notice is received on 30 August."""
    order = rechecked(cast, "F04", "F07")
    act(issue_second_notice, order, by=cast.supervisor, at="2018-08-30")
    act(confirm_receipt, order, by=cast.provider, at="2018-08-30 15:00", received_on="2018-08-30")
    return order
