"""The monthly draw of a district: recorded with frame, rule and seed, made once."""

import secrets
from collections.abc import Iterable
from datetime import date

from django.db import transaction

from casework.cases.models import HelpCase
from casework.cases.states import AppealStatus, CaseState, ForcedReason
from casework.directory.queries import parameter
from casework.lib import clock
from casework.lib.calendar import days_of
from casework.staff.models import User
from evaluation.scoring.models import Revisit, SampledCase, SampleDraw
from evaluation.scoring.queries import providers_of
from evaluation.scoring.sampling import Candidate, Drawn, Rule, draw, strata_of
from evaluation.scoring.states import RevisitMode

SEEDS = 2**31
VETO_CODES = ("F06", "F12")


def draw_sample(
    month: str, district: str, *, seed: int | None = None, by: User | None = None
) -> SampleDraw:
    """Draw from the cases whose help ended by the month's end; a month is drawn once."""
    first, last = days_of(month)
    with transaction.atomic():
        made = SampleDraw.objects.filter(month=month, district_id=district).first()
        if made:
            return made
        cases = _undrawn(last, district)
        rule, frame = _rule_of(first), _frame_of(cases)
        seed = secrets.randbelow(SEEDS) if seed is None else int(seed)
        drawn = draw(frame, seed, rule)
        made = SampleDraw.objects.create(
            month=month,
            district_id=district,
            seed=seed,
            rule=rule.to_json(),
            frame=[one.to_json() for one in frame],
            strata=strata_of(frame, drawn.chosen),
            population=len(frame),
            size=len(drawn.chosen),
            phone=list(drawn.phone),
            door=list(drawn.door),
            second=list(drawn.second),
            drawn_at=clock.now(),
            drawn_by=by,
        )
        _keep_cases(made, frame, drawn)
        return made


def _keep_cases(made: SampleDraw, frame: Iterable[Candidate], drawn: Drawn) -> None:
    SampledCase.objects.bulk_create(
        SampledCase(
            draw=made,
            case_id=one.case,
            stratum=one.stratum,
            chosen=one.case in drawn.chosen,
            forced_reasons=list(one.forced),
        )
        for one in frame
    )
    Revisit.objects.bulk_create(
        Revisit(draw=made, case_id=case, mode=mode)
        for mode, drawn_cases in ((RevisitMode.PHONE, drawn.phone), (RevisitMode.DOOR, drawn.door))
        for case in drawn_cases
    )


def redraw(made: SampleDraw) -> Drawn:
    """Repeat a draw from what was recorded of it; it chooses the same cases."""
    frame = [Candidate.from_json(row) for row in made.frame]
    return draw(frame, made.seed, Rule.from_json(made.rule))


def comes_again(made: SampleDraw, again: Drawn) -> bool:
    """Whether a repeated draw chooses the very cases that are on record."""
    return set(again.chosen) == {row.case_id for row in made.cases.all() if row.chosen}


def _undrawn(last: date, district: str) -> list[HelpCase]:
    return list(
        HelpCase.objects.select_for_update(of=("self",))
        .filter(
            state=CaseState.HELP_DONE,
            handling_district=district,
            help_done_on__lte=last,
            sampled__isnull=True,
        )
        .select_related("household__head", "person")
        .prefetch_related("alerts")
        .order_by("pk")
    )


def _rule_of(day: date) -> Rule:
    return Rule.from_json(
        {
            "share": parameter("sample_share", day),
            "minimum": int(parameter("sample_minimum", day)),
            "phone": parameter("phone_revisit_share", day),
            "door": parameter("door_revisit_share", day),
            "second": parameter("second_score_share", day),
        }
    )


def _frame_of(cases: list[HelpCase]) -> list[Candidate]:
    providers = providers_of(cases)
    return [
        Candidate(
            case=case.pk,
            stratum=f"{case.counted_line}|{next(iter(providers.get(case.pk, [])), '-')}",
            forced=tuple(forced_reasons(case)),
            reachable=_can_be_asked(case),
        )
        for case in cases
    ]


def forced_reasons(case: HelpCase) -> list[str]:
    """Why a case is evaluated whatever the draw says; none for most."""
    reasons = set(case.forced_reasons)
    if case.appeal_status != AppealStatus.NONE:
        reasons.add(ForcedReason.APPEAL.value)
    if case.household.relative_register_flag:
        reasons.add(ForcedReason.NEAR_RELATIVE.value)
    if any(alert.code in VETO_CODES for alert in case.alerts.all()):
        reasons.add(ForcedReason.VETO_ALERT.value)
    if case.forced_sample and not reasons:
        reasons.add("MARKED")
    return sorted(reasons)


def _can_be_asked(case: HelpCase) -> bool:
    """Nobody telephones a house in mourning to ask whether they were satisfied."""
    person = case.subject_member
    return person is not None and person.death_date is None
