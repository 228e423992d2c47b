"""Acts a scenario may name that have no case to stand on: entering people, visiting, drawing."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from casework.ledger.act import Books, open_books
from casework.lib.errors import NotFound
from casework.staff.models import User
from casework.visits.models import ElderEnrolment
from casework.visits.operations import end_enrolment, enrol_elder, plan_visits, record_visit
from workflows.draws import draw_and_distribute
from workflows.replay.format import Step, parse_day, parse_moment
from workflows.replay.world import World

Act = Callable[..., Mapping[str, Any] | None]


@dataclass(frozen=True)
class Beside:
    """One such act: what the step must name, and what carries it out."""

    carry_out: Act
    names: str = ""

    @property
    def fact_names(self) -> frozenset[str]:
        return frozenset(_facts_of(self.carry_out))

    @property
    def required(self) -> frozenset[str]:
        parameters = _facts_of(self.carry_out)
        return frozenset(
            name for name, fact in parameters.items() if fact.default is inspect.Parameter.empty
        )


def _facts_of(act: Act) -> dict[str, inspect.Parameter]:
    given = ("world", "step", "by")
    signature = inspect.signature(act).parameters
    return {name: fact for name, fact in signature.items() if name not in given}


def _register(world: World, step: Step, by: User) -> None:
    """Entering the household is all there is to it; the player does so before every act."""


def _draw(
    world: World, step: Step, by: User, *, month: str, district: str, seed: int | None = None
) -> dict[str, Any]:
    made = draw_and_distribute(month, str(district), by=by, seed=seed, moment=step.at)
    return {"population": made.population, "size": made.size, "seed": made.seed}


def _enrol(
    world: World,
    step: Step,
    by: User,
    *,
    station: str = "",
    has_dementia: bool = False,
    lost_only_child: bool = False,
    discharged_on: str = "",
) -> dict[str, Any]:
    with _books(world, step, by) as books:
        enrolment = enrol_elder(
            world.member(step.elder),
            books,
            station=world.cast.organisation(station).pk if station else None,
            has_dementia=has_dementia,
            lost_only_child=lost_only_child,
            discharged_on=parse_day(discharged_on) if discharged_on else None,
        )
        return {"risk": enrolment.risk, "reasons": enrolment.risk_reasons}


def _plan(world: World, step: Step, by: User, *, start: str, until: str) -> dict[str, Any]:
    with _books(world, step, by) as books:
        visits = plan_visits(
            _enrolment(world, step), books, start=parse_day(start), until=parse_day(until)
        )
        return {"planned": len(visits)}


def _visit(
    world: World,
    step: Step,
    by: User,
    *,
    mode: str,
    started_at: str,
    contact: str,
    seconds: int = 0,
    findings: Mapping[str, Mapping[str, int]] | None = None,
    signs: tuple[str, ...] = (),
    need_codes: tuple[str, ...] = (),
) -> dict[str, Any]:
    with _books(world, step, by) as books:
        return record_visit(
            _enrolment(world, step),
            books,
            mode=mode,
            started_at=parse_moment(started_at),
            contact=contact,
            seconds=seconds,
            findings=findings,
            signs=signs,
            need_codes=need_codes,
        )


def _end(world: World, step: Step, by: User, *, on: str, reason: str) -> dict[str, Any]:
    with _books(world, step, by) as books:
        return {
            "cancelled": end_enrolment(
                _enrolment(world, step), books, on=parse_day(on), reason=reason
            )
        }


def _enrolment(world: World, step: Step) -> ElderEnrolment:
    found = ElderEnrolment.objects.filter(
        member=world.member(step.elder), ended_on__isnull=True
    ).first()
    if found is None:
        raise NotFound(_("This elder is not on the visiting list."))
    return found


@contextmanager
def _books(world: World, step: Step, by: User) -> Iterator[Books]:
    """The books of one act on a person, closed when the act is done."""
    with open_books(step.act, by=by, moment=step.at) as books:
        yield books
        books.close(("person", world.member(step.elder).pk), from_state="", to_state="")


BESIDE = {
    "register_household": Beside(_register, names="household"),
    "draw_sample": Beside(_draw),
    "enrol_elder": Beside(_enrol, names="elder"),
    "plan_visits": Beside(_plan, names="elder"),
    "record_visit": Beside(_visit, names="elder"),
    "end_enrolment": Beside(_end, names="elder"),
}
