"""Claim, release, assign: works, refused, recorded."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.ledger.models import JournalEntry
from casework.lib.errors import Incomplete, NotFound, NotLawfulNow, NotYours
from tests.walk import Walk
from workflows.claims import assign, claim, release
from workflows.lists import mine, reachable_by, rows, unassigned
from workflows.models import WorkItem

pytestmark = pytest.mark.django_db


@pytest.fixture
def walk() -> Walk:
    return Walk.upto("refer")


def item_of(walk: Walk) -> WorkItem:
    return WorkItem.objects.get(subject_id=walk.case.pk, done_at=None, dropped_at=None)


def test_a_colleague_takes_it_up_and_it_is_theirs(walk: Walk) -> None:
    today = walk.case.referred_at.date()
    worker = walk.person("CW")
    assert unassigned(worker, today).count() == 1
    claim(item_of(walk), by=worker)
    assert mine(worker, today).count() == 1
    assert unassigned(worker, today).count() == 0
    entry = JournalEntry.objects.get(act="claim")
    assert entry.by == worker
    assert entry.facts["step"] == "decide_referral"


def test_the_second_hears_who_was_first(walk: Walk) -> None:
    claim(item_of(walk), by=walk.person("CW"))
    with pytest.raises(NotLawfulNow, match="示例·个案社工"):
        claim(item_of(walk), by=walk.person("CW2"))


def test_it_can_be_given_back(walk: Walk) -> None:
    claim(item_of(walk), by=walk.person("CW"))
    with pytest.raises(NotYours):
        release(item_of(walk), by=walk.person("CW2"))
    release(item_of(walk), by=walk.person("CW"))
    assert item_of(walk).owner is None


def test_another_street_does_not_see_it(walk: Walk) -> None:
    other = Walk(street="110101901", id_no="110199194707279326").person("CW")
    with pytest.raises(NotFound):
        claim(item_of(walk), by=other)
    assert not reachable_by(other, walk.case.referred_at.date()).exists()


def test_the_head_hands_it_out_with_a_reason(walk: Walk) -> None:
    head, worker = walk.person("SH"), walk.person("CW2")
    with pytest.raises(Incomplete):
        assign(item_of(walk), to=worker, by=head, reason="忙")
    with pytest.raises(NotYours):
        assign(item_of(walk), to=worker, by=walk.person("CW"), reason="LOAD")
    with pytest.raises(Incomplete):
        assign(item_of(walk), to=walk.person("EV"), by=head, reason="LOAD")
    assign(item_of(walk), to=worker, by=head, reason="LOAD")
    assert item_of(walk).owner == worker


def test_done_work_cannot_be_taken(walk: Walk) -> None:
    item = item_of(walk)
    walk.accept()
    with pytest.raises(NotLawfulNow):
        claim(item, by=walk.person("CW"))


def test_our_own_times_are_kept(walk: Walk) -> None:
    item = item_of(walk)
    walk.accept()
    item.refresh_from_db()
    assert item.done_at == walk.case.accepted_at
    assert item.done_by == walk.person("CW")


def test_a_longer_list_costs_no_more_queries(walk: Walk) -> None:
    today = walk.case.referred_at.date()
    worker = walk.person("CW")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            found = rows(reachable_by(worker, today), today)
            assert [str(row.subject.household.head.name) for row in found]
        return len(captured)

    queries()  # the person's reach is read once
    one = queries()
    for _copy in range(5):
        walk.household = walk.new_household()
        walk.refer()
    assert queries() == one


def test_the_rechecker_finds_the_second_scoring_on_the_list() -> None:
    walk = Walk.upto("strike_off", second_round=False)
    day = date(2018, 8, 8)
    [item] = mine(walk.person("EV2"), day)
    assert item.step == "rescore"
    assert not reachable_by(walk.person("EV"), day).exists()


def test_whoever_scored_first_is_not_offered_the_recheck() -> None:
    walk = Walk.upto("report")
    day = date(2018, 7, 25)
    assert [item.step for item in reachable_by(walk.person("EV2"), day)] == ["recheck"]
    assert not reachable_by(walk.person("EV"), day).exists()
