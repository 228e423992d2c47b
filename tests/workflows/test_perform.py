"""The one door: works, refused, recorded; repeated keys hear the first answer."""

from datetime import date
from typing import Any

import pytest
from django.db import connection

from casework.cases.models import HelpCase
from casework.cases.states import CaseState
from casework.ledger.models import JournalEntry, Movement
from casework.lib.errors import Incomplete, KeyReused, NotFound, NotLawfulNow, NotYours
from tests.walk import Walk
from workflows.models import Deadline, Run, WorkItem
from workflows.perform import perform

pytestmark = pytest.mark.django_db


def entries(case: HelpCase) -> list[str]:
    return list(
        JournalEntry.objects.filter(subject_type="case", subject_id=case.pk)
        .order_by("seq")
        .values_list("act", flat=True)
    )


def open_steps(case: HelpCase) -> list[str]:
    return sorted(
        WorkItem.objects.filter(
            subject_type="case",
            subject_id=case.pk,
            done_at__isnull=True,
            dropped_at__isnull=True,
        ).values_list("step", flat=True)
    )


class TestWorks:
    def test_a_referral_opens_a_case_with_one_thing_to_do(self) -> None:
        walk = Walk.upto("refer")
        assert walk.case.state == CaseState.REFERRED
        assert open_steps(walk.case) == ["decide_referral"]
        due = Deadline.objects.get(subject_id=walk.case.pk, kind="decide_referral")
        assert due.due_on == date(2018, 5, 3)

    def test_the_whole_way_to_a_rectification_order(self) -> None:
        walk = Walk.upto("receive")
        assert walk.case.state == CaseState.RECTIFYING
        assert walk.order is not None
        assert walk.order.state == "RECEIVED"
        assert entries(walk.case)[:4] == [
            "refer",
            "accept_referral",
            "arrange_verification",
            "record_verification",
        ]

    def test_figures_move_with_the_act(self) -> None:
        walk = Walk.upto("start")
        figures = Movement.objects.filter(case_id=walk.case.pk).order_by("pk")
        assert list(figures.values_list("figure", "amount")) == [
            ("referred", 1),
            ("verified", 1),
            ("in_help", 1),
        ]

    def test_an_ended_case_has_nothing_left_to_do(self) -> None:
        walk = Walk.upto("accept")
        walk.act("terminate", "SH", "2018-05-03 10:00", reason="WITHDRAWN", evidence="书面声明")
        assert walk.case.state == CaseState.TERMINATED
        assert open_steps(walk.case) == ["notify_kin"]
        assert Run.objects.filter(subject_id=walk.case.pk, finished_at__isnull=True).count() == 1


class TestRefused:
    def test_a_step_that_is_not_due(self) -> None:
        walk = Walk.upto("refer")
        with pytest.raises(NotLawfulNow, match="不是办理"):
            walk.arrange()
        assert entries(walk.case) == ["refer"]

    def test_a_step_done_twice_says_who_did_it_and_when(self) -> None:
        walk = Walk.upto("accept")
        with pytest.raises(NotLawfulNow, match="2018-05-02 14:00"):
            walk.accept()

    def test_a_stranger_hears_that_the_case_does_not_exist(self) -> None:
        walk = Walk.upto("refer")
        other = Walk(street="110101901", id_no="110199194707279326")
        with pytest.raises(NotFound):
            perform("accept_referral", walk.case, by=other.person("CW"))

    def test_the_wrong_role_is_told_so(self) -> None:
        walk = Walk.upto("refer")
        with pytest.raises(NotYours):
            walk.act("accept_referral", "DS", "2018-05-02 14:00")

    def test_nobody_confirms_what_they_entered(self) -> None:
        walk = Walk.upto("record")
        with pytest.raises(NotYours):
            walk.act("confirm_verification", "CW", "2018-05-07 10:00", outcome="VERIFIED")

    def test_a_fact_the_act_does_not_know(self) -> None:
        walk = Walk.upto("refer")
        with pytest.raises(Incomplete, match="colour"):
            walk.act("accept_referral", "CW", "2018-05-02 14:00", colour="red")

    def test_an_unknown_act(self) -> None:
        with pytest.raises(NotFound):
            perform("fly", None, by=None)

    def test_a_refused_act_leaves_nothing(self) -> None:
        walk = Walk.upto("record")
        before = (JournalEntry.objects.count(), WorkItem.objects.count(), Deadline.objects.count())
        with pytest.raises(Incomplete):
            walk.act("confirm_verification", "SH", "2018-05-07 10:00", outcome="PERHAPS")
        after = (JournalEntry.objects.count(), WorkItem.objects.count(), Deadline.objects.count())
        assert before == after
        assert HelpCase.objects.get(pk=walk.case.pk).state == CaseState.VERIFYING


class TestRepeated:
    def test_the_same_key_hears_the_first_answer(self) -> None:
        walk = Walk()
        first = walk.refer(key="one")
        again = walk.refer(key="one")
        assert again.repeated
        assert again.subject == first.subject
        assert HelpCase.objects.count() == 1

    def test_the_same_key_with_other_facts_is_refused(self) -> None:
        walk = Walk.upto("refer")
        worker = walk.person("CW")
        perform("decline_referral", walk.case, by=worker, key="two", reason="不属于本街道")
        with pytest.raises(KeyReused):
            perform("decline_referral", walk.case, by=worker, key="two", reason="其他")


class TestRecorded:
    def test_the_journal_says_who_and_from_what_to_what(self) -> None:
        walk = Walk.upto("confirm")
        entry = JournalEntry.objects.get(act="confirm_verification")
        assert entry.by == walk.person("SH")
        assert (entry.from_state, entry.to_state) == ("VERIFYING", "VERIFIED")
        assert entry.unit == "SH"

    def test_the_journal_holds_nothing_about_people(self) -> None:
        walk = Walk.upto("receive")
        person = walk.household.head
        assert person is not None
        for facts in JournalEntry.objects.values_list("facts", flat=True):
            text = str(facts)
            for secret in (person.name, walk.id_no, "示例路", "方案雷同"):
                assert secret not in text


class TestCost:
    """What an act asks of the database does not creep up unseen."""

    def test_an_ordinary_act_sends_at_most_22_statements(self) -> None:
        walk = Walk.upto("refer")
        sent: list[str] = []

        def noted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            # The transaction's own bracket is a savepoint only because the test has one around it.
            if not sql.startswith(("SAVEPOINT", "RELEASE")):
                sent.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(noted):
            walk.act("accept_referral", "CW", "2018-05-02 14:00")
        # The last one is the walk's own, reading the case anew.
        assert len(sent) - 1 <= 22, "\n".join(sent)
