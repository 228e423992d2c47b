"""Workbooks beside an import: one to fill in, and the rows that were wrong."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from casework.households.columns import COLUMNS
from casework.lib import clock
from casework.lib.sheets import XLSX, template_of, workbook_of
from workflows.shell import IMPORTERS
from workflows.views.common import require_role


@require_safe
def import_template(request: HttpRequest) -> HttpResponse:
    """A workbook with the headings that an import reads."""
    require_role(request, *IMPORTERS)
    columns = [
        (
            row.title,
            "；".join(filter(None, ["必填" if row.is_required else "", "、".join(row.also)])),
        )
        for row in COLUMNS
    ]
    return answer(template_of(columns), "households.xlsx")


def errors_workbook(name: str, faults: Iterable[Mapping[str, Any]], *, by: str) -> bytes:
    """Row, column and what is wrong: the cells themselves stay in the file they came in."""
    rows = [(str(fault["row"]), str(fault["column"]), str(fault["message"])) for fault in faults]
    moment = clock.now().astimezone().strftime("%Y-%m-%d %H:%M")
    told = [("文件", name), ("导出人", by), ("导出时间", moment), ("错误", str(len(rows)))]
    return workbook_of(
        "导入错误", ["行", "列", "问题"], rows, told=told, mark=f"内部资料 {by} {moment}"
    )


def answer(content: bytes, name: str) -> HttpResponse:
    """A workbook to save."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
