"""Issuing an order with its first notice, and a second notice for what failed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from casework.cases.models import HelpCase
from casework.cases.operations import evaluation as course
from casework.cases.operations import facts
from casework.cases.states import CaseState
from casework.directory.models import Organisation
from casework.directory.queries import due_on, organisation, parameter
from casework.documents.models import DocumentKind
from casework.documents.operations import issue_document
from casework.ledger.act import Books, Subject
from casework.lib.errors import Incomplete, NotLawfulNow
from evaluation.numbers import RECTIFICATION, next_number
from evaluation.rectification import limits
from evaluation.rectification.models import Notice, RectificationItem, RectificationOrder
from evaluation.rectification.notice_text import TEMPLATE, notice_data, title_of
from evaluation.rectification.operations.rounds import reopen, strike_off_passed
from evaluation.rectification.operations.steps import (
    ensure_not_rechecker,
    ensure_order,
    keep,
    lawful_step,
    move_cases,
    notice_subject,
    order_subject,
    post_order,
)
from evaluation.rectification.queries import round_items
from evaluation.rectification.states import ItemState, OrderState
from evaluation.scoring.models import Finding, ScoreSheet
from evaluation.scoring.queries import open_findings, providers_of, result_sheet
from evaluation.scoring.states import FindingState

PERSON_UNKNOWN = "单位负责人"


def issue_order(
    case: HelpCase,
    books: Books,
    *,
    also: Iterable[HelpCase | int | str] = (),
    requirements: Mapping[int | str, str] | None = None,
    provider: Organisation | int | str | None = None,
    person: str = "",
) -> dict[str, Any]:
    """Order one unit to put right what was found in one or more of its cases."""
    cases = _all_cases(case, also)
    for one in cases:
        _ensure_ready(one)
    unit = _unit_of(cases, provider)
    order = RectificationOrder.objects.create(
        number_base=next_number(RECTIFICATION, books.on, case.handling_district),
        district_id=case.handling_district,
        street_id=case.handling_street,
        provider=unit,
        issued_at=books.moment,
    )
    order.first_evaluators.set(_judges(cases))
    _make_items(order, cases, requirements or {}, person)
    notice = issue_notice(order, books)
    _begin(case, cases[1:], order, books)
    books.also(order_subject(order), books.act, "", order.state, cases=[one.pk for one in cases])
    return {
        "order": order.pk,
        "number": order.number_base,
        "notice": notice.number,
        "document": notice.document_id,
    }


def _all_cases(case: HelpCase, also: Iterable[HelpCase | int | str]) -> list[HelpCase]:
    keys = {facts.case_named(one, "also").pk for one in also} - {case.pk}
    others = HelpCase.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    cases = [case, *others]
    if len({one.handling_district for one in cases}) > 1:
        facts.refuse("also", _("An order covers cases of one district."))
    return cases


def _judges(cases: Sequence[HelpCase]) -> set[int]:
    """Everybody who scored the cases, blind or not, or settled: none of them rechecks."""
    sheets = ScoreSheet.objects.filter(case__in=[case.pk for case in cases])
    return set(sheets.values_list("evaluator", flat=True))


def _ensure_ready(case: HelpCase) -> None:
    """A case is ordered with a confirmed result that has something to be put right."""
    sheet = result_sheet(case)
    if case.state != CaseState.EVALUATING or sheet is None or not sheet.is_confirmed:
        raise NotLawfulNow(
            _("%(case)s has no confirmed result; confirm the score first.") % {"case": case}
        )
    if not open_findings(case).exists():
        raise NotLawfulNow(_("%(case)s has no finding to be put right.") % {"case": case})


def _unit_of(
    cases: Sequence[HelpCase], given: Organisation | int | str | None
) -> Organisation | None:
    """The provider that answers for every case of the order, or none: then the street does."""
    if given:
        return given if isinstance(given, Organisation) else organisation(given)
    by_case = providers_of(cases)
    main = {next(iter(by_case.get(case.pk, [])), None) for case in cases}
    if len(main) > 1:
        facts.refuse("also", _("An order covers cases of one unit; these have several."))
    found = main.pop()
    return Organisation.objects.get(pk=found) if found else None


def _make_items(
    order: RectificationOrder,
    cases: Sequence[HelpCase],
    requirements: Mapping[int | str, str],
    person: str,
) -> None:
    said = {str(key): text.strip() for key, text in requirements.items() if text.strip()}
    findings = [finding for case in cases for finding in open_findings(case).order_by("pk")]
    unknown = said.keys() - {str(finding.pk) for finding in findings}
    unknown -= {finding.code.code for finding in findings}
    if unknown:
        raise Incomplete(
            _("A requirement names no finding of these cases."),
            {f"requirements.{key}": _("There is no such finding.") for key in sorted(unknown)},
        )
    # The street answers through its caseworker; whom a provider makes answer is its own affair.
    people = {
        case.pk: str((not order.provider and case.caseworker) or PERSON_UNKNOWN) for case in cases
    }
    unit_name = order.provider.name if order.provider else order.street.name
    for seq, (finding, ref) in enumerate(zip(findings, refs_of(findings), strict=True), start=1):
        code = finding.code
        RectificationItem.objects.create(
            order=order,
            case_id=finding.case_id,
            finding=finding,
            seq=seq,
            ref=ref,
            requirement=said.get(str(finding.pk)) or said.get(code.code) or code.requirement,
            unit_name=unit_name,
            person_in_charge=person.strip() or people[finding.case_id],
            limit_amount=code.limit_amount,
            limit_unit=code.limit_unit,
        )
    Finding.objects.filter(pk__in=[one.pk for one in findings]).update(state=FindingState.ORDERED)


def refs_of(findings: Sequence[Finding]) -> list[str]:
    """A short name per item: its code, then F07-2, F07-3 where a code comes more than once."""
    seen = Counter[str]()
    refs = []
    for finding in findings:
        code = finding.code.code
        seen[code] += 1
        refs.append(code if seen[code] == 1 else f"{code}-{seen[code]}")
    return refs


def issue_notice(order: RectificationOrder, books: Books) -> Notice:
    """Put the notice of an order's round on paper, with a number that is never used again."""
    items = list(round_items(order))
    document = issue_document(
        books,
        kind=DocumentKind.RECTIFICATION_NOTICE,
        template=TEMPLATE,
        title=title_of(order),
        data=notice_data(order, items, issued_on=books.on),
        subject=order_subject(order),
        year=books.on.year,
        number=None,
    )
    notice = Notice.objects.create(
        order=order,
        round=order.round,
        number=document.number,
        document=document,
        issued_on=books.on,
        receipt_due_on=due_on("receipt", books.on),
    )
    post_order(order, books, "orders_issued", 1, notice_subject(notice))
    return notice


def _begin(
    case: HelpCase, others: Sequence[HelpCase], order: RectificationOrder, books: Books
) -> None:
    course.begin_rectification(case, books)
    for other in others:
        before = str(other.state)
        course.begin_rectification(other, books)
        books.also(Subject("case", other.pk), books.act, before, str(other.state), order=order.pk)


def issue_second_notice(
    order: RectificationOrder,
    books: Books,
    *,
    requirements: Mapping[int | str, str] | None = None,
) -> dict[str, Any]:
    """Strike off what passed, and order what failed once more, with a shorter limit."""
    ensure_order(order, OrderState.RECHECKED)
    ensure_not_rechecker(order, books)
    failed = list(round_items(order).filter(state=ItemState.FAILED))
    if not failed:
        raise NotLawfulNow(_("Every item passed; strike the order off."))
    if order.round >= int(parameter("rectification_rounds", books.on)):
        raise NotLawfulNow(_("There is no further notice; the district takes the order over."))
    strike_off_passed(order, books)
    order.round += 1
    for item in failed:
        amount, unit = limits.second_limit(item, books.on)
        reopen(item, order.round, amount=amount, unit=unit)
        told = (requirements or {}).get(item.pk) or (requirements or {}).get(item.ref)
        if told:
            item.requirement = told
        item.save()
    with lawful_step(order):
        order.reissue()
    order.received_on, order.reported_on = None, None
    keep(order, "state", "round", "received_on", "reported_on")
    notice = issue_notice(order, books)
    move_cases(
        order,
        books,
        course.return_to_rectification,
        source=CaseState.RECHECKING,
        only={item.case_id for item in failed},
    )
    return {"order": order.pk, "notice": notice.number, "items": [item.ref for item in failed]}
