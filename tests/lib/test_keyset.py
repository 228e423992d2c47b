"""Pages by key: every row once at any depth, both ways, whatever the address says; counts stop."""

import random
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casework.households.models import ImportBatch
from casework.lib import clock
from casework.lib.keyset import Amount, KeyPage, amount_of, key_page
from casework.staff.models import User

pytestmark = pytest.mark.django_db
MANY = 57
KEYS = ("started_at", "pk")


@pytest.fixture
def batches() -> None:
    """Rows of which several share a moment, as after an import."""
    user, now = User.objects.create(username="wen"), clock.now()
    ImportBatch.objects.bulk_create(
        ImportBatch(
            imported_by=user, file_name=f"样例{n}.xlsx", sha256=f"{n:064d}",
            started_at=now + timedelta(microseconds=random.randrange(20)),
        )
        for n in range(MANY)
    )  # fmt: skip


def page(query: str, *, descending: bool) -> KeyPage:
    asked = dict(parse_qsl(query))
    return key_page(asked, ImportBatch.objects.all(), KEYS, descending=descending, size=10)


def order(*, descending: bool) -> list[int]:
    found = ImportBatch.objects.order_by(*(f"-{key}" if descending else key for key in KEYS))
    return list(found.values_list("pk", flat=True))


@pytest.mark.usefixtures("batches")
@pytest.mark.parametrize("descending", [False, True])
def test_on_and_back_meet_every_row_once(*, descending: bool) -> None:
    shown = page("", descending=descending)
    assert shown.back == ""
    met = [[row.pk for row in shown.rows]]
    while shown.on:
        shown = page(shown.on, descending=descending)
        met.append([row.pk for row in shown.rows])
    assert sum(met, []) == order(descending=descending)
    assert [len(rows) for rows in met] == [10, 10, 10, 10, 10, 7]
    for rows in reversed(met[:-1]):
        shown = page(shown.back, descending=descending)
        assert [row.pk for row in shown.rows] == rows
    assert shown.back == ""
    assert shown.on


@pytest.mark.usefixtures("batches")
def test_what_comes_and_goes_above_moves_nothing_below() -> None:
    first = page("", descending=True)
    expected = [row.pk for row in page(first.on, descending=True).rows]
    newest = first.rows[0]
    ImportBatch.objects.create(
        imported_by=newest.imported_by, file_name="x", sha256="x", started_at=clock.now()
    )
    first.rows[3].delete()
    assert [row.pk for row in page(first.on, descending=True).rows] == expected


@pytest.mark.usefixtures("batches")
@pytest.mark.parametrize(
    "query",
    ["after=x", "after=~", "after=2018-08-27~", "after=2018-13-41~5", "before=%00~%00",
     "after=2018-08-27T00:00:00%2B00:00~" + "9" * 40, "after=1~2~3", "before=2018~zwölf"],
)  # fmt: skip
def test_a_mistyped_place_is_the_first_page(query: str) -> None:
    first = [row.pk for row in page("", descending=True).rows]
    assert [row.pk for row in page(query, descending=True).rows] == first


@pytest.mark.usefixtures("batches")
def test_a_place_past_the_end_begins_anew() -> None:
    shown = page("after=1999-01-01T00:00:00%2B00:00~1", descending=True)
    assert [row.pk for row in shown.rows] == order(descending=True)[:10]


@pytest.mark.usefixtures("batches")
def test_counts_stop() -> None:
    rows = ImportBatch.objects.all()
    assert str(amount_of(rows, 20)) == "20+"
    assert amount_of(rows, MANY) == Amount(MANY)
    assert str(amount_of(rows, MANY)) == str(MANY)
    with CaptureQueriesContext(connection) as asked:
        amount_of(rows, 20)
    assert "LIMIT 21" in asked[0]["sql"]


@pytest.mark.usefixtures("batches")
def test_a_page_that_holds_all_is_not_counted_again() -> None:
    rows = ImportBatch.objects.all()
    whole = key_page({}, rows, KEYS, size=MANY)
    with CaptureQueriesContext(connection) as asked:
        assert whole.amount_of(rows) == Amount(MANY)
    assert len(asked) == 0
    assert key_page({}, rows, KEYS, size=10).amount_of(rows) == Amount(MANY)
