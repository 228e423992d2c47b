"""Which rows the database itself shows a person: a second layer of access, below all our code.

Each app says in its `rows.py`, in SQL and on its own, whose rows are whose; nothing is derived from
the lists and roles that the screens ask. On PostgreSQL the statements become policies of row-level
security (`row_policies`), forced on the owner too. Within `seen_by` a query that forgot its scope
finds only what the person may see; the one door of acts, which asks scope and role itself, and the
workers run `as_engine`. SQLite has no such layer: there the first stands alone.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import date
from typing import Final

from django.apps import apps
from django.db import InternalError, connection, transaction

from casework.lib import clock

APPLICATION_ROLE: Final = "casework_app"
# What a condition calls the row it speaks of.
ROW: Final = "{row}"

_conditions: dict[str, str] = {}
_subjects: dict[str, str] = {}
_functions: dict[str, str] = {}
_sets: dict[str, dict[str, str]] = {"cases": {}, "orders": {}, "known": {}, "homes": {}}
_entered: ContextVar[bool] = ContextVar("rows_entered", default=False)


def show(model: str, condition: str) -> None:
    """Show rows of a model to whom an SQL condition on `{row}` holds for."""
    _conditions[model] = condition


def show_with(model: str, column: str, parent: str) -> None:
    """Show rows of a model to whoever sees the row of another that a column names."""
    table = apps.get_model(parent)._meta.db_table
    show(model, f"EXISTS (SELECT FROM {table} up WHERE up.id = {ROW}.{column})")


def show_with_case(*models: str, column: str = "case_id") -> None:
    """Show rows of a case's file to whoever may see the case."""
    for model in models:
        show(model, f"casework_sees_case({ROW}.{column})")


def show_with_subject(*models: str) -> None:
    """Show rows that name their subject by kind and number to whoever sees the subject."""
    for model in models:
        show(model, f"casework_sees_subject({ROW}.subject_type, {ROW}.subject_id)")


def beyond_the_street(kind: str, name: str, selection: str) -> None:
    """Select numbers of cases, orders or homes that a person sees though another street has them.

    They are found once, as the person enters, from the person's side: a condition asked of every
    row would cost each list a look at the whole city. `kind` is cases (the whole file), orders, or
    known (cases of which a person needs no more than an order tells), and found in that order.
    """
    _sets[kind][name] = selection


def subject(kind: str, condition: str) -> None:
    """Say in SQL, of the number `subject_id`, who may see a subject of a kind."""
    _subjects[kind] = condition


def function(name: str, body: str) -> None:
    """Define an SQL function of one number that answers whether a row is seen."""
    _functions[name] = body


def policies() -> dict[str, str]:
    """Table → the condition under which a person sees one of its rows."""
    return {
        apps.get_model(model)._meta.db_table: condition.replace(
            ROW, apps.get_model(model)._meta.db_table
        )
        for model, condition in sorted(_conditions.items())
    }


def functions() -> dict[str, str]:
    """Name → body of the functions that policies ask; they look at all rows themselves."""
    kinds = " ".join(f"WHEN '{kind}' THEN {told}" for kind, told in sorted(_subjects.items()))
    return {
        "casework_sees_case(id bigint)": """
            SELECT casework_has('city') OR $1 = ANY (casework_ids('cases')) OR EXISTS (
                SELECT FROM cases_helpcase c WHERE c.id = $1
                AND c.handling_street LIKE ANY (casework_texts('streets')))""",
        **{f"{name}(id bigint)": body for name, body in sorted(_functions.items())},
        "casework_sees_subject(kind text, subject_id bigint)": f"""
            SELECT CASE kind {kinds} ELSE false END""",
    }


def selections() -> dict[str, str]:
    """Kind → one statement that selects the numbers beyond the street, in the order to ask."""
    return {kind: " UNION ".join(asked.values()) for kind, asked in _sets.items() if asked}


@contextmanager
def seen_by(user_id: int | None, on: date | None = None) -> Iterator[None]:
    """One transaction in which the database shows what one person may see on a day.

    Nobody, None, sees no row that is anybody's. On SQLite this is a plain passage.
    """
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), _as_before(within=len(connection.savepoint_ids)):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('role', %s, true), casework_enter(%s, %s)",
                [APPLICATION_ROLE, user_id or 0, on or clock.today()],
            )
        entered = _entered.set(True)
        try:
            yield
        finally:
            _entered.reset(entered)


@contextmanager
def _as_before(*, within: int) -> Iterator[None]:
    """Settings end with the transaction; within an outer one they are put back by hand."""
    if not within:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('role'), current_setting('casework.scope', true)")
        before = cursor.fetchone()
    try:
        yield
    finally:
        _put_back(
            "SELECT set_config('role', %s, true), set_config('casework.scope', %s, true)", before
        )


@contextmanager
def as_engine(*, to_read: bool = False) -> Iterator[None]:
    """Where scope and role are asked by the act itself: every row, within a person's transaction.

    Outside of one the engine sees everything already, and this is a plain passage. After an act
    what its person sees is found anew; whoever came only to read leaves it as it was.
    """
    if not _entered.get():
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('casework.scope', 'engine', true)")
    entered = _entered.set(False)
    try:
        yield
    finally:
        _entered.reset(entered)
        if to_read:
            _put_back("SELECT set_config('casework.scope', 'person', true)", [])
        else:
            _put_back("SELECT casework_enter(casework_person(), casework_day())", [])


def _put_back(statement: str, values: Sequence[str]) -> None:
    """A transaction that can only be taken back takes its settings back with it."""
    if not connection.needs_rollback:
        with suppress(InternalError), connection.cursor() as cursor:
            cursor.execute(statement, values)
