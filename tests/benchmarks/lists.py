"""Work and case lists among a million, beside the floor: an authenticated page with one query.

`python -m tests.benchmarks.lists TASKS`: one real case with its work is copied until there are so
many, over all streets; then pages are asked for as a caseworker asks for them.
"""

import json
import statistics
import sys
import time
from typing import Any
from urllib.parse import urlencode

from tests.faults import driver  # sets Django up

from django.db import connection  # isort: skip

from django.test import Client
from django.urls import reverse

from casework.cases.models import HelpCase
from casework.cases.queries import visible_to
from casework.households.models import Household, Member
from casework.staff.models import User
from tests.benchmarks.tools import copying
from workflows.models import Run, WorkItem

ROUNDS = 40
# A caseworker of one street, the district's supervisor, the city's official.
READERS = ("cw.110101901", "ds.110101", "ca")
# What differs from copy to copy; everything else is as in the one real row.
COPIES: dict[type[Any], dict[str, str]] = {
    Household: {"id": "t.id + n", "head_id": "t.head_id + n"},
    Member: {
        "id": "t.id + n", "household_id": "t.household_id + n",
        "name": "'试' || translate(n::text, '0123456789', '零一二三四五六七八九')",
    },
    HelpCase: {
        "id": "t.id + n", "household_id": "t.household_id + n", "person_id": "t.person_id + n",
        "case_no": "'BENCH-' || n", "handling_district": "left(s.code, 6)",
        "handling_street": "s.code",
        "referred_at": "t.referred_at - make_interval(secs => n)",
    },
    Run: {"id": "t.id + n", "subject_id": "t.subject_id + n", "process_id": "t.process_id + n"},
    WorkItem: {
        "id": "t.id + n", "task_id": "t.task_id + n", "run_id": "t.run_id + n",
        "subject_id": "t.subject_id + n", "district": "left(s.code, 6)", "street": "s.code",
        "due_on": "t.due_on + (n %% 400)::int - 200",
    },
}  # fmt: skip


def lists(tasks: int) -> dict[str, Any]:
    """Milliseconds (95th percentile) of the slowest list page, and of the floor."""
    fill(tasks)
    found = {
        f"{name} ({person.split('.')[0]})": _percentile(client, url)
        for person in READERS
        for client in [_client(person)]
        for name, url in _pages(client, person).items()
    }
    floor = _percentile(_client(READERS[0]), reverse("mfa_index"))
    return {
        "ours": max(found.values()),
        "peer": floor * 3,
        "limit": floor,
        "details": {name: f"{ms:.0f} ms" for name, ms in found.items()},
    }


def fill(tasks: int) -> None:
    """Copy one referred case with its work over all streets, until there are so many."""
    driver.do(0, "refer")
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "CREATE TABLE bench_street AS"
            " SELECT code, row_number() OVER (ORDER BY code) - 1 AS place"
            " FROM directory_division WHERE level = 'STREET'"
        )
        for model, changed in COPIES.items():
            cursor.execute(_copying(model, changed), {"tasks": tasks})
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def _client(username: str) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username=username))
    return client


def _pages(client: Client, username: str) -> dict[str, str]:
    """The pages of long lists; a deep one begins halfway down what the person may see."""
    pages = {
        "work": reverse("work_list"),
        "overdue work": reverse("work_list") + "?urgency=late",
        "cases": reverse("case_list"),
        "today": reverse("home"),
        "a search by number": _searched(client, "BENCH-4711"),
        "a search by name": _searched(client, "试四七一一"),
    }
    cases = visible_to(User.objects.get(username=username)).order_by("referred_at", "pk")
    if middle := cases[cases.count() // 2 : cases.count() // 2 + 1].first():
        place = f"{middle.referred_at.isoformat()}~{middle.pk}"
        pages["cases, halfway down"] = f"{pages['cases']}?{urlencode({'after': place})}"
    return pages


def _copying(model: type[Any], changed: dict[str, str]) -> str:
    rows = (
        f"(SELECT * FROM {model._meta.db_table} ORDER BY id DESC LIMIT 1) t"
        " CROSS JOIN generate_series(1, %(tasks)s) n"
        " JOIN bench_street s ON s.place = n %% (SELECT count(*) FROM bench_street)"
    )
    return copying(model, changed, rows)


def _searched(client: Client, words: str) -> str:
    answer = client.post(reverse("search"), {"list": "case_list", "q": words})
    return str(answer["Location"])


def _percentile(client: Client, url: str) -> float:
    assert client.get(url).status_code == 200, url
    spans = []
    for _round in range(ROUNDS):
        began = time.perf_counter()
        client.get(url)
        spans.append((time.perf_counter() - began) * 1000)
    return statistics.quantiles(spans, n=20)[-1]


if __name__ == "__main__":
    print(json.dumps(lists(int(sys.argv[1]))))
