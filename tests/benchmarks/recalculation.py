"""Every open household compared with a new line, beside one UPDATE that writes the same standing.

`python -m tests.benchmarks.recalculation CASES`: one real case copied, incomes spread over both
lines. The peer is the bare UPDATE of exactly the cases that come out otherwise, at a third of its
pace (the goal is three times its time); ours finds them, keeps each, reports and journals.
"""

import json
import statistics
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

from tests.faults import driver  # noqa: F401  sets Django up

from django.db import connection, transaction  # isort: skip

from casework.cases.models import HelpCase, Recalculation
from casework.cases.recalculation import recalculate
from casework.households.models import StandardLine
from casework.ledger.act import open_books
from tests.benchmarks.tools import copying, seconds
from tests.walk import Walk, at

ROUNDS, SLOWER = 3, 3
NEW_YEAR = at("2019-01-02 09:00")
# Incomes from 0 to 3,000 by cents, as a household's people divide them.
FIGURE = "((n::bigint * 7919) %% 900000) / 300.0"
BANDS = """CASE WHEN income_figure < {dibao} THEN 'DIBAO'
    WHEN income_figure < {low} THEN 'LOW_INCOME' ELSE 'OVER' END"""
UPDATE = "UPDATE cases_helpcase SET means_band = {bands} WHERE income_figure IS NOT NULL AND {open}"
OPEN = "state NOT IN ('DECLINED', 'MERGED', 'REJECTED', 'CLOSED', 'TERMINATED')"


def measure(cases: int) -> dict[str, Any]:
    """Households a second, medians of rounds taken in turn."""
    case = Walk.upto("start").case
    rows = "cases_helpcase t CROSS JOIN generate_series(1, %s) n WHERE t.id = %s"
    changed = {"id": 't."id" + n', "case_no": "'B-' || n", "income_figure": FIGURE}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(copying(HelpCase, changed, rows), [cases, case.pk])
    line = StandardLine.objects.get(kind="DIBAO", effective_from=date(2019, 1, 1))
    _as_before()
    ours, peer = [], []
    for _round in range(ROUNDS):
        peer.append(_undone(_bare))
        ours.append(_undone(lambda: _recalculate(line)))
    mine, bare = statistics.median(ours), statistics.median(peer)
    run = _recalculate(line)
    share = f"{run.changed:,} of {run.compared:,} came out otherwise"
    return {
        "ours": cases / mine,
        "peer": cases / (SLOWER * bare),
        "limit": cases / bare,
        "details": {"changed": share, "times": f"{mine:.1f} s beside {bare:.1f} s"},
    }


def _as_before() -> None:
    """Everybody stands as under the lines of the year before."""
    with connection.cursor() as cursor:
        bands = BANDS.format(dibao=1000, low=2000)
        cursor.execute(UPDATE.format(bands=bands, open="true"))
        cursor.execute("VACUUM ANALYZE cases_helpcase")


def _undone(work: Callable[[], object]) -> float:
    """How long it takes; then as if it had not been, so that every round meets the same rows."""
    with transaction.atomic():
        took = seconds(work)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM cases_helpcase")
    return took


def _bare() -> None:
    """The same standings by one statement, nothing kept and nothing told."""
    bands = BANDS.format(dibao=1100, low=2200)
    with connection.cursor() as cursor:
        cursor.execute(f"{UPDATE.format(bands=bands, open=OPEN)} AND means_band <> {bands}")


def _recalculate(line: StandardLine) -> Recalculation:
    with open_books("recalculate", by=None, moment=NEW_YEAR) as books:
        run = recalculate(line, books)
        books.close(("standard", line.pk), from_state="", to_state="")
    return run


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
