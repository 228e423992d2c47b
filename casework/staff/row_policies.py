"""Row-level security as PostgreSQL holds it: role, rights, functions and policies.

Put in place after each `migrate`, and only when something of it changed. The settings that say who
looks are local to the transaction; without them a forced policy shows nothing at all.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Final

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from casework.staff.rows import APPLICATION_ROLE, functions, policies, selections

_POLICY: Final = "casework_rows"
# Whose memberships count on a day: both ends do, a revocation ends its own day.
_ENTER: Final = """
CREATE OR REPLACE FUNCTION casework_enter(person bigint, on_day date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE held record; zeros text := '0000'; found bigint[];
BEGIN
    -- The memberships and what follows from them are found with the engine's eyes.
    PERFORM set_config('casework.scope', 'engine', true);
    SELECT coalesce(bool_or(m.role = 'CA'), false) AS city,
        coalesce(bool_or(m.role = 'AU'), false) AS books,
        array_agg(regexp_replace(m.division_id, zeros || '$', '') || '%')
            FILTER (WHERE m.role IN ('CW', 'SH', 'DS') AND m.division_id <> '') AS streets,
        array_agg(m.division_id) FILTER (WHERE m.role = 'CO' AND m.division_id <> '') AS boards,
        array_agg(m.organisation_id)
            FILTER (WHERE m.role = 'PR' AND m.organisation_id IS NOT NULL) AS providers,
        array_agg(m.organisation_id)
            FILTER (WHERE m.role IN ('EV', 'LE') AND m.organisation_id IS NOT NULL) AS bodies,
        array_agg(m.organisation_id)
            FILTER (WHERE m.role = 'LE' AND m.organisation_id IS NOT NULL) AS leads,
        coalesce(bool_or(m.role = 'EV'), false) AS evaluates
    INTO held
    FROM staff_membership m JOIN staff_user u ON u.id = m.user_id
    WHERE u.id = person AND u.is_active AND m.valid_from <= on_day
        AND (m.valid_to IS NULL OR m.valid_to >= on_day)
        AND (m.revoked_on IS NULL OR m.revoked_on > on_day);
    PERFORM set_config('casework.person', person::text, true),
        set_config('casework.day', on_day::text, true),
        set_config('casework.city', held.city::text, true),
        set_config('casework.books', held.books::text, true),
        set_config('casework.evaluates', held.evaluates::text, true),
        set_config('casework.streets', coalesce(held.streets::text, '{}'), true),
        set_config('casework.boards', coalesce(held.boards::text, '{}'), true),
        set_config('casework.providers', coalesce(held.providers::text, '{}'), true),
        set_config('casework.bodies', coalesce(held.bodies::text, '{}'), true),
        set_config('casework.leads', coalesce(held.leads::text, '{}'), true);
    {sets}
    PERFORM set_config('casework.scope', 'person', true);
END $$
"""
_ASKING: Final = (
    """CREATE OR REPLACE FUNCTION casework_is_engine() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('casework.scope', true), '') = 'engine' $$""",
    """CREATE OR REPLACE FUNCTION casework_has(what text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('casework.' || what, true), '') = 'true' $$""",
    """CREATE OR REPLACE FUNCTION casework_person() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('casework.person', true), ''), '0')::bigint $$""",
    """CREATE OR REPLACE FUNCTION casework_day() RETURNS date LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('casework.day', true), '')::date $$""",
    """CREATE OR REPLACE FUNCTION casework_texts(what text) RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('casework.' || what, true), ''), '{}')::text[] $$""",
    """CREATE OR REPLACE FUNCTION casework_ids(what text) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(nullif(current_setting('casework.' || what, true), ''), '{}')::bigint[] $$""",
)
# Ours alone to look for: a person's transaction must not redefine what a policy asks.
# A SET clause of our own parameter would need a superuser; so the body sets it and puts it back.
_SEEING: Final = """
CREATE OR REPLACE FUNCTION {signature} RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE scope text := coalesce(current_setting('casework.scope', true), ''); seen boolean;
BEGIN
    PERFORM set_config('casework.scope', 'engine', true);
    seen := ({expression});
    PERFORM set_config('casework.scope', scope, true);
    RETURN seen;
END $$
"""


class RoleMissing(Exception):
    """The role under which requests run cannot be made by the one who migrates."""


def secure(connection: BaseDatabaseWrapper, written_once: Iterable[str]) -> None:
    """Bring role, rights, functions and policies up to what the apps say; nothing on SQLite.

    Tables in `written_once` get no right to change or delete. Raises RoleMissing when the role
    does not exist and the one who migrates may not make it.
    """
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
        # A migration on its way has only some of the tables; one that came since has no rights yet.
        present = set(connection.introspection.table_names(cursor))
        once = sorted(set(written_once) & present)
        statements = list(_statements(schema, once, present))
        told = [*statements, *sorted(present)]
        mark = hashlib.sha256("\n".join(told).encode()).hexdigest()
        cursor.execute(
            "SELECT obj_description(to_regprocedure('casework_enter(bigint, date)'), 'pg_proc')"
        )
        if cursor.fetchone()[0] == mark:
            return
        _ensure_role(connection, cursor)
        for statement in statements:
            cursor.execute(statement)
        cursor.execute(f"COMMENT ON FUNCTION casework_enter(bigint, date) IS '{mark}'")


def stands(connection: BaseDatabaseWrapper) -> bool:
    """Every policy is in force and the role has its rights; True where there is no such layer."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
            " JOIN pg_roles r ON r.rolname = %s"
            " WHERE c.relrowsecurity AND c.relforcerowsecurity AND p.polname = %s"
            " AND has_table_privilege(r.oid, c.oid, 'SELECT') AND NOT r.rolbypassrls",
            [APPLICATION_ROLE, _POLICY],
        )
        return {name for (name,) in cursor.fetchall()} >= set(policies())


def _ensure_role(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> None:
    """The role, and our own right to take it on; roles belong to all databases of a server."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE])
    if cursor.fetchone() is None:
        _once(
            connection,
            cursor,
            f"CREATE ROLE {APPLICATION_ROLE} NOLOGIN NOSUPERUSER NOBYPASSRLS",
        )
    cursor.execute("SELECT pg_has_role(%s, 'MEMBER')", [APPLICATION_ROLE])
    if not cursor.fetchone()[0]:
        _once(connection, cursor, f"GRANT {APPLICATION_ROLE} TO CURRENT_USER")


def _once(connection: BaseDatabaseWrapper, cursor: CursorWrapper, statement: str) -> None:
    try:
        with transaction.atomic(using=connection.alias):
            cursor.execute(statement)
    except DatabaseError as refusal:
        # Another database of the same server may have been migrated at this very moment.
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APPLICATION_ROLE])
        if statement.startswith("CREATE") and cursor.fetchone():
            return
        raise RoleMissing(
            f"“{statement}” was refused. Let a superuser of the server run it once, then migrate."
        ) from refusal


def _statements(schema: str, written_once: list[str], present: set[str]) -> Iterator[str]:
    yield from _ASKING
    yield _ENTER.replace("{sets}", "".join(_kept(*one) for one in selections().items()))
    for signature, body in functions().items():
        expression = body.strip().removeprefix("SELECT ")
        yield _SEEING.format(signature=signature, schema=schema, expression=expression)
    yield from _rights(schema, written_once)
    for table, condition in policies().items():
        if table in present:
            yield from _policy(table, condition)


def _kept(kind: str, selection: str) -> str:
    """Numbers beyond the street, kept with the transaction; the city sees all without them."""
    return (
        f"found := CASE WHEN held.city THEN NULL ELSE ARRAY({selection}) END;"
        f" PERFORM set_config('casework.{kind}', coalesce(found::text, '{{}}'), true); "
    )


def _rights(schema: str, written_once: list[str]) -> Iterator[str]:
    """All that requests do with the tables; what stands for good they may only add to."""
    role = APPLICATION_ROLE
    yield f"GRANT USAGE ON SCHEMA {schema} TO {role}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}"
    for table in written_once:
        yield f"REVOKE UPDATE, DELETE ON {table} FROM {role}"
    # Made by the migrations themselves, and absent where a test creates tables without them.
    yield (
        f"DO $$ BEGIN REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};"
        " EXCEPTION WHEN undefined_table THEN NULL; END $$"
    )


def _policy(table: str, condition: str) -> Iterator[str]:
    seen = f"(SELECT casework_is_engine()) OR {condition}"
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS {_POLICY} ON {table}"
    yield f"CREATE POLICY {_POLICY} ON {table} USING ({seen}) WITH CHECK ({seen})"
