"""Words of sampling, assignment and scoring."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SheetKind(TextChoices):
    """A first evaluation, one made blind beside it, what the lead settled of the two, or the new
    scores of what was put right.
    """

    FIRST = "FIRST", _("First score")
    SECOND = "SECOND", _("Blind second score")
    SETTLED = "SETTLED", _("Settled score")
    RESCORE = "RESCORE", _("Re-score")


class FindingState(TextChoices):
    """What became of a finding."""

    OPEN = "OPEN", _("Not ordered yet")
    ORDERED = "ORDERED", _("Ordered to be put right")
    STRUCK_OFF = "STRUCK_OFF", _("Struck off")
    ADVICE = "ADVICE", _("Given as advice")


class Purpose(TextChoices):
    """Why an evaluator may read a case."""

    FIRST = "FIRST", _("First evaluation")
    SECOND = "SECOND", _("Blind second score")
    RECHECK = "RECHECK", _("Recheck")
    PHONE = "PHONE", _("Telephone re-visit")
    DOOR = "DOOR", _("Door re-visit")


class RevisitMode(TextChoices):
    """How a household is asked again after the help: both modes are drawn."""

    PHONE = "PHONE", _("Telephone re-visit")
    DOOR = "DOOR", _("Door re-visit")


class RevisitState(TextChoices):
    """Where a re-visit stands."""

    WAITING = "WAITING", _("Not assigned yet")
    ASSIGNED = "ASSIGNED", _("Under way")
    DONE = "DONE", _("Answered")
    UNREACHABLE = "UNREACHABLE", _("Not reached")
    REFUSED = "REFUSED", _("Would not answer")
    DROPPED = "DROPPED", _("Dropped")


OPEN_REVISITS = frozenset({RevisitState.WAITING, RevisitState.ASSIGNED})


class RevisitAttempt(TextChoices):
    """What came of one call or one way to the door, where it did not come to an answer."""

    NO_ANSWER = "NO_ANSWER", _("Nobody answered")
    BUSY = "BUSY", _("Engaged, or asked to call later")
    WRONG_NUMBER = "WRONG_NUMBER", _("Wrong or dead number")
    NOT_THE_PERSON = "NOT_THE_PERSON", _("Could not show to be of the household")
    NOBODY_HOME = "NOBODY_HOME", _("Nobody at home")
    MOVED = "MOVED", _("Moved elsewhere")
    DECLINED = "DECLINED", _("Does not want to be asked")
    MOURNING = "MOURNING", _("The person has died")


class NeutralFact(TextChoices):
    """What shows that the one asked is of the household, and names no ID number."""

    STREET = "STREET", _("Street or community they live in")
    PEOPLE = "PEOPLE", _("How many live in the household")
    HELPER = "HELPER", _("Who came to help")
    KIND = "KIND", _("What kind of help it was")
    SINCE = "SINCE", _("About when the help began")


class Received(TextChoices):
    """Whether a planned item reached the household, in its own words."""

    YES = "YES", _("Received")
    PARTLY = "PARTLY", _("Received in part")
    NO = "NO", _("Not received")
    UNSURE = "UNSURE", _("Does not remember")


# The questions of satisfaction that a re-visit asks, each answered from 1 to 5.
RATINGS: Final = ("attitude", "timeliness", "usefulness", "effect", "overall")
