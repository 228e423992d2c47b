"""What the database itself refuses to change: triggers below every programme and every person.

A model says what of it stands for good (`protection`, see `append_only`); the triggers follow from
that after each `migrate`, on SQLite and on PostgreSQL. The owner of the tables could take them
away: against that stand the chains, and the seals that lie outside the machine.
"""

from collections.abc import Iterator
from typing import Any, cast

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from casework.ledger.models.append_only import Protection

REFUSAL = "The books are only ever added to."
_FUNCTION = """
CREATE OR REPLACE FUNCTION casework_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The books are only ever added to.' USING ERRCODE = 'restrict_violation';
END $$
"""


def protected_models() -> Iterator[type[models.Model]]:
    """Every model of which something stands for good."""
    for model in apps.get_models():
        if isinstance(getattr(model, "protection", None), Protection) and model._meta.managed:
            yield model


def append_only_models() -> Iterator[type[models.Model]]:
    """Every model whose rows never change at all: nobody needs a right to change them."""
    for model in protected_models():
        if model.protection.is_whole:  # type: ignore[attr-defined]
            yield model


def protect(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers in place; safe to repeat, and renewed when a protection changed."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for model in protected_models():
            if model._meta.db_table in present:
                for statement in _statements(connection, model):
                    cursor.execute(statement)


def _statements(connection: BaseDatabaseWrapper, model: type[models.Model]) -> Iterator[str]:
    table = connection.ops.quote_name(model._meta.db_table)
    changed = _change(connection, model)
    when = f" WHEN ({changed})" if changed else ""
    refuse = (
        "EXECUTE FUNCTION casework_refuse()"
        if connection.vendor == "postgresql"
        else f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    )
    for event, condition in (("UPDATE", when), ("DELETE", "")):
        name = connection.ops.quote_name(f"{model._meta.db_table}_no_{event.lower()}")
        yield _drop(connection, name, table)
        yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW{condition} {refuse}"
    if connection.vendor == "postgresql":
        name = connection.ops.quote_name(f"{model._meta.db_table}_no_truncate")
        yield _drop(connection, name, table)
        yield f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"


def _drop(connection: BaseDatabaseWrapper, name: str, table: str) -> str:
    of_table = f" ON {table}" if connection.vendor == "postgresql" else ""
    return f"DROP TRIGGER IF EXISTS {name}{of_table}"


def _change(connection: BaseDatabaseWrapper, model: type[models.Model]) -> str:
    """The condition under which an update touches what stands; empty where everything stands."""
    protection: Protection = model.protection  # type: ignore[attr-defined]
    if protection.is_whole:
        return ""
    differs = "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"
    parts = []
    for name in (*protection.frozen, *protection.once):
        field = cast("models.Field[Any, Any]", model._meta.get_field(name))
        column = connection.ops.quote_name(str(field.column))
        change = f"OLD.{column} {differs} NEW.{column}"
        if name in protection.once:
            filled = "IS NOT NULL" if field.null else "<> ''"
            change = f"(OLD.{column} {filled} AND {change})"
        parts.append(change)
    return " OR ".join(parts)
