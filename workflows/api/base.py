"""What the views of the interface share: the person behind the program, pages, keys."""

import hashlib
from collections.abc import Sequence
from typing import Any, ClassVar, Final, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from casework.lib.errors import Incomplete, NotFound
from casework.lib.keyset import KeyPage, key_page, place_of
from casework.staff.models import ApiClient, User

KEY_HEADER: Final = "Idempotency-Key"
REASON_HEADER: Final = "X-Reason"
LONGEST_KEY: Final = 128


class Door(APIView):
    """A view of the interface; `scope` is what the token must have been issued for."""

    scope: str = ""
    # What may stand after the question mark; anything else is a mistake worth telling.
    asks: ClassVar[frozenset[str]] = frozenset()

    def initial(self, request: Request, *args: Any, **named: Any) -> None:
        super().initial(request, *args, **named)
        unknown = sorted(set(request.query_params) - self.asks)
        if unknown:
            words = _("This is not known here.")
            raise Incomplete(words, {name or "?": words for name in unknown})


class Nowhere(Door):
    """Any other address of the interface, whatever the method."""

    schema = None

    def initial(self, request: Request, *_args: Any, **_named: Any) -> None:
        self.perform_authentication(request)
        if request.auth is None:
            raise NotAuthenticated
        raise NotFound(_("There is nothing at this address."))

    def http_method_not_allowed(self, request: Request, *_args: Any, **_named: Any) -> Response:
        raise NotFound(_("There is nothing at this address."))


def raw(request: Request) -> HttpRequest:
    """The request as the rest of the house knows it: the read log writes into it."""
    found: HttpRequest = request._request
    return found


def asking(request: Request) -> User:
    """The service account that asks."""
    return cast("User", request.user)


def client(request: Request) -> ApiClient:
    return cast("ApiClient", request.auth)


def submission_key(request: Request) -> str:
    """The key under which a submission is answered once, told apart by program."""
    said = request.headers.get(KEY_HEADER, "").strip()
    if not said or len(said) > LONGEST_KEY:
        words = _("Send a key of your own, at most %(count)d characters, with every submission.")
        told = words % {"count": LONGEST_KEY}
        raise Incomplete(told, {KEY_HEADER: told})
    return hashlib.sha256(f"{client(request).prefix}\n{said}".encode()).hexdigest()


def page_of(
    request: Request, rows: QuerySet[Any], names: Sequence[str], *, descending: bool = True
) -> KeyPage:
    """The page that `after` asks for; what is no place is told, or a reader would begin anew."""
    after = request.query_params.get("after")
    if after is not None and place_of(rows, names, after) is None:
        words = _("Take this from the `next` of the page before.")
        raise Incomplete(words, {"after": words})
    return key_page(request.query_params, rows, names, descending=descending)


def paged(request: Request, page: KeyPage, results: list[Any]) -> dict[str, Any]:
    """A page as it is answered, with the whole address of the next one."""
    kept = request.query_params.copy()
    kept.pop("after", None)
    asked = kept.urlencode()
    onward = f"{request.path}?{asked}&{page.on}" if asked else f"{request.path}?{page.on}"
    return {"next": onward if page.on else None, "results": results}
