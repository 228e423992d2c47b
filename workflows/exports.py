"""Lists that leave the house: how many rows alone, from when on two people decide, what stands."""

import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casework.cases.models import HelpCase
from casework.directory.queries import parameter
from casework.lib import clock
from casework.lib.errors import Incomplete, NotFound, NotLawfulNow, NotYours
from casework.lib.identity import log_name
from casework.lib.sheets import csv_of, workbook_of
from casework.staff.models import Role, User
from casework.staff.scope import reach_of
from workflows.models import ListExport
from workflows.pages.tasks import name_of
from workflows.pages.words import earliest_deadlines, unit_names

EXPORTERS: Final = frozenset({Role.CW, Role.SH, Role.DS, Role.CA})
_ABOVE_THE_STREET: Final = frozenset({Role.DS, Role.CA})
# An approval that nobody used in this time is spent.
LASTS: Final = timedelta(days=2)
BATCH: Final = 500
State = ListExport.State


class ExportReason(models.TextChoices):
    """What a list is taken out for."""

    MEETING = "MEETING", gettext_lazy("For a meeting")
    REPORT = "REPORT", gettext_lazy("For a report")
    VISITS = "VISITS", gettext_lazy("Planning visits")
    CHECK = "CHECK", gettext_lazy("Check or inspection")


class ExportKind(models.TextChoices):
    XLSX = "XLSX", gettext_lazy("Workbook (.xlsx)")
    CSV = "CSV", gettext_lazy("CSV")


def ensure_within(user: User, rows: int) -> bool:
    """Whether the person may take so many rows alone; refused where the street may not at all."""
    today = clock.today()
    if rows == 0:
        raise Incomplete(_("There is nothing to export."))
    if reach_of(user, today).has(*_ABOVE_THE_STREET):
        return rows <= int(parameter("export_rows_alone", today))
    most = int(parameter("export_rows_street", today))
    if rows > most:
        raise Incomplete(
            _("A street takes out at most %(most)d rows; filter the list further.") % {"most": most}
        )
    return True


def ask(user: User, *, filters: dict[str, str], rows: int, reason: str, kind: str) -> ListExport:
    """Ask a second person for a list that is too long to take alone."""
    return ListExport.objects.create(
        asked_by=user,
        filters=json.dumps(filters, ensure_ascii=False),
        rows=rows,
        reason=reason,
        kind=kind,
    )


def to_decide(user: User) -> QuerySet[ListExport]:
    """What others ask and this person may decide: within the own district, or the whole city."""
    asked = ListExport.objects.filter(state=State.ASKED).exclude(asked_by=user)
    askers = [row.asked_by for row in asked.select_related("asked_by")]
    within = [asker.pk for asker in askers if _stands_over(user, asker)]
    return asked.filter(asked_by__in=within).select_related("asked_by").order_by("asked_at")


def _stands_over(user: User, asker: User) -> bool:
    mine, theirs = reach_of(user, clock.today()), reach_of(asker, clock.today())
    if mine.has(Role.CA):
        return True
    return mine.has(Role.DS) and all(
        mine.covers(code, Role.DS) for code in theirs.divisions(Role.DS)
    ) and not theirs.has(Role.CA)  # fmt: skip


def decide(user: User, pk: int, *, approve: bool) -> ListExport:
    """Approve or refuse what somebody else asked."""
    with transaction.atomic():
        held = ListExport.objects.select_for_update().filter(pk=pk).first()
        if held is None or (held.asked_by_id != user.pk and not _stands_over(user, held.asked_by)):
            raise NotFound(_("There is no such export."))
        if held.asked_by_id == user.pk:
            raise NotYours(_("A second person decides about an export."))
        if held.state != State.ASKED:
            raise NotLawfulNow(_("This export has been decided already."))
        held.state = State.APPROVED if approve else State.REFUSED
        held.decided_by, held.decided_at = user, clock.now()
        held.save(update_fields=["state", "decided_by", "decided_at"])
    return held


def take(user: User, pk: int) -> ListExport:
    """Take an approved list, once and while the approval lasts."""
    with transaction.atomic():
        held = ListExport.objects.select_for_update().filter(pk=pk, asked_by=user).first()
        if held is None:
            raise NotFound(_("There is no such export."))
        decided = held.decided_at
        fresh = decided is not None and clock.now() - decided <= LASTS
        if held.state != State.APPROVED or not fresh:
            raise NotLawfulNow(_("This export is not approved, was taken, or its time is over."))
        held.state, held.taken_at = State.TAKEN, clock.now()
        held.save(update_fields=["state", "taken_at"])
    return held


def filters_of(export: ListExport) -> dict[str, str]:
    found: dict[str, str] = json.loads(export.filters)
    return found


def file_of(
    cases: QuerySet[HelpCase], *, user: User, kind: str, reason: str, named: bool, chips: list[str]
) -> tuple[bytes, list[int]]:
    """The file and the numbers of the cases in it; names are masked, other data stay at home."""
    numbers: list[int] = []
    rows = _rows(cases, numbers, named=named)
    if kind == ExportKind.CSV:
        return csv_of(_headings(), rows), numbers
    moment = clock.now().astimezone().strftime("%Y-%m-%d %H:%M")
    told = [
        ("导出人", f"{user}（{user.username}）"),
        ("导出时间", moment),
        ("用途", str(ExportReason(reason).label)),
        ("筛选条件", "；".join(chips) or "无"),
        ("使用要求", "仅限上述用途，用毕删除；不得转发或对外公开。"),
    ]
    mark = f"{'样例 ' if settings.DEMO else ''}内部资料 {user} {moment}"
    return workbook_of("个案名单", _headings(), rows, told=told, mark=mark), numbers


def _headings() -> list[str]:
    return ["个案编号", "姓名", "街道", "状态", "帮扶线", "转介日期", "下一期限", "个案社工"]


def _rows(
    cases: QuerySet[HelpCase], numbers: list[int], *, named: bool
) -> Iterator[tuple[str, ...]]:
    whole = cases.select_related("person", "household__head", "caseworker")
    order = whole.prefetch_related("lines").order_by("-referred_at", "-pk")
    for part in _parts(order):
        due = earliest_deadlines("case", [case.pk for case in part])
        streets = unit_names(case.handling_street for case in part)
        for case in part:
            numbers.append(case.pk)
            deadline = due.get(case.pk)
            yield (
                case.case_no,
                log_name(name_of(case)) if named else "",
                streets[case.handling_street],
                str(case.get_state_display()),
                "、".join(str(row.get_line_display()) for row in case.lines.all()),
                clock.local_date(case.referred_at).isoformat(),
                deadline.due_on.isoformat() if deadline else "",
                str(case.caseworker or ""),
            )


def _parts(rows: QuerySet[Any]) -> Iterable[list[Any]]:
    start = 0
    while part := list(rows[start : start + BATCH]):
        yield part
        start += BATCH
