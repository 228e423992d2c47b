"""Fixtures every room shares."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import SimpleTestCase
from django.utils import timezone
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer
from pytest_django.plugin import DjangoDbBlocker, blocking_manager_key

from casework.lib import clock
from tests.ledger.tampering import lifted

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def clock_at() -> Iterator[Callable[[str], datetime]]:
    """Hold the clock at a local moment, `clock_at("2018-08-27 09:00")`, until moved or the end."""
    with ExitStack() as held:

        def hold(moment: str) -> datetime:
            stillness = timezone.make_aware(datetime.fromisoformat(moment))
            held.enter_context(clock.at(stillness))
            return stillness

        yield hold


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh page on the live server; script errors and calls to other hosts fail the test."""
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN")
    context.set_default_timeout(15_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on(
        "console",
        lambda line: (
            faults.append(f"against the policy: {line.text}")
            if "Content Security Policy" in line.text
            else None
        ),
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((live_server.url, "data:", "blob:"))
            else faults.append(f"call to another host: {request.url}")
        ),
    )
    yield page
    context.close()
    assert not faults, faults


_NEEDS_ONE = ("django_db", "postgres", "faults", "browser")
_DATABASE = frozenset({"db", "transactional_db", "live_server", "django_db_reset_sequences"})


# Files that take minutes begin first: a long one begun last would leave the other workers idle.
_LONG = (
    "faults/test_crash_points", "hostile/test_acts", "access/test_matrix", "faults/test_gate",
    "model/test_mutants", "scenarios/test_replay", "scenarios/test_rows_over_time",
    "api/test_schemathesis", "browser/test_journey", "operations/test_restore",
    "operations/test_replica", "privacy/test_canary", "hostile/test_addresses",
    "operations/test_production", "documents/test_press", "faults/test_installation",
    "model/test_lifecycle", "operations/test_upgrade",
)  # fmt: skip


def _place(item: pytest.Item) -> int:
    return next((n for n, name in enumerate(_LONG) if name in item.nodeid), len(_LONG))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """What touches no database need not be shown on two of them; and long files go first."""
    for item in items:
        is_class = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
        touches = _DATABASE.intersection(getattr(item, "fixturenames", ()))
        is_marked = any(map(item.get_closest_marker, _NEEDS_ONE))
        if not (is_class or touches or is_marked):
            item.add_marker("once")
    yield
    # After the plug-in of Django has sorted them: it puts what asks for no database last.
    items.sort(key=_place)


REFERENCE_DATA = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Remember what the migrations entered, for tests with real transactions flush it."""
    with django_db_blocker.unblock():
        _flush_past_the_protection()
        request.config.stash[REFERENCE_DATA] = connection.creation.serialize_db_to_string()


def _flush_past_the_protection() -> None:
    """Tests empty the tables between them, which the database itself refuses to everybody else."""
    # Of the class: a browser's event loop brings a connection of its own.
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def flush_lifted(self: Any, sql_list: list[str]) -> None:
        with lifted(self.connection):
            flush(self, sql_list)

    operations.execute_sql_flush = flush_lifted


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Put the reference data back that a test with real transactions has flushed."""
    yield
    remembered = item.config.stash.get(REFERENCE_DATA, "")
    # After the last test the database itself is gone.
    if remembered and nextitem and _is_transactional(item):
        with item.config.stash[blocking_manager_key].unblock():
            # Emptied once more without signals: a flush makes content types anew, under new keys.
            # Numbers go on where they were: the rows that return bring their old ones.
            call_command(
                "flush",
                interactive=False,
                verbosity=0,
                inhibit_post_migrate=True,
                reset_sequences=False,
            )
            connection.creation.deserialize_db_from_string(remembered)
            connection.close()


def _is_transactional(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    fixtures = {"transactional_db", "live_server", "browser_page"}
    names = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & names or (marker and marker.kwargs.get("transaction")))
