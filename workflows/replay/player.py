"""Plays a scenario through the one door, under its own clock, and checks what it led to."""

import inspect
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from casework.ledger import outbox
from casework.ledger.models import OutboxMessage, Period
from casework.lib import clock
from casework.lib.errors import (
    Blocked,
    CaseworkError,
    Incomplete,
    KeyReused,
    NotFound,
    NotLawfulNow,
    NotYours,
)
from casework.staff.models import User
from workflows.acts import ACTS
from workflows.perform import perform
from workflows.replay.acts_beside import BESIDE
from workflows.replay.background import with_background
from workflows.replay.cast import Cast
from workflows.replay.compare import Difference
from workflows.replay.expect_world import recomputed_hash
from workflows.replay.expectations import unmet, validate_expectations
from workflows.replay.facts import FactReader, check_facts, in_words
from workflows.replay.format import CHECK, Scenario, Step, known
from workflows.replay.report import Report, report_on
from workflows.replay.setting import give_consents, set_targets, settle
from workflows.replay.soundness import unsound
from workflows.replay.source import Place, ScenarioError
from workflows.replay.world import World, streets_of
from workflows.tasks import run_until

KIND_OF_REFUSAL: tuple[tuple[type[CaseworkError], str], ...] = (
    (Blocked, "blocked"),
    (Incomplete, "incomplete"),
    (KeyReused, "key_reused"),
    (NotLawfulNow, "not_lawful"),
    (NotYours, "not_yours"),
    (NotFound, "not_found"),
)
REFER, ISSUE, JOIN = "refer", "issue_order", "add_member"
# The act that gives a case or an order its name in the scenario.
NAMED_BY = {"case": REFER, "order": ISSUE}
PAPER = "render_document"
NEVER = clock.start_of(date(9999, 1, 1))


class RolledBackError(Exception):
    """Ends the transaction in which a scenario was played, so that nothing of it remains."""


@dataclass
class Player:
    """One scenario being played."""

    scenario: Scenario
    prints: bool = True
    world: World = field(init=False)
    failures: list[Difference] = field(default_factory=list)
    given: set[tuple[str, int]] = field(default_factory=set)

    def play(self) -> Report:
        """Everything in order of time; stops at the first step that breaks the thread."""
        first = self.scenario.steps[0].at
        cast = Cast(self.scenario.staff, self.scenario.organisations)
        self.world = World(self.scenario, cast, first)
        with clock.at(first):
            cast.assemble(streets_of(self.scenario))
            set_targets(self.world)
        if all(self._take(step) for step in self.scenario.steps):
            self._end()
        return report_on(self.world, self.failures)

    def _take(self, step: Step) -> bool:
        try:
            self._advance(step.at)
            with clock.at(step.at):
                if step.act != CHECK and not self._act(step):
                    return False
                self._send()
                self._check(step.expect, (*step.place, "expect"), step)
        except ScenarioError as fault:
            raise (fault if fault.line else self._at(step.place, fault)) from fault
        return True

    def _at(self, place: Place, fault: ScenarioError) -> ScenarioError:
        """A fault that showed only in the playing, with the line it goes back to."""
        return self.scenario.source.error(place, fault.message)

    def _advance(self, moment: datetime) -> None:
        """Let the time pass: what falls due happens, what is to be sent is sent."""
        self.world.moment = moment
        with clock.at(moment):
            run_until(moment)
            self._send()
            give_consents(self.world, self.given)
            for period in Period.objects.filter(sealed_at__isnull=False).order_by("week"):
                if period.week not in self.world.sealed:
                    seen = (moment, period.sha256, recomputed_hash(period))
                    self.world.sealed[period.week] = seen

    def _send(self) -> None:
        """Carry out what is to be sent; papers stay in the tray where nothing is printed."""
        if not self.prints:
            papers = OutboxMessage.objects.filter(kind=PAPER, state=OutboxMessage.State.PENDING)
            papers.update(due_at=NEVER)
        while outbox.drain():
            pass

    def _act(self, step: Step) -> bool:
        """Perform a step; false when the scenario cannot go on from here."""
        self.world.answer = None
        try:
            self.world.answer = self._perform(step)
        except CaseworkError as refusal:
            return self._meets(step, refusal)
        if step.refused:
            self._fail(step.place, _("was allowed, but had to be refused"))
        return True

    def _perform(self, step: Step) -> dict[str, Any]:
        by = self._actor(step)
        self._settle(step, by)
        facts = FactReader(self.world, step, self._street(step)).read(step.facts)
        if step.act in BESIDE:
            return dict(BESIDE[step.act].carry_out(self.world, step, by, **facts) or {})
        subject = None
        if step.act == REFER:
            facts["household"] = self.world.household(step.household)
            facts.setdefault("division", self._street(step))
        else:
            subject = (
                self.world.order(step.order)
                if ACTS[step.act].subject == "order"
                else self.world.case(step.case)
            )
        facts = in_words(facts, ACTS[step.act].signature.parameters)
        done = perform(step.act, subject, by=by, key=step.key, moment=step.at, **facts)
        self._name(step, dict(done.values), done.subject)
        return dict(done.values)

    def _settle(self, step: Step, by: User) -> None:
        """A household is entered with the first step that speaks of it."""
        if step.household:
            settle(self.world, step.household, by)
        for ref, household in self.scenario.households.items():
            if step.elder in household["members"]:
                settle(self.world, ref, by)
        give_consents(self.world, self.given)

    def _name(self, step: Step, values: dict[str, Any], subject: tuple[str, int]) -> None:
        """Give the case or order that an act brought into being its name in the scenario."""
        if step.act == REFER:
            self.world.cases[step.case] = subject[1]
            case = self.world.case(step.case)
            self.world.first_numbers[step.case] = case.case_no
        if step.act == JOIN:
            self.world.people[str(step.facts["person"])] = int(values["member"])
        if step.act == ISSUE and step.order:
            self.world.orders[step.order] = int(values["order"])

    def _actor(self, step: Step) -> User:
        case = self.world.case(step.case) if step.case in self.world.cases else None
        return self.world.user(step.by, street=self._street(step), case=case)

    def _street(self, step: Step) -> str:
        """Where a role without a unit stands: at the street that has the matter in hand."""
        if step.order in self.world.orders:
            return str(self.world.order(step.order).street_id)
        if step.case in self.world.cases and step.act != REFER:
            return str(self.world.case(step.case).handling_street)
        if step.household:
            return str(self.scenario.households[step.household]["street"])
        for household in self.scenario.households.values():
            if step.elder in household["members"]:
                return str(household["street"])
        return ""

    def _meets(self, step: Step, refusal: CaseworkError) -> bool:
        """The refusal is the one the step had to meet; false when none was expected."""
        kind = next(name for error, name in KIND_OF_REFUSAL if isinstance(refusal, error))
        if step.refused is None:
            why = "; ".join(f"{name}: {text}" for name, text in fields_of(refusal).items())
            self._fail(
                step.place,
                _("was refused (%(kind)s): %(message)s The scenario stops here.")
                % {"kind": kind, "message": f"{refusal.message} {why}".strip()},
            )
            return False
        wanted = step.refused
        if kind != wanted.kind:
            self._fail(
                (*step.place, "refused"),
                _("expected the refusal “%(expected)s”, met “%(kind)s”: %(message)s")
                % {"expected": wanted.kind, "kind": kind, "message": refusal.message},
            )
        if wanted.contains and wanted.contains not in refusal.message:
            self._fail(
                (*step.place, "refused", "contains"),
                _("expected a refusal that says “%(expected)s”, met: %(message)s")
                % {"expected": wanted.contains, "message": refusal.message},
            )
        finding = getattr(refusal, "finding_code", "")
        if wanted.finding and wanted.finding != finding:
            self._fail(
                (*step.place, "refused", "finding"),
                _("expected the finding “%(expected)s”, met “%(finding)s”")
                % {"expected": wanted.finding, "finding": finding},
            )
        return True

    def _end(self) -> None:
        last = self.scenario.until or self.scenario.steps[-1].at
        try:
            self._advance(last)
            with clock.at(last):
                self._check(self.scenario.expect, ("expect",), None)
                self.failures += unsound()
        except ScenarioError as fault:
            raise (fault if fault.line else self._at(("expect",), fault)) from fault

    def _check(self, expect: Any, place: Place, step: Step | None) -> None:
        self.failures += unmet(self.world, expect, place, step)

    def _fail(self, place: Place, text: str) -> None:
        self.failures.append(Difference(place, text))


def fields_of(refusal: CaseworkError) -> dict[str, str]:
    """Which facts a refusal names, and why."""
    return dict(refusal.fields) if isinstance(refusal, Incomplete) else {}


def play(scenario: Scenario, *, prints: bool = True) -> Report:
    """Check a scenario as written, then play it; the database is left as it was found."""
    scenario = with_background(scenario)
    validate(scenario)
    report: Report | None = None
    with suppress(RolledBackError), transaction.atomic():
        report = Player(scenario, prints=prints).play()
        raise RolledBackError
    if report is None:
        raise ScenarioError(_("The scenario was not played."), file=scenario.source.file)
    return report


def validate(scenario: Scenario) -> None:
    """Every act, fact and expectation is one that exists, before anything is played."""
    named: dict[str, set[str]] = {"case": set(), "order": set()}
    for step in scenario.steps:
        if step.act != CHECK:
            _validate_step(scenario, step)
        _validate_names(scenario, step, named)
    validate_expectations(scenario)


def _validate_names(scenario: Scenario, step: Step, named: dict[str, set[str]]) -> None:
    """A case is named by its referral, an order by its issue, before anything else names it."""
    for kind, names in named.items():
        ref = getattr(step, kind)
        gives = NAMED_BY[kind] == step.act
        if ref and not gives and ref not in names:
            raise scenario.source.error(
                (*step.place, kind),
                _("There is no `%(what)s` “%(ref)s” yet; known are: %(known)s.")
                % {"what": kind, "ref": ref, "known": known(names)},
            )
        if ref and gives and step.refused is None:
            if ref in names:
                raise scenario.source.error(
                    (*step.place, kind),
                    _("The name “%(ref)s” is taken by a step above.") % {"ref": ref},
                )
            names.add(ref)


def _validate_step(scenario: Scenario, step: Step) -> None:
    if step.act not in ACTS and step.act not in BESIDE:
        raise scenario.source.error(
            (*step.place, "act"),
            _("There is no act “%(act)s”; known are: %(known)s.")
            % {"act": step.act, "known": known([CHECK, *ACTS, *BESIDE])},
        )
    if step.act in ACTS and not ACTS[step.act].roles:
        raise scenario.source.error(
            (*step.place, "act"),
            _("“%(act)s” is done by the system when its time comes; expect it, do not order it.")
            % {"act": step.act},
        )
    if not step.by:
        raise scenario.source.error(step.place, _("Say who acts: `by` is missing."))
    for name in _named_by(step.act):
        if not getattr(step, name):
            raise scenario.source.error(
                step.place, _("“%(act)s” needs `%(name)s`.") % {"act": step.act, "name": name}
            )
    if step.act in BESIDE:
        beside = BESIDE[step.act]
        check_facts(scenario, step, beside.fact_names, beside.required)
        return
    parameters = ACTS[step.act].signature.parameters
    names = frozenset(ACTS[step.act].fact_names) - {"household"}
    required = {name for name in names if parameters[name].default is inspect.Parameter.empty}
    check_facts(scenario, step, names, frozenset(required))


def _named_by(act: str) -> tuple[str, ...]:
    """What a step must name beside its facts."""
    if act in BESIDE:
        return (BESIDE[act].names,) if BESIDE[act].names else ()
    if act == REFER:
        return ("household", "case")
    return (ACTS[act].subject,)
