"""The product as a careful city installs it: the owner is no superuser, requests own nothing."""

import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from tests.faults.ground import Field
from tests.faults.stack import stack
from tests.postgres import Server, binaries, postgres

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
OWNER, REQUESTS = "city_owner", "casework_app"


def url_of(server: Server, role: str, word: str) -> str:
    parts = urlsplit(server.url_of("city"))
    return urlunsplit(parts._replace(netloc=f"{role}:{word}@127.0.0.1:{server.port}"))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Field, str]]:
    """A migrated database of an ordinary owner, and the address under which requests come."""
    folder = tmp_path_factory.mktemp("city")
    word = secrets.token_hex(12)
    with postgres() as server:
        with psycopg.connect(server.url_of("postgres"), autocommit=True) as superuser:
            for statement in (
                f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{word}'",
                f"CREATE ROLE {REQUESTS} LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD '{word}'",
                f"GRANT {REQUESTS} TO {OWNER}",
                f"CREATE DATABASE city OWNER {OWNER}",
            ):
                superuser.execute(statement)  # type: ignore[call-overload]
        field = Field(url_of(server, OWNER, word), folder)
        for command in (("migrate",), ("cast", "0"), ("cast_accounts",)):
            field.ask(*command)
        yield field, url_of(server, REQUESTS, word)


def test_people_lead_a_case_while_requests_own_nothing(city: tuple[Field, str]) -> None:
    field, requests = city
    with stack(field, DATABASE_URL=requests) as installation:
        installation.start("web")
        installation.send_people(1, 1)
        while installation.at_work():
            pass
        field.ask("drain", "0")
        found = field.ask("judge", *map(str, installation.notes))
    assert (found["acknowledged"], found["lost"], found["doubled"]) == (5, 0, 0)
    assert found["books"]
    assert not found["faults"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_journalentry SET act = 'x'",
        "DELETE FROM ledger_movement",
        "TRUNCATE ledger_journalentry CASCADE",
        "ALTER TABLE cases_helpcase DISABLE ROW LEVEL SECURITY",
        "DROP POLICY casework_rows ON cases_helpcase",
        "CREATE OR REPLACE FUNCTION casework_is_engine() RETURNS boolean LANGUAGE sql AS"
        " 'SELECT true'",
        "DELETE FROM django_migrations",
    ],
)
def test_the_role_of_requests_cannot(city: tuple[Field, str], statement: str) -> None:
    with (
        psycopg.connect(city[1]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)  # type: ignore[call-overload]


def test_without_a_scope_the_tables_are_empty_even_to_their_owner(city: tuple[Field, str]) -> None:
    for url in (city[0].url, city[1]):
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT count(*) FROM staff_user").fetchone() != (0,)
            assert connection.execute("SELECT count(*) FROM cases_helpcase").fetchone() == (0,)


def test_the_owner_copies_every_row(city: tuple[Field, str], tmp_path: Path) -> None:
    field, _requests = city
    dump = Path(field.ask("back_up", str(tmp_path))) / "database.dump"
    with psycopg.connect(field.url, options="-c casework.scope=engine") as connection:
        row = connection.execute("SELECT case_no FROM cases_helpcase").fetchone()
    assert row is not None
    tool = [str(binaries() / "pg_restore"), "--data-only", "--table=cases_helpcase", "--file=-"]
    told = subprocess.run([*tool, str(dump)], capture_output=True, check=True, text=True).stdout
    assert row[0] in told
