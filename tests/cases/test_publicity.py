"""Publicity in the community and the objections it draws."""

import pytest

from casework.cases.operations.plan import make_plan
from casework.cases.operations.publicity import (
    hold_appraisal,
    post_publicity,
    raise_objection,
    remove_publicity,
    resolve_objection,
)
from casework.cases.queries import current_publicity, lawful_acts
from casework.cases.states import CaseState
from casework.lib.errors import Incomplete, NotLawfulNow
from tests.cases.acting import do, figures, last_entry
from tests.cases.test_plan import PLAN
from tests.factories import HelpCaseFactory, MemberFactory

pytestmark = pytest.mark.django_db

OBJECTION = {"raised_on": "2018-04-11", "text": "儿子每月给三千元", "anonymous": True}
MEETING = {"held_on": "2018-04-13", "present": 9, "representatives": 6, "votes_for": 8,
           "votes_against": 1, "conclusion": "UPHELD"}  # fmt: skip
ANSWER = {"resolved_on": "2018-04-13", "outcome": "DISMISSED", "reason": "银行流水相符"}


class TestPost:
    def test_seven_days_for_objections(self) -> None:
        case = HelpCaseFactory(verified=True, publicity_required=True)
        answer = do(post_publicity, case, posted_on="2018-04-09", place="公告栏")
        assert case.state == CaseState.PUBLICISED
        assert answer["last_day"] == "2018-04-16"
        assert last_entry(case).facts["last_day"] == "2018-04-16"

    def test_the_notice_holds_only_what_is_listed_and_never_a_minor(self) -> None:
        case = HelpCaseFactory(verified=True, publicity_required=True)
        guardian = MemberFactory(household=case.household, name="严试芝")
        case.person.name, case.person.guardian = "曹试宇", guardian
        case.person.birth_date = "2007-12-25"
        case.person.save()
        do(post_publicity, case, posted_on="2018-04-09", place="公告栏")
        notice = current_publicity(case).notice
        assert set(notice) == {"name", "street", "committee", "household_size"}
        assert notice["name"] == "严*芝"

    def test_refused_where_none_is_needed(self) -> None:
        with pytest.raises(NotLawfulNow):
            do(post_publicity, HelpCaseFactory(verified=True), posted_on="2018-04-09", place="栏")


class TestRemove:
    def test_only_after_the_last_day(self) -> None:
        case = HelpCaseFactory(publicised=True)
        with pytest.raises(Incomplete):
            do(remove_publicity, case, at="2018-04-16 18:00")
        do(remove_publicity, case, at="2018-04-17 00:10")
        assert current_publicity(case).removed_on.isoformat() == "2018-04-17"
        with pytest.raises(NotLawfulNow):
            do(remove_publicity, case)


class TestObjection:
    def test_holds_the_plan_until_it_is_dismissed(self) -> None:
        case = HelpCaseFactory(publicised=True)
        do(raise_objection, case, at="2018-04-11 09:00", **OBJECTION)
        with pytest.raises(NotLawfulNow):
            do(make_plan, case, **PLAN)
        assert do(hold_appraisal, case, **MEETING)["valid"]
        do(resolve_objection, case, **ANSWER)
        assert case.state == CaseState.PUBLICISED
        do(make_plan, case, **PLAN)

    def test_a_meeting_without_quorum_decides_nothing(self) -> None:
        case = HelpCaseFactory(publicised=True)
        do(raise_objection, case, **OBJECTION)
        assert do(hold_appraisal, case, **{**MEETING, "representatives": 5}) == {
            "valid": False,
            "conclusion": "UPHELD",
        }
        with pytest.raises(NotLawfulNow):
            do(resolve_objection, case, **ANSWER)
        do(hold_appraisal, case, **MEETING)
        do(resolve_objection, case, **ANSWER)

    def test_sustained_means_verified_anew(self) -> None:
        case = HelpCaseFactory(publicised=True)
        do(raise_objection, case, **OBJECTION)
        do(resolve_objection, case, **{**ANSWER, "outcome": "SUSTAINED", "reason": "属实"})
        assert case.state == CaseState.VERIFYING
        assert figures(case) == [("verified", -1, "110112", "")]
        assert current_publicity(case).removed_on is not None
        assert "arrange_verification" in lawful_acts(case)

    @pytest.mark.parametrize("day", ["2018-04-08", "2018-04-17"])
    def test_heard_only_while_the_notice_hangs(self, day: str) -> None:
        with pytest.raises(Incomplete):
            do(raise_objection, HelpCaseFactory(publicised=True), **{**OBJECTION, "raised_on": day})

    def test_the_conclusion_follows_the_votes(self) -> None:
        case = HelpCaseFactory(publicised=True)
        do(raise_objection, case, **OBJECTION)
        with pytest.raises(Incomplete) as refusal:
            do(hold_appraisal, case, **{**MEETING, "conclusion": "SUSTAINED"})
        assert "conclusion" in refusal.value.fields
