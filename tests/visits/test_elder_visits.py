from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from casework.ledger.act import Books, open_books
from casework.lib.errors import Incomplete, NotLawfulNow
from casework.staff.demo import create_demo_accounts
from casework.visits.models import ElderEnrolment, PlannedVisit, VisitAlert
from casework.visits.operations import (
    end_for_death,
    enrol_elder,
    handle_alert,
    lower_risk,
    mark_missed,
    plan_visits,
    record_visit,
)
from casework.visits.queries import visible_to
from tests.households.people import FENG, LI, SUN, YAN, ZHAO, household

pytestmark = pytest.mark.django_db
FINE = {"health": {"mobility": 0}, "safety": {"gas": 0}}


def moment(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


@contextmanager
def act(text: str) -> Iterator[Books]:
    with open_books("visit", by=None, moment=moment(text)) as books:
        yield books
        books._others.clear()


def enrol(*people: dict[str, Any], at: str = "2018-06-01 09:00", **facts: Any) -> ElderEnrolment:
    home = household(*people, residence_division="110111901")
    with act(at) as books:
        return enrol_elder(home.head, books, **facts)


def visit(enrolment: ElderEnrolment, at: str, **facts: Any) -> dict[str, Any]:
    facts = {"mode": "PHONE", "contact": "SELF", "seconds": 120, **facts}
    with act(at) as books:
        return record_visit(enrolment, books, started_at=moment(at), **facts)


class TestEnrolElder:
    def test_fx02_lives_with_a_severely_disabled_child(self) -> None:
        enrolment = enrol(SUN, LI, at="2018-02-01 09:00")
        assert (enrolment.risk, enrolment.risk_reasons) == ("R2", ["DISABLED_CHILD"])

    def test_fx05_is_over_eighty_and_alone(self) -> None:
        assert enrol(FENG).risk_reasons == ["ADVANCED_AGE_ALONE"]

    @pytest.mark.parametrize(
        ("person", "facts", "risk"),
        [
            ({}, {}, "R1"),
            ({"ability_level": 2}, {}, "R2"),
            ({"ability_level": 3}, {}, "R3"),
            ({}, {"lost_only_child": True}, "R2"),
            ({}, {"has_dementia": True}, "R3"),
            ({}, {"discharged_on": date(2018, 5, 18)}, "R3"),
            ({}, {"discharged_on": date(2018, 5, 17)}, "R1"),
        ],
    )
    def test_the_rule_table(self, person: dict[str, Any], facts: dict[str, Any], risk: str) -> None:
        assert enrol({**YAN, **person}, **facts).risk == risk

    def test_not_the_young_the_dead_or_twice(self) -> None:
        with pytest.raises(Incomplete):
            enrol(ZHAO)
        enrolment = enrol(FENG)
        with act("2018-06-02 09:00") as books, pytest.raises(NotLawfulNow):
            enrol_elder(enrolment.member, books)
        elder = household(YAN).head
        elder.death_date = date(2018, 6, 1)
        elder.save()
        with act("2018-06-02 09:00") as books, pytest.raises(NotLawfulNow):
            enrol_elder(elder, books)


class TestPlanVisits:
    def test_the_class_sets_how_often(self) -> None:
        enrolment = enrol(FENG)
        with act("2018-06-01 09:00") as books:
            planned = plan_visits(enrolment, books, start=date(2018, 6, 4), until=date(2018, 7, 1))
        by_mode = [visit.mode for visit in planned]
        assert (by_mode.count("PHONE"), by_mode.count("DOOR")) == (4, 2)
        assert planned[0].first_day == date(2018, 6, 4)

    def test_planning_again_adds_nothing(self) -> None:
        enrolment = enrol(FENG)
        for _time in range(2):
            with act("2018-06-01 09:00") as books:
                plan_visits(enrolment, books, start=date(2018, 6, 4), until=date(2018, 7, 1))
        assert PlannedVisit.objects.count() == 6

    def test_a_window_that_passed_is_missed(self) -> None:
        enrolment = enrol(FENG)
        with act("2018-06-01 09:00") as books:
            plan_visits(enrolment, books, start=date(2018, 6, 4), until=date(2018, 6, 17))
        visit(enrolment, "2018-06-05 09:00")
        with act("2018-06-11 09:00") as books:
            assert mark_missed(books, on=date(2018, 6, 11)) == 0
        with act("2018-06-18 09:00") as books:
            assert mark_missed(books, on=date(2018, 6, 18)) == 1 + 0
        states = set(PlannedVisit.objects.filter(mode="PHONE").values_list("state", flat=True))
        assert states == {"DONE", "MISSED"}


class TestRecordVisit:
    def test_a_talk_of_a_minute_counts_and_ticks_the_plan(self) -> None:
        enrolment = enrol(FENG)
        with act("2018-06-01 09:00") as books:
            plan_visits(enrolment, books, start=date(2018, 6, 4), until=date(2018, 6, 10))
        assert visit(enrolment, "2018-06-05 09:00", findings=FINE)["counts"]
        assert not visit(enrolment, "2018-06-05 15:00")["counts"]
        assert PlannedVisit.objects.filter(state="DONE").count() == 1

    @pytest.mark.parametrize(
        "facts",
        [
            {"seconds": 59},
            {"contact": "NEIGHBOUR"},
            {"mode": "DOOR", "seconds": 599},
        ],
    )
    def test_too_short_or_nobody_does_not_count(self, facts: dict[str, Any]) -> None:
        assert not visit(enrol(FENG), "2018-06-05 09:00", **facts)["counts"]

    def test_fx05_silence_turns_red_and_stays_one_alert(self) -> None:
        enrolment = enrol(FENG)
        silent = {"contact": "NONE", "seconds": 0}
        assert visit(enrolment, "2018-06-04 09:10", **silent)["alerts"] == ["YELLOW"]
        assert visit(enrolment, "2018-06-04 11:15", **silent)["alerts"] == ["RED"]
        assert visit(enrolment, "2018-06-04 12:40", mode="DOOR", **silent)["alerts"] == []
        red = VisitAlert.objects.get(level="RED")
        assert (red.reason, red.act_by) == ("NO_ANSWER", moment("2018-06-04 13:15"))
        assert red.is_open

    def test_two_calls_less_than_two_hours_apart_are_not_yet_red(self) -> None:
        enrolment = enrol(FENG)
        silent = {"contact": "NONE", "seconds": 0}
        visit(enrolment, "2018-06-04 09:10", **silent)
        assert visit(enrolment, "2018-06-04 11:09", **silent)["alerts"] == []

    def test_an_answer_in_between_ends_the_silence(self) -> None:
        enrolment = enrol(FENG)
        silent = {"contact": "NONE", "seconds": 0}
        visit(enrolment, "2018-06-04 09:10", **silent)
        visit(enrolment, "2018-06-04 10:00")
        assert not VisitAlert.objects.get(level="YELLOW").is_open
        assert visit(enrolment, "2018-06-04 11:15", **silent)["alerts"] == ["YELLOW"]

    def test_a_problem_is_amber_within_three_working_days(self) -> None:
        enrolment = enrol(FENG)
        found = {"safety": {"gas": 2, "power": 1}}
        assert visit(enrolment, "2018-06-15 09:00", findings=found)["alerts"] == ["AMBER"]
        # Monday 18 June 2018 is a holiday: the third working day is Thursday.
        assert VisitAlert.objects.get().act_by == moment("2018-06-22 00:00")

    @pytest.mark.parametrize("sign", ["FALL", "FIRE_GAS", "SUICIDAL", "ABUSE"])
    def test_a_sign_of_danger_is_red_though_somebody_answered(self, sign: str) -> None:
        assert visit(enrol(FENG), "2018-06-05 09:00", signs=[sign])["alerts"] == ["RED"]

    def test_the_class_rises_by_itself_and_falls_by_a_person(self) -> None:
        enrolment = enrol(FENG)
        assert visit(enrolment, "2018-06-05 09:00", signs=["SUICIDAL"])["risk"] == "R3"
        assert visit(enrolment, "2018-07-20 09:00")["risk"] == "R3"
        with act("2018-07-21 09:00") as books:
            with pytest.raises(Incomplete):
                lower_risk(enrolment, books, risk="R3", reason="好转")
            lower_risk(enrolment, books, risk="R2", reason="好转")
        enrolment.refresh_from_db()
        assert enrolment.risk == "R2"

    def test_a_visit_is_recorded_once_and_not_before_it_is_made(self) -> None:
        enrolment = enrol(FENG)
        visit(enrolment, "2018-06-05 09:00")
        with pytest.raises(NotLawfulNow):
            visit(enrolment, "2018-06-05 09:00")
        with act("2018-06-05 10:00") as books, pytest.raises(Incomplete):
            record_visit(
                enrolment,
                books,
                mode="PHONE",
                started_at=moment("2018-06-05 11:00"),
                contact="SELF",
            )

    @pytest.mark.parametrize(
        "wrong",
        [
            {"mode": "LETTER"},
            {"contact": "DOG"},
            {"signs": ["X"]},
            {"findings": {"health": {"mood": 3}}},
            {"findings": {"weather": {"rain": 0}}},
        ],
    )
    def test_unknown_codes_are_refused(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(Incomplete):
            visit(enrol(FENG), "2018-06-05 09:00", **wrong)

    def test_the_books_hold_codes_only(self) -> None:
        enrolment = enrol(FENG)
        with act("2018-06-05 09:00") as books:
            record_visit(
                enrolment,
                books,
                mode="PHONE",
                started_at=moment("2018-06-05 09:00"),
                contact="SELF",
                text="老人说腿疼",
            )
            told = str(books._others)
        assert "record_visit" in told
        assert "腿疼" not in told and "冯" not in told


class TestHandleAlert:
    def test_it_closes_with_what_was_done_and_only_once(self) -> None:
        visit(enrol(FENG), "2018-06-05 09:00", signs=["FALL"])
        alert = VisitAlert.objects.get()
        with act("2018-06-05 10:00") as books:
            with pytest.raises(Incomplete):
                handle_alert(alert, books, outcome="")
            handle_alert(alert, books, outcome="已上门，送医")
            with pytest.raises(NotLawfulNow):
                handle_alert(alert, books, outcome="已上门")


class TestDeath:
    def test_fx05_no_visit_is_left_after_a_death(self) -> None:
        enrolment = enrol(FENG, at="2018-05-28 09:00")
        with act("2018-05-28 09:00") as books:
            plan_visits(enrolment, books, start=date(2018, 5, 28), until=date(2018, 7, 1))
        visit(enrolment, "2018-05-29 09:00")
        with act("2018-06-04 14:00") as books:
            cancelled = end_for_death(enrolment.member, books, died_on=date(2018, 6, 2))
            assert end_for_death(enrolment.member, books, died_on=date(2018, 6, 2)) == 0
        assert cancelled > 0
        left = PlannedVisit.objects.filter(last_day__gte=date(2018, 6, 2))
        assert set(left.values_list("state", flat=True)) <= {"CANCELLED", "DONE"}
        enrolment.refresh_from_db()
        assert (enrolment.ended_on, enrolment.end_reason) == (date(2018, 6, 2), "DEATH")
        with pytest.raises(NotLawfulNow):
            visit(enrolment, "2018-06-05 09:00")


class TestVisibleTo:
    def test_each_sees_the_elders_of_their_own_street(self) -> None:
        enrolment = enrol(FENG)
        staff = create_demo_accounts(password="x", streets=["110111901", "110101901"])
        for username in ("cw.110111901", "sh.110111901", "ds.110111"):
            assert list(visible_to(staff[username])) == [enrolment]
        for username in ("cw.110101901", "ds.110101", "ca", "sys", "sec", "pr.a", "ev1"):
            assert not visible_to(staff[username]).exists()
