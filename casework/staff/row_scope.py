"""Each request looks through the eyes of its person, in one transaction, on PostgreSQL."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import SimpleTemplateResponse
from django.utils.decorators import sync_only_middleware

from casework.staff.rows import seen_by

Answer = Callable[[HttpRequest], HttpResponse]
View = TypeVar("View", bound=Callable[..., Any])
_BROKEN = 500
_STACK, _BEGAN = "row_scope", "row_scope_began"
_ASKS_NO_ROWS = "asks_no_rows"


def asks_no_rows(view: View) -> View:
    """Mark a view that must answer without a database, such as a sign of life."""
    setattr(view, _ASKS_NO_ROWS, True)
    return view


@sync_only_middleware
class RowScope:
    """Open the person's transaction before the view, and close it before the answer goes out.

    What a person is told was committed before. An answer of our own fault takes all back.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with ExitStack() as opened:
            setattr(request, _STACK, opened)
            response = self.get_response(request)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
            if response.status_code >= _BROKEN and getattr(request, _BEGAN, False):
                transaction.set_rollback(True)
        return response

    def process_view(self, request: HttpRequest, view: Any, _args: Any, _named: Any) -> None:
        """Begin once it is known which view answers: some ask nothing of the database."""
        opened: ExitStack | None = getattr(request, _STACK, None)
        if opened is None or hasattr(view, _ASKS_NO_ROWS) or connection.vendor != "postgresql":
            return
        user = getattr(request, "user", None)
        opened.enter_context(seen_by(user.pk if user is not None else None))
        setattr(request, _BEGAN, True)
