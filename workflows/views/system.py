"""Pages for those who keep the system running: health, readiness, figures, and the broken page."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.defaults import bad_request
from prometheus_client import CONTENT_TYPE_LATEST

from casework.staff.row_scope import asks_no_rows
from casework.staff.rows import as_engine
from workflows import metrics
from workflows.health import findings, is_ready
from workflows.middleware import is_passing, not_now, request_number
from workflows.views.common import require_role


@require_safe
@login_not_required
@asks_no_rows
def live(request: HttpRequest) -> HttpResponse:
    """The process answers; it asks nothing of anything else."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@login_not_required
@asks_no_rows
def ready(request: HttpRequest) -> HttpResponse:
    """The process may be given requests; else the names of what is missing."""
    missing = [finding.name for finding in is_ready()]
    return JsonResponse({"ready": not missing, "missing": missing}, status=503 if missing else 200)


@require_safe
@login_not_required
def figures(request: HttpRequest) -> HttpResponse:
    """The figures of the watch, to the holder of their key; to all others they do not exist."""
    if not metrics.is_key(request.headers.get("Authorization", "")):
        raise Http404
    with as_engine(to_read=True):
        return HttpResponse(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)


@require_safe
def system_page(request: HttpRequest) -> HttpResponse:
    """How the installation stands, for its administrators."""
    require_role(request, "SYS", "SEC")
    with as_engine(to_read=True):
        return render(request, "system/health.html", {"findings": findings()})


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request nobody can read; or one whose session the database could not keep just now."""
    fault: BaseException | None = exception
    while fault is not None:
        if is_passing(fault):
            return not_now(request, fault)
        fault = fault.__cause__ or fault.__context__
    answer: HttpResponse = bad_request(request, exception)
    return answer


def broken(request: HttpRequest) -> HttpResponse:
    """The page of a fault on our side, with the number under which the log knows it."""
    # Where the database is away, sessions and people fail before any view is reached.
    if is_passing(fault := sys.exc_info()[1]):
        return not_now(request, fault)
    return render(request, "500.html", {"request_number": request_number()}, status=500)
