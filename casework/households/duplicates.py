"""Finding entries that may be one person, and keeping what the city decided about them.

Nobody learns of a person out of reach: pairs lie on the city's desk alone, and the desk sees which
facts agree, not the facts.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from casework.households.models import Duplicate, Member
from casework.lib.errors import Incomplete, NotLawfulNow

if TYPE_CHECKING:
    from casework.ledger.act import Books

Ground, State, Reason = Duplicate.Ground, Duplicate.State, Duplicate.Reason
# What each agreeing fact weighs. An ID number alone is certain; of the others two are needed.
WEIGHTS: Final[dict[str, int]] = {
    Ground.ID: 100,
    Ground.NAME: 35,
    Ground.BIRTH: 30,
    Ground.PHONE: 25,
    Ground.ADDRESS: 10,
}
LEAST: Final = 60
# A telephone of an office or an address of a home for many would pair everybody with everybody.
MOST_ALIKE: Final = 20
_COMPARED: Final = "pk household_id id_hash name birth_date phone_hash household__address".split()


def find_duplicates() -> int:
    """Look through everybody on file; how many pairs are new. Decided pairs stay decided."""
    known = set(Duplicate.objects.values_list("left_id", "right_id"))
    found: dict[tuple[int, int], list[str]] = {}
    for group in _groups():
        for place, one in enumerate(group):
            for other in group[place + 1 :]:
                pair = (min(one["pk"], other["pk"]), max(one["pk"], other["pk"]))
                if pair not in known and pair not in found:
                    grounds = compare(one, other)
                    if score_of(grounds) >= LEAST:
                        found[pair] = grounds
    rows = [
        Duplicate(left_id=left, right_id=right, grounds=grounds, score=score_of(grounds))
        for (left, right), grounds in found.items()
    ]
    Duplicate.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _groups() -> Iterable[list[dict[str, Any]]]:
    """People of different households who share a number, a name and birth, or a telephone."""
    for names in (("id_hash",), ("name", "birth_date"), ("name", "phone_hash")):
        present = Member.objects.filter(left_on=None)
        for name in names:
            present = present.exclude(**{name: None if name == "birth_date" else ""})
        alike = present.values(*names).annotate(homes=Count("household", distinct=True))
        for values in alike.filter(homes__gt=1).order_by(*names).iterator():
            facts = {name: values[name] for name in names}
            group = list(present.filter(**facts).order_by("pk").values(*_COMPARED)[:MOST_ALIKE])
            yield group


def compare(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Which facts of two entries agree; nothing where two whole numbers differ, or in one home."""
    if one["household_id"] == other["household_id"]:
        return []
    if one["id_hash"] and other["id_hash"] and one["id_hash"] != other["id_hash"]:
        return []
    alike = {
        Ground.ID: one["id_hash"] and one["id_hash"] == other["id_hash"],
        Ground.NAME: one["name"] == other["name"],
        Ground.BIRTH: one["birth_date"] and one["birth_date"] == other["birth_date"],
        Ground.PHONE: one["phone_hash"] and one["phone_hash"] == other["phone_hash"],
        Ground.ADDRESS: one["household__address"] == other["household__address"] != "",
    }
    return [ground.value for ground, agrees in alike.items() if agrees]


def score_of(grounds: Iterable[str]) -> int:
    """How sure it looks, at most a hundred."""
    return min(100, sum(WEIGHTS[ground] for ground in grounds))


def decide(pair: Duplicate, books: "Books", *, state: str, reason: str) -> Duplicate:
    """One person or two; or, undoing an earlier decision, open again. Each time with a reason."""
    held = Duplicate.objects.select_for_update().select_related("left", "right").get(pk=pair.pk)
    if state not in State.values:
        raise Incomplete(_("This code is not known."), {"state": ""})
    if reason not in Reason.values:
        raise Incomplete(_("Say what the decision rests on."), {"reason": ""})
    if held.state == state:
        raise NotLawfulNow(_("This has been decided so already."))
    if State.OPEN not in (held.state, state):
        raise NotLawfulNow(_("Take the earlier decision back first."))
    held.state, held.reason = state, reason
    held.decided_by, held.decided_at = books.by, books.moment
    held.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    told = {"pair": held.pk, "grounds": held.grounds, "score": held.score}
    for member in (held.left, held.right):
        act = {State.SAME: "join_duplicate", State.OPEN: "part_duplicate"}.get(
            State(state), "keep_apart"
        )
        books.also(("household", member.household_id), act, reason=reason, member=member.pk, **told)
    return held


def linked_to(member: Member) -> Q:
    """The condition for entries that the city decided are this person; each pair by itself.

    Asked within another question, so that it costs an act no statement of its own.
    """
    same = Duplicate.objects.filter(state=State.SAME)
    return Q(pk__in=same.filter(left=member).values("right")) | Q(
        pk__in=same.filter(right=member).values("left")
    )


def on_the_desk(state: str) -> QuerySet[Duplicate]:
    """Pairs in one state, the surest first."""
    rows = Duplicate.objects.filter(state=state)
    return rows.select_related("left__household", "right__household", "decided_by")
