"""Whether the reader may take a piece of work, give it back, or hand it out."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from casework.staff.models import User
from casework.staff.scope import Reach, reach_of
from workflows.claims import may_assign, may_take
from workflows.models import WorkItem
from workflows.pages.offers import Offers


@dataclass(frozen=True)
class Handing:
    """The addresses of what the reader may do about who does the work; empty where nothing."""

    claim_url: str = ""
    release_url: str = ""
    assign_url: str = ""

    def __bool__(self) -> bool:
        return bool(self.claim_url or self.release_url or self.assign_url)


def handing(item: WorkItem, reader: User, reach: Reach) -> Handing:
    """What one reader may do about who does one piece of work; asks no query."""
    place = [item.pk]
    free = item.owner_id is None and may_take(item, reach)
    return Handing(
        claim_url=reverse("work_claim", args=place) if free else "",
        release_url=reverse("work_release", args=place) if item.owner_id == reader.pk else "",
        assign_url=reverse("work_assign", args=place) if may_assign(item, reach) else "",
    )


def handing_of(offers: Offers, reader: User, today: date) -> Handing:
    """What one reader may do about who does the next step of a page."""
    if offers.item is None:
        return Handing()
    return handing(offers.item, reader, reach_of(reader, today))
