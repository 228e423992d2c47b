"""A machine that lives through cases as offices do: everybody tries everything, days pass.

After every step the product must stand where the model stands, and what must always hold is read
from the tables. A refused act must leave no trace.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from viewflow.workflow.models import Task

from casework.cases.models import HelpCase, PlanItem
from casework.ledger.models import Answer, JournalEntry, Movement
from casework.ledger.verify import verify_books
from casework.lib import clock
from casework.lib.errors import CaseworkError, KeyReused, NotFound, NotYours
from casework.staff.demo import create_demo_accounts
from casework.staff.models import User
from casework.staff.scope import forget_reach
from tests.access.rules import ACTS as RIGHTS
from tests.model.lifecycle import FACTS, LAWS, NONE, OPEN, RESTABLE, TRANSFERRING, WAY
from tests.walk import PASSWORD, STREET, Walk, at
from workflows.checks import flow_faults
from workflows.draws import draw_and_distribute
from workflows.lists import open_items
from workflows.models import Deadline
from workflows.perform import Performed, perform
from workflows.standing import OPEN as STILL_OPEN
from workflows.tasks import fire_due

OTHER_STREET, OTHER_DISTRICT = "110112902", "110101901"
BEGIN = "2018-05-07 09:00"
LAST_DAY = "2018-12-28 09:00"
# Whoever acts here; the role of the access rules, or nothing where they stand out of scope.
ACTORS = {
    "CO": "CO", "CW": "CW", "CW2": "CW", "SH": "SH", "DS": "DS", "CA": "CA", "PR": "PR",
    "PR2": "PR", "EV": "EV", "EV2": "EV", "LE": "LE", "AU": "", "SEC": "", "SYS": "",
    "CW.street": "CW", "SH.street": "SH", "CW.district": "CW", "DS.district": "DS",
}  # fmt: skip
OUTSIDE = frozenset("PR2 EV2 AU SEC SYS CW.street SH.street CW.district DS.district".split())
SECOND_PERSON = {"confirm_verification": "record_verification", "approve_plan": "make_plan"}


class World:
    """The people, their households, and the street next door; made once for all runs."""

    other_street = OTHER_STREET
    """Where a file is offered to next."""

    def __init__(self) -> None:
        self.walk = Walk()
        everybody = create_demo_accounts(
            password=PASSWORD, streets=[STREET, OTHER_STREET, OTHER_DISTRICT]
        )
        names = ("CO", "CW", "CW2", "SH", "DS", "CA", "PR", "EV", "EV2", "LE")
        self.people: dict[str, User] = {name: self.walk.person(name) for name in names} | {
            name: everybody[username]
            for name, username in {
                "PR2": "pr.a", "AU": "au", "SEC": "sec", "SYS": "sys",
                "CW.street": f"cw.{OTHER_STREET}", "SH.street": f"sh.{OTHER_STREET}",
                "CW.district": f"cw.{OTHER_DISTRICT}", "DS.district": f"ds.{OTHER_DISTRICT[:6]}",
            }.items()
        }  # fmt: skip


class Lifecycle(RuleBasedStateMachine):
    """One household's case from the first word of need, in a transaction that is taken back."""

    world: World
    reached: set[str] = set()

    def __init__(self) -> None:
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.now: datetime = at(BEGIN)
        self.state, self.hold, self.street = "REFERRED", NONE, STREET
        self.keys = 0
        self.last: tuple[str, str, dict[str, Any], str, Performed] | None = None
        self.did: dict[str, str] = {}
        self.rested = 0
        self.rests_since = clock.local_date(self.now)

    def teardown(self) -> None:
        try:
            assert verify_books().holds
            assert not list(flow_faults())
        finally:
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

    @property
    def case(self) -> HelpCase:
        case: HelpCase = HelpCase.objects.get(pk=self.pk)
        return case

    @initialize(steps=st.sampled_from([0, 0, 2, 4, 5, 6, 7, 7, 7, 8, 9, 11, 14]))
    def refer(self, steps: int) -> None:
        """A case, some of its ordinary way behind it: so that every state is met often."""
        with clock.at(self.now):
            walk = self.world.walk
            done = perform(
                "refer", by=self.world.people["CO"], key="refer", household=walk.household,
                person=walk.household.head_id, source="COMMITTEE", reason="居家困难",
                division=STREET,
            )  # fmt: skip
        self.pk = done.subject[1]
        for _step in range(steps):
            self.the_next_step_is_taken()

    # What people do.

    @rule(act=st.sampled_from(sorted(FACTS)), actor=st.sampled_from(sorted(ACTORS)))
    def anybody_tries_anything(self, act: str, actor: str) -> None:
        self._try(act, actor)

    @rule(data=st.data())
    def somebody_with_a_reason_tries_what_is_near(self, data: st.DataObject) -> None:
        """An act of this state, whatever the hold, by somebody of the roles it asks for."""
        near = sorted(
            act for act, law in LAWS.items() if self.state in law.states and act != "terminate"
        )
        if not near:
            return
        act = data.draw(st.sampled_from(near))
        roles = RIGHTS[act].split()
        likely = sorted(actor for actor, role in ACTORS.items() if role in roles)
        self._try(act, data.draw(st.sampled_from(likely)))

    @precondition(lambda self: self.state in {"VERIFYING", "VERIFIED", "PUBLICISED"})
    @rule()
    def the_head_enters_and_then_confirms_it(self) -> None:
        """Nobody approves their own work, whatever their role."""
        for entering, act in (
            ("record_verification", "confirm_verification"),
            ("make_plan", "approve_plan"),
        ):
            if self.state in LAWS[entering].states:
                self._try(entering, "SH")
                if self.did.get(entering) == "SH":
                    self._try(act, "SH")

    @precondition(lambda self: self.state in {"IN_HELP", "EVALUATING", "SELF_CHECKED"})
    @rule(by=st.sampled_from(["SH", "DS"]))
    def help_ends_before_its_time(self, by: str) -> None:
        self._try("terminate", self._ours(by))

    @precondition(lambda self: self.hold == NONE and self.state in RESTABLE)
    @rule(days=st.integers(1, 15), moves=st.booleans())
    def the_case_rests_or_moves_and_comes_back(self, days: int, moves: bool) -> None:
        """A hold, some days, an act out of turn, and the way back."""
        self._try(
            "offer_transfer" if moves else "suspend", "CW" if self.street == STREET else "CW.street"
        )
        self.time_passes(days, 0)
        near = sorted(act for act, law in LAWS.items() if law.allows(self.state, NONE))
        for act in near:
            if act not in ("suspend", "terminate", "offer_transfer", "record_services"):
                self._try(act, self._ours("SH"))
        if moves:
            self._try("accept_transfer", "CW.street" if self.street == STREET else "CW")
        else:
            self._try("resume", self._ours("CW"))

    @rule()
    def the_next_step_is_taken(self) -> None:
        """The ordinary way, so that runs reach its end."""
        if self.hold != NONE:
            rests = self.hold == "SUSPENDED"
            self._try("resume" if rests else "decline_transfer", self._ours("CW"))
            if self.hold == TRANSFERRING:
                self._try("decline_transfer", "CW.street" if self.street == STREET else "CW")
            return
        items = open_items().filter(subject_type="case", subject_id=self.pk)
        for step in items.values_list("step", flat=True):
            if step in WAY:
                act, actor = WAY[step]
                self._try(act, self._ours(actor))
                return
        if self.state == "IN_HELP":
            self._serve_and_finish()
        elif self.state == "HELP_DONE":
            self._draw()

    @rule(days=st.integers(0, 40), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        """The clock jumps on; the system does what has fallen due, in order."""
        self.now = min(self.now + timedelta(days=days, hours=hours), at(LAST_DAY))
        with clock.at(self.now):
            fire_due(self.now)

    @precondition(lambda self: self.last is not None)
    @rule()
    def the_last_form_is_sent_again(self) -> None:
        assert self.last is not None
        act, actor, facts, key, first = self.last
        before = self._rows()
        with clock.at(self.now):
            again = perform(act, self.case, by=self._person(actor), key=key, **facts)
        assert again.repeated
        assert (again.values, again.entry_id) == (first.values, first.entry_id)
        assert self._rows() == before

    @precondition(lambda self: self.last is not None)
    @rule()
    def the_last_key_comes_with_other_contents(self) -> None:
        assert self.last is not None
        act, actor, facts, key, _first = self.last
        before = self._rows()
        try:
            with clock.at(self.now):
                perform(act, self.case, by=self._person(actor), key=key, **facts, note="anders")
        except KeyReused:
            assert self._rows() == before
        else:
            raise AssertionError("one key was taken for two submissions")

    # How they are answered.

    def _try(self, act: str, actor: str) -> None:
        self.world.other_street = OTHER_STREET if self.street == STREET else STREET
        facts = FACTS[act](self.world, clock.local_date(self.now))
        self.keys += 1
        key, before = f"k{self.keys}", self._rows()
        try:
            with clock.at(self.now), transaction.atomic():
                done = perform(act, self.case, by=self._person(actor), key=key, **facts)
        except CaseworkError as refusal:
            assert self._rows() == before, "a refused act left a trace"
            if self._is_outside(actor):
                assert isinstance(refusal, NotFound | NotYours), refusal
            return
        self._must_be_lawful(act, actor)
        self._move_on(act, actor)
        self.last = (act, actor, facts, key, done)

    def _must_be_lawful(self, act: str, actor: str) -> None:
        """The product said yes; the brief has to as well."""
        assert LAWS[act].allows(self.state, self.hold), f"{act} in {self.state} {self.hold}"
        assert ACTORS[actor] in RIGHTS[act].split(), f"{act} by {actor}"
        assert not self._is_outside(actor), f"{act} by {actor}, out of scope"
        earlier = SECOND_PERSON.get(act)
        assert not earlier or self.did.get(earlier) != actor, f"{act} of their own work"

    def _is_outside(self, actor: str) -> bool:
        """Who has no business with this case; a transfer lets the other street come in."""
        ours = {STREET: ("CW.street", "SH.street"), OTHER_STREET: ("CW", "CW2", "SH")}[self.street]
        stand_outside = (OUTSIDE - {"CW.street", "SH.street"}) | set(ours)
        return actor in stand_outside and not (self.hold == TRANSFERRING and actor in ours)

    def _move_on(self, act: str, actor: str) -> None:
        law = LAWS[act]
        if act == "accept_transfer":
            self.street = OTHER_STREET if self.street == STREET else STREET
        if act == "suspend":
            self.rests_since = clock.local_date(self.now)
        if act == "resume" and self.case.plan_in_force is not None:
            self.rested += (clock.local_date(self.now) - self.rests_since).days
        self.state = law.to or self.state
        self.hold = self.hold if law.hold_to is None else law.hold_to
        self.did[act] = actor
        self.reached |= {self.state, self.hold, act}

    def _serve_and_finish(self) -> None:
        """A service a day until the item is served, then the end of the help."""
        item = PlanItem.objects.get(plan__case=self.pk, plan__state="APPROVED")
        if item.status in ("PLANNED", "ACTIVE"):
            for _visit in range(4):
                self.time_passes(1, 0)
                self._try("record_services", self._ours("CW"))
            self._try("finish_item", self._ours("CW"))
        self._try("finish_help", self._ours("CW"))

    def _draw(self) -> None:
        """The month ends and its cases are drawn."""
        month = clock.local_date(self.now).isoformat()[:7]
        self.time_passes(35, 0)
        if clock.local_date(self.now).isoformat()[:7] == month:
            return
        with clock.at(self.now):
            draw_and_distribute(month, STREET[:6], by=self.world.people["LE"], seed=1)
        if HelpCase.objects.filter(pk=self.pk, state__in=["EVALUATING", "SELF_CHECKED"]).exists():
            self.state = self.case.state
            self.reached.add(self.state)

    def _ours(self, actor: str) -> str:
        """The same office in the street that has the case now."""
        moved = self.street == OTHER_STREET and actor in ("CW", "SH")
        return f"{actor}.street" if moved else actor

    def _person(self, actor: str) -> User:
        person = self.world.people[actor]
        forget_reach(person)
        return person

    def _rows(self) -> tuple[object, ...]:
        """What a refused or repeated act must leave as it was."""
        case = self.case
        items = open_items().filter(subject_type="case", subject_id=self.pk)
        return (
            JournalEntry.objects.count(), Movement.objects.count(), Answer.objects.count(),
            case.state, case.hold, case.handling_street, items.count(),
        )  # fmt: skip

    # What always holds.

    @invariant()
    def everything_holds(self) -> None:
        if hasattr(self, "pk"):
            self.the_case_stands_where_the_model_stands()
            self.the_journal_is_unbroken_and_leads_to_the_state()
            self.the_figures_count_this_one_case()
            self.an_open_case_has_a_next_step_and_a_date()
            self.a_plan_ends_later_by_the_days_of_rest()

    def the_case_stands_where_the_model_stands(self) -> None:
        case = self.case
        assert (case.state, case.hold, case.handling_street) == (
            self.state, self.hold, self.street,
        )  # fmt: skip

    def the_journal_is_unbroken_and_leads_to_the_state(self) -> None:
        entries = JournalEntry.objects.filter(subject_type="case", subject_id=self.pk)
        found = list(entries.order_by("seq").values_list("seq", "from_state", "to_state"))
        assert [seq for seq, *_states in found] == list(range(1, len(found) + 1))
        for (_a, _b, left), (_c, began, _d) in zip(found, found[1:], strict=False):
            assert left == began
        assert found[-1][2] == self.state

    def the_figures_count_this_one_case(self) -> None:
        sums = dict(
            Movement.objects.filter(case_id=self.pk)
            .values_list("figure")
            .annotate(total=Sum("amount"))
        )
        assert sums.get("referred", 0) == ("accept_referral" in self.did)
        assert sums.get("in_help", 0) == Decimal(self.state == "IN_HELP")
        for figure in ("verified", "completed", "evaluated"):
            assert sums.get(figure, 0) in (0, 1), figure
        here = Movement.objects.filter(case_id=self.pk, figure="in_help", street=self.street)
        assert (here.aggregate(n=Sum("amount"))["n"] or 0) == Decimal(self.state == "IN_HELP")

    def an_open_case_has_a_next_step_and_a_date(self) -> None:
        if self.state not in OPEN:
            return
        items = open_items().filter(subject_type="case", subject_id=self.pk)
        awaited = Task.objects.filter(
            process__run__subject_type="case", process__run__subject_id=self.pk,
            status__in=STILL_OPEN,
        )  # fmt: skip
        # After help the month's draw is awaited; everywhere else somebody has to act.
        assert items.exists() or (self.state == "HELP_DONE" and awaited.exists()), self.state
        if self.state in {"REFERRED", "ACCEPTED", "VERIFYING", "VERIFIED"} and not self.hold:
            duties = Deadline.objects.filter(subject_type="case", subject_id=self.pk, is_duty=True)
            assert duties.filter(met_on=None, dropped_on=None).exists(), "no date to be late by"

    def a_plan_ends_later_by_the_days_of_rest(self) -> None:
        case = self.case
        plan = case.plan_in_force
        if plan is None:
            return
        if self.state in OPEN:
            assert (plan.ends_on - plan.starts_on).days == 60 + self.rested


def live_through(world: World, *, runs: int, steps: int = 40) -> None:
    """Live through so many runs, the same ones each time; raises at the first that fails."""
    Lifecycle.world = world
    run_state_machine_as_test(
        Lifecycle,
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            print_blob=False,
            phases=(Phase.explicit, Phase.generate),
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
