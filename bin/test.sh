#!/usr/bin/env bash
# The whole suite, or the paths given, in two runs. The summary of the second counts both, so that
# the last lines say all.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

first_reports=var/test/sqlite.jsonl
workers=$(nproc)
[ "$workers" -le 8 ] || workers=8
# Files begin in the order of tests/conftest.py: the long ones first.
parallel=(-n "$workers" --dist loadfile --no-loadscope-reorder)
rm -f "$first_reports"

echo ">> source checks, and the suite on SQLite"
env -u DATABASE_URL .venv/bin/python -m pytest -p tests.reports "${parallel[@]}" -q \
  -m "not (postgres or browser or faults)" --keep-reports "$first_reports" "$@"
first=$?
# 1 is failed tests, which the summary will count; anything else broke the run itself.
[ "$first" -le 1 ] || exit "$first"

echo ">> the suite on PostgreSQL, with browser tests and the short fault gate"
.venv/bin/python -m tests.postgres \
  .venv/bin/python -m pytest -p tests.reports "${parallel[@]}" -q \
  -m "not (lint or once)" --join-reports "$first_reports" "$@"
