"""Requests about the own data, legal holds, and how long a household is remembered."""

from datetime import date
from typing import Any

import pytest

from casework.cases.models import HelpCase, SubjectRequest
from casework.cases.retention import due_for_forgetting, ended_on, kept_until, stands_against
from casework.households.forgetting import FORGOTTEN
from casework.households.models import Member
from casework.ledger.models import JournalEntry
from casework.ledger.verify import verify_books
from casework.lib import clock
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from tests.privacy.test_canary import rows_of_every_table
from tests.walk import Walk, at
from workflows.checks import flow_faults
from workflows.models import Draft

pytestmark = pytest.mark.django_db
NAME, ADDRESS = "陈试勇", "示例路1号"
ANSWER: dict[str, Any] = {"outcome": "DONE", "answer": "已当面出示"}


@pytest.fixture
def rejected() -> Walk:
    """A household whose only case was rejected on 17 May 2018."""
    walk = Walk.upto("record")
    walk.act(
        "confirm_verification", "SH", "2018-05-17 10:00", outcome="REJECTED", reason="INCOME_OVER"
    )
    return walk


def ask(walk: Walk, **facts: Any) -> SubjectRequest:
    given = {"kind": "ACCESS", "received_on": "2018-06-01", "words": "我想看看"} | facts
    done = walk.act("record_request", "CW", "2018-06-01 09:00", **given)
    return SubjectRequest.objects.get(pk=done.values["request"])


def answer(walk: Walk, asked: SubjectRequest, role: str = "SH", **facts: Any) -> None:
    given = {"request": asked.pk} | ANSWER | facts
    walk.act("answer_request", role, "2018-06-05 09:00", **given)


class TestRequests:
    def test_an_answer_is_due_in_fifteen_working_days(self, rejected: Walk) -> None:
        # 18 June 2018 is the Dragon Boat Festival.
        assert ask(rejected).due_on == date(2018, 6, 25)

    def test_the_words_are_sealed_and_stand_in_no_journal(self, rejected: Walk) -> None:
        asked = ask(rejected)
        answer(rejected, asked)
        asked.refresh_from_db()
        assert (asked.outcome, asked.answered_on) == ("DONE", date(2018, 6, 5))
        assert asked.answer == "已当面出示"
        found = {
            (table, column)
            for table, column, value in rows_of_every_table()
            if "我想看看" in value or "已当面出示" in value
        }
        assert found == set()
        acts = JournalEntry.objects.filter(act__contains="request").values_list("act", flat=True)
        assert sorted(acts) == ["answer_request", "record_request"]

    def test_it_is_answered_once_and_in_words(self, rejected: Walk) -> None:
        asked = ask(rejected)
        with pytest.raises(Incomplete):
            answer(rejected, asked, answer=" ")
        answer(rejected, asked, outcome="REFUSED")
        with pytest.raises(Incomplete):
            answer(rejected, asked)

    def test_the_caseworker_takes_it_in_and_the_head_answers(self, rejected: Walk) -> None:
        asked = ask(rejected)
        with pytest.raises(NotYours):
            answer(rejected, asked, role="CW")

    def test_what_is_not_yet_and_what_does_not_exist_is_refused(self, rejected: Walk) -> None:
        with pytest.raises(Incomplete):
            ask(rejected, received_on="2018-06-02")
        with pytest.raises(Incomplete):
            ask(rejected, kind="NONSENSE")


class TestRetention:
    def test_a_rejected_referral_is_kept_two_years_from_its_end(self, rejected: Walk) -> None:
        assert ended_on(rejected.case) == date(2018, 5, 17)
        assert kept_until(rejected.case, date(2018, 6, 1)) == date(2020, 5, 17)

    def test_a_closed_case_is_kept_thirty_years(self) -> None:
        walk = Walk.upto("close")
        ended = ended_on(walk.case)
        assert ended is not None
        assert kept_until(walk.case, date(2020, 1, 1)) == ended.replace(year=ended.year + 30)

    def test_an_open_case_of_the_household_keeps_all_of_it(self, rejected: Walk) -> None:
        walk = Walk.upto("accept", id_no="110199197605129013")
        HelpCase.objects.filter(pk=walk.case.pk).update(household=rejected.household)
        assert kept_until(rejected.case, date(2030, 1, 1)) is None
        assert stands_against(rejected.case, date(2030, 1, 1))

    def test_what_is_old_enough_is_proposed_and_nothing_else(self, rejected: Walk) -> None:
        assert rejected.case not in due_for_forgetting(date(2020, 5, 1))
        assert rejected.case in due_for_forgetting(date(2020, 5, 18))


class TestForgetting:
    def forget(self, walk: Walk, moment: str = "2020-05-18 09:00", role: str = "CA") -> Any:
        with clock.at(at(moment)):
            return walk.act("forget_household", role, moment)

    def test_too_early_is_refused_and_nothing_is_lost(self, rejected: Walk) -> None:
        with pytest.raises(NotLawfulNow):
            self.forget(rejected, "2020-05-17 09:00")
        assert Member.objects.filter(name=NAME).exists()

    def test_names_go_codes_stay_and_the_books_hold(self, rejected: Walk) -> None:
        answer(rejected, ask(rejected))
        Draft.objects.create(
            user=rejected.person("CW"), subject_type="case", subject_id=rejected.case.pk,
            act="file_appeal", content=NAME, saved_at=clock.now(),
        )  # fmt: skip
        assert self.forget(rejected).values["rows"] > 5
        left = {
            (table, column)
            for table, column, value in rows_of_every_table()
            if NAME in value or ADDRESS in value
        }
        # The refusal notice is kept for good, as issued.
        assert left <= {("documents_document", "data")}
        head = rejected.household.members.get()
        assert (head.name, head.id_no, head.id_hash, head.phone) == (FORGOTTEN, "", "", "")
        assert HelpCase.objects.get(pk=rejected.case.pk).rejection_reason == "INCOME_OVER"
        assert not Draft.objects.exists()
        assert verify_books().holds
        assert list(flow_faults()) == []
        entry = JournalEntry.objects.get(act="forget_household")
        assert (entry.from_state, entry.to_state) == ("REJECTED", "REJECTED")

    def test_it_is_done_once(self, rejected: Walk) -> None:
        self.forget(rejected)
        with pytest.raises(NotLawfulNow):
            self.forget(rejected, "2020-05-19 09:00")

    def test_a_hold_stands_against_it_until_it_is_lifted(self, rejected: Walk) -> None:
        rejected.act("set_legal_hold", "CA", "2020-05-01 09:00", reason="AUDIT")
        with pytest.raises(NotLawfulNow):
            rejected.act("set_legal_hold", "CA", "2020-05-02 09:00", reason="APPEAL")
        with pytest.raises(NotLawfulNow):
            self.forget(rejected)
        rejected.act("lift_legal_hold", "CA", "2020-05-19 09:00")
        with pytest.raises(NotLawfulNow):
            rejected.act("lift_legal_hold", "CA", "2020-05-19 10:00")
        assert self.forget(rejected, "2020-05-20 09:00")

    def test_it_is_the_city_s_act_alone(self, rejected: Walk) -> None:
        for role in ("CW", "SH", "DS"):
            with pytest.raises(NotYours):
                self.forget(rejected, role=role)
