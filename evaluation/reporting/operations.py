"""Publishing a sealed week: once, with its fingerprint, its document and its spreadsheet."""

from django.utils.translation import gettext as _

from casework.documents.models import DocumentKind
from casework.documents.operations import issue_document
from casework.ledger.act import Books, Subject
from casework.ledger.canonical import digest
from casework.ledger.models import Period
from casework.lib.errors import NotLawfulNow
from casework.lib.files import save_private
from evaluation.reporting.models import WeeklySummary
from evaluation.reporting.queries import summary_of
from evaluation.reporting.summary_text import print_context, title_of
from evaluation.reporting.weekly import columns_that_do_not_add_up, compile_rows
from evaluation.reporting.xlsx import workbook_of

TEMPLATE = "print/weekly_summary.html"


def store_weekly_summary(books: Books, week: str) -> WeeklySummary:
    """Publish the table of a sealed week; a week once published stays as it is."""
    period = Period.objects.select_for_update().filter(week=week).first()
    if period is None or period.sealed_at is None:
        raise NotLawfulNow(_("Only a sealed week can be published."))
    published = summary_of(week)
    if published:
        return published
    table = compile_rows(week)
    faults = columns_that_do_not_add_up(table)
    if faults:
        raise NotLawfulNow(
            _("The districts do not add up: %(names)s") % {"names": ", ".join(faults)}
        )
    title = title_of(week)
    document = issue_document(
        books,
        kind=DocumentKind.WEEKLY_SUMMARY,
        template=TEMPLATE,
        title=title,
        data=print_context(table, issued_on=books.on),
        subject=subject_of(week),
        year=int(week[:4]),
        number=None,
    )
    return WeeklySummary.objects.create(
        week=week,
        data=table,
        sha256=digest(table),
        document=document,
        xlsx=save_private(workbook_of(table, title)),
        stored_at=books.moment,
    )


def subject_of(week: str) -> Subject:
    """A week as the books know it: 2018-W35 is number 201835."""
    return Subject("week", int(week[:4]) * 100 + int(week[6:]))
