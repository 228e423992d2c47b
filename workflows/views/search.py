"""The way of every search and filter: words are posted here, and a list is opened."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from workflows import searches

LISTS = frozenset(
    {
        "work_list",
        "case_list",
        "order_list",
        "document_list",
        "audit_journal",
        "audit_reads",
    }
)
MOST_WORDS, LONGEST_FILTER = 60, 40


@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Keep the words and lead to the list; its other filters stay in the address."""
    name = request.POST.get("list", "")
    filters = {
        key: value
        for key, value in request.POST.items()
        if value and key.isidentifier() and key not in ("csrfmiddlewaretoken", "list", "q")
        and len(key) <= LONGEST_FILTER and len(value) <= LONGEST_FILTER
    }  # fmt: skip
    words = request.POST.get("q", "").replace("\0", "").strip()[:MOST_WORDS]
    if words:
        filters[searches.TOKEN] = searches.keep(request, words)
    return redirect(
        f"{reverse(name if name in LISTS else 'case_list')}?{urlencode(filters)}".rstrip("?")
    )
