"""What somebody searches for: kept with the session, sealed, under a word for the address.

A name in an address stands in the logs of every proxy, in the history of the browser and in what
is sent on as referrer. So words are posted, and the address of the list carries a token alone.
"""

import secrets

from django.http import HttpRequest

from casework.lib.crypto import decrypt, encrypt

TOKEN = "s"  # noqa: S105  the name of the parameter
MOST_KEPT = 20
_KEPT = "searches"
_PURPOSE = "workflows.search"


def keep(request: HttpRequest, words: str) -> str:
    """Keep the words for this session; the token under which the address names them."""
    kept: dict[str, str] = request.session.get(_KEPT, {})
    token = secrets.token_urlsafe(6)
    newest = [*kept.items(), (token, encrypt(words, context=_PURPOSE))][-MOST_KEPT:]
    request.session[_KEPT] = dict(newest)
    return token


def words_of(request: HttpRequest) -> str:
    """The words that the address names; none for a token of another session or a forgotten one."""
    sealed = request.session.get(_KEPT, {}).get(request.GET.get(TOKEN, ""))
    return decrypt(sealed, context=_PURPOSE) if sealed else ""
