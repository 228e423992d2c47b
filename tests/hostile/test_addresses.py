"""Every address meets bad paths, queries, headers and bodies; each time there is an answer."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.hostile.words import ALL, TEXTS
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]

ROLES = ("CW", "DS", "CA", "LE", "PR", "EV")
# What any list, filter or pager reads of the address, and names that nothing reads.
PARAMETERS = (
    "q", "state", "line", "whose", "kind", "who", "since", "until", "page", "older", "before",
    "next", "draft", "year", "week", "district", "urgency", "month", "street", "o", "p", "e", "all",
)  # fmt: skip
# Where the answer takes a long way off on purpose, or another package answers.
ELSEWHERE = ("static", "media")
NUMBERS = ("0", "00", "2147483648", "9223372036854775808", "9" * 40)
WORDS = (
    "x", "2018-W99", "0000-W00", "9999-W53", "%00", "..%2f..%2fetc%2fpasswd", "%F0%A0%AE%B7",
    "%E2%80%AE", "%27%3B--", "<script>", "A" * 3000, "%ED%A0%80", "%FF%FE",
)  # fmt: skip


def addresses(patterns: Any = None, lead: str = "/") -> list[tuple[str, dict[str, Any]]]:
    """Every address of the configuration, its variable parts in braces, with their converters."""
    found: list[tuple[str, dict[str, Any]]] = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = str(entry.pattern)
        if route.startswith(ELSEWHERE) or "^" in route:
            continue
        if isinstance(entry, URLResolver):
            found += addresses(entry.url_patterns, lead + route)
        elif isinstance(entry, URLPattern):
            found.append((lead + route, {}))
    return found


def of_each_kind(routes: list[tuple[str, dict[str, Any]]]) -> list[str]:
    """Addresses without the many of the admin that one piece of code answers: one table of each.

    Who works cases is turned away there before any table is looked at.
    """
    kinds: dict[str, str] = {}
    for route, _more in routes:
        kinds.setdefault(re.sub(r"^/admin/\w+/\w+/", "/admin/table/", route), route)
    return list(kinds.values())


def filled(route: str, word: str, number: str) -> str:
    parts = []
    for part in route.split("<"):
        name, closed, rest = part.partition(">")
        if not closed:
            parts.append(part)
            continue
        parts.append((number if name.startswith("int:") else word) + rest)
    return "".join(parts)


@pytest.fixture
def clients(clock_at: Callable[[str], datetime]) -> dict[str, Client]:
    walk = Walk.upto("receive")
    clock_at("2018-07-17 09:00")
    made = {}
    for role in (*ROLES, "SYS"):
        made[role] = Client(raise_request_exception=False)
        made[role].force_login(walk.person(role))
    return made


def faults(client: Client, method: str, address: str, **more: Any) -> list[tuple[str, int]]:
    with transaction.atomic():
        status = client.generic(method, address, **more).status_code
        transaction.set_rollback(True)
    return [(f"{method} {address[:90]}", status)] if status >= 500 else []


def test_no_address_breaks_on_what_stands_in_it(clients: dict[str, Client]) -> None:
    wrong = []
    for route in of_each_kind(addresses()):
        if "<" not in route:
            continue
        tried = {filled(route, word, "1") for word in WORDS}
        tried |= {filled(route, "x", number) for number in NUMBERS}
        for address in sorted(tried):
            for role in ("CW", "CA"):
                wrong += faults(clients[role], "GET", address)
            wrong += faults(clients["DS"], "POST", address)
    assert wrong == []


def test_no_table_of_the_admin_breaks_on_what_stands_in_its_address(
    clients: dict[str, Client],
) -> None:
    wrong = []
    for route, _more in addresses():
        if not route.startswith("/admin/"):
            continue
        for word in ("%00", "A" * 3000, "9" * 40):
            query = f"?q={word}&o={word}&p={word}&e={word}"
            wrong += faults(clients["SYS"], "GET", filled(route, word, "1") + query)
    assert wrong == []


def test_no_list_breaks_on_what_it_is_asked(clients: dict[str, Client]) -> None:
    wrong = []
    values = [value[:2000] for value in ALL.values()]
    for route, _more in addresses():
        if "<" in route or route.startswith("/admin/"):
            continue
        for value in values:
            query = "&".join(f"{name}={quote(value)}" for name in PARAMETERS)
            wrong += faults(clients["CW"], "GET", f"{route}?{query}")
        for role in ROLES:
            for bad in ("%ED%A0%80", quote(TEXTS["nul"])):
                query = "&".join(f"{name}={bad}" for name in PARAMETERS)
                wrong += faults(clients[role], "GET", f"{route}?{query}")
    assert wrong == []


FORM = "application/x-www-form-urlencoded"
BODIES = {
    "no body": (b"", FORM),
    "bad utf-8": (b"key=%ED%A0%80&reason=\xff\xfe", FORM),
    "json": (b'{"key": [[[[', "application/json"),
    "no boundary": (b"--x\r\n\r\n", "multipart/form-data"),
    "broken parts": (
        b'--x\r\nContent-Disposition: form-data; name="a', "multipart/form-data; boundary=x"
    ),
    "other charset": (b"\x00\x01", f"{FORM}; charset=no-such"),
    "ten thousand fields": (b"&".join(b"a%d=1" % n for n in range(10_000)), FORM),
}  # fmt: skip


@pytest.mark.parametrize("kind", BODIES)
def test_no_address_breaks_on_its_body(clients: dict[str, Client], kind: str) -> None:
    body, content_type = BODIES[kind]
    wrong = []
    for route in of_each_kind(addresses()):
        address = filled(route, "x", "1")
        wrong += faults(clients["CW"], "POST", address, data=body, content_type=content_type)
        wrong += faults(clients["DS"], "PUT", address, data=body, content_type=content_type)
    assert wrong == []


def test_no_header_breaks_the_house(clients: dict[str, Client]) -> None:
    wrong = []
    for name, value in (
        ("HTTP_ACCEPT_LANGUAGE", "x" * 5000), ("HTTP_COOKIE", "sessionid=\x00; a"),
        ("HTTP_X_REQUEST_ID", "<script>\x00"), ("HTTP_RANGE", "bytes=9-1"),
        ("HTTP_HX_REQUEST", "true"), ("HTTP_REFERER", "\u202e"), ("HTTP_IF_MODIFIED_SINCE", "no"),
        ("HTTP_X_FORWARDED_FOR", "1.2.3.4, ::::"), ("HTTP_ACCEPT", "*/*;q=NaN"),
        ("HTTP_HX_CURRENT_URL", "http://[broken"),
    ):  # fmt: skip
        for address in ("/", "/cases/", "/login/", "/work/", "/weeks/", "/health/live"):
            wrong += faults(clients["CW"], "GET", address, **{name: value})
    assert wrong == []
