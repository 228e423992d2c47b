"""The way of a monthly bulletin: drafted, reviewed, signed, issued, archived.

Its figures are compiled anew as long as it is a draft. Whoever signs is not who reviewed it; from
then on nothing in it changes, and the paper is made of what was signed (DOMAIN: monthly bulletin).
"""

from typing import Final

from django.utils.translation import gettext as _

from casework.documents.models import DocumentKind
from casework.documents.operations import issue_document
from casework.ledger.act import Books, Subject
from casework.ledger.canonical import digest
from casework.lib.calendar import days_of
from casework.lib.errors import Incomplete, NotLawfulNow, NotYours
from evaluation.reporting.bulletin_text import USUAL, print_context, title_of
from evaluation.reporting.models import BulletinState, MonthlyBulletin
from evaluation.reporting.month import compile_month

TEMPLATE: Final = "print/monthly_bulletin.html"
LONGEST: Final = 3000
_State = BulletinState


def subject_of(month: str) -> Subject:
    """A month as the books know it: 2018-09 is number 201809."""
    return Subject("month", int(month[:4]) * 100 + int(month[5:]))


def draft_bulletin(books: Books, month: str) -> MonthlyBulletin:
    """Begin the bulletin of a month that is over; a month has one."""
    _first, last = days_of(month)
    if last >= books.on:
        raise NotLawfulNow(_("The bulletin of a month is drafted when the month is over."))
    made, _is_new = MonthlyBulletin.objects.get_or_create(
        month=month,
        defaults={
            "draft": compile_month(month),
            "compiled_at": books.moment,
            "requirements": "\n".join(USUAL),
        },
    )
    return made


def compile_anew(books: Books, bulletin: MonthlyBulletin) -> None:
    """Take the figures of a draft from the books again."""
    _ensure(bulletin, _State.DRAFT, _("Only a draft is compiled anew."))
    bulletin.draft, bulletin.compiled_at = compile_month(bulletin.month), books.moment
    bulletin.save(update_fields=["draft", "compiled_at"])


def write_requirements(bulletin: MonthlyBulletin, requirements: str) -> None:
    """Say what is required of the districts next."""
    _ensure(bulletin, _State.DRAFT, _("Only a draft is written in."))
    words = requirements.strip()
    if not words:
        raise Incomplete(_("Say what is required next."), {"requirements": _("Required.")})
    if len(words) > LONGEST:
        raise Incomplete(
            _("At most %(most)d characters.") % {"most": LONGEST},
            {"requirements": _("Too long.")},
        )
    bulletin.requirements = words
    bulletin.save(update_fields=["requirements"])


def review_bulletin(books: Books, bulletin: MonthlyBulletin) -> None:
    """Say that figures and words are right; it waits for its signature."""
    _ensure(bulletin, _State.DRAFT, _("Only a draft is reviewed."))
    bulletin.state, bulletin.sent_back = _State.REVIEWED, ""
    bulletin.reviewed_by, bulletin.reviewed_at = books.by, books.moment
    bulletin.save(update_fields=["state", "sent_back", "reviewed_by", "reviewed_at"])


def send_back(bulletin: MonthlyBulletin, why: str) -> None:
    """Give a reviewed bulletin back to be drafted again, and say why."""
    _ensure(bulletin, _State.REVIEWED, _("Only a reviewed bulletin is sent back."))
    if not why.strip():
        raise Incomplete(_("Say why it is sent back."), {"why": _("Required.")})
    bulletin.state, bulletin.sent_back = _State.DRAFT, why.strip()[:300]
    bulletin.reviewed_by = bulletin.reviewed_at = None
    bulletin.save(update_fields=["state", "sent_back", "reviewed_by", "reviewed_at"])


def sign_bulletin(books: Books, bulletin: MonthlyBulletin) -> None:
    """Lock figures and words for good; the figures are those that were reviewed."""
    _ensure(bulletin, _State.REVIEWED, _("Only a reviewed bulletin is signed."))
    if books.by is not None and bulletin.reviewed_by_id == books.by.pk:
        raise NotYours(_("Whoever reviewed the bulletin cannot sign it; ask a colleague."))
    bulletin.sealed = {**bulletin.draft, "requirements": bulletin.requirements}
    bulletin.sha256 = digest(bulletin.sealed)
    bulletin.state = _State.SIGNED
    bulletin.signed_by, bulletin.signed_at = books.by, books.moment
    bulletin.save(update_fields=["sealed", "sha256", "state", "signed_by", "signed_at"])


def issue_bulletin(books: Books, bulletin: MonthlyBulletin) -> None:
    """Give the signed bulletin its number and its paper."""
    _ensure(bulletin, _State.SIGNED, _("Only a signed bulletin is issued."))
    figures = bulletin.figures
    bulletin.document = issue_document(
        books,
        kind=DocumentKind.MONTHLY_BULLETIN,
        template=TEMPLATE,
        title=title_of(bulletin.month),
        data=print_context(figures, figures["requirements"], issued_on=books.on),
        subject=subject_of(bulletin.month),
        year=books.on.year,
    )
    bulletin.state, bulletin.issued_at = _State.ISSUED, books.moment
    bulletin.save(update_fields=["state", "document", "issued_at"])


def archive_bulletin(books: Books, bulletin: MonthlyBulletin) -> None:
    """Lay an issued bulletin down in the archive, once its paper is made."""
    _ensure(bulletin, _State.ISSUED, _("Only an issued bulletin is archived."))
    if bulletin.document is None or not bulletin.document.is_issued:
        raise NotLawfulNow(_("Its paper is still being printed."))
    bulletin.state, bulletin.archived_at = _State.ARCHIVED, books.moment
    bulletin.save(update_fields=["state", "archived_at"])


def _ensure(bulletin: MonthlyBulletin, state: str, words: str) -> None:
    if bulletin.state != state:
        raise NotLawfulNow(words)
