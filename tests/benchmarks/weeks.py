"""The week's table and its seal in books of many cases, beside a hand-written GROUP BY.

`python -m tests.benchmarks.weeks CASES`: the books hold one movement for each case over five
years, and the same 20,000 movements of the week at hand whatever the size.
"""

import json
import sys
import time
from typing import Any

from tests.benchmarks.measures import each, seconds  # sets Django up

from django.db import connection  # isort: skip

from casework.ledger import figures
from casework.ledger.weeks import next_week, week_bounds, week_of
from casework.lib import clock
from evaluation.reporting.weekly import compile_rows
from tests.faults import driver

IN_THE_WEEK = 20_000
WEEKS = 260
CASES = """
CREATE TABLE bench_case AS
SELECT n AS id, d.code AS district, d.code || lpad((901 + n %% 3)::text, 3, '0') AS street,
    (ARRAY['DISABLED','ELDERLY','STUDENT'])[1 + n %% 3] AS line
FROM generate_series(1, %(cases)s) n
JOIN (SELECT code, row_number() OVER (ORDER BY code) - 1 AS place
      FROM directory_division WHERE level = 'DISTRICT') d ON d.place = n %% 16
"""
MOVEMENTS = """
INSERT INTO ledger_movement (week, year, figure, district, street, line, subject_type, subject_id,
                             amount, occurred_on, moment, entry_id, note)
SELECT w.week, w.year, (ARRAY['referred','verified','rejected','in_help','completed','evaluated'])
    [1 + c.id %% 6], c.district, c.street, c.line, 'case', c.id, 1, now(), now(), %(entry)s, ''
FROM bench_case c JOIN bench_week w ON w.place = {place}
WHERE c.id {which} %(in_the_week)s
"""
BALANCES = """
INSERT INTO ledger_balance (week, year, figure, district, street, line, opening, moved, closing)
SELECT week, kept, figure, district, street, line,
    sum(moved) OVER account - moved, moved, sum(moved) OVER account
FROM (SELECT week, CASE WHEN figure = 'in_help' THEN 0 ELSE year END AS kept, figure, district,
          street, line, sum(amount) AS moved
      FROM ledger_movement WHERE week < %(week)s GROUP BY 1, 2, 3, 4, 5, 6) weekly
WINDOW account AS (PARTITION BY kept, figure, district, street, line ORDER BY week)
"""
PERIODS = """
INSERT INTO ledger_period (week, starts_at, ends_at, sealed_at, movements, prev_sha256, sha256)
SELECT week, now(), now(), now(), 0, '', '' FROM bench_week WHERE week < %(week)s
"""
JOINED = """
SELECT m.figure, c.district, c.line, sum(m.amount), sum(m.amount) FILTER (WHERE m.week = %(week)s)
FROM ledger_movement m JOIN bench_case c ON c.id = m.subject_id
WHERE m.week <= %(week)s GROUP BY m.figure, c.district, c.line
"""
ALONE = """
SELECT figure, district, line, sum(amount), sum(amount) FILTER (WHERE week = %(week)s)
FROM ledger_movement WHERE week <= %(week)s GROUP BY figure, district, line
"""


def week_table(cases: int) -> dict[str, Any]:
    """Milliseconds of the open week's table, of the joined GROUP BY, and of one without a join."""
    driver.do(0, "refer")
    clock_week = week_of(clock.now())
    weeks = _weeks_before(clock_week)
    week = weeks[-1]
    given = {"week": week, "cases": cases, "in_the_week": IN_THE_WEEK}
    with connection.cursor() as cursor:
        _fill(cursor, weeks, given)
    compile_rows(week)
    answer: dict[str, Any] = {
        "ours": each(compile_rows, [week] * 7) * 1000,
        "peer": each(lambda _turn: _asked(JOINED, given), range(3)) * 1000,
        "limit": each(lambda _turn: _asked(ALONE, given), range(3)) * 1000,
    }
    began = time.process_time()
    sealed = seconds(lambda: figures.seal_week(week, at=week_bounds(week)[1]))
    answer["details"] = {
        "cases": cases,
        "movements of the week": IN_THE_WEEK,
        "seal, ms": round(sealed * 1000),
        "seal, client CPU ms": round((time.process_time() - began) * 1000),
        "table after the seal, ms": round(each(compile_rows, [week] * 5) * 1000, 1),
    }
    return answer


def _weeks_before(until: str) -> list[str]:
    week, weeks = f"{int(until[:4]) - WEEKS // 52}{until[4:]}", list[str]()
    while week < until:
        weeks.append(week)
        week = next_week(week)
    return weeks


def _fill(cursor: Any, weeks: list[str], given: dict[str, Any]) -> None:
    """The books, without the checks of each row: they are not what is measured."""
    cursor.execute("SET session_replication_role = replica")
    cursor.execute("DELETE FROM ledger_movement")
    cursor.execute("SELECT min(id) FROM ledger_journalentry")
    given["entry"] = cursor.fetchone()[0]
    cursor.execute("CREATE TABLE bench_week (place int, week text, year int)")
    cursor.executemany(
        "INSERT INTO bench_week VALUES (%s, %s, %s)",
        [(place, week, int(week[:4])) for place, week in enumerate(weeks)],
    )
    cursor.execute(CASES, given)
    cursor.execute("ALTER TABLE bench_case ADD PRIMARY KEY (id)")
    last = len(weeks) - 1
    earlier = MOVEMENTS.format(place=f"c.id %% {last}", which=">")
    cursor.execute(earlier, given)
    cursor.execute(MOVEMENTS.format(place=str(last), which="<="), given)
    cursor.execute(BALANCES, given)
    cursor.execute(PERIODS, given)
    cursor.execute("SET session_replication_role = origin")
    cursor.execute("VACUUM ANALYZE")


def _asked(statement: str, given: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"week": given["week"]})
        cursor.fetchall()


if __name__ == "__main__":
    print(json.dumps(week_table(int(sys.argv[1]))))
