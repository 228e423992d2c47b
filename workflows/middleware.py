"""What holds for every page: refusals in words, language, privacy, policy, one log line."""

import errno
from collections.abc import Callable
from typing import Any

import structlog
from csp.constants import SELF, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django_structlog.middlewares import RequestMiddleware
from structlog.contextvars import get_contextvars

from casework.lib.errors import CaseworkError
from casework.staff.clients import API
from casework.staff.models import User

Answer = Callable[[HttpRequest], HttpResponse]
# The administration carries its scripts as files, without a number.
_LIBRARY_PAGES = frozenset({"admin"})
# The library that shows the interface's description styles as it goes; the page holds no household.
_DESCRIPTION = "api_docs"
_OF_THE_DESCRIPTION = {
    "script-src": [SELF],
    "style-src": [SELF, UNSAFE_INLINE],
}
# A phone at the door may photograph; nothing else of the device is asked for.
_PERMISSIONS = "camera=(self), microphone=(), geolocation=(self), payment=(), usb=()"
RETRY_SECONDS = 10
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
logger = structlog.get_logger(__name__)
_PAGES = {400: "400.html", 403: "403.html", 404: "404.html", 409: "409.html", 422: "409.html"}


class Refusals:
    """A refused act is a page with its sentence and its status, never a broken one."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Any, _args: Any, named: dict[str, Any]
    ) -> HttpResponse | None:
        """Nothing is kept under a name with a NUL in it, and PostgreSQL would not even look."""
        if any(isinstance(part, str) and "\0" in part for part in named.values()):
            if request.path.startswith(API):
                told = {"type": "about:blank", "status": 404, "detail": "", "request": ""}
                return JsonResponse(told, status=404, content_type="application/problem+json")
            return render(request, "404.html", status=404)
        return None

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        if is_passing(fault):
            return not_now(request, fault)
        if not isinstance(fault, CaseworkError):
            return None
        page = _PAGES.get(fault.status, "400.html")
        return render(request, page, {"message": fault.message}, status=fault.status)


def is_passing(fault: BaseException | None) -> bool:
    """Whether a fault passes by itself or with an operator's help: database away, disk full."""
    full = isinstance(fault, OSError) and fault.errno in _NO_ROOM
    return full or isinstance(fault, OperationalError | InterfaceError)


def not_now(request: HttpRequest, fault: BaseException | None) -> HttpResponse:
    """The database is away, full or busy: nothing was kept, and the same form may be sent again."""
    logger.error("database_refused", exc_info=fault)
    # A sign-in cut off halfway has changed the form's token; kept, the form would be refused.
    request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
    response = render(request, "503.html", {"request_number": request_number()}, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


class PersonLanguage:
    """The account's language; for a stranger the chosen one, else the house language."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if isinstance(request.user, User):
            chosen = request.user.language
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


class PrivateAnswers:
    """Pages hold personal data: no cache keeps them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        return response


class Policy(CSPMiddleware):
    """Scripts run by the number of their page; the pages of libraries by their own files."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        match = request.resolver_match
        if match and match.app_names and match.app_names[0] in _LIBRARY_PAGES:
            parts.update = {**(parts.update or {}), "script-src": [SELF]}
        if match and match.url_name == _DESCRIPTION:
            parts.update = {**(parts.update or {}), **_OF_THE_DESCRIPTION}
        return parts


class RequestLine(RequestMiddleware):
    """One log line a request, by its route alone; the answer carries the number of the line."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        route = request.resolver_match.route if request.resolver_match else "unknown"
        return f"{request.method} /{route}"

    def handle_response(self, request: HttpRequest, response: HttpResponse) -> None:
        response["X-Request-ID"] = request_number()
        super().handle_response(request, response)


def request_number() -> str:
    """The number under which the log knows the present request."""
    return str(get_contextvars().get("request_id", ""))
