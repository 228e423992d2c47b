"""The monthly bulletins of the season: drafted when due, then a step a day by two people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from casework.lib import clock
from casework.staff.models import User
from evaluation.reporting.models import BulletinState, MonthlyBulletin
from workflows.bulletins import order_bulletin
from workflows.tasks import monthly_bulletin

_NEXT: Final = {
    BulletinState.DRAFT: ("review_bulletin", "ca"),
    BulletinState.REVIEWED: ("sign_bulletin", "ca2"),
    BulletinState.SIGNED: ("issue_bulletin", "ca"),
}


def keep_bulletins(users: Mapping[str, User], moment: datetime) -> None:
    """What the city office does with its bulletins on one day."""
    today = clock.local_date(moment)
    for bulletin in MonthlyBulletin.objects.filter(state__in=_NEXT):
        if clock.local_date(_last_touched(bulletin)) < today:
            act, name = _NEXT[BulletinState(bulletin.state)]
            order_bulletin(act, bulletin.month, by=users[name], moment=moment)
    with clock.at(moment):
        monthly_bulletin()


def _last_touched(bulletin: MonthlyBulletin) -> datetime:
    moments = (bulletin.compiled_at, bulletin.reviewed_at, bulletin.signed_at)
    return max(moment for moment in moments if moment is not None)
