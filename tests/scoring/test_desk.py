"""The desk review: what the file says by itself, and the points that suggests."""

from decimal import Decimal
from typing import Any

import pytest

from casework.cases.models import HelpCase, PlanItem, ServiceRecord, Verification, Verifier
from casework.households.models import Consent
from evaluation.scheme import rules_of, scheme_on
from evaluation.scoring.desk import desk_review
from evaluation.scoring.models import Revisit, SampleDraw
from tests.evaluation.conftest import Cast
from tests.evaluation.world import EVALUATOR, body, case_of, on
from tests.walk import Walk
from workflows.forms.evaluating import ScoresForm

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(cast: Cast) -> HelpCase:
    made = case_of(1)
    made.help_started_on = on("2018-05-20").date()
    made.save()
    return made


def suggested(case: HelpCase, late: int | None = 0) -> dict[str, tuple[str, str]]:
    rules = rules_of(scheme_on(case.rule_date))
    return {
        code: (f"{one.points.normalize():f}", one.words)
        for code, one in desk_review(rules, case, late).items()
    }


def test_what_is_missing_of_a_verification_takes_two_points_each(case: HelpCase) -> None:
    assert "A2" not in suggested(case)
    row = Verification.objects.create(case=case, round=1, member_signed=True, photos=1)
    Verifier.objects.create(verification=row, name="核一", unit="STREET")
    assert suggested(case)["A2"][0] == "2"
    Verifier.objects.create(verification=row, name="核二", unit="STREET")
    Verification.objects.update(verifiers_signed=True)
    assert suggested(case)["A2"][0] == "6"


def test_a_consent_given_after_the_help_began_does_not_count(case: HelpCase) -> None:
    assert suggested(case)["A3"][0] == "0"
    consent = Consent.objects.create(
        household=case.household, purpose="SHARE_PROVIDER", given_on="2018-05-21", basis="CONSENT"
    )
    assert suggested(case)["A3"][0] == "0"
    Consent.objects.filter(pk=consent.pk).update(given_on="2018-05-20")
    assert suggested(case)["A3"][0] == "4"


@pytest.mark.parametrize(("late", "points"), [(0, "4"), (1, "2"), (5, "2"), (6, "0")])
def test_a_late_plan_earns_half_and_then_nothing(case: HelpCase, late: int, points: str) -> None:
    assert suggested(case, late)["B3"][0] == points
    assert "B3" not in suggested(case, None)


@pytest.mark.parametrize(
    ("done", "points"), [(8, "12"), (9, "12"), (7, "8"), (6, "4"), (5, "4"), (4, "0")]
)
def test_volume_by_the_steps_of_the_scheme(case: HelpCase, done: int, points: str) -> None:
    PlanItem.objects.update(qty_done=min(done, 8))
    assert suggested(case)["C1"][0] == points
    assert suggested(case)["E1"][0] == ("10" if done >= 8 else "0")


def test_an_item_given_in_full_too_late_is_not_in_time(case: HelpCase) -> None:
    assert suggested(case)["C2"][0] == "6"
    PlanItem.objects.update(ended_on="2018-07-21", status="DONE")
    assert suggested(case)["C2"][0] == "0"


def test_records_without_their_evidence_are_not_proven(case: HelpCase, cast: Cast) -> None:
    item = PlanItem.objects.select_related("service").get()
    full = [wanted.split("|")[0] for wanted in item.service.evidence]
    for day, evidence in (("2018-06-01", full), ("2018-06-08", [])):
        ServiceRecord.objects.create(
            case=case, item=item, provider=item.provider, served_on=day, evidence=evidence,
            recorded_by=cast.provider, recorded_at=on("2018-06-09"),
        )  # fmt: skip
    assert suggested(case)["C4"] == ("4", "1 / 2 条服务记录证据齐全")


def test_what_was_said_when_asked_again_comes_first(case: HelpCase, cast: Cast) -> None:
    assert "E2" not in suggested(case)
    case.satisfaction = 4
    case.save()
    assert suggested(case)["E2"][0] == "4.8"
    draw = SampleDraw.objects.create(
        month="2018-07", district_id="110112", seed=1, population=1, size=1,
        drawn_at=on("2018-08-01"),
    )  # fmt: skip
    Revisit.objects.create(
        case=case, draw=draw, mode="PHONE", state="DONE", evaluator=cast.first,
        organisation=body(EVALUATOR), ended_at=on("2018-08-03"), overall=3, attitude=2,
    )  # fmt: skip
    assert suggested(case)["E2"][0] == "3"


def test_the_form_opens_filled_in_and_takes_what_is_typed() -> None:
    walk = Walk.upto("assign")
    form: Any = ScoresForm(
        None, None, subject=walk.case, by=walk.person("EV"), on=on("2018-07-05").date()
    )
    assert form.fields["points_A3"].initial == Decimal(4)
    assert form.fields["points_C1"].initial is not None
    assert form.fields["points_B1"].initial is None
    assert form["points_A3"].value() == Decimal(4)
    rows = {row.code: row.measured for part in form.parts for row in part["rows"]}
    assert rows["A3"]
    assert not rows["B1"]
